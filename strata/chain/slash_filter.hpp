#pragma once
// Keeps a miner from signing blocks that would be reported as a consensus fault, across restarts: two blocks at one
// height, two on the same parents, or one whose parents leave out the miner's own block. Source:
// docs/protocol/node.md §12 (lotus chain/gen/slashfilter). Also keeps a miner whose records were put back from a backup
// from doing so: the records do not know what it signed after the backup, so it is held until no such block can matter.
#include <optional>

#include <strata/base/mutex.hpp>
#include <strata/store/key_value.hpp>
#include <strata/types/block_header.hpp>

namespace strata::chain {

class SlashFilter {
  public:
    /// `meta` must outlive the filter. Thread-safe; a node has one, through which all of its blocks go, so that no two
    /// are admitted side by side.
    explicit SlashFilter(store::KeyValue& meta) : meta_(meta) {}

    /// Records the block; it may leave the node only after this. The same block may be admitted again. Errors:
    /// verification, with the fault that the block would be; io.
    Status admit(const BlockHeader& block, ChainEpoch parent_height) STRATA_EXCLUDES(mutex_);

    /// Holds the node's miners: they sign no block on parents at or below an epoch. On parents above the last epoch for
    /// which a lost node can have signed, each of the three faults is impossible: the height is new, the parents are
    /// new, and the miner has no block beside them. With `until` empty the epoch is chosen by held_until() when the
    /// node runs. This is the write of one record; the caller may put it into a batch of its own.
    static store::Write hold(std::optional<ChainEpoch> until);
    /// Returns the epoch above which parents must be, if the miners are held. If it is not chosen yet, it becomes
    /// `present`, the epoch of the network's clock, with a margin for clocks and for the block of the next epoch.
    /// Errors: malformed record; io.
    Result<std::optional<ChainEpoch>> held_until(ChainEpoch present) STRATA_EXCLUDES(mutex_);

  private:
    Mutex mutex_;
    store::KeyValue& meta_;
};

}  // namespace strata::chain
