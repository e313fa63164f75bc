#pragma once
// What one call works with. Lotus answers about a tipset from the state that its blocks name, which is the state before
// its own messages; so does everything here that takes a tipset.
#include <any>
#include <stop_token>

#include <strata/api/beacon_cache.hpp>
#include <strata/api/fault.hpp>
#include <strata/api/service.hpp>
#include <strata/chain/api.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::api {

struct Context {
    chain::Chain& chain;
    const Options& options;
    BeaconCache& beacon;
    const std::string& session;                      // of this service, for as long as it lives
    std::stop_token gone;                            // of the client
    std::chrono::steady_clock::time_point deadline;  // for the work on this call
    std::any& memory;                                // what a call that waits keeps from one head to the next
    Printer print;

    Blockstore& blocks() { return chain.blocks(); }
    /// Empty: the head.
    Result<chain::TipsetPtr> tipset(const TipsetKey& key);
    struct View {
        chain::TipsetPtr tipset;
        vm::StateTree state;
    };
    Result<View> view(const TipsetKey& key);
    /// Asked inside of loops whose length the caller chooses. Errors: cancelled if the client has left; too_large if
    /// the call has taken Options::work.
    Status go_on() const;
    TextWriter list() const { return TextWriter::list(options.answer_bytes); }
    TextWriter object() const { return TextWriter::object(options.answer_bytes); }
};

/// As Lotus says where an address has no actor. Clients look for this text: Glif's wallet takes it for nonce 0.
Error actor_not_found();
Error not_resolved(const Context& context, const Address& address);
/// Errors: invalid_argument for the undefined address.
Status check_defined(const Address& address);

/// Errors: invalid_argument; not_found, in Lotus' words.
Result<ActorId> resolve(const Context& context, vm::StateTree& state, const Address& address);
Result<vm::ActorState> load_actor(const Context& context, vm::StateTree& state, const Address& address);
/// The manifest's name of an actor's code; empty for code that is not built in.
Result<std::string> code_name(vm::StateTree& state, const Cid& code);

/// What a block holds; what the CID itself holds, if its hash is the identity (as Lotus' blockstore does).
/// Errors: not_found.
Result<Bytes> read_block(Context& context, const Cid& cid);

}  // namespace strata::api
