#pragma once
// What one call works with. Lotus answers about a tipset from the state that its blocks name, which is the state before
// its own messages; so does everything here that takes a tipset.
#include <atomic>

#include <strata/api/head_signal.hpp>
#include <strata/api/json.hpp>
#include <strata/api/service.hpp>

namespace strata::api {

struct Context {
    chain::FullNode& node;
    const Options& options;
    HeadSignal& heads;
    std::atomic<std::size_t>& waiting;
    HeadSignal::Deadline deadline;  // of the request
    std::unique_lock<std::mutex> guard;
    Printer print;

    Blockstore& blocks() { return node.chain().blocks(); }
    /// Empty: the head.
    Result<chain::TipsetPtr> tipset(const TipsetKey& key);
    struct View {
        chain::TipsetPtr tipset;
        vm::StateTree state;
    };
    Result<View> view(const TipsetKey& key);
};

/// As Lotus says where an address has no actor.
Error actor_not_found();
Error not_resolved(const Context& context, const Address& address);

/// Errors: not_found, in Lotus' words.
Result<ActorId> resolve(const Context& context, vm::StateTree& state, const Address& address);
Result<vm::ActorState> load_actor(const Context& context, vm::StateTree& state, const Address& address);
/// The manifest's name of an actor's code; empty for code that is not built in.
Result<std::string> code_name(vm::StateTree& state, const Cid& code);

}  // namespace strata::api
