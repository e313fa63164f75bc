#pragma once
// Changes of the chain that a caller wants while a call runs. Source: go-ethereum
// internal/ethapi/override/override.go for the members and their meaning; the Ethereum execution API specification
// (schemas/execute.yaml).
#include <map>

#include <strata/api/ethereum_call.hpp>

namespace strata::api {

struct AccountOverride {
    std::optional<Nonce> nonce;
    std::optional<Bytes> code;
    std::optional<BigInt> balance;
    std::optional<std::map<Hash256, Hash256>> state;       // replaces all of the contract's storage
    std::optional<std::map<Hash256, Hash256>> state_diff;  // changes some of it
};

struct StateOverrides {
    std::map<EthereumAddress, AccountOverride> accounts;
};
/// Reads an object from addresses to changes. Errors: malformed, also for both "state" and "stateDiff", and for
/// "movePrecompileToAddress": precompiles are part of the contract actor's code, so that they cannot be moved.
Status read(const Json& from, StateOverrides& to);

/// The block that contracts see.
struct BlockOverrides {
    std::optional<std::uint64_t> number;
    std::optional<std::uint64_t> time;
    std::optional<BigInt> base_fee;
};
/// Reads an object. Members for what is constant in Filecoin's EVM (gas limit, fee recipient, difficulty) may have that
/// value only; randomness comes from the beacon and cannot be chosen. Errors: malformed.
Status read(const Json& from, BlockOverrides& to);

/// Changes the state of an executor. An account gets code by becoming a contract. Storage of an account without code
/// has no effect. Errors: those of the state; invalid_argument for a masked ID without an actor.
Status apply_overrides(chain::Sandbox& box, vm::Executor& executor, const StateOverrides& overrides);
/// Changes the block. Errors: invalid_argument for a number of 2^63 or more.
Status apply_overrides(chain::SandboxBlock& block, const BlockOverrides& overrides);

/// Adds what a caller wants to be different in the state, and the block in which a call then runs.
struct Changes {
    StateOverrides state;
    BlockOverrides block;
};
/// Opens an executor on the state after the sandbox's tipset, in the block of the tipset, with the changes.
Result<std::unique_ptr<vm::Executor>> open_changed(chain::Sandbox& box, const chain::Tipset& base,
                                                   const Changes& changes);

}  // namespace strata::api
