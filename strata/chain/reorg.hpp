#pragma once
// The way from one tipset to another, over their last common ancestor.
#include <limits>

#include <strata/chain/tipset.hpp>
#include <strata/types/epochs.hpp>

namespace strata::chain {

class ChainStore;

/// Tipsets after which nothing is taken back (lotus build/buildconstants/params.go, policy.ChainFinality).
inline constexpr ChainEpoch kFinality = kChainFinality;
/// A head may revert one tipset less than that: the reference compares before each of its 900 steps back and not after
/// the last one (lotus chain/store/store.go, exceedsForkLength).
inline constexpr std::size_t kLongestRevert = 899;
inline constexpr std::size_t kNoRevertLimit = std::numeric_limits<std::size_t>::max();

struct HeadChange {
    std::vector<TipsetPtr> reverted;  // newest first
    std::vector<TipsetPtr> applied;   // oldest first
};
/// Errors: out_of_range if more than `most_reverted` tipsets would be reverted; missing_block.
Result<HeadChange> way_between(ChainStore& chain, TipsetPtr from, TipsetPtr to,
                               std::size_t most_reverted = kLongestRevert);

}  // namespace strata::chain
