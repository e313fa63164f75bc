#pragma once
// Readers of the actors' states for chain, API and provider. They need only the blocks, not a Runtime.
#include <strata/actors/market/state.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/actors/verifreg/state.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::actors {

/// Reads the state of the actor `id` as S. Errors: not_found if the actor does not exist; those of reading its head
/// block.
template <class S>
Result<S> state_of(vm::StateTree& tree, ActorId id) {
    STRATA_TRY(const auto actor, tree.get(id));
    if (!actor) return fail(Errc::not_found, "the state has no actor f0" + std::to_string(id));
    return get_cbor<S>(tree.store(), actor->head);
}

namespace power {

Result<std::optional<Claim>> find_claim(Blockstore& store, const State& state, ActorId miner);
/// Lists the miners with a claim, in ascending order.
Result<std::vector<ActorId>> list_miners(Blockstore& store, const State& state);

}  // namespace power

namespace market {

/// Returns what is held for an address, and how much of it is locked.
Result<GetBalanceReturn> find_balance(Blockstore& store, const State& state, ActorId owner);
struct Deal {
    DealProposal proposal;
    DealState state;  // all epochs are undefined until the deal is activated
};
Result<std::optional<Deal>> find_deal(Blockstore& store, const State& state, DealId id);
/// Visits all deals in ascending order of their IDs.
Status for_each_deal(Blockstore& store, const State& state, const std::function<Status(DealId, const Deal&)>& visit);

}  // namespace market

namespace verifreg {

Result<std::optional<StoragePower>> find_verifier(Blockstore& store, const State& state, ActorId verifier);
Result<std::optional<Allocation>> find_allocation(Blockstore& store, const State& state, ActorId client,
                                                  AllocationId id);
Result<std::optional<Claim>> find_claim(Blockstore& store, const State& state, ActorId provider, ClaimId id);

}  // namespace verifreg

}  // namespace strata::actors
