#pragma once
// The state and the arithmetic of the reward actor. Source: docs/protocol/fvm.md §8.5, §8.6.
#include <strata/actors/math/smoothing.hpp>

namespace strata::actors::reward {

inline constexpr MethodNumber kAwardBlockReward = 2;
inline constexpr MethodNumber kThisEpochReward = 3;
inline constexpr MethodNumber kUpdateNetworkKpi = 4;
inline constexpr std::int64_t kExpectedLeadersPerEpoch = 5;

/// The part of the state that computes the reward of each epoch. It is the same in all versions of the actor. The
/// totals that are minted over all time are in the state up to version 18, and constants since version 19.
struct Issuance {
    BigInt cumsum_baseline;
    BigInt cumsum_realized;
    ChainEpoch effective_network_time = 0;
    StoragePower effective_baseline_power;
    TokenAmount this_epoch_reward;
    FilterEstimate this_epoch_reward_smoothed;
    StoragePower this_epoch_baseline_power;
    ChainEpoch epoch = 0;

    /// Returns the values at epoch 0 of a network with this power.
    static Issuance at_genesis(const StoragePower& realized_power, const TokenAmount& simple_total,
                               const TokenAmount& baseline_total);
    /// Moves to the next epoch, without a reward, for null rounds.
    void next_epoch(const StoragePower& realized_power);
    /// Moves to the next epoch and computes its reward from the totals that are to be minted over all time.
    void next_epoch_with_reward(const StoragePower& realized_power, const TokenAmount& simple_total,
                                const TokenAmount& baseline_total);
    /// Brings the values to the epoch after `now`: the epochs since the last call pass without a reward, and the last
    /// step computes the reward.
    void advance(ChainEpoch now, const StoragePower& realized_power, const TokenAmount& simple_total,
                 const TokenAmount& baseline_total);
};

/// 330 million FIL, minted with time alone. Source: builtin-actors v18 actors/reward/src/logic.rs (SIMPLE_TOTAL).
const TokenAmount& simple_mint_total();

/// The state up to version 18.
struct State : Issuance {
    TokenAmount total_storage_power_reward;
    TokenAmount simple_total;
    TokenAmount baseline_total;
    STRATA_CBOR_TUPLE(cumsum_baseline, cumsum_realized, effective_network_time, effective_baseline_power,
                      this_epoch_reward, this_epoch_reward_smoothed, this_epoch_baseline_power, epoch,
                      total_storage_power_reward, simple_total, baseline_total);

    /// Returns the state at epoch 0 of a network with this power.
    static State at_genesis(const StoragePower& realized_power);
};

struct AwardBlockRewardParams {
    Address miner;
    TokenAmount penalty;
    TokenAmount gas_reward;
    std::int64_t win_count = 0;
    STRATA_CBOR_TUPLE(miner, penalty, gas_reward, win_count);
};

struct ThisEpochRewardReturn {
    FilterEstimate this_epoch_reward_smoothed;
    StoragePower this_epoch_baseline_power;
    STRATA_CBOR_TUPLE(this_epoch_reward_smoothed, this_epoch_baseline_power);
};

}  // namespace strata::actors::reward
