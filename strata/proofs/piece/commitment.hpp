#pragma once
// Commitments to unsealed data: binary SHA-256 trees over 32-byte nodes, the two top bits of every node cleared.
// Source: storage.md §1.3, §16.1; proofs.md.
#include <strata/types/sector.hpp>

namespace strata::proofs {

using Commitment = Hash256;

/// Parent of two nodes.
Commitment piece_node(const Commitment& left, const Commitment& right);
/// Commitment to `padded_size` zero bytes; a power of two, 32 at least (checked).
const Commitment& zero_commitment(std::uint64_t padded_size);

/// CommD of a sector from its pieces in order: each at a multiple of its own size, the rest zero.
/// Errors: invalid_argument for sizes that are no powers of two of at least 128 bytes, CIDs that are no piece
/// commitments, or pieces that do not fit.
Result<Commitment> sector_comm_d(std::uint64_t sector_size, std::span<const PieceInfo> pieces);

Cid piece_cid(const Commitment& comm_p);
/// Errors: invalid_argument.
Result<Commitment> commitment_of(const Cid& piece_or_data_cid);

}  // namespace strata::proofs
