#pragma once
// What a provider wants to see of a proposal before it takes it, and again before it publishes it. Errors are reasons
// for the client. Source: storage.md §10.1, §11.1; builtin-actors actors/market/src/lib.rs (validate_deal).
#include <strata/market/deal_record.hpp>
#include <strata/market/market_on_chain.hpp>

namespace strata::market {

struct DealRules {
    Address miner;  // f0
    const Ask& ask;
    std::uint64_t sector_size = 0;
    const chain::Network& network;
};

/// Bounds that need no state. Errors: invalid_argument; unsupported for verified deals.
Status check_terms(const DealRules& rules, const ClientDealProposal& deal, std::uint64_t data_size);
/// May it still start that late? `now`: the epoch after the head. Errors: invalid_argument.
Status check_times(const DealProposal& proposal, ChainEpoch now, ChainEpoch least_lead);
/// Signature and money, as of `state` after the epoch before `now`. `promised`: what other deals will take of the
/// client's escrow. Errors: verification for the signature, invalid_argument, not_found for a client without an actor.
Status check_on_chain(const DealRules& rules, const ClientDealProposal& deal, vm::StateTree& state, ChainEpoch now,
                      const TokenAmount& promised);

}  // namespace strata::market
