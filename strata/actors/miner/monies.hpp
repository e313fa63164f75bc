#pragma once
// The costs of a sector for its miner: pledge, deposit, daily fee and penalties. This is pure arithmetic.
// Source: docs/protocol/fvm.md §8.8, docs/protocol/storage.md §4; builtin-actors v18
// actors/miner/src/{monies,policy}.rs; FIP-0081, 0098, 0100.
#include <strata/actors/math/smoothing.hpp>
#include <strata/actors/miner/types.hpp>

namespace strata::actors::miner {

/// The deposit is the expected reward of this period; so is the first part of the pledge.
inline constexpr ChainEpoch kPreCommitDepositProjectionPeriod = 20 * kEpochsInDay;
inline constexpr ChainEpoch kInitialPledgeProjectionPeriod = 20 * kEpochsInDay;
/// A sector that stays faulty for a further proving period pays the expected reward of 3.51 days.
inline constexpr ChainEpoch kContinuedFaultProjectionPeriod = kEpochsInDay * 351 / 100;
inline constexpr ChainEpoch kInvalidWindowPostProjectionPeriod = kContinuedFaultProjectionPeriod + 2 * kEpochsInDay;
/// The age in days at which the termination fee reaches its full share of the pledge.
inline constexpr ChainEpoch kTerminationLifetimeCap = 140;
/// A termination costs up to 8.5 % of the pledge by age, but never less than 2 % of the pledge or 105 % of the fault
/// fee, even if that is more than 8.5 % of the pledge.
inline constexpr std::int64_t kTermFeePledgeMultipleNum = 85;
inline constexpr std::int64_t kTermFeePledgeMultipleDenom = 1000;
inline constexpr std::int64_t kTermFeeMinPledgeMultipleNum = 2;
inline constexpr std::int64_t kTermFeeMinPledgeMultipleDenom = 100;
inline constexpr std::int64_t kTermFeeMaxFaultFeeMultipleNum = 105;
inline constexpr std::int64_t kTermFeeMaxFaultFeeMultipleDenom = 100;

/// Returns BR(t), the reward that a power is expected to earn over a period.
TokenAmount expected_reward_for_power(const FilterEstimate& reward, const FilterEstimate& network_qa_power,
                                      const StoragePower& qa_power, ChainEpoch period);

/// Returns FF, the fee of a faulty sector for one proving period.
TokenAmount pledge_penalty_for_continued_fault(const FilterEstimate& reward, const FilterEstimate& network_qa_power,
                                               const StoragePower& qa_power);
/// Returns the penalty for a Window PoSt that a dispute has proven wrong: a fault's fee for two more days, and 20 FIL.
TokenAmount pledge_penalty_for_invalid_windowpost(const FilterEstimate& reward, const FilterEstimate& network_qa_power,
                                                  const StoragePower& qa_power);
/// Returns the fee for a sector that is terminated at this age, in epochs (FIP-0098).
TokenAmount pledge_penalty_for_termination(const TokenAmount& initial_pledge, ChainEpoch sector_age,
                                           const TokenAmount& fault_fee);

/// Returns the deposit for a pre-commit, which is lost if the sector is not proven in time.
TokenAmount pre_commit_deposit_for_power(const FilterEstimate& reward, const FilterEstimate& network_qa_power,
                                         const StoragePower& qa_power);
/// Returns the initial pledge. A part of it is a share of the circulating supply. Over the ramp, the weight of the
/// share that ignores the baseline grows from 0 to 30 % (FIP-0081).
TokenAmount initial_pledge_for_power(const StoragePower& qa_power, const StoragePower& baseline_power,
                                     const FilterEstimate& reward, const FilterEstimate& network_qa_power,
                                     const TokenAmount& circulating_supply, std::int64_t epochs_since_ramp_start,
                                     std::uint64_t ramp_duration_epochs);

/// Returns the penalty for a consensus fault: five times the reward of one win.
TokenAmount consensus_fault_penalty(const TokenAmount& this_epoch_reward);
/// Returns the reward of the reporter of a consensus fault: a quarter of the reward of one win.
TokenAmount reward_for_consensus_slash_report(const TokenAmount& this_epoch_reward);
/// Returns the reward of the disputer of a Window PoSt.
TokenAmount reward_for_disputed_window_post();
/// Returns the part of a block reward that vests: three quarters.
TokenAmount locked_reward_from_reward(const TokenAmount& reward);

/// Returns the daily fee for a power, at the circulating supply of its activation (FIP-0100).
TokenAmount daily_proof_fee(const TokenAmount& circulating_supply, const StoragePower& qa_power);
/// Returns the daily fee after a change of power. The supply of the activation stays the base, so the fee is scaled.
TokenAmount daily_proof_fee_adjust(const TokenAmount& daily_fee, const StoragePower& old_qa_power,
                                   const StoragePower& new_qa_power);
/// Returns the part of the daily fee that is charged: at most half of the day's expected reward.
TokenAmount daily_proof_fee_payable(const TokenAmount& daily_fee, const TokenAmount& estimated_day_reward);

}  // namespace strata::actors::miner
