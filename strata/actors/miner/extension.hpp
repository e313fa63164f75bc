#pragma once
// Shared by the methods that give sectors a later expiration. Source: docs/protocol/storage.md §2; builtin-actors v18
// actors/miner/src/lib.rs; for version 19 builtin-actors #1778 and #1782.
#include <strata/actors/miner/sectors.hpp>

namespace strata::actors::miner {

/// Checks that the sector is alive and may have this expiration.
Done check_extension(ChainEpoch now, ChainEpoch new_expiration, const SectorOnChainInfo& sector);
void drop_unused_fields(SectorOnChainInfo& sector);

/// Returns the sector with a new expiration, since version 19. The space of its pieces, and so its quality, stays; the
/// fee stays too, but a sector from before FIP-0100 gets one.
ActorResult<SectorOnChainInfo> extended_at_its_quality(const SectorOnChainInfo& sector, ChainEpoch now,
                                                       ChainEpoch new_expiration, SectorSize size,
                                                       const TokenAmount& circulating_supply);

/// Returns the deadlines in the order in which they were first declared.
template <class Declarations>
std::vector<std::uint64_t> deadlines_of(const Declarations& declarations) {
    std::vector<std::uint64_t> out;
    for (const auto& declared : declarations)
        if (std::ranges::find(out, declared.deadline) == out.end()) out.push_back(declared.deadline);
    return out;
}

}  // namespace strata::actors::miner
