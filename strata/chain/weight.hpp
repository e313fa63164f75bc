#pragma once
// Weight of a chain and the tie rule between equal ones. Source: docs/protocol/node.md §10 (lotus
// chain/consensus/filcns/weight.go).
#include <strata/chain/tipset.hpp>

namespace strata::chain {

class ChainStore;

/// Weight that one tipset adds: `total_power` is the network's quality-adjusted power. Positive (checked).
BigInt added_weight(const StoragePower& total_power, std::int64_t win_counts);

/// Weight of the chain that ends in `tipset`; its parent state must be here. Errors: missing_block, verification where
/// the network has no power.
Result<BigInt> chain_weight(ChainStore& chain, const Tipset& tipset);

/// Between two tipsets of equal weight: is `a` preferred? The first pair of different tickets decides.
bool wins_tie(const Tipset& a, const Tipset& b);

}  // namespace strata::chain
