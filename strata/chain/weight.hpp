#pragma once
// Computes the weight of a chain and decides between chains of equal weight. Source: docs/protocol/node.md §10 (lotus
// chain/consensus/filcns/weight.go).
#include <strata/chain/tipset.hpp>

namespace strata::chain {

class ChainStore;

/// Returns the weight that one tipset adds. `total_power` is the network's quality-adjusted power (positive, checked).
BigInt added_weight(const StoragePower& total_power, std::int64_t win_counts);

/// Returns the weight of the chain that ends in `tipset`; its parent state must be in the store. Errors: missing_block;
/// verification if the network has no power.
Result<BigInt> chain_weight(ChainStore& chain, const Tipset& tipset);

/// Returns true if `a` is preferred among two tipsets of equal weight. The first pair of different tickets decides.
bool wins_tie(const Tipset& a, const Tipset& b);

}  // namespace strata::chain
