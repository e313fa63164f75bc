#include <strata/actors/miner/commd.hpp>

#include <strata/base/hex.hpp>

namespace strata::actors::miner {
namespace {

bool is_commitment(const Cid& cid, Codec codec, HashCode hash) {
    return cid.version() == 1 && cid.codec() == codec && cid.hash() == hash && cid.digest().size() == 32;
}

// Roots of the trees over zeros (the proofs layer computes the same: proofs/piece/commitment.hpp).
std::string_view zero_commitment(SectorSize size) {
    switch (size) {
        case SectorSize::size_2KiB:
            return "fc7e928296e516faade986b28f92d44a4f24b935485223376a799027bc18f833";
        case SectorSize::size_8MiB:
            return "65f29e5d98d246c38b388cfc06db1f6b021303c5a289000bdce832a9c3ec421c";
        case SectorSize::size_512MiB:
            return "39560e7b13a93b07a243fd2720ffa7cb3e1d2e505ab3629e79f46313512cda06";
        case SectorSize::size_32GiB:
            return "077e5fde35c50a9303a55009e3498a4ebedff39c42b710b730d8ec7ac7afa63e";
        case SectorSize::size_64GiB:
            return "e64005a6bfe3777953b8ad6ef93f0fca1049b2041654f2a411f7702799cece02";
    }
    return {};
}

}  // namespace

bool is_sealed_sector(const Cid& cid) {
    return is_commitment(cid, Codec::commitment_sealed, HashCode::poseidon_bls12_381_a2_fc1);
}

bool is_unsealed_sector(const Cid& cid) {
    return is_commitment(cid, Codec::commitment_unsealed, HashCode::sha2_256_trunc254_padded);
}

ActorResult<Cid> full_commd(const std::optional<Cid>& compact, RegisteredSealProof seal_proof) {
    if (compact) return *compact;
    const auto size = sector_size(seal_proof);
    if (!size)
        return illegal_argument("seal proof type " + std::to_string(std::to_underlying(seal_proof)) + " is unknown");
    const auto digest = from_hex(zero_commitment(*size));
    STRATA_CHECK(digest.has_value());
    return Cid::v1(Codec::commitment_unsealed, HashCode::sha2_256_trunc254_padded, *digest);
}

ActorResult<std::optional<Cid>> unsealed_cid_from_pieces(Runtime& rt,
                                                         const std::vector<PieceActivationManifest>& pieces,
                                                         RegisteredSealProof seal_proof) {
    if (pieces.empty()) return std::optional<Cid>{};
    std::vector<PieceInfo> infos;
    for (const auto& piece : pieces) infos.push_back({piece.size, piece.cid});
    STRATA_TRY(const Cid cid, rt.unwrap(rt.kernel().compute_unsealed_sector_cid(seal_proof, infos),
                                        ExitCode::illegal_argument, "unsealed sector CID"));
    return std::optional<Cid>(cid);
}

}  // namespace strata::actors::miner
