#include <strata/actors/read/reward.hpp>

#include <strata/actors/read/state_of.hpp>
#include <strata/actors/reward/state.hpp>

namespace strata::actors::read {

Result<Reward> load_reward(vm::StateTree& tree) {
    STRATA_TRY(auto state, state_of<reward::State>(tree, kRewardId));
    return Reward{std::move(state.total_storage_power_reward), std::move(state.this_epoch_baseline_power)};
}

}  // namespace strata::actors::read
