#pragma once
// The method "Receive" that a token calls on the receiver of tokens (FRC-46, FRC-42).
#include <strata/types/basic.hpp>

namespace strata::actors {

inline constexpr MethodNumber kReceive = 3726118371;

struct UniversalReceiverParams {
    std::uint32_t type = 0;
    Bytes payload;
    STRATA_CBOR_TUPLE(type, payload);
};

}  // namespace strata::actors
