// An account holds the key address that its signatures are checked against. Source: docs/protocol/fvm.md §8.2.
#include <strata/actors/account/state.hpp>
#include <strata/actors/methods.hpp>

namespace strata::actors::account {
namespace {

bool is_key(const Address& address) {
    return address.protocol() == Address::Protocol::secp256k1 || address.protocol() == Address::Protocol::bls;
}

Done constructor(Runtime& rt, const Address& address) {
    STRATA_OK(rt.require_caller({kSystemId}));
    if (!is_key(address))
        return illegal_argument("the address is " + address.to_string() + ", expected an f1 or f3 address");
    return rt.set_state(State{address});
}

ActorResult<Address> pubkey_address(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    return state.address;
}

ActorResult<bool> authenticate_message(Runtime& rt, const AuthenticateMessageParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    if (!is_key(state.address))
        return illegal_state("the account's address is " + state.address.to_string() +
                             ", expected a public key address (f1 or f3)");
    const auto kind =
        state.address.protocol() == Address::Protocol::bls ? vm::SignatureKind::bls : vm::SignatureKind::secp256k1;
    STRATA_TRY(const bool valid,
               rt.unwrap(rt.kernel().verify_signature(kind, params.signature, state.address, params.message),
                         ExitCode::illegal_argument, "signature"));
    if (!valid)
        // A wrong signature ends the call, so that a caller cannot overlook the answer.
        return illegal_argument("the message is not signed by " + state.address.to_string() +
                                ", or the signature is of a different message");
    return true;
}

constexpr Method kMethods[] = {method<&constructor>(1), method<&pubkey_address>(2),
                               method<&authenticate_message>(kAuthenticateMessage)};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::account
