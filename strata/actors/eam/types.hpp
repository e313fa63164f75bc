#pragma once
// Parameters and returns of the Ethereum address manager, which has no state. Source: docs/protocol/fvm.md §8.13.
#include <strata/actors/eam/eth_address.hpp>

namespace strata::actors::eam {

inline constexpr MethodNumber kCreate = 2;
inline constexpr MethodNumber kCreate2 = 3;
inline constexpr MethodNumber kCreateExternal = 4;  // makes a contract for an account

struct CreateParams {
    Bytes initcode;
    std::uint64_t nonce = 0;
    STRATA_CBOR_TUPLE(initcode, nonce);
};
struct Create2Params {
    Bytes initcode;
    ByteArray<32> salt{};
    STRATA_CBOR_TUPLE(initcode, salt);
};
struct CreateReturn {
    ActorId actor_id = 0;
    std::optional<Address> robust_address;  // empty for a contract that was resurrected
    EthAddress eth_address{};
    STRATA_CBOR_TUPLE(actor_id, robust_address, eth_address);
};

/// The parameters of the EVM actor's constructor and of Resurrect.
struct ContractParams {
    EthAddress creator{};
    Bytes initcode;
    STRATA_CBOR_TUPLE(creator, initcode);
};

}  // namespace strata::actors::eam
