#pragma once
// Replaces sectors of one deadline with newer versions of themselves, partition by partition.
// Source: builtin-actors v18 actors/miner/src/lib.rs (replica updates, extensions).
#include <strata/actors/miner/state.hpp>

namespace strata::actors::miner {

class DeadlineEdit {
  public:
    static ActorResult<DeadlineEdit> begin(Runtime& rt, const State& state, const Deadlines& all, std::uint64_t index,
                                           SectorSize size);
    /// Aborts with not_found if the deadline does not have the partition.
    ActorResult<Partition> partition(std::uint64_t index) const;
    Done replace(std::uint64_t index, Partition partition, SectorInfos old_sectors, SectorInfos new_sectors);
    /// Records the partitions that now have sectors expiring at `epoch`.
    Done add_expirations(ChainEpoch epoch, const std::vector<std::uint64_t>& partitions);
    /// Writes the partitions and the sums, and puts the deadline into `all`.
    Done finish(Deadlines& all);

    const PowerPair& power_delta() const { return power_delta_; }
    const TokenAmount& pledge_delta() const { return pledge_delta_; }

  private:
    DeadlineEdit(Runtime& rt, std::uint64_t index, Deadline deadline, Partitions partitions, const QuantSpec& quant,
                 SectorSize size)
        : rt_(rt),
          index_(index),
          deadline_(std::move(deadline)),
          partitions_(std::move(partitions)),
          quant_(quant),
          size_(size) {}
    Runtime& rt_;
    std::uint64_t index_;
    Deadline deadline_;
    Partitions partitions_;
    QuantSpec quant_;
    SectorSize size_;
    PowerPair power_delta_;
    TokenAmount pledge_delta_;
};

}  // namespace strata::actors::miner
