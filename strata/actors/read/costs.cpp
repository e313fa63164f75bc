#include <strata/actors/read/costs.hpp>

#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/quality.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/read/reward.hpp>
#include <strata/actors/read/state_of.hpp>

namespace strata::actors::read {

Result<TokenAmount> pre_commit_deposit(vm::StateTree& tree, SectorSize size) {
    STRATA_TRY(const auto reward, load_reward(tree));
    STRATA_TRY(const auto power, state_of<power::State>(tree, kPowerId));
    return miner::pre_commit_deposit_for_power(reward.reward_smoothed, power.this_epoch_qa_power_smoothed,
                                               miner::qa_power_max(size));
}

Result<TokenAmount> initial_pledge(vm::StateTree& tree, ChainEpoch epoch, const StoragePower& qa_power,
                                   const TokenAmount& circulating) {
    STRATA_TRY(const auto reward, load_reward(tree));
    STRATA_TRY(const auto power, state_of<power::State>(tree, kPowerId));
    return miner::initial_pledge_for_power(qa_power, reward.baseline_power, reward.reward_smoothed,
                                           power.this_epoch_qa_power_smoothed, circulating,
                                           epoch - power.ramp_start_epoch, power.ramp_duration_epochs);
}

}  // namespace strata::actors::read
