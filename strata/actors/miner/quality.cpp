#include <strata/actors/miner/quality.hpp>

namespace strata::actors::miner {
namespace {

constexpr std::int64_t kQualityBaseMultiplier = 10;
constexpr std::int64_t kVerifiedDealWeightMultiplier = 100;
constexpr unsigned kSectorQualityPrecision = 20;

// Returns the weighted mean of the multipliers, divided by the base multiplier, with 20 bits of fraction: 1 for a
// sector without verified data, 10 for a sector full of it.
BigInt quality_for_weight(SectorSize size, ChainEpoch duration, const BigInt& verified_weight) {
    const BigInt space_time = raw_power_for_sector(size) * duration;
    const BigInt weighted =
        (space_time - verified_weight) * kQualityBaseMultiplier + verified_weight * kVerifiedDealWeightMultiplier;
    return div_floor(div_floor(weighted << kSectorQualityPrecision, space_time), kQualityBaseMultiplier);
}

}  // namespace

StoragePower raw_power_for_sector(SectorSize size) {
    return BigInt(static_cast<std::uint64_t>(size));
}

StoragePower qa_power_for_weight(SectorSize size, ChainEpoch duration, const BigInt& verified_weight) {
    return (raw_power_for_sector(size) * quality_for_weight(size, duration, verified_weight)) >>
           kSectorQualityPrecision;
}

StoragePower qa_power_for_sector(SectorSize size, const SectorOnChainInfo& sector) {
    // Source: crate fil_actor_miner_state 27.2.0 src/v19/policy.rs. Older versions never set this flag.
    if ((sector.flags & kFullQaPower) != 0) return qa_power_max(size);
    return qa_power_for_weight(size, sector.expiration - sector.power_base_epoch, sector.verified_deal_weight);
}

std::uint32_t new_sector_flags(const Policy& policy) {
    return policy.solstice ? kSimpleQaPower | kFullQaPower : kSimpleQaPower;
}

PowerPair power_for_sector(SectorSize size, const SectorOnChainInfo& sector) {
    return {raw_power_for_sector(size), qa_power_for_sector(size, sector)};
}

PowerPair power_for_sectors(SectorSize size, SectorInfos sectors) {
    PowerPair out;
    for (const auto& sector : sectors) out += power_for_sector(size, sector);
    return out;
}

StoragePower qa_power_max(SectorSize size) {
    return div_floor(raw_power_for_sector(size) * kVerifiedDealWeightMultiplier, kQualityBaseMultiplier);
}

}  // namespace strata::actors::miner
