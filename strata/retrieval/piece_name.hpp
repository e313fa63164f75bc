#pragma once
// The two spellings of a piece: CID v1 (a commitment) and v2, which carries sizes. Source: storage.md §16.2 (FRC-0069).
#include <optional>

#include <strata/ipld/cid.hpp>

namespace strata::retrieval {

struct PieceSizes {
    std::uint64_t padded = 0;
    std::uint64_t raw = 0;  // of the payload
};
struct PieceName {
    Cid piece;  // v1
    std::optional<PieceSizes> sizes;
};

/// Errors: those of Cid::parse; malformed for a CID that names no piece.
Result<PieceName> parse_piece_name(std::string_view text);
/// v2. Errors: invalid_argument unless `piece` is a v1 and the sizes fit each other.
Result<Cid> piece_cid_v2(const Cid& piece, const PieceSizes& sizes);

}  // namespace strata::retrieval
