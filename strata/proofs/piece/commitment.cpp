#include <strata/proofs/piece/commitment.hpp>

#include <bit>

#include <strata/crypto/hash.hpp>

namespace strata::proofs {
namespace {

constexpr std::uint64_t kNodeSize = 32;
constexpr std::uint64_t kMinPiece = 128;

struct Placed {
    std::uint64_t size;
    Commitment commitment;
};

// Joins equal neighbours at the end, as carries of a binary counter.
void join(std::vector<Placed>& stack) {
    while (stack.size() > 1 && stack[stack.size() - 2].size == stack.back().size) {
        const Placed right = stack.back();
        stack.pop_back();
        stack.back() = {right.size * 2, piece_node(stack.back().commitment, right.commitment)};
    }
}

}  // namespace

Commitment piece_node(const Commitment& left, const Commitment& right) {
    ByteArray<64> both;
    std::ranges::copy(left, both.begin());
    std::ranges::copy(right, both.begin() + 32);
    Commitment out = crypto::sha256(both);
    out[31] &= 0x3f;
    return out;
}

const Commitment& zero_commitment(std::uint64_t padded_size) {
    STRATA_CHECK(std::has_single_bit(padded_size) && padded_size >= kNodeSize);
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
        if (piece.size < kMinPiece || !std::has_single_bit(piece.size))
            return fail(Errc::invalid_argument, "piece size is no power of two of at least 128");
        STRATA_TRY(const auto commitment, commitment_of(piece.cid));
        // Zeros up to the next multiple of the piece's own size, smallest first.
        while (at % piece.size != 0) {
            const std::uint64_t gap = at & (~at + 1);
            stack.push_back({gap, zero_commitment(gap)});
            at += gap;
            join(stack);
        }
        if (piece.size > sector_size || at > sector_size - piece.size)
            return fail(Errc::invalid_argument, "the pieces do not fit the sector");
        stack.push_back({piece.size, commitment});
        at += piece.size;
        join(stack);
    }
    if (stack.empty()) return zero_commitment(sector_size);
    while (stack.size() > 1 || stack[0].size < sector_size) {
        const std::uint64_t size = stack.back().size;
        stack.push_back({size, zero_commitment(size)});
        join(stack);
    }
    return stack[0].commitment;
}

Cid piece_cid(const Commitment& comm_p) {
    return Cid::v1(Codec::commitment_unsealed, HashCode::sha2_256_trunc254_padded, comm_p);
}

Result<Commitment> commitment_of(const Cid& cid) {
    if (!cid.defined() || cid.codec() != Codec::commitment_unsealed || cid.hash() != HashCode::sha2_256_trunc254_padded ||
        cid.digest().size() != 32)
        return fail(Errc::invalid_argument, "not the CID of an unsealed commitment");
    Commitment out;
    std::ranges::copy(cid.digest(), out.begin());
    return out;
}

}  // namespace strata::proofs
