#include <strata/actors/datacap/token.hpp>

namespace strata::actors::datacap {
namespace {

constexpr unsigned kHamtWidth = 3;  // the token library's default

std::string balance_too_low(ActorId owner, const TokenAmount& held, const TokenAmount& taken) {
    return "f0" + std::to_string(owner) + " holds " + held.to_string() + " attotokens, expected at least " +
           taken.to_string();
}

}  // namespace

ActorResult<TokenState> Token::empty(Runtime& rt) {
    TokenState state;
    STRATA_TRY(state.balances, rt.check(Amounts::empty_root(rt.store(), kHamtWidth), ExitCode::illegal_state, "token"));
    state.allowances = state.balances;
    state.hamt_bit_width = kHamtWidth;
    return state;
}

ActorResult<TokenAmount> Token::balance(ActorId owner) {
    STRATA_TRY(const auto balances, checked(Amounts::load(rt_.store(), state_.balances, state_.hamt_bit_width)));
    STRATA_TRY(const auto found, checked(balances.get(owner)));
    return found.value_or(TokenAmount(0));
}

ActorResult<TokenAmount> Token::change_balance(ActorId owner, const TokenAmount& delta) {
    if (delta.is_zero()) return balance(owner);
    STRATA_TRY(auto balances, checked(Amounts::load(rt_.store(), state_.balances, state_.hamt_bit_width)));
    STRATA_TRY(const auto found, checked(balances.get(owner)));
    TokenAmount sum = found.value_or(TokenAmount(0)) + delta;
    if (sum.is_negative()) return insufficient_funds(balance_too_low(owner, sum - delta, -delta));
    if (sum.is_zero()) {
        STRATA_OK(checked(balances.remove(owner)));
    } else {
        STRATA_OK(checked(balances.set(owner, sum)));
    }
    STRATA_TRY(state_.balances, checked(balances.flush()));
    return sum;
}

Done Token::change_supply(const TokenAmount& delta) {
    if ((state_.supply + delta).is_negative())
        return illegal_state("the token supply is " + state_.supply.to_string() + " attotokens; a change of " +
                             delta.to_string() + " would make it negative");
    state_.supply += delta;
    return {};
}

Done Token::transfer(ActorId from, ActorId to, const TokenAmount& amount) {
    if (from == to) {
        // A transfer to oneself changes nothing, but the owner must have the amount.
        STRATA_TRY(const auto held, balance(from));
        if (held < amount) return insufficient_funds(balance_too_low(from, held, amount));
        return {};
    }
    STRATA_OK(change_balance(from, -amount));
    STRATA_OK(change_balance(to, amount));
    return {};
}

ActorResult<TokenAmount> Token::allowance(ActorId owner, ActorId operator_id) {
    STRATA_TRY(const auto owners, checked(Owners::load(rt_.store(), state_.allowances, state_.hamt_bit_width)));
    STRATA_TRY(const auto root, checked(owners.get(owner)));
    if (!root) return TokenAmount(0);
    STRATA_TRY(const auto amounts, checked(Amounts::load(rt_.store(), *root, state_.hamt_bit_width)));
    STRATA_TRY(const auto found, checked(amounts.get(operator_id)));
    return found.value_or(TokenAmount(0));
}

// Allowances of zero and owners without allowances are not stored.
Done Token::write_allowance(ActorId owner, ActorId operator_id, const TokenAmount& amount) {
    STRATA_TRY(auto owners, checked(Owners::load(rt_.store(), state_.allowances, state_.hamt_bit_width)));
    STRATA_TRY(const auto root, checked(owners.get(owner)));
    Amounts amounts(rt_.store(), state_.hamt_bit_width);
    if (root) {
        STRATA_TRY(amounts, checked(Amounts::load(rt_.store(), *root, state_.hamt_bit_width)));
    }
    if (amount.is_zero()) {
        STRATA_OK(checked(amounts.remove(operator_id)));
    } else {
        STRATA_OK(checked(amounts.set(operator_id, amount)));
    }
    if (amounts.empty()) {
        STRATA_OK(checked(owners.remove(owner)));
    } else {
        STRATA_TRY(const Cid new_root, checked(amounts.flush()));
        STRATA_OK(checked(owners.set(owner, new_root)));
    }
    STRATA_TRY(state_.allowances, checked(owners.flush()));
    return {};
}

ActorResult<TokenAmount> Token::change_allowance(ActorId owner, ActorId operator_id, const TokenAmount& delta) {
    STRATA_TRY(auto before, allowance(owner, operator_id));
    if (delta.is_zero()) return before;
    // A decrease by more than the allowance leaves none (crate frc46_token).
    TokenAmount changed = max(TokenAmount(0), before + delta);
    STRATA_OK(write_allowance(owner, operator_id, changed));
    return changed;
}

Done Token::set_allowance(ActorId owner, ActorId operator_id, const TokenAmount& amount) {
    return write_allowance(owner, operator_id, amount);
}

ActorResult<TokenAmount> Token::use_allowance(ActorId operator_id, ActorId owner, const TokenAmount& amount) {
    STRATA_TRY(auto before, allowance(owner, operator_id));
    // An operator without an allowance may not spend even zero (crate frc46_token).
    if ((before.is_zero() && operator_id != owner) || before < amount)
        return insufficient_funds("f0" + std::to_string(operator_id) + " may spend " + before.to_string() +
                                  " attotokens of f0" + std::to_string(owner) + ", expected at least " +
                                  max(TokenAmount(1), amount).to_string());
    if (amount.is_zero()) return before;
    return change_allowance(owner, operator_id, -amount);
}

}  // namespace strata::actors::datacap
