#pragma once
// The checks of a proposal. The provider makes them before it takes the deal, and again before it publishes it. Errors
// are sentences for the client. Source: builtin-actors actors/market/src/lib.rs (validate_deal), policy.rs.
#include <strata/chain/address_prefix.hpp>
#include <strata/market/deal_record.hpp>
#include <strata/market/market_on_chain.hpp>

namespace strata::market {

struct DealRules {
    Address miner;  // f0
    const Ask& ask;
    std::uint64_t sector_size = 0;
    const chain::Network& network;
    char address_prefix() const { return chain::address_prefix(network); }
};

/// Checks the bounds that need no state. Errors: invalid_argument; unsupported for verified deals.
Status check_terms(const DealRules& rules, const ClientDealProposal& deal, std::uint64_t data_size);
/// Checks that there is enough time before the deal's start, and that it ends while a sector may live. `now` is the
/// epoch after the head. Errors: invalid_argument.
Status check_times(const DealProposal& proposal, ChainEpoch now, ChainEpoch least_lead);
/// Checks signature and money against `state`, the state after the head; `now` is the next epoch. `promised` is the
/// amount that other deals will take from the client's escrow. Errors: verification for the signature,
/// invalid_argument, not_found for a client without an actor.
Status check_on_chain(const DealRules& rules, const ClientDealProposal& deal, vm::StateTree& state, ChainEpoch now,
                      const TokenAmount& promised);

}  // namespace strata::market
