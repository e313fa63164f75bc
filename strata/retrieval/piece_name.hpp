#pragma once
// The two names of a piece: its CID of version 1, which is its commitment alone, and of version 2, which has its sizes
// too.
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
    std::optional<PieceSizes> sizes;  // only a name of version 2 has them
};

/// Reads a name of either version. Errors: those of Cid::parse; malformed if the CID does not name a piece.
Result<PieceName> parse_piece_name(std::string_view text);
/// Makes the name of version 2. Errors: invalid_argument unless `piece` is of version 1 and the data fits into the
/// piece.
Result<Cid> piece_cid_v2(const Cid& piece, const PieceSizes& sizes);

}  // namespace strata::retrieval
