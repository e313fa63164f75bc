#include <strata/actors/miner/assignment.hpp>

#include <algorithm>
#include <tuple>

namespace strata::actors::miner {
namespace {

// The deadline with the least rank takes the next sector. A rank compares, in this order: the number of partitions
// after a compaction, which the miner has to prove in the long run; the present number of partitions, which decides
// when the miner must compact; whether the last partition is partly filled, the fullest first, so that runs of sectors
// stay together and bit fields stay small; and the number of live sectors.
auto rank(const DeadlineLoad& load, std::uint64_t partition_size) {
    const auto partitions_with_one_more = [&](std::uint64_t sectors) { return sectors / partition_size + 1; };
    const bool all_full = load.total_sectors % partition_size == 0;  // a partly filled partition (false) comes first
    return std::tuple(partitions_with_one_more(load.live_sectors), partitions_with_one_more(load.total_sectors),
                      all_full, all_full ? 0 : ~load.total_sectors /* descending */, load.live_sectors, load.index);
}

}  // namespace

ActorResult<std::vector<std::uint64_t>> assign_deadlines(std::uint64_t max_partitions, std::uint64_t partition_size,
                                                         std::vector<DeadlineLoad> loads, std::size_t sectors) {
    if (loads.empty()) return illegal_state("no deadline takes sectors at this epoch");
    std::vector<std::uint64_t> out;
    for (std::size_t i = 0; i < sectors; ++i) {
        // Each sector changes the load of its deadline, so each sector needs a new search.
        auto& best =
            *std::ranges::min_element(loads, {}, [&](const DeadlineLoad& load) { return rank(load, partition_size); });
        if (best.total_sectors >= partition_size * max_partitions)
            return illegal_state("all deadlines are full: each has " + std::to_string(max_partitions) +
                                 " partitions of " + std::to_string(partition_size) + " sectors");
        out.push_back(best.index);
        best.live_sectors += 1;
        best.total_sectors += 1;
    }
    return out;
}

}  // namespace strata::actors::miner
