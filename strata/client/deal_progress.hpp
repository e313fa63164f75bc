#pragma once
// Moves one deal of a record forward, by what its provider and the chain say. Nothing here signs or pays.
#include <strata/client/node_calls.hpp>
#include <strata/client/put_record.hpp>
#include <strata/market/market_client.hpp>

namespace strata::client {

/// Finds the deal of a proposal on the chain, by its terms. Errors: those of NodeCalls::deals().
Result<std::optional<ChainDeal>> find_on_chain(NodeCalls& node, const market::DealProposal& proposal);

struct Followed {
    /// Why the provider does not say how the deal is; empty if it says so, or need not.
    std::optional<Error> silence;
};

/// Follows a deal from the sent stage on: asks the provider and then the chain, which must agree that the deal is ours.
/// Before that stage nothing changes. A deal that the provider gave up or forgot, and one whose start has passed, fails
/// only if the chain does not have it. Errors: those of the node; a provider that does not answer, has too much to do,
/// or answers what nobody can read is not one.
Result<Followed> follow(NodeCalls& node, const std::string& url, PutDeal& deal);

}  // namespace strata::client
