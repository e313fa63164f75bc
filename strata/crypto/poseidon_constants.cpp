// Poseidon's constants (docs/protocol/proofs.md §6), with round constants moved behind the S-boxes as the circuit wants
// them.
#include <strata/base/result.hpp>
#include <strata/crypto/poseidon.hpp>
#include <strata/crypto/poseidon_lanes.hpp>

#include <algorithm>
#include <utility>

namespace strata::crypto {
namespace {

using Vector = std::vector<Fr>;
using Matrix = PoseidonConstants::Matrix;

constexpr unsigned kFullRounds = PoseidonConstants::kFullRounds;
constexpr unsigned kHalf = kFullRounds / 2;

/// Returns a number that was derived for 128-bit security with a margin (docs/protocol/proofs.md §6). The numbers are
/// written out because their derivation uses floating point.
unsigned partial_rounds_of(unsigned arity) {
    switch (arity) {
        case 2:
            return 55;
        case 4:
            return 56;
        case 8:
        case 11:
            return 57;
        case 16:
        case 24:
            return 59;
        default:
            STRATA_CHECK(arity == 36);
            return 60;
    }
}

/// The shift register (Grain) that produces the round constants.
class Grain {
  public:
    Grain(unsigned width, unsigned partial_rounds) {
        push(1, 2);  // prime field
        push(1, 4);  // S-box x^5, as neptune numbers it
        push(Fr::kBits, 12);
        push(width, 12);
        push(kFullRounds, 10);
        push(partial_rounds, 10);
        push((1U << 30) - 1, 30);
        for (int i = 0; i < 160; ++i) next();  // the first 160 bits are discarded
    }
    /// Draws 255 bits, the highest first, until they are a number below r.
    Fr element() {
        for (;;) {
            Hash256 bytes{};
            for (unsigned i = Fr::kBits; i-- > 0;)
                if (filtered()) bytes[i / 8] = static_cast<std::uint8_t>(bytes[i / 8] | 1U << (i % 8));
            if (const auto value = Fr::from_bytes(bytes)) return *value;
        }
    }

  private:
    void push(unsigned value, unsigned bits) {
        while (bits-- > 0) state_[filled_++] = (value >> bits & 1) != 0;
    }
    bool next() {
        const auto at = [&](std::size_t i) { return state_[(head_ + i) % state_.size()]; };
        const bool bit = at(62) ^ at(51) ^ at(38) ^ at(23) ^ at(13) ^ at(0);
        state_[head_] = bit;
        head_ = (head_ + 1) % state_.size();
        return bit;
    }
    /// Draws bits in pairs: the second counts if the first is set, and both are dropped otherwise.
    bool filtered() {
        for (;;) {
            const bool keep = next();
            const bool bit = next();
            if (keep) return bit;
        }
    }

