#pragma once
// What the VM asks of the world around it. `chain` implements Externs over the chain below the tipset that is being
// executed; `ProofVerifier` is implemented above both (proofs never appear in vm).
#include <strata/vm/kernel.hpp>

namespace strata::vm {

class Externs {
  public:
    virtual ~Externs() = default;
    /// Digest for the epoch (fvm.md §3.11). An error makes the syscall fail with IllegalArgument.
    virtual Result<Hash256> chain_randomness(ChainEpoch epoch) = 0;
    virtual Result<Hash256> beacon_randomness(ChainEpoch epoch) = 0;
    /// CID of the tipset key of `epoch`, or of the tipset below where that is a null round.
    virtual Result<Cid> tipset_cid(ChainEpoch epoch) = 0;
    /// Nothing for no fault, bad input included.
    virtual Result<std::optional<ConsensusFault>> consensus_fault(BytesView header_1, BytesView header_2,
                                                                  BytesView extra) = 0;
};

class ProofVerifier {
  public:
    virtual ~ProofVerifier() = default;
    virtual bool verify_seal(const SealVerifyInfo& info) = 0;
    virtual bool verify_post(const WindowPoStVerifyInfo& info) = 0;
    virtual bool verify_aggregate_seals(const AggregateSealVerifyProofs& info) = 0;
    virtual bool verify_replica_update(const ReplicaUpdateInfo& info) = 0;
    /// Errors: invalid_argument where the pieces do not fit the sector.
    virtual Result<Cid> unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) = 0;
};

}  // namespace strata::vm
