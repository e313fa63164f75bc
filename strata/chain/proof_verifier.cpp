#include <strata/chain/proof_verifier.hpp>

#include <set>

#include <strata/actors/policy.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::chain {

Result<Cid> KeyedProofVerifier::unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) {
    STRATA_TRY(const auto size, sector_size(proof));
    STRATA_TRY(const auto comm_d, proofs::sector_comm_d(static_cast<std::uint64_t>(size), pieces));
    return proofs::piece_cid(comm_d);
}

std::vector<MissingKey> KeyedProofVerifier::missing_keys(const actors::Policy& policy) {
    using proofs::CircuitKind;
    std::set<std::pair<CircuitKind, SectorSize>> needed;
    for (const auto proof : policy.window_post_proofs) {
        const auto size = sector_size(proof);
        STRATA_CHECK(size.has_value());
        needed.insert({CircuitKind::window_post, *size});
        needed.insert({CircuitKind::winning_post, *size});
        needed.insert({CircuitKind::sector_update, *size});
    }
    for (const auto& seals : {policy.pre_commit_seal_proofs, policy.ni_seal_proofs}) {
        for (const auto proof : seals) {
            const auto size = sector_size(proof);
            STRATA_CHECK(size.has_value());
            needed.insert({CircuitKind::porep, *size});
        }
    }
    std::vector<MissingKey> out;
    for (const auto& [circuit, size] : needed) {
        auto loaded = verifier_.load_key(circuit, static_cast<std::uint64_t>(size));
        if (!loaded) out.push_back({circuit, size, std::move(loaded).error()});
    }
    return out;
}

}  // namespace strata::chain
