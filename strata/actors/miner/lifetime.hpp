#pragma once
// How long sealing may take and a sector may live. Source: fvm.md §8.8, storage.md §2; builtin-actors v18
// actors/miner/src/policy.rs, runtime/src/runtime/policy.rs.
#include <strata/actors/miner/types.hpp>
#include <strata/actors/runtime.hpp>
#include <strata/types/sector.hpp>

namespace strata::actors::miner {

/// From pre-commit to proof; nothing for seal proofs that are not pre-committed.
std::optional<ChainEpoch> max_prove_commit_duration(const Policy& policy, RegisteredSealProof seal_proof);
/// Is `expiration` allowed for a sector of this activation? illegal_argument if not.
Done validate_expiration(ChainEpoch now, ChainEpoch activation, ChainEpoch expiration, RegisteredSealProof seal_proof);

}  // namespace strata::actors::miner
