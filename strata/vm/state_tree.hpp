#pragma once
// The state tree maps actor IDs to actor records (state root version 5). Edits stay in memory with an undo history
// until flush() writes the map. One thread. Source: docs/protocol/fvm.md §2.1, §2.3.
#include <map>
#include <set>

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
    explicit StateTree(Blockstore& store);
    static Result<StateTree> load(Blockstore& store, const Cid& root);

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
        return actors_.for_each([&](const Bytes& key, const ActorState& state) -> Status {
            STRATA_TRY(const auto address, Address::from_bytes(key));
            return visit(*address.as_id(), state);
        });
    }

  private:
    using Slot = std::optional<ActorState>;
    StateTree(Blockstore& store, HamtMap<Bytes, ActorState> actors);
    void record(ActorId id, Slot state);
    Result<ActorState> init_actor();

    Blockstore* store_;
    HamtMap<Bytes, ActorState> actors_;
    std::map<ActorId, Slot> cache_;  // the actors read or changed; a slot is empty if the actor does not exist
    std::set<ActorId> changed_;      // since the last flush
    std::vector<std::map<ActorId, std::optional<Slot>>>
        undo_;        // by level, the cache's slots before their first change; empty if the actor was not cached
    Cid loaded_map_;  // the address map that `addresses_` was loaded from
    std::optional<HamtMap<Address, ActorId>> addresses_;
};

}  // namespace strata::vm
