#pragma once
// The state tree maps actor IDs to actor records. Edits stay in memory with an undo history until flush() writes the
// map. One thread. Source: docs/protocol/fvm.md §2.1, §2.3; fvm@v2.12.2 fvm/src/state_tree.rs for versions 3 and 4.
#include <map>
#include <set>
#include <variant>

#include <strata/ipld/hamt.hpp>
#include <strata/types/basic.hpp>

namespace strata::vm {

struct ActorState {
    Cid code;
    Cid head;
    std::uint64_t sequence = 0;
    TokenAmount balance;
    std::optional<Address> delegated_address;
    STRATA_CBOR_TUPLE(code, head, sequence, balance, delegated_address);
    friend bool operator==(const ActorState&, const ActorState&) = default;
};

/// The versions of a state root. Those before 5 belong to network versions 16 and 17; their records are the same.
enum class StateTreeVersion : std::uint64_t { three = 3, four = 4, five = 5 };

/// A record of versions before 5, which has no delegated address.
struct EarlierActorState {
    Cid code;
    Cid head;
    std::uint64_t sequence = 0;
    TokenAmount balance;
    STRATA_CBOR_TUPLE(code, head, sequence, balance);

    ActorState state() const { return {code, head, sequence, balance, {}}; }
    /// `state` must have no delegated address (checked).
    static EarlierActorState of(const ActorState& state) {
        STRATA_CHECK(!state.delegated_address);
        return {state.code, state.head, state.sequence, state.balance};
    }
};

/// The init actor's state, in which the kernel itself registers addresses.
struct InitState {
    Cid address_map;  // HAMT 5: address bytes to actor ID
    ActorId next_id = 0;
    std::string network_name;
    STRATA_CBOR_TUPLE(address_map, next_id, network_name);
};

class StateTree {
  public:
    /// Makes an empty tree over `store`, which must outlive it.
    explicit StateTree(Blockstore& store, StateTreeVersion version = StateTreeVersion::five);
    /// Errors: missing_block, malformed; unsupported for a version that is not in StateTreeVersion.
    static Result<StateTree> load(Blockstore& store, const Cid& root);
    StateTreeVersion version() const { return version_; }

    Result<std::optional<ActorState>> get(ActorId id);
    void set(ActorId id, ActorState state);
    void remove(ActorId id);

    /// Returns the ID of an address. An ID address gives its own ID, whether the actor exists or not; others are looked
    /// up in the init actor's map.
    Result<std::optional<ActorId>> resolve(const Address& address);
    /// Gives `address` the init actor's next ID.
    Result<ActorId> register_address(const Address& address);

    /// Opens a level of undo, which commit() or revert() must end.
    void begin();
    void commit();
    void revert();

    /// Writes everything and returns the state root. No level of undo may be open (checked).
    Result<Cid> flush();
    Blockstore& store() { return *store_; }
    /// Visits all actors in the order of the map. It does not see the edits since the last flush.
    template <class F>
    Status for_each(F visit) const {
        const auto each = [&](const Bytes& key, const ActorState& state) -> Status {
            STRATA_TRY(const auto address, Address::from_bytes(key));
            return visit(*address.as_id(), state);
        };
        if (const auto* actors = std::get_if<Actors>(&actors_)) return actors->for_each(each);
        return std::get<EarlierActors>(actors_).for_each(
            [&](const Bytes& key, const EarlierActorState& record) { return each(key, record.state()); });
    }

  private:
    using Slot = std::optional<ActorState>;
    using Actors = HamtMap<Bytes, ActorState>;
    using EarlierActors = HamtMap<Bytes, EarlierActorState>;
    using AnyActors = std::variant<Actors, EarlierActors>;
    StateTree(Blockstore& store, StateTreeVersion version, AnyActors actors);
    Result<Slot> read(ActorId id) const;
    Status write(ActorId id, const Slot& slot);
    void record(ActorId id, Slot state);
    Result<ActorState> init_actor();

    Blockstore* store_;
    StateTreeVersion version_;
    AnyActors actors_;
    std::map<ActorId, Slot> cache_;  // the actors read or changed; a slot is empty if the actor does not exist
    std::set<ActorId> changed_;      // since the last flush
    std::vector<std::map<ActorId, std::optional<Slot>>>
        undo_;        // by level, the cache's slots before their first change; empty if the actor was not cached
    Cid loaded_map_;  // the address map that `addresses_` was loaded from
    std::optional<HamtMap<Address, ActorId>> addresses_;
};

}  // namespace strata::vm
