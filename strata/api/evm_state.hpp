#pragma once
// Defines the state of EVM contracts, which are not native actors yet. Source: docs/protocol/fvm.md §8.14.
#include <optional>

#include <strata/types/basic.hpp>

namespace strata::api {

/// The life of one message, to which transient storage and self-destruction belong.
struct EvmLife {
    ActorId origin = 0;
    Nonce nonce = 0;
    STRATA_CBOR_TUPLE(origin, nonce);
};
struct EvmTransient {
    Cid state;
    EvmLife life;
    STRATA_CBOR_TUPLE(state, life);
};
struct EvmState {
    Cid bytecode;  // raw
    Bytes bytecode_hash;
    Cid contract_state;
    std::optional<EvmTransient> transient;
    Nonce nonce = 0;
    std::optional<EvmLife> tombstone;
    STRATA_CBOR_TUPLE(bytecode, bytecode_hash, contract_state, transient, nonce, tombstone);
};

}  // namespace strata::api
