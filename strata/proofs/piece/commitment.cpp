#include <strata/proofs/piece/commitment.hpp>

#include <bit>

#include <strata/base/thread_pool.hpp>
#include <strata/crypto/sha256.hpp>
#include <strata/proofs/node.hpp>
#include <strata/proofs/piece/fr32.hpp>

namespace strata::proofs {
namespace {

constexpr std::uint64_t kMinPiece = 128;
// Data is padded and hashed in subtrees of 4 MiB, so that a piece of any size takes little memory.
constexpr std::uint64_t kChunkRaw = raw_size(std::uint64_t{1} << 22);

struct Placed {
    std::uint64_t size;
    Commitment commitment;
};

Error bad_size(std::uint64_t size) {
    return fail(Errc::invalid_argument,
                "the piece size is " + std::to_string(size) + ", expected a power of two of at least 128");
}

// Equal neighbours at the end are joined, like the carries of a binary counter: the stack holds one subtree for each
// bit that is set in the size so far.
template <class Subtree>
void join(std::vector<Subtree>& stack) {
    while (stack.size() > 1 && stack[stack.size() - 2].size == stack.back().size) {
        const Subtree right = stack.back();
        stack.pop_back();
        stack.back() = {right.size * 2, piece_node(stack.back().commitment, right.commitment)};
    }
}

}  // namespace

Commitment piece_node(const Commitment& left, const Commitment& right) {
    ByteArray<64> both;
    std::ranges::copy(left, both.begin());
    std::ranges::copy(right, both.begin() + 32);
    return trimmed(crypto::sha256_of_block(both.data()));
}

const Commitment& zero_commitment(std::uint64_t padded_size) {
    STRATA_CHECK(std::has_single_bit(padded_size) && padded_size >= kNodeSize);
    // Level k is the root over 2^k nodes of zeros; 60 levels are enough for any size of 64 bits.
    static const std::vector<Commitment> by_level = [] {
        std::vector<Commitment> out(1);
        for (int level = 1; level < 60; ++level) out.push_back(piece_node(out.back(), out.back()));
        return out;
    }();
    return by_level[static_cast<std::size_t>(std::countr_zero(padded_size / kNodeSize))];
}

Result<Commitment> sector_comm_d(std::uint64_t sector_size, std::span<const PieceInfo> pieces) {
    std::vector<Placed> stack;
    std::uint64_t at = 0;
    for (const auto& piece : pieces) {
        if (piece.size < kMinPiece || !std::has_single_bit(piece.size)) return bad_size(piece.size);
        STRATA_TRY(const auto commitment, commitment_of(piece.cid));
        // Zeros fill the space up to the next multiple of the piece's own size, as subtrees, the smallest first.
        while (at % piece.size != 0) {
            const std::uint64_t gap = at & (~at + 1);  // the lowest bit that is set in `at`
            stack.push_back({gap, zero_commitment(gap)});
            at += gap;
            join(stack);
        }
        if (piece.size > sector_size || at > sector_size - piece.size)
            return fail(Errc::invalid_argument, "the pieces do not fit into the sector of " +
                                                    std::to_string(sector_size) + " bytes: a piece of " +
                                                    std::to_string(piece.size) + " bytes would begin at byte " +
                                                    std::to_string(at));
        stack.push_back({piece.size, commitment});
        at += piece.size;
        join(stack);
    }
    if (stack.empty()) return zero_commitment(sector_size);
    // The rest of the sector is zeros. Each step doubles the last subtree, until a single one covers the sector.
    while (stack.size() > 1 || stack[0].size < sector_size) {
        const std::uint64_t size = stack.back().size;
        stack.push_back({size, zero_commitment(size)});
        join(stack);
    }
    return stack[0].commitment;
}

Commitment data_tree_root(std::span<const Node> nodes) {
    STRATA_CHECK(std::has_single_bit(nodes.size()));
    if (nodes.size() == 1) return nodes[0];
    std::vector<Node> row(nodes.size() / 2);
    hash_data_row(nodes, row);
    while (row.size() > 1) {
        std::vector<Node> above(row.size() / 2);
        hash_data_row(row, above);
        row = std::move(above);
    }
    return row[0];
}

void hash_data_row(std::span<const Node> row, std::span<Node> above) {
    STRATA_CHECK(row.size() == 2 * above.size());
    parallel_for(above.size(), 4096, [&](std::size_t begin, std::size_t end) {
        for (auto i = begin; i < end; ++i) above[i] = trimmed(crypto::sha256_of_block(row[2 * i].data()));
    });
}

PieceCommitter::PieceCommitter() {
    buffer_.reserve(kChunkRaw);
}

void PieceCommitter::push_buffered() {
    Bytes padded(padded_size(buffer_.size()));
    fr32_pad(buffer_, padded);
    buffer_.clear();
    stack_.push_back({padded.size(), data_tree_root(nodes_of(BytesView(padded)))});
    hashed_ += padded.size();
    join(stack_);
}

void PieceCommitter::update(BytesView raw) {
    while (!raw.empty()) {
        const std::size_t n = std::min<std::size_t>(raw.size(), kChunkRaw - buffer_.size());
        append(buffer_, raw.first(n));
        raw = raw.subspan(n);
        if (buffer_.size() == kChunkRaw) push_buffered();
    }
}

Result<PieceCommitment> PieceCommitter::finish(std::uint64_t min_padded_size) {
    if (!std::has_single_bit(min_padded_size) || min_padded_size < kMinPiece) return bad_size(min_padded_size);
    if (!buffer_.empty() || stack_.empty()) {
        // The rest becomes a subtree of its own, so it is padded until the number of blocks is a power of two.
        const std::uint64_t blocks = std::bit_ceil((buffer_.size() + kRawBlock - 1) / kRawBlock);
        buffer_.resize(std::max<std::uint64_t>(blocks, 1) * kRawBlock);
        push_buffered();
    }
    const std::uint64_t size = std::max(std::bit_ceil(hashed_), min_padded_size);
    while (stack_.size() > 1 || stack_[0].size < size) {
        const std::uint64_t zeros = stack_.back().size;
        stack_.push_back({zeros, zero_commitment(zeros)});
        join(stack_);
    }
    return PieceCommitment{stack_[0].commitment, size};
}

Result<PieceCommitment> piece_commitment(const ReadBytes& read, std::uint64_t min_padded_size) {
    PieceCommitter committer;
    Bytes buffer(kChunkRaw);
    for (;;) {
        STRATA_TRY(const auto n, read(buffer));
        committer.update(BytesView(buffer).first(n));
        if (n < buffer.size()) return committer.finish(min_padded_size);
    }
}

Cid replica_cid(const Commitment& comm_r) {
    return Cid::v1(Codec::commitment_sealed, HashCode::poseidon_bls12_381_a2_fc1, comm_r);
}

Cid piece_cid(const Commitment& comm_p) {
    return Cid::v1(Codec::commitment_unsealed, HashCode::sha2_256_trunc254_padded, comm_p);
}

Result<Commitment> commitment_of(const Cid& cid) {
    if (!cid.defined() || cid.codec() != Codec::commitment_unsealed ||
        cid.hash() != HashCode::sha2_256_trunc254_padded || cid.digest().size() != 32)
        return fail(Errc::invalid_argument,
                    (cid.defined() ? cid.to_string() : std::string("an empty CID")) +
                        " is not the CID of an unsealed commitment, which begins with baga6ea4seaq");
    Commitment out;
    std::ranges::copy(cid.digest(), out.begin());
    return out;
}

}  // namespace strata::proofs
