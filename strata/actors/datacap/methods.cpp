#include <strata/actors/methods.hpp>

#include <strata/actors/datacap/token.hpp>
#include <strata/actors/datacap/types.hpp>
#include <strata/actors/frozen.hpp>
#include <strata/actors/receiver_hook.hpp>

namespace strata::actors::datacap {
namespace {

// One byte of datacap is one token (10^18 attotokens), and fractions of a token cannot be moved.
const TokenAmount& granularity() {
    static const TokenAmount value = fil(1);
    return value;
}
const TokenAmount& infinite_allowance() {
    static const TokenAmount value = BigInt::constant("1000000000000000000000") * granularity();
    return value;
}

Done check_amount(const TokenAmount& amount) {
    if (amount.is_negative())
        return illegal_argument("the amount is " + amount.to_string() + " attotokens, expected at least 0");
    if (!mod_floor(amount, granularity()).is_zero())
        return illegal_argument("the amount is " + amount.to_string() + " attotokens, expected a multiple of " +
                                granularity().to_string());
    return {};
}
Done check_allowance(const TokenAmount& amount) {
    if (amount.is_negative())
        return illegal_argument("the change of the allowance is " + amount.to_string() +
                                " attotokens, expected at least 0");
    return {};
}

// The token library of builtin-actors would create a missing account with a plain send (frc46_token, resolve_or_init).
// But the actor calls it within a state transaction, in which its runtime refuses every send, so an address without an
// actor is always refused (actors/datacap/src/lib.rs; runtime/src/runtime/fvm.rs).
ActorResult<ActorId> resolve_existing(Runtime& rt, const Address& address) {
    STRATA_TRY(const auto id, rt.resolve(address));
    if (!id) return not_found(address.to_string() + " has no actor");
    return *id;
}

Done constructor(Runtime& rt, const Address& governor) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(const auto id, rt.resolve(governor));
    if (!id) return illegal_argument("the governor " + governor.to_string() + " has no actor");
    STRATA_TRY(auto token, Token::empty(rt));
    return rt.set_state(State{governor, std::move(token)});
}

// Calls the receiver's hook and returns the data with which the receiver answers.
ActorResult<Bytes> tell_receiver(Runtime& rt, const Address& to, const TokenReceived& received) {
    // If the receiver refuses the tokens, its exit code fails the complete transfer.
    const UniversalReceiverParams params{kFrc46TokenType, to_cbor(received)};
    auto data = rt.call(to, kReceive, to_cbor(params), 0);
    if (!data) {
        data.error().data.reset();  // the hook's own abort data is not passed on
        return std::move(data).error();
    }
    return data->value_or(Bytes{});
}

ActorResult<TokenAmount> balance_at(Runtime& rt, TokenState& state, const Address& owner) {
    STRATA_TRY(const auto id, rt.resolve(owner));
    if (!id) return TokenAmount(0);
    return Token(rt, state).balance(*id);
}

ActorResult<TokenAmount> allowance_at(Runtime& rt, TokenState& state, const Address& owner, const Address& spender) {
    STRATA_TRY(const auto owner_id, rt.resolve(owner));
    if (!owner_id) return TokenAmount(0);
    STRATA_TRY(const auto operator_id, rt.resolve(spender));
    if (!operator_id) return TokenAmount(0);
    return Token(rt, state).allowance(*owner_id, *operator_id);
}

// Mint, transfer and transfer_from return the balances from before the receiver's hook ran (builtin-actors
// actors/datacap/src/lib.rs), although the receiver may have burnt the tokens.
ActorResult<MintReturn> mint(Runtime& rt, const MintParams& params) {
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_OK(rt.require_caller(std::span(&state.governor, 1)));
    STRATA_OK(check_amount(params.amount));
    STRATA_TRY(const ActorId operator_id, resolve_existing(rt, state.governor));
    STRATA_TRY(const ActorId owner, resolve_existing(rt, params.to));
    Token token(rt, state.token);
    STRATA_OK(token.change_balance(owner, params.amount));
    STRATA_OK(token.change_supply(params.amount));
    for (const auto& delegate : params.operators) {
        STRATA_TRY(const ActorId delegate_id, resolve_existing(rt, delegate));
        STRATA_OK(token.set_allowance(owner, delegate_id, infinite_allowance()));
    }
    STRATA_OK(rt.set_state(state));
    const TokenReceived received{.from = rt.receiver(),
                                 .to = owner,
                                 .operator_id = operator_id,
                                 .amount = params.amount,
                                 .operator_data = {},
                                 .token_data = {}};
    STRATA_TRY(auto data, tell_receiver(rt, params.to, received));
    STRATA_TRY(const auto balance, balance_at(rt, state.token, params.to));
    return MintReturn{balance, state.token.supply, std::move(data)};
}

ActorResult<BurnReturn> burn_of(Runtime& rt, State& state, const Address& owner, const TokenAmount& amount) {
    STRATA_OK(check_amount(amount));
    STRATA_TRY(const ActorId id, resolve_existing(rt, owner));
    Token token(rt, state.token);
    STRATA_TRY(auto balance, token.change_balance(id, -amount));
    STRATA_OK(token.change_supply(-amount));
    STRATA_OK(rt.set_state(state));
    return BurnReturn{std::move(balance)};
}

ActorResult<BurnReturn> destroy(Runtime& rt, const OwnerAmount& params) {
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_OK(rt.require_caller(std::span(&state.governor, 1)));
    return burn_of(rt, state, params.owner, params.amount);
}

ActorResult<std::string> name(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    return std::string("DataCap");
}
ActorResult<std::string> symbol(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    return std::string("DCAP");
}
ActorResult<std::uint64_t> get_granularity(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    return *granularity().to_u64();
}
ActorResult<TokenAmount> total_supply(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    return state.token.supply;
}
ActorResult<TokenAmount> balance(Runtime& rt, const Address& owner) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto state, rt.state<State>());
    return balance_at(rt, state.token, owner);
}
ActorResult<TokenAmount> allowance(Runtime& rt, const GetAllowanceParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto state, rt.state<State>());
    return allowance_at(rt, state.token, params.owner, params.operator_address);
}

