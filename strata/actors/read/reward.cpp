#include <strata/actors/read/reward.hpp>

#include <strata/actors/read/state_of.hpp>
#include <strata/actors/reward/streams.hpp>

namespace strata::actors::read {

namespace {

// The states of both versions, with the total under one name.
struct Minted : reward::Issuance {
    explicit Minted(reward::State state)
        : Issuance(std::move(state)), total(std::move(state.total_storage_power_reward)) {}
    explicit Minted(reward::State19 state) : Issuance(std::move(state)), total(std::move(state.total_minted_reward)) {}
    TokenAmount total;
};

}  // namespace

Result<Reward> load_reward(vm::StateTree& tree) {
    STRATA_TRY(auto state, (common_state_of<Minted, reward::State, reward::State19>(tree, kRewardId)));
    return Reward{std::move(state.total), std::move(state.this_epoch_baseline_power),
                  std::move(state.this_epoch_reward_smoothed)};
}

}  // namespace strata::actors::read
