#pragma once
// Proof verification as the VM and the block rules ask for it, over verifying keys in a folder.
#include <strata/chain/block_rules.hpp>
#include <strata/proofs/verifier.hpp>
#include <strata/vm/externs.hpp>

namespace strata::chain {

/// Thread-safe. A proof whose key is not in the folder is not accepted.
class KeyedProofVerifier final : public vm::ProofVerifier, public WinningPoStVerifier {
  public:
    explicit KeyedProofVerifier(std::filesystem::path keys) : verifier_(std::move(keys)) {}

    bool verify_seal(const SealVerifyInfo& info) override { return good(verifier_.verify_seal(info)); }
    bool verify_post(const WindowPoStVerifyInfo& info) override { return good(verifier_.verify_window_post(info)); }
    /// No aggregate is accepted: SnarkPack's reference string is not part of a key folder (docs/known_gaps.md).
    bool verify_aggregate_seals(const AggregateSealVerifyProofs&) override { return false; }
    bool verify_replica_update(const ReplicaUpdateInfo& info) override {
        return good(verifier_.verify_replica_update(info));
    }
    Result<Cid> unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) override;
    bool verify_winning_post(const WindowPoStVerifyInfo& info) override {
        return good(verifier_.verify_winning_post(info));
    }

  private:
    // The protocol knows only yes and no.
    static bool good(const Status& status) { return status.has_value(); }
    proofs::Verifier verifier_;
};

}  // namespace strata::chain
