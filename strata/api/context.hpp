#pragma once
// The data that one call works with. Lotus answers about a tipset from the state that its blocks name, which is the
// state before the tipset's own messages; every method here that takes a tipset does the same.
#include <any>
#include <stop_token>

#include <strata/api/beacon_cache.hpp>
#include <strata/api/channel.hpp>
#include <strata/api/exports.hpp>
#include <strata/api/fault.hpp>
#include <strata/api/feeds.hpp>
#include <strata/api/funds.hpp>
#include <strata/api/permissions.hpp>
#include <strata/api/sender.hpp>
#include <strata/api/service.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/control.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::api {

class EthereumFeed;
class FinalityCache;
class MethodTable;
class PoolHashes;

struct Context {
    chain::Chain& chain;
    const Options& options;
    const RequestLimits& limits;  // of the request to which this call belongs
    BeaconCache& beacon;
    const std::string& session;                     // constant for the life of the service
    std::chrono::system_clock::time_point started;  // when the service began
    Permissions permissions;                        // of the caller
    Feeds& feeds;
    EthereumFeed& ethereum;
    FinalityCache& finality;
    PoolHashes& pool_hashes;
    Sender& sender;
    Exports& exports;
    Funds& funds;
    const MethodTable& table;                        // of the path that the caller asks
    ChannelHost* channels;                           // null over plain HTTP
    std::stop_token gone;                            // a stop is requested when the client leaves
    std::chrono::steady_clock::time_point deadline;  // for the work on this call
    std::any& memory;                                // state that a waiting call keeps from one head to the next
    Printer print;
    /// A waiting call may set this: it then takes its next step at this time, even if no head comes before.
    std::optional<std::chrono::steady_clock::time_point> wake_at = {};

    Blockstore& blocks() { return chain.blocks(); }
    /// Returns the tipset of a key, or the head for the empty key. Errors: not_found; those of reading the store.
    Result<chain::TipsetPtr> tipset(const TipsetKey& key);
    /// A tipset and the state that its blocks name.
    struct View {
        chain::TipsetPtr tipset;
        vm::StateTree state;
    };
    Result<View> view(const TipsetKey& key);
    /// Checks whether the call may continue; loops whose length the caller chooses must call this. Errors: cancelled if
    /// the client has left; too_large if the call has taken RequestLimits::work.
    Status check_may_continue() const;
    TextWriter list() const { return TextWriter::list(limits.answer_bytes); }
    TextWriter object() const { return TextWriter::object(limits.answer_bytes); }
};

/// Returns Lotus' error for an address without an actor. Clients look for these words: Glif's wallet then uses nonce 0.
Error actor_not_found();
/// Returns Lotus' error for an address that has no ID.
Error not_resolved(const Context& context, const Address& address);
/// Checks that an address is defined. Errors: invalid_argument for the undefined address.
Status check_defined(const Address& address);

/// Returns the ID of an address. Errors: invalid_argument; not_found, in Lotus' words.
Result<ActorId> resolve(const Context& context, vm::StateTree& state, const Address& address);
Result<vm::ActorState> load_actor(const Context& context, vm::StateTree& state, const Address& address);
/// An actor of one kind at a tipset.
struct ActorAt {
    Context::View view;
    ActorId id = 0;
    vm::ActorState actor;
};
/// Returns the actor of an address. `code` is the name that the actor's code must have in the manifest, and `kind` is
/// Lotus' word for such an actor. Errors: as load_actor; verification, in Lotus' words, for different code.
Result<ActorAt> actor_at(Context& context, const Address& address, const TipsetKey& key, const std::string& kind,
                         std::string_view code);
/// Returns the manifest's name for an actor's code; empty for code that is not built in.
Result<std::string> code_name(vm::StateTree& state, const Cid& code);

/// Returns what the owner of the node may change. Errors: unsupported for a chain that is not this node's own.
Result<chain::Control*> control_of(const Context& context);

/// Returns the data of a block, or the content of the CID itself if its hash is the identity (as Lotus' blockstore
/// does). Errors: not_found.
Result<Bytes> read_block(Context& context, const Cid& cid);

}  // namespace strata::api
