#include <strata/chain/supply.hpp>

#include <array>

#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/types/basic.hpp>

namespace strata::chain {
namespace {

constexpr ChainEpoch kYear = 365 * kEpochsInDay;

struct Vesting {
    ChainEpoch duration;
    std::int64_t whole_fil;
};
// The totals since Calico (lotus chain/stmgr/supply.go, setupPostCalicoVesting).
constexpr std::array<Vesting, 6> kVestings = {{
    {0, 10'632'000},
    {183 * kEpochsInDay, 19'015'887 + 32'787'700},
    {kYear, 22'421'712 + 9'400'000},
    {2 * kYear, 7'223'364},
    {3 * kYear, 87'637'883 + 898'958},
    {6 * kYear, 100'000'000 + 300'000'000 + 9'805'053},
}};

// Computes the vested amount like the first multisig actor: the amount that one epoch unlocks is rounded down before it
// is multiplied.
TokenAmount vested(const Vesting& vesting, ChainEpoch elapsed) {
    const TokenAmount total = fil(vesting.whole_fil);
    if (elapsed >= vesting.duration) return total;
    return total - div_floor(total, vesting.duration) * BigInt(vesting.duration - elapsed);
}

Result<vm::ActorState> actor(vm::StateTree& state, ActorId id) {
    STRATA_TRY(auto found, state.get(id));
    if (!found) return fail(Errc::not_found, "the state has no actor f0" + std::to_string(id));
    return std::move(*found);
}

}  // namespace

TokenAmount Supply::circulating() const {
    return max(TokenAmount(0), vested + mined + reserve_disbursed - burnt - locked);
}

Result<Supply> vm_supply(const Network& network, ChainEpoch epoch, vm::StateTree& state) {
    Supply out;
    for (const auto& vesting : kVestings) out.vested += vested(vesting, epoch - network.vesting_start());
    STRATA_TRY(const auto reward, actor(state, kRewardId));
    STRATA_TRY(const auto reward_state, get_cbor<actors::reward::State>(state.store(), reward.head));
    out.mined = reward_state.total_storage_power_reward;
    STRATA_TRY(const auto reserve, actor(state, kReserveId));
    out.reserve_disbursed = network.initial_reserve - reserve.balance;
    STRATA_TRY(const auto burnt, actor(state, kBurntFundsId));
    out.burnt = burnt.balance;
    STRATA_TRY(const auto power, actor(state, kPowerId));
    STRATA_TRY(const auto power_state, get_cbor<actors::power::State>(state.store(), power.head));
    out.locked = power_state.total_pledge_collateral;
    return out;
}

}  // namespace strata::chain
