#pragma once
// The limits on the time of sealing and on the life of a sector. Source: docs/protocol/fvm.md §8.8,
// docs/protocol/storage.md §2; builtin-actors v18 actors/miner/src/policy.rs, runtime/src/runtime/policy.rs.
#include <strata/actors/miner/types.hpp>
#include <strata/actors/runtime.hpp>
#include <strata/types/sector.hpp>

namespace strata::actors::miner {

/// The longest time from pre-commit to proof; empty for seal proofs that are not pre-committed.
std::optional<ChainEpoch> max_prove_commit_duration(const Policy& policy, RegisteredSealProof seal_proof);
/// Checks that a sector activated at `activation` may have this expiration. Aborts with illegal_argument if not.
Done validate_expiration(ChainEpoch now, ChainEpoch activation, ChainEpoch expiration, RegisteredSealProof seal_proof);

}  // namespace strata::actors::miner
