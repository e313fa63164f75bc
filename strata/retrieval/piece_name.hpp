#pragma once
// The two spellings of a piece: CID v1, which is its commitment alone, and v2, which carries its sizes too.
// Source: FRC-0069.
#include <optional>

#include <strata/ipld/cid.hpp>

namespace strata::retrieval {

struct PieceSizes {
    std::uint64_t padded = 0;  // bytes of the piece, a power of two
    std::uint64_t raw = 0;     // bytes of data in it
};
struct PieceName {
    Cid piece;                        // version 1
    std::optional<PieceSizes> sizes;  // of a name of version 2
};

/// Errors: those of Cid::parse; malformed for the CID of anything else.
Result<PieceName> parse_piece_name(std::string_view text);
/// The name of version 2. Errors: invalid_argument unless `piece` is of version 1 and the sizes fit each other.
Result<Cid> piece_cid_v2(const Cid& piece, const PieceSizes& sizes);

}  // namespace strata::retrieval