ActorResult<Address> resolved_target(Runtime& rt, const Address& to) {
    STRATA_TRY(const auto id, rt.resolve(to));
    if (!id) return illegal_argument("the receiver " + to.to_string() + " has no actor");
    return Address::id(*id);
}

std::string not_transferable(const Address& from, const Address& to, const Address& governor) {
    return "datacap cannot move from " + from.to_string() + " to " + to.to_string() +
           "; it moves only to and from the governor " + governor.to_string();
}

// Datacap moves only to and from the governor.
ActorResult<TransferReturn> transfer(Runtime& rt, const TransferParams& params) {
    STRATA_OK(rt.accept_any());
    const Address from = Address::id(rt.caller());
    STRATA_TRY(const Address to, resolved_target(rt, params.to));
    STRATA_TRY(auto state, rt.state<State>());
    if (to != state.governor && from != state.governor) return forbidden(not_transferable(from, to, state.governor));
    STRATA_OK(check_amount(params.amount));
    STRATA_OK(Token(rt, state.token).transfer(rt.caller(), *to.as_id(), params.amount));
    STRATA_OK(rt.set_state(state));
    const TokenReceived received{.from = rt.caller(),
                                 .to = *to.as_id(),
                                 .operator_id = rt.caller(),
                                 .amount = params.amount,
                                 .operator_data = params.operator_data,
                                 .token_data = {}};
    STRATA_TRY(auto data, tell_receiver(rt, to, received));
    STRATA_TRY(const auto from_balance, balance_at(rt, state.token, from));
    STRATA_TRY(const auto to_balance, balance_at(rt, state.token, to));
    return TransferReturn{from_balance, to_balance, std::move(data)};
}

// Returns true if both addresses belong to the same actor. It does not create an actor.
ActorResult<bool> same_actor(Runtime& rt, const Address& a, const Address& b) {
    if (a.protocol() == b.protocol()) return a == b;
    STRATA_TRY(const auto id_a, rt.resolve(a));
    STRATA_TRY(const auto id_b, rt.resolve(b));
    return id_a && id_b && *id_a == *id_b;
}

ActorResult<TransferFromReturn> transfer_from(Runtime& rt, const TransferFromParams& params) {
    STRATA_OK(rt.accept_any());
    const Address spender = Address::id(rt.caller());
    STRATA_TRY(const Address to, resolved_target(rt, params.to));
    STRATA_TRY(auto state, rt.state<State>());
    if (to != state.governor) return forbidden(not_transferable(params.from, to, state.governor));
    STRATA_OK(check_amount(params.amount));
    STRATA_TRY(const bool own, same_actor(rt, spender, params.from));
    if (own)
        return illegal_argument(params.from.to_string() +
                                " is the caller itself; an owner spends its own datacap with Transfer");
    STRATA_TRY(const auto from, rt.resolve(params.from));
    if (!from)
        return insufficient_funds("the owner " + params.from.to_string() + " has no actor, so it gave no allowance");
    Token token(rt, state.token);
    STRATA_OK(token.use_allowance(rt.caller(), *from, params.amount));
    STRATA_OK(token.transfer(*from, *to.as_id(), params.amount));
    STRATA_OK(rt.set_state(state));
    const TokenReceived received{.from = *from,
                                 .to = *to.as_id(),
                                 .operator_id = rt.caller(),
                                 .amount = params.amount,
                                 .operator_data = params.operator_data,
                                 .token_data = {}};
    STRATA_TRY(auto data, tell_receiver(rt, to, received));
    STRATA_TRY(const auto from_balance, balance_at(rt, state.token, params.from));
    STRATA_TRY(const auto to_balance, balance_at(rt, state.token, to));
    STRATA_TRY(const auto left, allowance_at(rt, state.token, params.from, spender));
    return TransferFromReturn{from_balance, to_balance, left, std::move(data)};
}

