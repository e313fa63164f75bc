#include <strata/retrieval/piece_name.hpp>

#include <bit>

#include <strata/base/varint.hpp>
#include <strata/types/piece.hpp>

namespace strata::retrieval {
namespace {

// Multihash fr32-sha256-trunc254-padbintree (multicodec table; FRC-0069).
constexpr auto kTree = static_cast<HashCode>(0x1011);
constexpr std::size_t kRoot = 32;  // bytes of the tree's root
// The piece has 32 bytes times 2^height: at least kMinPieceSize, and a number that fits into 64 bits.
constexpr unsigned kMinHeight = 2;
constexpr unsigned kMaxHeight = 58;

// The digest of version 2: the padding as a varint, the height of the tree in one byte, and its root.
Result<PieceName> from_v2(const Cid& cid) {
    BytesView digest = cid.digest();
    STRATA_TRY(const auto padding, take_uvarint(digest));
    if (digest.size() != 1 + kRoot)
        return fail(Errc::malformed,
                    "piece CID v2: the digest has " + std::to_string(digest.size()) +
                        " bytes after the padding field, expected 33: the height in one byte and the root in 32");
    const unsigned height = digest[0];
    if (height < kMinHeight || height > kMaxHeight)
        return fail(Errc::malformed, "piece CID v2: the height is " + std::to_string(height) + ", expected 2 to 58");
    const std::uint64_t padded = std::uint64_t{32} << height;
    if (padding > piece_capacity(padded))
        return fail(Errc::malformed, "piece CID v2: the padding is " + std::to_string(padding) +
                                         " bytes, expected at most " + std::to_string(piece_capacity(padded)) +
                                         ", the capacity of the piece");
    return PieceName{
        Cid::v1(Codec::commitment_unsealed, HashCode::sha2_256_trunc254_padded, digest.subspan(1)),
        PieceSizes{padded, piece_capacity(padded) - padding},
    };
}

}  // namespace

Result<PieceName> parse_piece_name(std::string_view text) {
    STRATA_TRY(const Cid cid, Cid::parse(text));
    if (is_piece_cid(cid)) return PieceName{cid, std::nullopt};
    if (cid.version() == 1 && cid.codec() == Codec::raw && cid.hash() == kTree) return from_v2(cid);
    return fail(Errc::malformed, cid.to_string() +
                                     " is not a piece CID: expected the codec fil-commitment-unsealed, or the hash "
                                     "fr32-sha256-trunc254-padbintree");
}

Result<Cid> piece_cid_v2(const Cid& piece, const PieceSizes& sizes) {
    if (!is_piece_cid(piece))
        return fail(Errc::invalid_argument, piece.to_string() + " is not a piece CID of version 1");
    if (!std::has_single_bit(sizes.padded) || sizes.padded < kMinPieceSize)
        return fail(Errc::invalid_argument, "the piece size is " + std::to_string(sizes.padded) +
                                                ", expected a power of two of at least 128 bytes");
    if (sizes.raw > piece_capacity(sizes.padded))
        return fail(Errc::invalid_argument, "the data has " + std::to_string(sizes.raw) + " bytes, expected at most " +
                                                std::to_string(piece_capacity(sizes.padded)) +
                                                ", the capacity of the piece");
    Bytes digest = uvarint(piece_capacity(sizes.padded) - sizes.raw);
    // The height of the tree: a leaf has 2^5 bytes.
    digest.push_back(static_cast<std::uint8_t>(std::countr_zero(sizes.padded) - 5));
    append(digest, piece.digest());
    return Cid::v1(Codec::raw, kTree, digest);
}

}  // namespace strata::retrieval
