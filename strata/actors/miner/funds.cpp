// Rewards come in, and debt and withdrawals go out. Source: docs/protocol/storage.md §3; builtin-actors v18
// actors/miner/src/lib.rs.
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/proving.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors::miner {
namespace {

// Returns the part of `amount` that the beneficiary may take, and adds it to the used quota.
ActorResult<TokenAmount> within_quota(Runtime& rt, State& state, MinerInfo& info, const TokenAmount& amount) {
    if (info.beneficiary == info.owner) return amount;
    const auto left = info.beneficiary_term.available(rt.epoch());
    if (left.is_zero())
        return forbidden("beneficiary " + info.beneficiary.to_string() + " has used its quota of " +
                         info.beneficiary_term.quota.to_string() + " attoFIL, or its term ended at epoch " +
                         std::to_string(info.beneficiary_term.expiration));
    TokenAmount taken = min(amount, left);
    if (taken.sign() > 0) {
        info.beneficiary_term.used_quota += taken;
        STRATA_OK(state.save_info(rt, info));
    }
    return taken;
}

}  // namespace

Done apply_rewards(Runtime& rt, const ApplyRewardParams& params) {
    if (params.reward.is_negative())
        return illegal_argument("the reward is " + params.reward.to_string() + " attoFIL, expected 0 or more");
    if (params.penalty.is_negative())
        return illegal_argument("the penalty is " + params.penalty.to_string() + " attoFIL, expected 0 or more");
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_OK(rt.require_caller({kRewardId}));
    const TokenAmount to_lock = locked_reward_from_reward(params.reward);
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto free, state.get_unlocked_balance(balance));
    if (free < to_lock)
        return insufficient_funds("the miner has " + free.to_string() + " attoFIL free, but the reward locks " +
                                  to_lock.to_string() + "; the reward did not arrive with its message");
    // The reward is locked before the penalty is paid, so that in most cases the reward alone can pay the penalty.
    STRATA_TRY(const auto vested, state.add_locked_funds(rt, rt.epoch(), to_lock, kRewardVestingSpec));
    STRATA_OK(state.apply_penalty(params.penalty));
    STRATA_TRY(const auto repaid, state.repay_partial_debt_in_priority_order(rt, rt.epoch(), balance));
    STRATA_OK(rt.set_state(state));

    STRATA_OK(notify_pledge_changed(rt, to_lock - vested - repaid.total_unlocked));
    STRATA_OK(burn_funds(rt, repaid.to_burn));
    return check_balance(rt);
}

Done repay_debt(Runtime& rt) {
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto repaid, state.repay_partial_debt_in_priority_order(rt, rt.epoch(), balance));
    STRATA_OK(rt.set_state(state));
    STRATA_OK(notify_pledge_changed(rt, -repaid.total_unlocked));
    STRATA_OK(burn_funds(rt, repaid.to_burn));
    return check_balance(rt, state);
}

ActorResult<TokenAmount> withdraw_balance(Runtime& rt, const WithdrawBalanceParams& params) {
    if (params.amount_requested.is_negative())
        return illegal_argument("the requested amount is " + params.amount_requested.to_string() +
                                " attoFIL, expected 0 or more");
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto info, state.get_info(rt));
    const std::vector<Address> allowed{info.owner, info.beneficiary};
    STRATA_OK(rt.require_caller(allowed));
    if (!state.early_terminations.empty())
        return forbidden("sectors of " + std::to_string(state.early_terminations.count()) +
                         " deadlines were terminated and their fees are not charged yet; withdraw afterwards");

    STRATA_TRY(const auto vested, state.unlock_vested_funds(rt, rt.epoch()));
    STRATA_TRY(const auto balance, rt.balance());
    // The debt is subtracted from the available balance, so that balance is read before repay_debts clears the debt.
    STRATA_TRY(const auto available, state.get_available_balance(balance));
    STRATA_TRY(const auto fee_to_burn, state.repay_debts(balance));
    const TokenAmount to_withdraw = min(available, params.amount_requested);
    if (to_withdraw.is_negative())
        return illegal_state("the amount to withdraw is " + to_withdraw.to_string() + " attoFIL, expected 0 or more");
    STRATA_TRY(auto withdrawn, within_quota(rt, state, info, to_withdraw));
    STRATA_OK(rt.set_state(state));

    if (withdrawn.sign() > 0) STRATA_OK(rt.call(info.beneficiary, kMethodSend, std::nullopt, withdrawn));
    STRATA_OK(burn_funds(rt, fee_to_burn));
    STRATA_OK(notify_pledge_changed(rt, -vested));
    STRATA_OK(check_balance(rt, state));
    return withdrawn;
}

}  // namespace strata::actors::miner
