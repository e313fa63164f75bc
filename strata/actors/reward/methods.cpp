#include <strata/actors/methods.hpp>
#include <strata/actors/reward/handlers.hpp>

namespace strata::actors::reward {

ActorResult<StoragePower> power_of(const RealizedPower& realized) {
    if (!realized.power) return illegal_argument("the realized power is null, expected a number of bytes");
    return *realized.power;
}

ActorResult<ActorId> check_award(Runtime& rt, const AwardBlockRewardParams& params, const TokenAmount& balance) {
    if (params.penalty.is_negative())
        return illegal_argument("the penalty is " + params.penalty.to_string() + " attoFIL, expected at least 0");
    if (params.gas_reward.is_negative())
        return illegal_argument("the gas reward is " + params.gas_reward.to_string() + " attoFIL, expected at least 0");
    if (balance < params.gas_reward)
        return illegal_state("the gas reward is " + params.gas_reward.to_string() + " attoFIL, expected at most " +
                             balance.to_string() + ", the balance of the reward actor");
    if (params.win_count <= 0)
        return illegal_argument("the win count is " + std::to_string(params.win_count) + ", expected at least 1");
    STRATA_TRY(const auto miner, rt.resolve(params.miner));
    if (!miner) return not_found("the block's miner " + params.miner.to_string() + " has no actor");
    return *miner;
}

TokenAmount expected_reward(const Issuance& issuance, const AwardBlockRewardParams& params) {
    return div_floor(issuance.this_epoch_reward * BigInt(params.win_count), BigInt(kExpectedLeadersPerEpoch));
}

Done pay_miner(Runtime& rt, ActorId miner, const TokenAmount& amount, const TokenAmount& penalty, TokenAmount burn) {
    const ApplyRewardParams apply{amount, penalty * BigInt(kPenaltyMultiplier)};
    STRATA_TRY(const auto reply, rt.send(Address::id(miner), kMinerApplyRewards, to_cbor(apply), amount));
    const bool burns = !reply.ok() || burn.sign() > 0;
    if (!reply.ok()) burn += amount;
    if (burns) STRATA_OK(rt.send(Address::id(kBurntFundsId), kMethodSend, std::nullopt, burn));
    return {};
}

namespace {

Done constructor(Runtime& rt, const RealizedPower& realized) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(const auto power, power_of(realized));
    return rt.set_state(State::at_genesis(power));
}

Done award_block_reward(Runtime& rt, const AwardBlockRewardParams& params) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto miner, check_award(rt, params, balance));
    STRATA_TRY(auto state, rt.state<State>());
    TokenAmount block_reward = expected_reward(state, params);
    TokenAmount total = params.gas_reward + block_reward;
    if (total > balance) {
        total = balance;
        block_reward = total - params.gas_reward;
    }
    state.total_storage_power_reward += block_reward;
    STRATA_OK(rt.set_state(state));
    return pay_miner(rt, miner, total, params.penalty);
}

ActorResult<ThisEpochRewardReturn> this_epoch_reward(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    return ThisEpochRewardReturn{state.this_epoch_reward_smoothed, state.this_epoch_baseline_power};
}

Done update_network_kpi(Runtime& rt, const RealizedPower& realized) {
    STRATA_OK(rt.require_caller({kPowerId}));
    STRATA_TRY(const auto power, power_of(realized));
    STRATA_TRY(auto state, rt.state<State>());
    state.advance(rt.epoch(), power, state.simple_total, state.baseline_total);
    return rt.set_state(state);
}

constexpr Method kMethods[] = {
    method<&constructor>(1),
    method<&award_block_reward>(kAwardBlockReward),
    method<&this_epoch_reward>(kThisEpochReward),
    method<&update_network_kpi>(kUpdateNetworkKpi),
};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::reward
