#pragma once
// Precompiled contracts: addresses below 0x12, 0x100, and Filecoin's own behind 0xfe. Source: builtin-actors
// actors/evm/src/interpreter/precompiles/mod.rs.
#include <strata/actors/evm/calls.hpp>

namespace strata::actors::evm {

struct PrecompileCall {
    System& system;
    Meter& meter;
    BytesView input;
    CallKind kind{};
    U256 gas;
    U256 value;
};
/// Empty if the precompiled contract refuses the input: the call fails without data, and the caller goes on. An Abort
/// ends the caller too.
using PrecompileResult = ActorResult<std::optional<Bytes>>;

/// Returns true if a contract is precompiled at the address.
bool is_precompile(const Policy& policy, const EthAddress& address);
/// Returns true for the addresses that precompiled contracts have or may get.
bool in_reserved_range(const Policy& policy, const EthAddress& address);
/// Calls the precompiled contract at an address of the reserved range, and then sends the call's value there. Where no
/// contract is, the call succeeds without data.
PrecompileResult call_precompile(const PrecompileCall& call, const EthAddress& address);

namespace precompiles {

// Ethereum's, 0x01 to 0x05 and 0x09.
PrecompileResult ecrecover(const PrecompileCall& call);
PrecompileResult sha256(const PrecompileCall& call);
PrecompileResult ripemd160(const PrecompileCall& call);
PrecompileResult identity(const PrecompileCall& call);
PrecompileResult modexp(const PrecompileCall& call);
PrecompileResult blake2f(const PrecompileCall& call);
// Curves: 0x06 to 0x08, 0x0b to 0x11 (EIP-2537), 0x100 (EIP-7951).
PrecompileResult bn254_add(const PrecompileCall& call);
PrecompileResult bn254_multiply(const PrecompileCall& call);
PrecompileResult bn254_pairing(const PrecompileCall& call);
PrecompileResult bls_g1_add(const PrecompileCall& call);
PrecompileResult bls_g1_msm(const PrecompileCall& call);
PrecompileResult bls_g2_add(const PrecompileCall& call);
PrecompileResult bls_g2_msm(const PrecompileCall& call);
PrecompileResult bls_pairing(const PrecompileCall& call);
PrecompileResult bls_map_to_g1(const PrecompileCall& call);
PrecompileResult bls_map_to_g2(const PrecompileCall& call);
PrecompileResult p256_verify(const PrecompileCall& call);
// Filecoin's, behind 0xfe: 0x01 to 0x03, 0x05 and 0x06.
PrecompileResult resolve_address(const PrecompileCall& call);
PrecompileResult lookup_delegated_address(const PrecompileCall& call);
PrecompileResult call_actor(const PrecompileCall& call);
PrecompileResult call_actor_id(const PrecompileCall& call);
PrecompileResult get_randomness(const PrecompileCall& call);

}  // namespace precompiles
}  // namespace strata::actors::evm
