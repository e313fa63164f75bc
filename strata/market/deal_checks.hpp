#pragma once
// The checks of a proposal. The provider makes them before it takes a deal, and again before it publishes the deal.
// Errors are sentences for the client. Source: builtin-actors actors/market/src/lib.rs (validate_deal), policy.rs.
#include <strata/chain/address_prefix.hpp>
#include <strata/market/deal_record.hpp>

namespace strata::vm {
class StateTree;
}

namespace strata::market {

struct DealRules {
    Address miner;  // f0
    Ask ask;
    std::uint64_t sector_size = 0;
    const chain::Network& network;
    char address_prefix() const { return chain::address_prefix(network); }
};

/// Returns the proposal with ID addresses, as the market actor keeps it. Errors: not_found if a party has no actor; the
/// sentence has the party's address, which begins with `address_prefix`.
Result<DealProposal> with_ids(vm::StateTree& state, DealProposal proposal, char address_prefix);

/// Returns the least collateral of a provider, as the actor would demand it in a message on top of this state.
Result<TokenAmount> least_collateral_on(vm::StateTree& state, const chain::Network& network, ChainEpoch epoch,
                                        std::uint64_t padded_size);

/// Checks the bounds that need no state. Errors: invalid_argument; unsupported for verified deals.
Status check_terms(const DealRules& rules, const ClientDealProposal& deal, std::uint64_t data_size);
/// Checks that there is enough time before the deal's start, and that it ends within the life of a new sector. `now` is
/// the epoch after the head. Errors: invalid_argument.
Status check_times(const DealProposal& proposal, ChainEpoch now, ChainEpoch least_lead);
/// Checks signature and money against `state`, the state after the head; `now` is the next epoch. `promised` is the
/// amount that other deals will take from the client's escrow. Errors: verification for the signature,
/// invalid_argument, not_found for a client without an actor.
Status check_on_chain(const DealRules& rules, const ClientDealProposal& deal, vm::StateTree& state, ChainEpoch now,
                      const TokenAmount& promised);

}  // namespace strata::market
