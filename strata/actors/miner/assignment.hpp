#pragma once
// Which deadline new sectors go to. Source: storage.md §4.2; builtin-actors v18
// actors/miner/src/deadline_assignment.rs.
#include <strata/actors/abort.hpp>
#include <strata/actors/miner/types.hpp>

namespace strata::actors::miner {

/// How full a deadline is that may take sectors.
struct DeadlineLoad {
    std::uint64_t index = 0;
    std::uint64_t live_sectors = 0;
    std::uint64_t total_sectors = 0;
};

/// For each of `sectors` its deadline, one after the other. `loads` must not be empty. illegal_state where all
/// deadlines are full.
ActorResult<std::vector<std::uint64_t>> assign_deadlines(std::uint64_t max_partitions, std::uint64_t partition_size,
                                                         std::vector<DeadlineLoad> loads, std::size_t sectors);

}  // namespace strata::actors::miner
