#pragma once
// The FRC-46 token interface of the datacap actor. Source: fvm.md §8.10; FRC-0046.
#include <strata/types/basic.hpp>

namespace strata::actors::datacap {

inline constexpr MethodNumber kMint = 116935346;
inline constexpr MethodNumber kDestroy = 2624896501;
inline constexpr MethodNumber kBalance = 3261979605;
inline constexpr MethodNumber kTransfer = 80475954;
inline constexpr MethodNumber kTransferFrom = 3621052141;
inline constexpr MethodNumber kBurn = 1434719642;
inline constexpr MethodNumber kBurnFrom = 2979674018;

struct TransferFromParams {
    Address from;
    Address to;
    TokenAmount amount;
    Bytes operator_data;
    STRATA_CBOR_TUPLE(from, to, amount, operator_data);
};
struct TransferFromReturn {
    TokenAmount from_balance;
    TokenAmount to_balance;
    TokenAmount allowance;
    Bytes recipient_data;
    STRATA_CBOR_TUPLE(from_balance, to_balance, allowance, recipient_data);
};

}  // namespace strata::actors::datacap
