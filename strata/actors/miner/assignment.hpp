#pragma once
// Assigns new sectors to deadlines. Source: docs/protocol/storage.md §4.2; builtin-actors v18
// actors/miner/src/deadline_assignment.rs.
#include <strata/actors/miner/types.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::miner {

/// The load of a deadline that may take sectors.
struct DeadlineLoad {
    std::uint64_t index = 0;
    std::uint64_t live_sectors = 0;
    std::uint64_t total_sectors = 0;
};

/// Returns the deadlines for this many new sectors, in order. Aborts with illegal_state if `loads` is empty or all
/// deadlines are full.
ActorResult<std::vector<std::uint64_t>> assign_deadlines(std::uint64_t max_partitions, std::uint64_t partition_size,
                                                         std::vector<DeadlineLoad> loads, std::size_t sectors);

}  // namespace strata::actors::miner
