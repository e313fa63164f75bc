#pragma once
// Finds the way from one tipset to another over their last common ancestor.
#include <strata/chain/tipset.hpp>

namespace strata::chain {

class ChainStore;

/// Returns the way. Errors: out_of_range if more than `most_reverted` tipsets would be reverted; missing_block.
Result<HeadChange> way_between(ChainStore& chain, TipsetPtr from, TipsetPtr to,
                               std::size_t most_reverted = kLongestRevert);

}  // namespace strata::chain
