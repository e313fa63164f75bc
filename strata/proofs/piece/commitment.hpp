#pragma once
// Commitments to unsealed data: binary SHA-256 trees over 32-byte nodes, with the two top bits of every node cleared.
// Source: docs/protocol/storage.md §1.3, §16.1; docs/protocol/proofs.md.
#include <functional>

#include <strata/types/sector.hpp>

namespace strata::proofs {

using Commitment = Hash256;

/// Computes the parent of two nodes.
Commitment piece_node(const Commitment& left, const Commitment& right);
/// Returns the commitment to `padded_size` zero bytes. The size is a power of two of at least 32 (checked).
const Commitment& zero_commitment(std::uint64_t padded_size);

/// Computes CommD of a sector from its pieces in order. Each piece starts at a multiple of its own size; the gaps and
/// the rest are zeros. Errors: invalid_argument if a size is not a power of two of at least 128 bytes, a CID is not a
/// piece commitment, or the pieces do not fit into the sector.
Result<Commitment> sector_comm_d(std::uint64_t sector_size, std::span<const PieceInfo> pieces);

/// Computes the row above `row` in a binary tree, with all threads. `above` has half the length of `row` (checked).
void hash_data_row(std::span<const Hash256> row, std::span<Hash256> above);
/// Computes the root over nodes that are in memory (their number is a power of two, checked), with all threads.
Commitment data_tree_root(std::span<const Hash256> nodes);

struct PieceCommitment {
    Commitment commitment{};
    std::uint64_t padded_size = 0;
};

/// Computes CommP of data that arrives in parts of any length. Zero bytes are added up to the next piece size.
class PieceCommitter {
  public:
    PieceCommitter();
    void update(BytesView raw);
    /// The piece gets at least `min_padded_size` bytes, which is a power of two. Errors: invalid_argument.
    Result<PieceCommitment> finish(std::uint64_t min_padded_size = 128);

  private:
    struct Subtree {
        std::uint64_t size;
        Commitment commitment;
    };
    void push_buffered();

    Bytes buffer_;
    std::vector<Subtree> stack_;
    std::uint64_t hashed_ = 0;  // padded
};

/// Fills the buffer from the front and returns the number of bytes; fewer than the buffer's size mean the end of data.
using ReadBytes = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;
Result<PieceCommitment> piece_commitment(const ReadBytes& read, std::uint64_t min_padded_size = 128);

Cid piece_cid(const Commitment& comm_p);
Cid replica_cid(const Commitment& comm_r);
/// Errors: invalid_argument.
Result<Commitment> commitment_of(const Cid& piece_or_data_cid);

}  // namespace strata::proofs
