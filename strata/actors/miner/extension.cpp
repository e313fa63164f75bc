#include <strata/actors/miner/extension.hpp>

#include <strata/actors/miner/activation.hpp>
#include <strata/actors/miner/lifetime.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/quality.hpp>

namespace strata::actors::miner {

Done check_extension(ChainEpoch now, ChainEpoch new_expiration, const SectorOnChainInfo& sector) {
    if (sector.expiration < now)
        return forbidden("sector " + std::to_string(sector.sector_number) + " expired at epoch " +
                         std::to_string(sector.expiration) + "; the current epoch is " + std::to_string(now));
    if (new_expiration < sector.expiration)
        return illegal_argument("the new expiration is epoch " + std::to_string(new_expiration) +
                                ", expected at least " + std::to_string(sector.expiration) +
                                ", the present expiration");
    return validate_expiration(now, sector.activation, new_expiration, sector.seal_proof);
}

void drop_unused_fields(SectorOnChainInfo& sector) {
    sector.expected_day_reward.reset();
    sector.expected_storage_pledge.reset();
    sector.replaced_day_reward.reset();
}

ActorResult<SectorOnChainInfo> extended_at_its_quality(const SectorOnChainInfo& sector, ChainEpoch now,
                                                       ChainEpoch new_expiration, SectorSize size,
                                                       const TokenAmount& circulating_supply) {
    STRATA_OK(check_extension(now, new_expiration, sector));
    const ChainEpoch old_duration = sector.expiration - sector.power_base_epoch;
    if (old_duration == 0) return zero_duration();
    if (new_expiration == now)
        return illegal_argument("sector " + std::to_string(sector.sector_number) +
                                " would expire now, expected an expiration after epoch " + std::to_string(now));
    SectorOnChainInfo out = sector;
    out.expiration = new_expiration;
    out.power_base_epoch = now;
    // Unverified deals, which only sectors from before version 19 have, do not live longer than the old expiration.
    out.deal_weight = div_trunc(sector.deal_weight * BigInt(sector.expiration - now), BigInt(old_duration));
    const BigInt space = div_trunc(sector.verified_deal_weight, BigInt(old_duration));
    out.verified_deal_weight = space * BigInt(new_expiration - now);
    drop_unused_fields(out);
    if (sector.daily_fee.is_zero()) out.daily_fee = daily_proof_fee(circulating_supply, qa_power_for_sector(size, out));
    return out;
}

}  // namespace strata::actors::miner
