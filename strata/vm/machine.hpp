#pragma once
// Defines what stays the same while the messages of one epoch run: the network, the table of actor code, the
// doors to the outside.
#include <strata/vm/externs.hpp>
#include <strata/vm/kernel.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::vm {

/// The limits of ref-fvm's NetworkConfig (docs/protocol/fvm.md §2.6).
inline constexpr unsigned kMaxCallDepth = 1024;
inline constexpr std::size_t kMaxBlockSize = 1 << 20;

/// Returns the error (unsupported) for a code that the actor table does not know. It says which bundle has the code of
/// this network version.
Error unknown_code(const Cid& code, ActorType type, NetworkVersion version);

struct MachineConfig {
    NetworkContext network;
    TokenAmount circulating_supply;
    /// If false, there is no gas limit. Use it for recorded chains with native actors, where the record states the gas.
    bool enforce_gas = true;
};

struct Doors {
    Externs& externs;
    ProofVerifier& proofs;
    const ActorTable& actors;
};

}  // namespace strata::vm
