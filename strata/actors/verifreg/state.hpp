#pragma once
// State of the verified registry. Source: docs/protocol/fvm.md §8.10.
#include <map>

#include <strata/actors/runtime.hpp>
#include <strata/actors/verifreg/types.hpp>
#include <strata/ipld/hamt.hpp>

namespace strata::actors::verifreg {

struct State {
    Address root_key;
    Cid verifiers;  // HAMT: ID address to datacap
    Cid remove_data_cap_proposal_ids;
    Cid allocations;  // HAMT: client ID to HAMT: allocation ID to Allocation
    AllocationId next_allocation_id = 0;
    Cid claims;  // HAMT: provider ID to HAMT: claim ID to Claim
    STRATA_CBOR_TUPLE(root_key, verifiers, remove_data_cap_proposal_ids, allocations, next_allocation_id, claims);
};

/// A map from owner to a map from ID to record. Inner maps stay in memory until flush(), which removes those that are
/// empty from the outer map.
template <class V>
class OwnedMap {
  public:
    OwnedMap(Runtime& rt, HamtMap<ActorId, Cid> outer) : rt_(rt), outer_(std::move(outer)) {}
    static ActorResult<OwnedMap> load(Runtime& rt, const Cid& root) {
        STRATA_TRY(auto outer, rt.check(HamtMap<ActorId, Cid>::load(rt.store(), root), ExitCode::illegal_state, "map"));
        return OwnedMap(rt, std::move(outer));
    }
    ActorResult<std::optional<V>> get(ActorId owner, std::uint64_t id) {
        STRATA_TRY(auto* const map, inner(owner));
        return checked(map->get(id));
    }
    Done put(ActorId owner, std::uint64_t id, const V& value) {
        STRATA_TRY(auto* const map, inner(owner));
        return checked(map->set(id, value));
    }
    ActorResult<bool> put_if_absent(ActorId owner, std::uint64_t id, const V& value) {
        STRATA_TRY(auto* const map, inner(owner));
        return checked(map->set_if_absent(id, value));
    }
    ActorResult<std::optional<V>> remove(ActorId owner, std::uint64_t id) {
        STRATA_TRY(auto* const map, inner(owner));
        return checked(map->remove(id));
    }
    /// Returns the IDs of the owner's records that have expired at `epoch`, in the map's order.
    ActorResult<std::vector<std::uint64_t>> expired(ActorId owner, ChainEpoch epoch) {
        STRATA_TRY(auto* const map, inner(owner));
        std::vector<std::uint64_t> out;
        STRATA_OK(checked(map->for_each([&](std::uint64_t id, const V& value) -> Status {
            if (epoch >= value.expires()) out.push_back(id);
            return {};
        })));
        return out;
    }
    ActorResult<Cid> flush() {
        for (auto& [owner, map] : open_) {
            if (map.empty()) {
                STRATA_OK(checked(outer_.remove(owner)));
                continue;
            }
            STRATA_TRY(const Cid root, checked(map.flush()));
            STRATA_OK(checked(outer_.set(owner, root)));
        }
        return checked(outer_.flush());
    }

  private:
    using Inner = HamtMap<std::uint64_t, V>;
    template <class T>
    ActorResult<T> checked(Result<T> result) {
        return rt_.check(std::move(result), ExitCode::illegal_state, "registry map");
    }
    ActorResult<Inner*> inner(ActorId owner) {
        if (const auto it = open_.find(owner); it != open_.end()) return &it->second;
        STRATA_TRY(const auto root, checked(outer_.get(owner)));
        if (!root) return &open_.emplace(owner, Inner(rt_.store())).first->second;
        STRATA_TRY(auto map, checked(Inner::load(rt_.store(), *root)));
        return &open_.emplace(owner, std::move(map)).first->second;
    }

    Runtime& rt_;
    HamtMap<ActorId, Cid> outer_;
    std::map<ActorId, Inner> open_;
};

}  // namespace strata::actors::verifreg
