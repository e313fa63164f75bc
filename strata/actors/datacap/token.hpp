#pragma once
// The ledger of an FRC-46 token: balances and allowances by actor ID. Source: docs/protocol/fvm.md §8.10; crate
// frc46_token 15.
#include <strata/actors/runtime.hpp>
#include <strata/ipld/hamt.hpp>

namespace strata::actors::datacap {

struct TokenState {
    TokenAmount supply;
    Cid balances;    // HAMT: actor ID to amount
    Cid allowances;  // HAMT: owner ID to HAMT: operator ID to amount
    std::uint32_t hamt_bit_width = 0;
    STRATA_CBOR_TUPLE(supply, balances, allowances, hamt_bit_width);
};

struct State {
    Address governor;
    TokenState token;
    STRATA_CBOR_TUPLE(governor, token);
};

class Token {
  public:
    Token(Runtime& rt, TokenState& state) : rt_(rt), state_(state) {}
    static ActorResult<TokenState> empty(Runtime& rt);

    ActorResult<TokenAmount> balance(ActorId owner);
    /// Returns the new balance. Aborts with insufficient_funds if it would be negative.
    ActorResult<TokenAmount> change_balance(ActorId owner, const TokenAmount& delta);
    Done change_supply(const TokenAmount& delta);
    Done transfer(ActorId from, ActorId to, const TokenAmount& amount);

    ActorResult<TokenAmount> allowance(ActorId owner, ActorId operator_id);
    /// Sets the allowance to max(0, old allowance + delta) and returns it.
    ActorResult<TokenAmount> change_allowance(ActorId owner, ActorId operator_id, const TokenAmount& delta);
    Done set_allowance(ActorId owner, ActorId operator_id, const TokenAmount& amount);
    /// Lowers the allowance by `amount` and returns what remains. Aborts with insufficient_funds if the operator may
    /// not spend that much.
    ActorResult<TokenAmount> use_allowance(ActorId operator_id, ActorId owner, const TokenAmount& amount);

  private:
    using Amounts = HamtMap<ActorId, TokenAmount>;
    using Owners = HamtMap<ActorId, Cid>;
    template <class T>
    ActorResult<T> checked(Result<T> result) {
        return rt_.check(std::move(result), ExitCode::serialization, "token state");
    }
    Done write_allowance(ActorId owner, ActorId operator_id, const TokenAmount& amount);

    Runtime& rt_;
    TokenState& state_;
};

}  // namespace strata::actors::datacap
