#pragma once
// Sectors whose early termination was processed. Source: builtin-actors v18 actors/miner/src/termination.rs.
#include <map>

#include <strata/actors/miner/types.hpp>

namespace strata::actors::miner {

struct TerminationResult {
    std::map<ChainEpoch, BitField> sectors;  // by the epoch of their termination
    std::uint64_t partitions_processed = 0;
    std::uint64_t sectors_processed = 0;

    bool below_limit(std::uint64_t partition_limit, std::uint64_t sector_limit) const {
        return partitions_processed < partition_limit && sectors_processed < sector_limit;
    }
    bool empty() const { return sectors_processed == 0; }
    TerminationResult& operator+=(const TerminationResult& other) {
        partitions_processed += other.partitions_processed;
        sectors_processed += other.sectors_processed;
        for (const auto& [epoch, more] : other.sectors) sectors[epoch] |= more;
        return *this;
    }
};

}  // namespace strata::actors::miner
