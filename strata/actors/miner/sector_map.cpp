#include <strata/actors/miner/sector_map.hpp>

namespace strata::actors::miner {

Done DeadlineSectorMap::check(std::uint64_t max_partitions, std::uint64_t max_sectors) const {
    std::uint64_t partitions = 0;
    std::uint64_t sectors = 0;
    for (const auto& [deadline, by_partition] : by_deadline_) {
        partitions += by_partition.size();
        for (const auto& [partition, numbers] : by_partition)
            if (__builtin_add_overflow(sectors, numbers.count(), &sectors))
                return illegal_argument("the message names 2^64 sectors or more, at most " +
                                        std::to_string(max_sectors) + " are allowed");
    }
    if (partitions > max_partitions)
        return illegal_argument("the message names " + std::to_string(partitions) + " partitions, at most " +
                                std::to_string(max_partitions) + " are allowed");
    if (sectors > max_sectors)
        return illegal_argument("the message names " + std::to_string(sectors) + " sectors, at most " +
                                std::to_string(max_sectors) + " are allowed");
    return {};
}

}  // namespace strata::actors::miner
