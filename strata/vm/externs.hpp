#pragma once
// Defines the interfaces ("doors") through which the VM asks the world around it. `chain` implements Externs over the
// chain below the tipset that is being executed. `ProofVerifier` is implemented above both, so that vm does not depend
// on proofs. An error that may have struck this node alone (vm/kernel.hpp, is_local) ends the execution without a
// receipt.
#include <strata/vm/kernel.hpp>

namespace strata::vm {

class Externs {
  public:
    virtual ~Externs() = default;
    /// Returns the digest for the epoch (docs/protocol/fvm.md §3.11). The actor sees every error that is not local as
    /// IllegalArgument.
    virtual Result<Hash256> chain_randomness(ChainEpoch epoch) = 0;
    virtual Result<Hash256> beacon_randomness(ChainEpoch epoch) = 0;
    /// Returns the CID of the tipset key of `epoch`, or of the last tipset before it if `epoch` is a null round. The VM
    /// asks only for epochs in the past; an error that is not local ends the message with exit code 10.
    virtual Result<Cid> tipset_cid(ChainEpoch epoch) = 0;
    /// Returns an empty optional if there is no fault, and also for malformed headers.
    virtual Result<std::optional<ConsensusFault>> consensus_fault(BytesView header_1, BytesView header_2,
                                                                  BytesView extra) = 0;
};

/// Checks proofs. Each check returns true for a valid proof and false for a wrong one, including values for which no
/// proof can exist. Errors: this node cannot tell, because the verifying key is missing or unreadable. Such an error
/// never becomes an answer, whatever its code is.
class ProofVerifier {
  public:
    virtual ~ProofVerifier() = default;
    virtual Result<bool> verify_seal(const SealVerifyInfo& info) = 0;
    virtual Result<bool> verify_post(const WindowPoStVerifyInfo& info) = 0;
    virtual Result<bool> verify_aggregate_seals(const AggregateSealVerifyProofs& info) = 0;
    virtual Result<bool> verify_replica_update(const ReplicaUpdateInfo& info) = 0;
    /// Returns the data commitment of a sector. Errors: invalid_argument if the pieces do not fit into the sector; the
    /// actor sees this error.
    virtual Result<Cid> unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) = 0;
};

}  // namespace strata::vm
