#include <strata/proofs/post/post_config.hpp>

#include <strata/crypto/hash.hpp>
#include <strata/proofs/circuit/shapes.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

/// Returns the first eight bytes, little-endian, of SHA-256 over the parts and the numbers (eight bytes each).
std::uint64_t hash_to_number(std::initializer_list<Hash256> parts, std::initializer_list<std::uint64_t> numbers) {
    Bytes message;
    for (const auto& part : parts) append(message, part);
    for (const auto number : numbers) {
        ByteArray<8> bytes;
        store_le(bytes.data(), number);
        append(message, bytes);
    }
    return load_le<std::uint64_t>(crypto::sha256(message).data());
}

}  // namespace

Result<PostConfig> PostConfig::of(std::uint64_t sector_size, PostKind kind, PostRules rules) {
    PostConfig out;
    out.sector_size = sector_size;
    out.kind = kind;
    out.rules = rules;
    STRATA_TRY(out.shape, kind == PostKind::winning ? winning_post_shape(sector_size) : window_post_shape(sector_size));
    return out;
}

Result<PostConfig> PostConfig::of(RegisteredPoStProof proof) {
    STRATA_TRY(const auto size, strata::sector_size(proof));
    const auto number = static_cast<std::int64_t>(proof);
    // Numbers 0 to 4 are WinningPoSt, 5 to 9 WindowPoSt V1, 10 to 14 WindowPoSt V1_1.
    return of(static_cast<std::uint64_t>(size), number < 5 ? PostKind::winning : PostKind::window,
              number < 10 ? PostRules::by_position : PostRules::by_sector);
}

std::size_t PostConfig::partitions(std::size_t sectors) const {
    return kind == PostKind::winning ? 1 : (sectors + shape.sectors - 1) / shape.sectors;
}

Hash256 post_randomness(Hash256 randomness) {
    return trimmed(randomness);
}

std::uint64_t post_leaf(const Hash256& randomness, SectorNumber sector, std::uint64_t q, std::uint64_t nodes) {
    return hash_to_number({randomness}, {sector, q}) % nodes;
}

std::vector<std::uint64_t> post_leaves(const PostConfig& config, const Hash256& randomness, SectorNumber sector,
                                       std::uint64_t position) {
    // Under the older rules, challenges are counted over all sectors of the proof. FIP-0061 counts them for each sector
    // from 0.
    const bool over_all = config.kind == PostKind::window && config.rules == PostRules::by_position;
    const std::uint64_t first = over_all ? position * config.leaves() : 0;
    std::vector<std::uint64_t> out;
    for (std::uint64_t q = first; q < first + config.leaves(); ++q)
        out.push_back(post_leaf(randomness, sector, q, config.nodes()));
    return out;
}

std::uint64_t winning_sector_index(const Hash256& prover_id, const Hash256& randomness, std::uint64_t sectors,
                                   std::uint64_t draw) {
    STRATA_CHECK(sectors > 0);
    return hash_to_number({prover_id, randomness}, {draw}) % sectors;
}

Result<std::vector<std::vector<Fr>>> post_public_inputs(const PostConfig& config, const Hash256& randomness,
                                                        std::span<const PostSector> sectors) {
    if (sectors.empty() || (config.kind == PostKind::winning && sectors.size() != 1))
        return fail(Errc::invalid_argument, "the PoSt covers " + std::to_string(sectors.size()) +
                                                " sectors, expected " +
                                                (config.kind == PostKind::winning ? "one" : "at least one"));
    const auto out_of_order = [](const PostSector& a, const PostSector& b) { return a.number >= b.number; };
    if (const auto at = std::ranges::adjacent_find(sectors, out_of_order); at != sectors.end())
        return fail(Errc::invalid_argument, "the sectors' numbers must ascend: sector " + std::to_string(at->number) +
                                                " is followed by " + std::to_string(std::next(at)->number));

    std::vector<std::vector<Fr>> out(config.partitions(sectors.size()));
    const std::size_t per_partition = config.kind == PostKind::winning ? 1 : config.shape.sectors;
    for (std::size_t i = 0; i < out.size() * per_partition; ++i) {
        // The last partition is filled with its last sector; the position does not advance (docs/protocol/proofs.md
        // §18.11).
        const std::size_t position = std::min(i, sectors.size() - 1);
        auto& inputs = out[i / per_partition];
        STRATA_TRY(const auto comm_r, Fr::from_bytes(sectors[position].comm_r));
        // A sector of a WindowPoSt has CommR and then its leaves; a WinningPoSt has CommR before each leaf.
        if (config.kind == PostKind::window) inputs.push_back(comm_r);
        for (const auto leaf : post_leaves(config, randomness, sectors[position].number, position)) {
            if (config.kind == PostKind::winning) inputs.push_back(comm_r);
            inputs.push_back(Fr::from_u64(leaf));
        }
    }
    return out;
}

}  // namespace strata::proofs
