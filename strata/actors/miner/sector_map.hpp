#pragma once
// Sectors by deadline and partition, as messages declare them. Source: builtin-actors v18
// actors/miner/src/sector_map.rs.
#include <map>

#include <strata/actors/miner/checked.hpp>
#include <strata/actors/miner/deadline_info.hpp>
#include <strata/actors/miner/types.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::miner {

using PartitionSectorMap = std::map<std::uint64_t, BitField>;

class DeadlineSectorMap {
  public:
    Done add(std::uint64_t deadline, std::uint64_t partition, const BitField& sectors) {
        if (deadline >= kWPoStPeriodDeadlines) return illegal_argument(no_such_deadline(deadline));
        by_deadline_[deadline][partition] |= sectors;
        return {};
    }
    /// Aborts with illegal_argument if there are more than this.
    Done check(std::uint64_t max_partitions, std::uint64_t max_sectors) const;
    const std::map<std::uint64_t, PartitionSectorMap>& by_deadline() const { return by_deadline_; }

  private:
    std::map<std::uint64_t, PartitionSectorMap> by_deadline_;
};

}  // namespace strata::actors::miner
