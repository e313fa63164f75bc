#pragma once
// Keeps a miner from signing blocks that would be reported as a consensus fault, across restarts: two blocks at one
// height, two on the same parents, or one whose parents leave out the miner's own block. Source:
// docs/protocol/node.md §12 (lotus chain/gen/slashfilter).
#include <strata/store/key_value.hpp>
#include <strata/types/block_header.hpp>

namespace strata::chain {

class SlashFilter {
  public:
    /// `meta` must outlive the filter. Not thread-safe: one producer at a time.
    explicit SlashFilter(store::KeyValue& meta) : meta_(meta) {}

    /// Records the block; it may leave the node only after this. The same block may be admitted again. Errors:
    /// verification, with the fault that the block would be; io.
    Status admit(const BlockHeader& block, ChainEpoch parent_height);

  private:
    store::KeyValue& meta_;
};

}  // namespace strata::chain
