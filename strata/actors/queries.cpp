#include <strata/actors/queries.hpp>

namespace strata::actors {

namespace power {

Result<std::optional<Claim>> find_claim(Blockstore& store, const State& state, ActorId miner) {
    STRATA_TRY(const auto claims, Claims::load(store, state.claims));
    return claims.get(Address::id(miner));
}

Result<std::vector<ActorId>> list_miners(Blockstore& store, const State& state) {
    STRATA_TRY(const auto claims, Claims::load(store, state.claims));
    std::vector<ActorId> out;
    STRATA_OK(claims.for_each([&](const Address& miner, const Claim&) -> Status {
        const auto id = miner.as_id();
        if (!id)
            return fail(Errc::malformed,
                        "the power table has a claim of " + miner.to_string() + ", expected an ID address");
        out.push_back(*id);
        return {};
    }));
    std::ranges::sort(out);
    return out;
}

}  // namespace power

namespace market {

Result<GetBalanceReturn> find_balance(Blockstore& store, const State& state, ActorId owner) {
    const auto amount_in = [&](const Cid& root) -> Result<TokenAmount> {
        STRATA_TRY(const auto table, BalanceTable::load(store, root, kBalanceTableWidth));
        STRATA_TRY(const auto amount, table.get(Address::id(owner)));
        return amount.value_or(TokenAmount(0));
    };
    GetBalanceReturn out;
    STRATA_TRY(out.balance, amount_in(state.escrow_table));
    STRATA_TRY(out.locked, amount_in(state.locked_table));
    return out;
}

Result<std::optional<Deal>> find_deal(Blockstore& store, const State& state, DealId id) {
    STRATA_TRY(const auto proposals, Proposals::load(store, state.proposals, kProposalsWidth));
    STRATA_TRY(auto proposal, proposals.get(id));
    if (!proposal) return std::optional<Deal>{};
    STRATA_TRY(const auto states, States::load(store, state.states, kStatesWidth));
    STRATA_TRY(const auto found, states.get(id));
    return std::optional(Deal{std::move(*proposal), found.value_or(DealState{})});
}

Status for_each_deal(Blockstore& store, const State& state, const std::function<Status(DealId, const Deal&)>& visit) {
    STRATA_TRY(const auto proposals, Proposals::load(store, state.proposals, kProposalsWidth));
    STRATA_TRY(const auto states, States::load(store, state.states, kStatesWidth));
    return proposals.for_each([&](DealId id, const DealProposal& proposal) -> Status {
        STRATA_TRY(const auto found, states.get(id));
        return visit(id, Deal{proposal, found.value_or(DealState{})});
    });
}

}  // namespace market

namespace verifreg {
namespace {

template <class V>
Result<std::optional<V>> find_owned(Blockstore& store, const Cid& root, ActorId owner, std::uint64_t id) {
    STRATA_TRY(const auto outer, (HamtMap<ActorId, Cid>::load(store, root)));
    STRATA_TRY(const auto inner_root, outer.get(owner));
    if (!inner_root) return std::optional<V>{};
    STRATA_TRY(const auto inner, (HamtMap<std::uint64_t, V>::load(store, *inner_root)));
    return inner.get(id);
}

}  // namespace

Result<std::optional<StoragePower>> find_verifier(Blockstore& store, const State& state, ActorId verifier) {
    STRATA_TRY(const auto verifiers, (HamtMap<Address, StoragePower>::load(store, state.verifiers)));
    return verifiers.get(Address::id(verifier));
}
Result<std::optional<Allocation>> find_allocation(Blockstore& store, const State& state, ActorId client,
                                                  AllocationId id) {
    return find_owned<Allocation>(store, state.allocations, client, id);
}
Result<std::optional<Claim>> find_claim(Blockstore& store, const State& state, ActorId provider, ClaimId id) {
    return find_owned<Claim>(store, state.claims, provider, id);
}

}  // namespace verifreg

}  // namespace strata::actors
