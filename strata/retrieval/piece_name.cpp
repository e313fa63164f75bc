#include <strata/retrieval/piece_name.hpp>

#include <bit>

#include <strata/actors/market/state.hpp>
#include <strata/base/varint.hpp>
#include <strata/retrieval/client_file.hpp>

namespace strata::retrieval {
namespace {

/// Multihash fr32-sha256-trunc254-padbintree (multicodec table; FRC-0069).
constexpr auto kTree = static_cast<HashCode>(0x1011);
constexpr std::size_t kRoot = 32;
/// 32 bytes times 2^height must fit 64 bits.
constexpr unsigned kMaxHeight = 58;

Result<PieceName> from_v2(const Cid& cid) {
    BytesView digest = cid.digest();
    STRATA_TRY(const auto padding, take_uvarint(digest));
    if (digest.size() != 1 + kRoot) return fail(Errc::malformed, "a piece CID v2 of another length");
    const unsigned height = digest[0];
    if (height < 2 || height > kMaxHeight) return fail(Errc::malformed, "a piece CID v2 of an impossible height");
    const std::uint64_t padded = std::uint64_t{32} << height;
    if (padding > piece_capacity(padded)) return fail(Errc::malformed, "a piece CID v2 with more padding than piece");
    return PieceName{
        Cid::v1(Codec::commitment_unsealed, HashCode::sha2_256_trunc254_padded, digest.subspan(1)),
        PieceSizes{padded, piece_capacity(padded) - padding},
    };
}

}  // namespace

Result<PieceName> parse_piece_name(std::string_view text) {
    STRATA_TRY(const Cid cid, Cid::parse(text));
    if (actors::market::is_piece_cid(cid)) return PieceName{cid, std::nullopt};
    if (cid.version() == 1 && cid.codec() == Codec::raw && cid.hash() == kTree) return from_v2(cid);
    return fail(Errc::malformed, "the CID names no piece: " + cid.to_string());
}

Result<Cid> piece_cid_v2(const Cid& piece, const PieceSizes& sizes) {
    if (!actors::market::is_piece_cid(piece)) return fail(Errc::invalid_argument, "not a piece CID of version 1");
    if (!std::has_single_bit(sizes.padded) || sizes.padded < 128 || sizes.raw > piece_capacity(sizes.padded))
        return fail(Errc::invalid_argument, "piece sizes that do not fit each other");
    Bytes digest = uvarint(piece_capacity(sizes.padded) - sizes.raw);
    digest.push_back(static_cast<std::uint8_t>(std::countr_zero(sizes.padded) - 5));
    append(digest, piece.digest());
    return Cid::v1(Codec::raw, kTree, digest);
}

}  // namespace strata::retrieval
