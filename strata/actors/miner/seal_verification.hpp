#pragma once
// Proofs of sealing: their bounds and their inputs. Source: docs/protocol/storage.md §2; builtin-actors v18
// actors/miner/src/lib.rs.
#include <strata/actors/batch_return.hpp>
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::miner {

/// Domain separation tags of randomness (runtime/src/runtime/randomness.rs).
inline constexpr std::int64_t kSealRandomnessTag = 5;
inline constexpr std::int64_t kInteractiveSealChallengeSeedTag = 6;

struct SealProofInputs {
    /// A code for each sector: ok if it may be proven now.
    BatchReturn results;
    /// One entry for each sector, because an aggregate proof also needs the sectors that may not be proven.
    std::vector<SealVerifyInfo> infos;  // without proofs
};

/// Checks which pre-commits are ready to be proven. With `all_or_nothing`, one that is not ready fails the message.
ActorResult<SealProofInputs> validate_precommits(Runtime& rt, const std::vector<SectorPreCommitOnChainInfo>& precommits,
                                                 bool all_or_nothing);
ActorResult<SealProofInputs> validate_ni_sectors(Runtime& rt, const std::vector<SectorNiActivationInfo>& sectors,
                                                 RegisteredSealProof seal_proof, bool all_or_nothing);

/// Check the size of each single proof, and the number of sectors and the size of an aggregate proof. Abort with
/// illegal_argument if a number or a size is out of bounds.
Done check_seal_proof_sizes(RegisteredSealProof seal_proof, const std::vector<Bytes>& proofs);
Done check_aggregate_proof(const Bytes& proof, std::size_t sectors, bool interactive);

/// Verifies an aggregate over all inputs. Aborts with illegal_argument if the proof is wrong.
Done verify_aggregate_seal(Runtime& rt, const SealProofInputs& inputs, RegisteredSealProof seal_proof,
                           RegisteredAggregateProof aggregate_proof, const Bytes& proof);

}  // namespace strata::actors::miner
