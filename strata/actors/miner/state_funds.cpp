// A miner's money: deposits, pledge, vesting rewards, debt.
#include <utility>

#include <strata/actors/miner/state.hpp>

namespace strata::actors::miner {
namespace {

std::string negative(std::string_view what, const TokenAmount& amount) {
    return std::string(what) + " would be " + amount.to_string() + " attoFIL, which must not be negative";
}

}  // namespace

Done State::add_pre_commit_deposit(const TokenAmount& amount) {
    pre_commit_deposits += amount;
    return pre_commit_deposits.is_negative()
               ? Done(illegal_state(negative("the pre-commit deposits", pre_commit_deposits)))
               : Done();
}

Done State::add_initial_pledge(const TokenAmount& amount) {
    initial_pledge += amount;
    return initial_pledge.is_negative() ? Done(illegal_state(negative("the initial pledge", initial_pledge))) : Done();
}

Done State::apply_penalty(const TokenAmount& penalty) {
    if (penalty.is_negative()) return illegal_state(negative("the penalty", penalty));
    fee_debt += penalty;
    return {};
}

ActorResult<TokenAmount> State::add_locked_funds(Runtime& rt, ChainEpoch epoch, const TokenAmount& sum,
                                                 const VestSpec& spec) {
    if (sum.is_negative()) return illegal_state(negative("the vesting sum", sum));
    // Only old funds can have vested, so they are subtracted before the new sum is added.
    STRATA_TRY(auto unlocked, vesting_funds.add_locked_funds(rt, epoch, sum, proving_period_start, spec));
    locked_funds -= unlocked;
    if (locked_funds.is_negative()) return illegal_state(negative("the locked funds", locked_funds));
    locked_funds += sum;
    return unlocked;
}

ActorResult<TokenAmount> State::unlock_vested_funds(Runtime& rt, ChainEpoch epoch) {
    if (locked_funds.is_zero()) return TokenAmount();
    STRATA_TRY(auto unlocked, vesting_funds.unlock_vested_funds(rt, epoch));
    locked_funds -= unlocked;
    if (locked_funds.is_negative()) return illegal_state(negative("the locked funds", locked_funds));
    return unlocked;
}

ActorResult<State::Repaid> State::repay_partial_debt_in_priority_order(Runtime& rt, ChainEpoch epoch,
                                                                       const TokenAmount& balance) {
    Repaid out;
    // The vested funds are unlocked, and unvested funds up to the amount of the debt. Both are part of the free balance
    // below, from which the debt is paid.
    if (!fee_debt.is_zero() && !locked_funds.is_zero()) {
        STRATA_TRY(const auto unlocked, vesting_funds.unlock_vested_and_unvested_funds(rt, epoch, fee_debt));
        out.total_unlocked = unlocked.vested + unlocked.unvested;
        locked_funds -= out.total_unlocked;
        if (locked_funds.is_negative()) return illegal_state(negative("the locked funds", locked_funds));
        if (unlocked.unvested > fee_debt)
            return illegal_state(unlocked.unvested.to_string() +
                                 " attoFIL were unlocked before they vested, expected at most the debt, " +
                                 fee_debt.to_string());
    }
    STRATA_TRY(const auto free, get_unlocked_balance(balance));
    out.to_burn = min(free, fee_debt);
    fee_debt -= out.to_burn;
    return out;
}

ActorResult<TokenAmount> State::repay_debts(const TokenAmount& balance) {
    STRATA_TRY(const auto free, get_unlocked_balance(balance));
    if (free < fee_debt)
        return insufficient_funds("the fee debt is " + fee_debt.to_string() + " attoFIL, but the miner has only " +
                                  free.to_string() + " free; send funds to the miner first");
    return std::exchange(fee_debt, TokenAmount());
}

ActorResult<TokenAmount> State::get_unlocked_balance(const TokenAmount& balance) const {
    TokenAmount free = balance - locked_funds - pre_commit_deposits - initial_pledge;
    if (free.is_negative()) return illegal_state(negative("the free balance", free));
    return free;
}

ActorResult<TokenAmount> State::get_available_balance(const TokenAmount& balance) const {
    STRATA_TRY(const auto free, get_unlocked_balance(balance));
    return free - fee_debt;
}

Done State::check_balance_invariants(const TokenAmount& balance) const {
    if (pre_commit_deposits.is_negative() || locked_funds.is_negative() || initial_pledge.is_negative() ||
        fee_debt.is_negative())
        return illegal_state("the deposits are " + pre_commit_deposits.to_string() + ", the locked funds " +
                             locked_funds.to_string() + ", the pledge " + initial_pledge.to_string() +
                             " and the debt " + fee_debt.to_string() + " attoFIL; none may be negative");
    if (balance < pre_commit_deposits + locked_funds + initial_pledge)
        return illegal_state("the balance is " + balance.to_string() +
                             " attoFIL, expected at least the deposits, locked funds and pledge, " +
                             (pre_commit_deposits + locked_funds + initial_pledge).to_string());
    return {};
}

}  // namespace strata::actors::miner
