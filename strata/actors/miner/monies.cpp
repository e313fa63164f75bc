#include <strata/actors/miner/monies.hpp>

#include <strata/actors/reward/state.hpp>

namespace strata::actors::miner {
namespace {

// Deposit and pledge are never zero, because their sums tell whether a miner is active.
TokenAmount at_least_one(const TokenAmount& amount) {
    return amount.sign() > 0 ? amount : TokenAmount(1);
}

// Returns the part of the consensus pledge that ignores the baseline, in per mille. It is 300 at the end of the ramp
// (FIP-0081).
std::int64_t simple_share_permille(std::int64_t epochs_since_ramp_start, std::uint64_t ramp_duration_epochs) {
    constexpr std::int64_t kAtRampEnd = 300;
    if (epochs_since_ramp_start < 0) return 0;
    const auto epochs = static_cast<std::uint64_t>(epochs_since_ramp_start);
    if (epochs >= ramp_duration_epochs) return kAtRampEnd;
    const BigInt skew = div_floor(BigInt(epochs_since_ramp_start) * kAtRampEnd, BigInt(ramp_duration_epochs));
    return skew.to_i64().value_or(kAtRampEnd);  // below kAtRampEnd, as epochs < duration
}

}  // namespace

TokenAmount expected_reward_for_power(const FilterEstimate& reward, const FilterEstimate& network_qa_power,
                                      const StoragePower& qa_power, ChainEpoch period) {
    if (network_qa_power.estimate().is_zero()) return reward.estimate();
    const BigInt reward_per_byte = extrapolated_cum_sum_of_ratio(period, 0, reward, network_qa_power);  // Q.128
    return max(TokenAmount(0), (qa_power * reward_per_byte) >> kPrecision);
}

TokenAmount pledge_penalty_for_continued_fault(const FilterEstimate& reward, const FilterEstimate& network_qa_power,
                                               const StoragePower& qa_power) {
    return expected_reward_for_power(reward, network_qa_power, qa_power, kContinuedFaultProjectionPeriod);
}

TokenAmount pledge_penalty_for_invalid_windowpost(const FilterEstimate& reward, const FilterEstimate& network_qa_power,
                                                  const StoragePower& qa_power) {
    static const TokenAmount base = fil(20);
    return expected_reward_for_power(reward, network_qa_power, qa_power, kInvalidWindowPostProjectionPeriod) + base;
}

TokenAmount pledge_penalty_for_termination(const TokenAmount& initial_pledge, ChainEpoch sector_age,
                                           const TokenAmount& fault_fee) {
    // The fee grows with age up to a share of the pledge. The lower bound makes sure that a termination is never
    // cheaper than a fault (FIP-0098).
    const TokenAmount full = div_floor(initial_pledge * kTermFeePledgeMultipleNum, kTermFeePledgeMultipleDenom);
    const TokenAmount by_age = div_floor(full * sector_age, kTerminationLifetimeCap * kEpochsInDay);
    const TokenAmount lowest = div_floor(initial_pledge * kTermFeeMinPledgeMultipleNum, kTermFeeMinPledgeMultipleDenom);
    const TokenAmount over_fault_fee =
        div_floor(fault_fee * kTermFeeMaxFaultFeeMultipleNum, kTermFeeMaxFaultFeeMultipleDenom);
    return max(min(full, by_age), max(lowest, over_fault_fee));
}

TokenAmount pre_commit_deposit_for_power(const FilterEstimate& reward, const FilterEstimate& network_qa_power,
                                         const StoragePower& qa_power) {
    return at_least_one(
        expected_reward_for_power(reward, network_qa_power, qa_power, kPreCommitDepositProjectionPeriod));
}

TokenAmount initial_pledge_for_power(const StoragePower& qa_power, const StoragePower& baseline_power,
                                     const FilterEstimate& reward, const FilterEstimate& network_qa_power,
                                     const TokenAmount& circulating_supply, std::int64_t epochs_since_ramp_start,
                                     std::uint64_t ramp_duration_epochs) {
    constexpr std::int64_t kPermille = 1000;
    constexpr std::int64_t kLockTargetNum = 3;  // 30 % of the circulating supply
    constexpr std::int64_t kLockTargetDenom = 10;
    static const TokenAmount cap_per_byte = div_floor(fil(1), BigInt::pow2(35));  // 1 FIL for 32 GiB

    // The pledge has two parts: the reward that the sector is expected to earn in 20 days, and its share of 30 % of the
    // circulating supply. The share is a weighted mean of two: one against the baseline, and a simple one against
    // the network's power alone.
    const TokenAmount storage_pledge =
        at_least_one(expected_reward_for_power(reward, network_qa_power, qa_power, kInitialPledgeProjectionPeriod));
    const std::int64_t simple = simple_share_permille(epochs_since_ramp_start, ramp_duration_epochs);
    const BigInt target = circulating_supply * kLockTargetNum * qa_power;
    const StoragePower simple_power = max(network_qa_power.estimate(), qa_power);
    const StoragePower power = max(simple_power, baseline_power);
    const auto part = [&](std::int64_t permille, const StoragePower& total) {
        return div_floor(target * permille, total * kLockTargetDenom * kPermille);
    };
    const TokenAmount consensus_pledge = part(kPermille - simple, power) + part(simple, simple_power);
    return min(storage_pledge + consensus_pledge, cap_per_byte * qa_power);
}

TokenAmount consensus_fault_penalty(const TokenAmount& this_epoch_reward) {
    constexpr std::int64_t kConsensusFaultFactor = 5;
    return div_floor(this_epoch_reward * kConsensusFaultFactor, reward::kExpectedLeadersPerEpoch);
}

TokenAmount reward_for_consensus_slash_report(const TokenAmount& this_epoch_reward) {
    constexpr std::int64_t kReporterShareDivisor = 4;  // the reporter gets a quarter of the reward of one win
    return div_floor(this_epoch_reward, reward::kExpectedLeadersPerEpoch * kReporterShareDivisor);
}

TokenAmount reward_for_disputed_window_post() {
    return fil(4);
}

TokenAmount locked_reward_from_reward(const TokenAmount& reward) {
    return div_floor(reward * 3, 4);
}

TokenAmount daily_proof_fee(const TokenAmount& circulating_supply, const StoragePower& qa_power) {
    // The fee is 1.61817e-25 of the circulating supply for a byte (runtime/src/runtime/policy.rs, the same on all
    // networks).
    static const BigInt denominator = BigInt::constant("1000000000000000000000000000000");
    return div_floor(circulating_supply * 161'817 * qa_power, denominator);
}

TokenAmount daily_proof_fee_adjust(const TokenAmount& daily_fee, const StoragePower& old_qa_power,
                                   const StoragePower& new_qa_power) {
    if (old_qa_power == new_qa_power) return daily_fee;
    return div_floor(daily_fee * new_qa_power, old_qa_power);
}

TokenAmount daily_proof_fee_payable(const TokenAmount& daily_fee, const TokenAmount& estimated_day_reward) {
    constexpr std::int64_t kBlockRewardCapDenom = 2;
    return min(div_floor(estimated_day_reward, kBlockRewardCapDenom), daily_fee);
}

}  // namespace strata::actors::miner
