#include <strata/actors/read/market.hpp>

#include <strata/actors/market/state.hpp>
#include <strata/actors/read/state_of.hpp>

namespace strata::actors::read {
namespace {

constexpr DealId kSearchedDeals = 10'000;  // find_pending() searches this many of the newest deals

Result<market::BalanceTable> balances(Blockstore& blocks, const Cid& root) {
    return market::BalanceTable::load(blocks, root, market::kBalanceTableWidth);
}
Result<TokenAmount> amount_in(const market::BalanceTable& table, const Address& owner) {
    STRATA_TRY(const auto amount, table.get(owner));
    return amount.value_or(TokenAmount(0));
}

/// The state of any version.
struct AnyState {
    explicit AnyState(market::State&& from)
        : pending_allocations(from.pending_deal_allocation_ids), tables(std::move(from)) {}
    explicit AnyState(market::State19&& from) : tables(std::move(from)) {}
    Cid pending_allocations;
    market::Tables tables;
};

}  // namespace

Market::Market(Blockstore& blocks, market::Tables state, Cid pending_allocations)
    : blocks_(&blocks),
      state_(std::make_shared<const market::Tables>(std::move(state))),
      pending_allocations_(std::move(pending_allocations)) {}

Result<Market> Market::load(vm::StateTree& tree) {
    STRATA_TRY(auto state, (common_state_of<AnyState, market::State, market::State19>(tree, kMarketId)));
    return Market(tree.store(), std::move(state.tables), std::move(state.pending_allocations));
}

DealId Market::next_id() const {
    return state_->next_id;
}

Result<Escrow> Market::escrow(ActorId owner) const {
    STRATA_TRY(const auto totals, balances(*blocks_, state_->escrow_table));
    STRATA_TRY(const auto locked, balances(*blocks_, state_->locked_table));
    Escrow out;
    STRATA_TRY(out.total, amount_in(totals, Address::id(owner)));
    STRATA_TRY(out.locked, amount_in(locked, Address::id(owner)));
    return out;
}

Status Market::for_each_escrow(const std::function<Status(const Address& owner, const Escrow&)>& visit) const {
    STRATA_TRY(const auto totals, balances(*blocks_, state_->escrow_table));
    STRATA_TRY(const auto locked, balances(*blocks_, state_->locked_table));
    return totals.for_each([&](const Address& owner, const TokenAmount& total) -> Status {
        STRATA_TRY(auto part, amount_in(locked, owner));
        return visit(owner, {total, std::move(part)});
    });
}

Result<std::optional<market::Deal>> Market::deal(DealId id) const {
    STRATA_TRY(const auto proposals, market::Proposals::load(*blocks_, state_->proposals, market::kProposalsWidth));
    STRATA_TRY(auto proposal, proposals.get(id));
    if (!proposal) return std::optional<market::Deal>{};
    STRATA_TRY(const auto states, market::States::load(*blocks_, state_->states, market::kStatesWidth));
    STRATA_TRY(const auto found, states.get(id));
    return std::optional(market::Deal{std::move(*proposal), found.value_or(market::DealState{})});
}

Result<std::optional<std::uint64_t>> Market::pending_allocation(DealId id) const {
    if (!pending_allocations_.defined()) return std::optional<std::uint64_t>{};
    STRATA_TRY(const auto allocations, market::PendingAllocations::load(*blocks_, pending_allocations_));
    return allocations.get(id);
}

Status Market::for_each_deal(const std::function<Status(DealId, const market::Deal&)>& visit) const {
    STRATA_TRY(const auto proposals, market::Proposals::load(*blocks_, state_->proposals, market::kProposalsWidth));
    STRATA_TRY(const auto states, market::States::load(*blocks_, state_->states, market::kStatesWidth));
    return proposals.for_each([&](DealId id, const market::DealProposal& proposal) -> Status {
        STRATA_TRY(const auto found, states.get(id));
        return visit(id, market::Deal{proposal, found.value_or(market::DealState{})});
    });
}

Result<bool> Market::is_pending(const market::DealProposal& proposal) const {
    return is_pending(Cid::hash_of(Codec::dag_cbor, to_cbor(proposal)));
}

Result<bool> Market::is_pending(const Cid& proposal) const {
    STRATA_TRY(const auto pending, HamtSet<Cid>::load(*blocks_, state_->pending_proposals));
    return pending.contains(proposal);
}

Result<std::optional<DealId>> Market::find_pending(const market::DealProposal& proposal) const {
    std::optional<DealId> found;
    STRATA_TRY(const bool pending, is_pending(proposal));
    if (!pending) return found;
    STRATA_TRY(const auto proposals, market::Proposals::load(*blocks_, state_->proposals, market::kProposalsWidth));
    const DealId from = state_->next_id > kSearchedDeals ? state_->next_id - kSearchedDeals : 0;
    STRATA_OK(proposals.for_each_while(
        [&](DealId id, const market::DealProposal& known) -> Result<bool> {
            if (known == proposal) found = id;
            return !found;
        },
        from));
    return found;
}

}  // namespace strata::actors::read
