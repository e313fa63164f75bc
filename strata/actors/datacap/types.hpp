#pragma once
// The FRC-46 token interface of the datacap actor. Source: docs/protocol/fvm.md §8.10; FRC-0046.
#include <strata/types/basic.hpp>

namespace strata::actors::datacap {

inline constexpr MethodNumber kMint = 116935346;
inline constexpr MethodNumber kDestroy = 2624896501;
inline constexpr MethodNumber kBalance = 3261979605;
inline constexpr MethodNumber kTransfer = 80475954;
inline constexpr MethodNumber kTransferFrom = 3621052141;
inline constexpr MethodNumber kBurn = 1434719642;

/// The token type in the receiver hook: the FRC-42 number of "FRC46".
inline constexpr std::uint32_t kFrc46TokenType = 2233613279;

struct MintParams {
    Address to;
    TokenAmount amount;
    std::vector<Address> operators;  // they get an unlimited allowance
    STRATA_CBOR_TUPLE(to, amount, operators);
};
struct MintReturn {
    TokenAmount balance;
    TokenAmount supply;
    Bytes recipient_data;
    STRATA_CBOR_TUPLE(balance, supply, recipient_data);
};
/// The parameters of Destroy and BurnFrom.
struct OwnerAmount {
    Address owner;
    TokenAmount amount;
    STRATA_CBOR_TUPLE(owner, amount);
};
struct BurnParams {
    TokenAmount amount;
    STRATA_CBOR_TUPLE(amount);
};
struct BurnReturn {
    TokenAmount balance;
    STRATA_CBOR_TUPLE(balance);
};
struct BurnFromReturn {
    TokenAmount balance;
    TokenAmount allowance;
    STRATA_CBOR_TUPLE(balance, allowance);
};
struct TransferParams {
    Address to;
    TokenAmount amount;
    Bytes operator_data;
    STRATA_CBOR_TUPLE(to, amount, operator_data);
};
struct TransferReturn {
    TokenAmount from_balance;
    TokenAmount to_balance;
    Bytes recipient_data;
    STRATA_CBOR_TUPLE(from_balance, to_balance, recipient_data);
};
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
/// The parameters of IncreaseAllowance and DecreaseAllowance.
struct ChangeAllowanceParams {
    Address operator_address;
    TokenAmount delta;
    STRATA_CBOR_TUPLE(operator_address, delta);
};
struct RevokeAllowanceParams {
    Address operator_address;
    STRATA_CBOR_TUPLE(operator_address);
};
struct GetAllowanceParams {
    Address owner;
    Address operator_address;
    STRATA_CBOR_TUPLE(owner, operator_address);
};
/// The payload of the receiver hook.
struct TokenReceived {
    ActorId from = 0;
    ActorId to = 0;
    ActorId operator_id = 0;
    TokenAmount amount;
    Bytes operator_data;
    Bytes token_data;
    STRATA_CBOR_TUPLE(from, to, operator_id, amount, operator_data, token_data);
};

}  // namespace strata::actors::datacap
