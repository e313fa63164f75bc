#pragma once
// Unsealed sectors on disk: pieces one after the other, Fr32-padded.
#include <filesystem>

#include <strata/proofs/piece/commitment.hpp>

namespace strata::proofs {

/// Pads what `read` gives into `staged` from padded offset `at` on, zeros up to `padded_size` (a power of two, 128 at
/// least), and commits to it. `at` must be a multiple of `padded_size`: gaps are read as zeros, which is what CommD has
/// there. Errors: invalid_argument, also for longer data; io.
Result<PieceCommitment> stage_piece(const ReadBytes& read, std::uint64_t padded_size,
                                    const std::filesystem::path& staged, std::uint64_t at);

/// Bytes of zeros around a piece in a stream of unpadded pieces, so that it starts at a multiple of its padded size.
struct PieceAlignment {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    friend bool operator==(const PieceAlignment&, const PieceAlignment&) = default;
};
/// `in_stream`: unpadded bytes that stand there already; `in_piece`: those of the piece.
PieceAlignment piece_alignment(std::uint64_t in_stream, std::uint64_t in_piece);

}  // namespace strata::proofs
