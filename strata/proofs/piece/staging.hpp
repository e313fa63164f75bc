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

}  // namespace strata::proofs
