#pragma once
// Finds the way from one tipset to another over their last common ancestor.
#include <limits>

#include <strata/chain/tipset.hpp>
#include <strata/types/epochs.hpp>

namespace strata::chain {

class ChainStore;

/// The number of tipsets after which a tipset is final (lotus build/buildconstants/params.go, policy.ChainFinality).
inline constexpr ChainEpoch kFinality = kChainFinality;
/// The most tipsets that a new head may revert. It is one less than finality, because the reference compares before
/// each of its 900 steps back and not after the last one (lotus chain/store/store.go, exceedsForkLength).
inline constexpr std::size_t kLongestRevert = 899;
inline constexpr std::size_t kNoRevertLimit = std::numeric_limits<std::size_t>::max();

/// The tipsets that a change of head takes back and those that it adds.
struct HeadChange {
    std::vector<TipsetPtr> reverted;  // newest first
    std::vector<TipsetPtr> applied;   // oldest first
};
/// Returns the way. Errors: out_of_range if more than `most_reverted` tipsets would be reverted; missing_block.
Result<HeadChange> way_between(ChainStore& chain, TipsetPtr from, TipsetPtr to,
                               std::size_t most_reverted = kLongestRevert);

}  // namespace strata::chain
