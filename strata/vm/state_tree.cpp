#include <strata/vm/state_tree.hpp>

namespace strata::vm {
namespace {

struct StateRoot {
    std::uint64_t version = 0;
    Cid actors;
    Cid info;
    STRATA_CBOR_TUPLE(version, actors, info);
};

Bytes key_of(ActorId id) {
    return to_bytes(Address::id(id).bytes());
}

}  // namespace

StateTree::StateTree(Blockstore& store, StateTreeVersion version)
    : StateTree(store, version,
                version == StateTreeVersion::five ? AnyActors(Actors(store)) : AnyActors(EarlierActors(store))) {}
StateTree::StateTree(Blockstore& store, StateTreeVersion version, AnyActors actors)
    : store_(&store), version_(version), actors_(std::move(actors)) {}

Result<StateTree> StateTree::load(Blockstore& store, const Cid& root) {
    STRATA_TRY(const auto state_root, get_cbor<StateRoot>(store, root));
    const StateTreeVersion version{state_root.version};
    if (version < StateTreeVersion::three || version > StateTreeVersion::five)
        return fail(Errc::unsupported,
                    "state tree version is " + std::to_string(state_root.version) + ", expected 3 to 5");
    if (version == StateTreeVersion::five) {
        STRATA_TRY(auto actors, Actors::load(store, state_root.actors));
        return StateTree(store, version, std::move(actors));
    }
    STRATA_TRY(auto actors, EarlierActors::load(store, state_root.actors));
    return StateTree(store, version, std::move(actors));
}

Result<StateTree::Slot> StateTree::read(ActorId id) const {
    if (const auto* actors = std::get_if<Actors>(&actors_)) return actors->get(key_of(id));
    STRATA_TRY(const auto record, std::get<EarlierActors>(actors_).get(key_of(id)));
    return record ? Slot(record->state()) : Slot();
}

Status StateTree::write(ActorId id, const Slot& slot) {
    if (auto* actors = std::get_if<Actors>(&actors_)) {
        if (slot) return actors->set(key_of(id), *slot);
        STRATA_OK(actors->remove(key_of(id)));
        return {};
    }
    auto& actors = std::get<EarlierActors>(actors_);
    if (slot) return actors.set(key_of(id), EarlierActorState::of(*slot));
    STRATA_OK(actors.remove(key_of(id)));
    return {};
}

Result<std::optional<ActorState>> StateTree::get(ActorId id) {
    if (const auto it = cache_.find(id); it != cache_.end()) return it->second;
    STRATA_TRY(auto found, read(id));
    cache_.emplace(id, found);
    return found;
}

void StateTree::record(ActorId id, Slot state) {
    // A level of undo keeps the state that the actor had before its first change at that level; revert() restores it.
    if (!undo_.empty() && !undo_.back().contains(id)) {
        const auto it = cache_.find(id);
        undo_.back().emplace(id, it == cache_.end() ? std::optional<Slot>{} : std::optional<Slot>{it->second});
    }
    cache_.insert_or_assign(id, std::move(state));
    changed_.insert(id);
}

void StateTree::set(ActorId id, ActorState state) {
    record(id, std::move(state));
}
void StateTree::remove(ActorId id) {
    record(id, std::nullopt);
}

Result<ActorState> StateTree::init_actor() {
    STRATA_TRY(auto actor, get(kInitId));
    if (!actor) return fail(Errc::internal, "the state has no init actor");
    return std::move(*actor);
}

Result<std::optional<ActorId>> StateTree::resolve(const Address& address) {
    if (const auto id = address.as_id()) return id;
    STRATA_TRY(const auto init, init_actor());
    // A rollback or an actor may have changed the init actor's state, so the map is loaded anew when that state
    // differs.
    if (!addresses_ || loaded_map_ != init.head) {
        STRATA_TRY(const auto state, get_cbor<InitState>(*store_, init.head));
        STRATA_TRY(addresses_, (HamtMap<Address, ActorId>::load(*store_, state.address_map)));
        loaded_map_ = init.head;
    }
    return addresses_->get(address);
}

Result<ActorId> StateTree::register_address(const Address& address) {
    STRATA_TRY(auto init, init_actor());
    STRATA_TRY(auto state, get_cbor<InitState>(*store_, init.head));
    STRATA_TRY(auto map, (HamtMap<Address, ActorId>::load(*store_, state.address_map)));
    const ActorId id = state.next_id++;
    STRATA_OK(map.set(address, id));
    STRATA_TRY(state.address_map, map.flush());
    STRATA_TRY(init.head, put_cbor(*store_, state));
    set(kInitId, std::move(init));
    return id;
}

void StateTree::begin() {
    undo_.emplace_back();
}

void StateTree::commit() {
    STRATA_CHECK(!undo_.empty());
    auto top = std::move(undo_.back());
    undo_.pop_back();
    if (undo_.empty()) return;
    // The level below keeps its own value of an actor, which is older, if it has one.
    for (auto& [id, before] : top) undo_.back().try_emplace(id, std::move(before));
}

void StateTree::revert() {
    STRATA_CHECK(!undo_.empty());
    for (auto& [id, before] : undo_.back()) {
        if (before) {
            cache_.insert_or_assign(id, std::move(*before));
        } else {
            cache_.erase(id);
        }
    }
    undo_.pop_back();
}

Result<Cid> StateTree::flush() {
    STRATA_CHECK(undo_.empty());
    for (const ActorId id : changed_) {
        const auto it = cache_.find(id);
        if (it == cache_.end()) continue;  // a change that revert() took back
        STRATA_OK(write(id, it->second));
    }
    changed_.clear();
    StateRoot root{.version = static_cast<std::uint64_t>(version_), .actors = {}, .info = {}};
    STRATA_TRY(root.actors, std::visit([](auto& actors) { return actors.flush(); }, actors_));
    // The info of the root is an empty list: no field of it is defined yet.
    STRATA_TRY(root.info, store_->put(Codec::dag_cbor, Bytes{0x80}));
    return put_cbor(*store_, root);
}

}  // namespace strata::vm
