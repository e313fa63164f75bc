#pragma once
// Proofs of sealing: their bounds and their inputs. Source: storage.md §2; builtin-actors v18 actors/miner/src/lib.rs.
#include <strata/actors/batch_return.hpp>
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::miner {

/// Domain separation tags of randomness (runtime/src/runtime/randomness.rs).
inline constexpr std::int64_t kSealRandomnessTag = 5;
inline constexpr std::int64_t kInteractiveSealChallengeSeedTag = 6;

struct SealProofInputs {
    /// Which sectors may be proven now.
    BatchReturn results;
    /// Of all sectors: an aggregate proof needs those that may not be proven, too.
    std::vector<SealVerifyInfo> infos;  // without proofs
};

/// Are these pre-commits ready to be proven? `all_or_nothing`: one that is not fails the message.
ActorResult<SealProofInputs> validate_precommits(Runtime& rt, const std::vector<SectorPreCommitOnChainInfo>& precommits,
                                                 bool all_or_nothing);
ActorResult<SealProofInputs> validate_ni_sectors(Runtime& rt, const std::vector<SectorNiActivationInfo>& sectors,
                                                 RegisteredSealProof seal_proof, bool all_or_nothing);

/// Sizes of single proofs; number of sectors and size of an aggregate. illegal_argument if out of bounds.
Done check_seal_proof_sizes(RegisteredSealProof seal_proof, const std::vector<Bytes>& proofs);
Done check_aggregate_proof(const Bytes& proof, std::size_t sectors, bool interactive);

/// An aggregate over all inputs. A proof that does not hold: illegal_argument.
Done verify_aggregate_seal(Runtime& rt, const SealProofInputs& inputs, RegisteredSealProof seal_proof,
                           RegisteredAggregateProof aggregate_proof, const Bytes& proof);

}  // namespace strata::actors::miner
