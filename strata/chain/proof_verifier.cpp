#include <strata/chain/proof_verifier.hpp>

#include <strata/proofs/piece/commitment.hpp>

namespace strata::chain {

Result<Cid> KeyedProofVerifier::unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) {
    STRATA_TRY(const auto size, sector_size(proof));
    STRATA_TRY(const auto comm_d, proofs::sector_comm_d(static_cast<std::uint64_t>(size), pieces));
    return proofs::piece_cid(comm_d);
}

}  // namespace strata::chain