    std::array<bool, 80> state_{};
    std::size_t filled_ = 0;
    std::size_t head_ = 0;
};

/// The Cauchy matrix 1/(x_i + y_j) with x_i = i and y_j = width + j.
Matrix mds_matrix(unsigned width) {
    Matrix out(width, Vector(width));
    for (unsigned i = 0; i < width; ++i)
        for (unsigned j = 0; j < width; ++j) out[i][j] = Fr::from_u64(i + j + width).inverse();
    return out;
}

void scale_row(Vector& row, const Fr& by) {
    for (auto& x : row) x *= by;
}

void subtract_row(Vector& from, const Vector& row, const Fr& times) {
    for (std::size_t j = 0; j < row.size(); ++j) from[j] -= times * row[j];
}

/// Inverts by Gauss-Jordan without pivoting, which works if no leading minor is zero. In a Cauchy matrix none is; for
/// the matrices of sparse_factor(), the known digests of the hash show it.
Matrix inverse(Matrix m) {
    Matrix out(m.size(), Vector(m.size()));
    for (std::size_t i = 0; i < m.size(); ++i) out[i][i] = Fr::one();
    for (std::size_t i = 0; i < m.size(); ++i) {
        const Fr pivot = m[i][i].inverse();
        scale_row(m[i], pivot);
        scale_row(out[i], pivot);
        for (std::size_t k = 0; k < m.size(); ++k) {
            if (k == i) continue;
            const Fr factor = m[k][i];
            subtract_row(m[k], m[i], factor);
            subtract_row(out[k], out[i], factor);
        }
    }
    return out;
}

Vector times(const Vector& row, const Matrix& m) {
    Vector out(row.size());
    for (std::size_t i = 0; i < row.size(); ++i)
        for (std::size_t j = 0; j < row.size(); ++j) out[j] += row[i] * m[i][j];
    return out;
}

/// Constants that a round adds before its S-boxes have the same effect as constants · M⁻¹ added before the matrix of
/// the previous round. In partial rounds only element 0 meets an S-box, so the other constants move on to the round
/// before.
Vector moved_keys(const Matrix& constants, const Matrix& inverse_mds, unsigned partial_rounds) {
    Vector keys = constants[0];
    const auto put = [&](const Vector& row) { keys.insert(keys.end(), row.begin(), row.end()); };
    for (unsigned round = 1; round < kHalf; ++round) put(times(constants[round], inverse_mds));

    Vector carried = constants[kHalf + partial_rounds];
    Vector partial(partial_rounds);
    for (unsigned i = partial_rounds; i-- > 0;) {
        carried = times(carried, inverse_mds);
        partial[i] = std::exchange(carried[0], Fr());
        subtract_row(carried, constants[kHalf + i], -Fr::one());  // adds the row
    }
    put(times(carried, inverse_mds));
    put(partial);
    for (unsigned round = 1; round < kHalf; ++round) put(times(constants[kHalf + partial_rounds + round], inverse_mds));
    return keys;
}

/// Returns m without its first row and column.
Matrix inner(const Matrix& m) {
    Matrix out;
    for (std::size_t i = 1; i < m.size(); ++i) out.emplace_back(m[i].begin() + 1, m[i].end());
    return out;
}

/// Returns diag(1, m).
Matrix bordered(const Matrix& m) {
    Matrix out(m.size() + 1, Vector(m.size() + 1));
    out[0][0] = Fr::one();
    for (std::size_t i = 0; i < m.size(); ++i) std::ranges::copy(m[i], out[i + 1].begin() + 1);
    return out;
}

Matrix product(const Matrix& a, const Matrix& b) {
    Matrix out;
    for (const auto& row : a) out.push_back(times(row, b));
    return out;
}

/// Factors m = (a, v; w, m̂) into diag(1, m̂) · (a, v; m̂⁻¹·w, 1). The second factor is sparse.
PoseidonConstants::Sparse sparse_factor(const Matrix& m) {
    PoseidonConstants::Sparse out{Vector(m.size()), Vector(m[0].begin() + 1, m[0].end())};
    const auto inverse_inner = inverse(inner(m));
    out.column[0] = m[0][0];
    for (std::size_t i = 1; i < m.size(); ++i)
        for (std::size_t j = 1; j < m.size(); ++j) out.column[i] += inverse_inner[i - 1][j - 1] * m[j][0];
    return out;
}

}  // namespace

PoseidonConstants poseidon_constants(unsigned arity, const Fr& tag) {
    PoseidonConstants out;
    out.width = arity + 1;
    out.partial_rounds = partial_rounds_of(arity);
    out.tag = tag;
    Grain grain(out.width, out.partial_rounds);
    out.round_constants.assign(kFullRounds + out.partial_rounds, Vector(out.width));
    for (auto& row : out.round_constants)
        for (auto& constant : row) constant = grain.element();
    out.mds = mds_matrix(out.width);
    out.keys = moved_keys(out.round_constants, inverse(out.mds), out.partial_rounds);

    // The matrix of the last partial round is factored first, and the round keeps the sparse factor. The other factor,
    // diag(1, m̂), does not touch element 0, so it can be applied before the S-box of that round: it joins the matrix of
    // the round before, which is factored next.
    out.sparse.resize(out.partial_rounds);
    out.pre_sparse = out.mds;
    for (unsigned i = out.partial_rounds; i-- > 0;) {
        out.sparse[i] = sparse_factor(out.pre_sparse);
        out.pre_sparse = product(out.mds, bordered(inner(out.pre_sparse)));
    }
    out.lanes = PoseidonLanes::make(out);
    return out;
}

// neptune's tag for a Merkle tree has a bit set for each child (docs/protocol/proofs.md §6).
const PoseidonConstants& merkle_poseidon_constants(unsigned arity) {
    const auto make = [](unsigned n) { return poseidon_constants(n, Fr::from_u64((std::uint64_t{1} << n) - 1)); };
    static const PoseidonConstants two = make(2);
    static const PoseidonConstants four = make(4);
    static const PoseidonConstants eight = make(8);
    static const PoseidonConstants eleven = make(11);
    switch (arity) {
        case 2:
            return two;
        case 4:
            return four;
        case 8:
            return eight;
        default:
            STRATA_CHECK(arity == 11);
            return eleven;
    }
}

const PoseidonConstants& update_poseidon_constants() {
    static const auto constants = poseidon_constants(2, Fr::from_u64(std::uint64_t{1} << 40));
    return constants;
}

}  // namespace strata::crypto
