#include <strata/market/market_on_chain.hpp>

#include <strata/chain/supply.hpp>
#include <strata/market/deal_record.hpp>

namespace strata::market {
namespace {

namespace actor = actors::market;

// How many of the newest deals find_pending() reads: proposals are indexed by ID only, and the deals looked for are
// new.
constexpr DealId kLookedThrough = 10'000;

// Replaces an address by the ID address of its actor.
Status replace_by_id(vm::StateTree& state, Address& address, char prefix) {
    STRATA_TRY(const auto id, state.resolve(address));
    if (!id) return fail(Errc::not_found, "no actor has the address " + address.to_string(prefix));
    address = Address::id(*id);
    return {};
}

}  // namespace

Result<MarketOnChain> MarketOnChain::load(vm::StateTree& state) {
    MarketOnChain out(state);
    STRATA_TRY(out.market_, actors::state_of<actor::State>(state, kMarketId));
    return out;
}

Result<TokenAmount> MarketOnChain::free_escrow(ActorId who) const {
    STRATA_TRY(const auto found, actor::find_balance(*blocks_, market_, who));
    return found.balance - found.locked;
}

Result<std::optional<Deal>> MarketOnChain::deal(DealId id) const {
    return actor::find_deal(*blocks_, market_, id);
}

Result<bool> MarketOnChain::is_pending(const DealProposal& proposal) const {
    STRATA_TRY(const auto pending, HamtSet<Cid>::load(*blocks_, market_.pending_proposals));
    return pending.contains(proposal_cid(proposal));
}

Result<std::optional<DealId>> MarketOnChain::find_pending(const DealProposal& proposal) const {
    std::optional<DealId> found;
    // The set of pending proposals answers most questions without reading any deal.
    STRATA_TRY(const bool pending, is_pending(proposal));
    if (!pending) return found;
    STRATA_TRY(const auto proposals, actor::Proposals::load(*blocks_, market_.proposals, actor::kProposalsWidth));
    const DealId from = market_.next_id > kLookedThrough ? market_.next_id - kLookedThrough : 0;
    STRATA_OK(proposals.for_each_while(
        [&](DealId id, const DealProposal& known) -> Result<bool> {
            if (known == proposal) found = id;
            return !found;
        },
        from));
    return found;
}

Result<DealProposal> with_ids(vm::StateTree& state, DealProposal proposal, char address_prefix) {
    STRATA_OK(replace_by_id(state, proposal.client, address_prefix));
    STRATA_OK(replace_by_id(state, proposal.provider, address_prefix));
    return proposal;
}

Result<TokenAmount> least_collateral_on(vm::StateTree& state, const chain::Network& network, ChainEpoch epoch,
                                        std::uint64_t padded_size) {
    STRATA_TRY(const auto reward, actors::state_of<actors::reward::State>(state, kRewardId));
    STRATA_TRY(const auto power, actors::state_of<actors::power::State>(state, kPowerId));
    STRATA_TRY(const auto supply, chain::vm_supply(network, epoch, state));
    return actor::least_provider_collateral(*network.policy, padded_size,
                                            max(power.this_epoch_raw_byte_power, reward.this_epoch_baseline_power),
                                            supply.circulating());
}

}  // namespace strata::market
