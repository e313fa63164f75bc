#pragma once
// Finds the path from one tipset to another over their last common ancestor.
#include <strata/chain/tipset.hpp>

namespace strata::chain {

class ChainStore;

/// Returns the path. Errors: out_of_range if more than `most_reverted` tipsets would be reverted; missing_block.
Result<HeadChange> way_between(ChainStore& chain, TipsetPtr from, TipsetPtr to,
                               std::size_t most_reverted = kLongestRevert);

}  // namespace strata::chain
