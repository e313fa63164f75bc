#pragma once
#include <strata/types/address.hpp>

namespace strata::actors::account {

struct State {
    Address address;  // the key: f1 or f3
    STRATA_CBOR_TUPLE(address);
};

struct AuthenticateMessageParams {
    Bytes signature;
    Bytes message;
    STRATA_CBOR_TUPLE(signature, message);
};
/// FRC-42 "AuthenticateMessage".
inline constexpr std::uint64_t kAuthenticateMessage = 2643134072;

}  // namespace strata::actors::account
