#pragma once
// Defines what stays the same while the messages of one epoch run: the network, the table of actor code, the
// doors to the outside.
#include <map>

#include <strata/vm/externs.hpp>
#include <strata/vm/kernel.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::vm {

/// The limits of ref-fvm's NetworkConfig (docs/protocol/fvm.md §2.6).
inline constexpr unsigned kMaxCallDepth = 1024;
inline constexpr std::size_t kMaxBlockSize = 1 << 20;

/// The code CIDs of the built-in actors, as the manifest in the system actor's state names them.
struct Manifest {
    std::map<Cid, ActorType> types;
    std::map<ActorType, Cid> codes;

    ActorType type_of(const Cid& code) const {
        const auto it = types.find(code);
        return it == types.end() ? ActorType::none : it->second;
    }
    void add(ActorType type, const Cid& code) {
        types[code] = type;
        codes[type] = code;
    }
    /// Reads the manifest of a state: the data block `[[name, code]...]` that the system actor's state links to.
    static Result<Manifest> of_state(StateTree& tree);
};

/// Returns the type's name in the manifest; empty for ActorType::none.
std::string_view actor_type_name(ActorType type);
/// Returns the type with this name. Errors: malformed for a name that no built-in actor has.
Result<ActorType> actor_type_of(std::string_view name);

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
