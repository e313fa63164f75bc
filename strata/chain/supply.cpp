#include <strata/chain/supply.hpp>

#include <array>

#include <strata/actors/read/power.hpp>
#include <strata/actors/read/reward.hpp>
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
TokenAmount vested_amount(const Vesting& vesting, ChainEpoch elapsed) {
    TokenAmount total = fil(vesting.whole_fil);
    if (elapsed >= vesting.duration) return total;
    return total - div_floor(total, vesting.duration) * BigInt(vesting.duration - elapsed);
}

Result<TokenAmount> balance(vm::StateTree& state, ActorId id) {
    STRATA_TRY(auto found, state.get(id));
    if (!found) return fail(Errc::not_found, "the state has no actor f0" + std::to_string(id));
    return std::move(found->balance);
}

}  // namespace

TokenAmount Supply::circulating() const {
    return max(TokenAmount(0), vested + mined + reserve_disbursed - burnt - locked);
}

Result<Supply> vm_supply(const Network& network, ChainEpoch epoch, vm::StateTree& state) {
    Supply out;
    for (const auto& vesting : kVestings) out.vested += vested_amount(vesting, epoch - network.vesting_start());
    STRATA_TRY(auto reward, actors::read::load_reward(state));
    out.mined = std::move(reward.mined);
    STRATA_TRY(const auto reserve, balance(state, kReserveId));
    out.reserve_disbursed = network.initial_reserve - reserve;
    STRATA_TRY(out.burnt, balance(state, kBurntFundsId));
    STRATA_TRY(const auto power, actors::read::Power::load(state));
    out.locked = power.pledge();
    return out;
}

}  // namespace strata::chain
