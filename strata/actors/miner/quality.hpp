#pragma once
// Quality-adjusted power of sectors. Source: docs/protocol/fvm.md §8.8, docs/protocol/storage.md §4; builtin-actors v18
// actors/miner/src/policy.rs.
#include <span>

#include <strata/actors/miner/types.hpp>
#include <strata/actors/policy.hpp>

namespace strata::actors::miner {

using SectorInfos = std::span<const SectorOnChainInfo>;

/// Returns the power of a sector whose verified pieces have this much spacetime over its duration, which must not be 0.
/// A verified byte counts ten times.
StoragePower qa_power_for_weight(SectorSize size, ChainEpoch duration, const BigInt& verified_weight);
StoragePower qa_power_for_sector(SectorSize size, const SectorOnChainInfo& sector);
StoragePower raw_power_for_sector(SectorSize size);
/// Returns the flags of a sector that is made or updated now.
std::uint32_t new_sector_flags(const Policy& policy);
/// Returns the power of a sector all of whose data is verified, or that has kFullQaPower.
StoragePower qa_power_max(SectorSize size);

PowerPair power_for_sector(SectorSize size, const SectorOnChainInfo& sector);
PowerPair power_for_sectors(SectorSize size, SectorInfos sectors);

}  // namespace strata::actors::miner
