#pragma once
// Stands for the chain and the proofs while two implementations are compared. The rules are those of
// vectors/fvm-nv28/README.md; only randomness is a hash here, so that it differs from epoch to epoch.
#include <strata/vm/externs.hpp>

namespace strata::differential {

class RuleExterns final : public vm::Externs {
  public:
    Result<Hash256> chain_randomness(ChainEpoch epoch) override;
    Result<Hash256> beacon_randomness(ChainEpoch epoch) override;
    Result<Cid> tipset_cid(ChainEpoch epoch) override;
    /// A fault is the text "fault", the target (8 bytes), the epoch (8 bytes) and the kind (1 byte) in `extra`.
    Result<std::optional<vm::ConsensusFault>> consensus_fault(BytesView header_1, BytesView header_2,
                                                              BytesView extra) override;
};

/// Returns the third header with which RuleExterns finds a fault.
Bytes fault_proof(ActorId target, ChainEpoch epoch, std::uint8_t kind);

/// A proof is valid unless its bytes begin with "bad". Data commitments are computed.
class RuleProofs final : public vm::ProofVerifier {
  public:
    Result<bool> verify_seal(const SealVerifyInfo& info) override;
    Result<bool> verify_post(const WindowPoStVerifyInfo& info) override;
    Result<bool> verify_aggregate_seals(const AggregateSealVerifyProofs& info) override;
    Result<bool> verify_replica_update(const ReplicaUpdateInfo& info) override;
    Result<Cid> unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) override;
};

}  // namespace strata::differential