ActorResult<TokenAmount> change_allowance(Runtime& rt, const ChangeAllowanceParams& params, bool increase) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_OK(check_allowance(params.delta));
    STRATA_TRY(const ActorId operator_id, resolve_existing(rt, params.operator_address));
    const TokenAmount delta = increase ? params.delta : -params.delta;
    STRATA_TRY(auto changed, Token(rt, state.token).change_allowance(rt.caller(), operator_id, delta));
    STRATA_OK(rt.set_state(state));
    return changed;
}
ActorResult<TokenAmount> increase_allowance(Runtime& rt, const ChangeAllowanceParams& params) {
    return change_allowance(rt, params, /*increase=*/true);
}
ActorResult<TokenAmount> decrease_allowance(Runtime& rt, const ChangeAllowanceParams& params) {
    return change_allowance(rt, params, /*increase=*/false);
}

ActorResult<TokenAmount> revoke_allowance(Runtime& rt, const RevokeAllowanceParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(const auto operator_id, rt.resolve(params.operator_address));
    if (!operator_id) return TokenAmount(0);
    Token token(rt, state.token);
    STRATA_TRY(auto before, token.allowance(rt.caller(), *operator_id));
    STRATA_OK(token.set_allowance(rt.caller(), *operator_id, 0));
    STRATA_OK(rt.set_state(state));
    return before;
}

ActorResult<BurnReturn> burn(Runtime& rt, const BurnParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto state, rt.state<State>());
    return burn_of(rt, state, Address::id(rt.caller()), params.amount);
}

ActorResult<BurnFromReturn> burn_from(Runtime& rt, const OwnerAmount& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_OK(check_amount(params.amount));
    STRATA_TRY(const bool own, same_actor(rt, Address::id(rt.caller()), params.owner));
    if (own)
        return illegal_argument(params.owner.to_string() +
                                " is the caller itself; an owner burns its own datacap with Burn");
    STRATA_TRY(const auto owner, rt.resolve(params.owner));
    if (!owner)
        return insufficient_funds("the owner " + params.owner.to_string() + " has no actor, so it gave no allowance");
    Token token(rt, state.token);
    STRATA_TRY(auto left, token.use_allowance(rt.caller(), *owner, params.amount));
    STRATA_TRY(auto balance, token.change_balance(*owner, -params.amount));
    STRATA_OK(token.change_supply(-params.amount));
    STRATA_OK(rt.set_state(state));
    return BurnFromReturn{std::move(balance), std::move(left)};
}

constexpr Method kMethods[] = {
    method<&constructor>(1),
    method<&mint>(kMint),
    method<&destroy>(kDestroy),
    method<&name>(48890204),
    method<&symbol>(2061153854),
    method<&get_granularity>(3936767397),
    method<&total_supply>(114981429),
    method<&balance>(kBalance),
    method<&transfer>(kTransfer),
    method<&transfer_from>(kTransferFrom),
    method<&increase_allowance>(1777121560),
    method<&decrease_allowance>(1529376545),
    method<&revoke_allowance>(2765635761),
    method<&burn>(kBurn),
    method<&burn_from>(2979674018),
    method<&allowance>(4205072950),
};

// Since version 19 no balance and no allowance changes. Source: builtin-actors #1778, actors/datacap/src/lib.rs.
constexpr Method kMethods19[] = {
    method<&constructor>(1),
    method<&frozen<MintParams>>(kMint),
    method<&frozen<OwnerAmount>>(kDestroy),
    method<&name>(48890204),
    method<&symbol>(2061153854),
    method<&get_granularity>(3936767397),
    method<&total_supply>(114981429),
    method<&balance>(kBalance),
    method<&frozen<TransferParams>>(kTransfer),
    method<&frozen<TransferFromParams>>(kTransferFrom),
    method<&frozen<ChangeAllowanceParams>>(1777121560),
    method<&frozen<ChangeAllowanceParams>>(1529376545),
    method<&frozen<RevokeAllowanceParams>>(2765635761),
    method<&frozen<BurnParams>>(kBurn),
    method<&frozen<OwnerAmount>>(2979674018),
    method<&allowance>(4205072950),
};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

std::span<const Method> methods19() {
    return kMethods19;
}

}  // namespace strata::actors::datacap
