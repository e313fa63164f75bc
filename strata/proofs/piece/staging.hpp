#pragma once
// Unsealed sectors on disk: consecutive pieces, Fr32-padded.
#include <filesystem>

#include <strata/proofs/piece/commitment.hpp>

namespace strata::proofs {

/// Pads the data that `read` gives, writes it into the file `staged` at the padded offset `at`, fills the piece with
/// zeros up to `padded_size` (a power of two, at least 128), and returns its commitment. `at` must be a multiple of
/// `padded_size`. Gaps between pieces read as zeros, which is what CommD assumes. Errors: invalid_argument, also if the
/// data is too long; io.
Result<PieceCommitment> stage_piece(const ReadBytes& read, std::uint64_t padded_size,
                                    const std::filesystem::path& staged, std::uint64_t at);

/// The zero bytes around a piece in a stream of unpadded pieces, which make it start at a multiple of its padded size.
struct PieceAlignment {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    friend bool operator==(const PieceAlignment&, const PieceAlignment&) = default;
};
/// `in_stream` counts the unpadded bytes before the piece, `in_piece` those of the piece.
PieceAlignment piece_alignment(std::uint64_t in_stream, std::uint64_t in_piece);

}  // namespace strata::proofs
