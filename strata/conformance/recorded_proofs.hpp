#pragma once
// Verifies proofs for recorded chains: a proof is valid unless its bytes begin with "bad" (vectors/fvm-nv28/README.md).
// Unsealed CIDs are computed.
#include <strata/proofs/piece/commitment.hpp>
#include <strata/vm/externs.hpp>

namespace strata::conformance {

class RecordedProofs final : public vm::ProofVerifier {
  public:
    Result<bool> verify_seal(const SealVerifyInfo& info) override { return good(info.proof_bytes); }
    Result<bool> verify_post(const WindowPoStVerifyInfo& info) override {
        return std::ranges::all_of(info.proofs, [](const PoStProof& p) { return good(p.bytes); });
    }
    Result<bool> verify_aggregate_seals(const AggregateSealVerifyProofs& info) override { return good(info.proof); }
    Result<bool> verify_replica_update(const ReplicaUpdateInfo& info) override { return good(info.proof); }
    Result<Cid> unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) override {
        STRATA_TRY(const auto size, sector_size(proof));
        STRATA_TRY(const auto comm_d, proofs::sector_comm_d(static_cast<std::uint64_t>(size), pieces));
        return proofs::piece_cid(comm_d);
    }

  private:
    static bool good(BytesView proof) { return !as_text(proof).starts_with("bad"); }
};

}  // namespace strata::conformance
