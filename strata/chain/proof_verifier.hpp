#pragma once
// Verifies proofs for the VM and the block rules with the verifying keys of a folder.
#include <strata/chain/block_rules.hpp>
#include <strata/proofs/verifier.hpp>
#include <strata/vm/externs.hpp>

namespace strata::actors {
struct Policy;
}

namespace strata::chain {

/// A verifying key that cannot be used.
struct MissingKey {
    proofs::CircuitKind circuit{};
    SectorSize sector_size{};
    Error error;  // not_found, or io for a file that cannot be read; the message names the file
};

/// Thread-safe. A check whose key is missing or unreadable is an error, not a "no".
class KeyedProofVerifier final : public vm::ProofVerifier, public WinningPoStVerifier {
  public:
    explicit KeyedProofVerifier(std::filesystem::path keys) : verifier_(std::move(keys)) {}

    /// Tries to load the keys of all proofs that the actors of `policy` accept, and those of winning proofs and replica
    /// updates for the same sector sizes. Returns those that cannot be loaded. A node calls this once, before it
    /// executes anything: if one of the keys were missing, the node would stop at the first message that needs it.
    std::vector<MissingKey> missing_keys(const actors::Policy& policy);

    Result<bool> verify_seal(const SealVerifyInfo& info) override {
        return proofs::verdict(verifier_.verify_seal(info));
    }
    Result<bool> verify_post(const WindowPoStVerifyInfo& info) override {
        return proofs::verdict(verifier_.verify_window_post(info));
    }
    /// Rejects every aggregate, on every node: SnarkPack's reference string is not part of a key folder
    /// (docs/known_gaps.md).
    Result<bool> verify_aggregate_seals(const AggregateSealVerifyProofs&) override { return false; }
    Result<bool> verify_replica_update(const ReplicaUpdateInfo& info) override {
        return proofs::verdict(verifier_.verify_replica_update(info));
    }
    Result<Cid> unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) override;
    Result<bool> verify_winning_post(const WindowPoStVerifyInfo& info) override {
        return proofs::verdict(verifier_.verify_winning_post(info));
    }

  private:
    proofs::Verifier verifier_;
};

}  // namespace strata::chain
