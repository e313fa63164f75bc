#pragma once
// The way from one tipset to another, over their last common ancestor.
#include <strata/chain/chain_store.hpp>

namespace strata::chain {

/// Tipsets after which nothing is taken back (node.md §10).
inline constexpr ChainEpoch kFinality = 900;

struct HeadChange {
    std::vector<TipsetPtr> reverted;  // newest first
    std::vector<TipsetPtr> applied;   // oldest first
};
/// Errors: out_of_range if more than `limit` tipsets would be reverted; missing_block.
Result<HeadChange> way_between(ChainStore& chain, TipsetPtr from, TipsetPtr to, std::size_t limit = kFinality);

}  // namespace strata::chain
