#pragma once
// The state of EVM contracts. Source: docs/protocol/fvm.md §8.14; builtin-actors actors/evm/src/state.rs.
#include <optional>

#include <strata/types/basic.hpp>

namespace strata::actors::evm {

/// Identifies one message. Transient storage and self-destruction belong to the message in which they were made.
struct Life {
    ActorId origin = 0;
    Nonce nonce = 0;
    STRATA_CBOR_TUPLE(origin, nonce);
    friend bool operator==(const Life&, const Life&) = default;
};
struct Transient {
    Cid state;
    Life life;
    STRATA_CBOR_TUPLE(state, life);
};
struct State {
    Cid bytecode;  // raw
    Bytes bytecode_hash;
    Cid contract_state;
    std::optional<Transient> transient;
    Nonce nonce = 0;
    std::optional<Life> tombstone;
    STRATA_CBOR_TUPLE(bytecode, bytecode_hash, contract_state, transient, nonce, tombstone);
};

}  // namespace strata::actors::evm
