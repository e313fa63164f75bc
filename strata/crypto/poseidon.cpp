#include <strata/crypto/poseidon.hpp>

#include <strata/base/result.hpp>
#include <strata/crypto/poseidon_lanes.hpp>

namespace strata::crypto {
namespace {

constexpr std::size_t kMaxWidth = 37;  // arity 36
constexpr unsigned kHalf = PoseidonConstants::kFullRounds / 2;

struct IgnoreSteps {
    void s_box(const Fr&, const Fr&, const Fr&, const Fr&) {}
};

/// Records the steps that a circuit has variables for. The tag is a constant, and the inputs are variables already.
struct RecordSteps {
    Fr* next;
    std::size_t width;  // the number of S-boxes in the first round
    std::size_t seen = 0;

    void s_box(const Fr& x, const Fr& square, const Fr& fourth, const Fr& out) {
        if (seen++ == 0) return;        // the first S-box takes the tag, which is a constant
        if (seen > width) *next++ = x;  // in the first round, x is an input plus a constant
        *next++ = square;
        *next++ = fourth;
        *next++ = out;
    }
};

template <class Steps>
class Permutation {
  public:
    Permutation(const PoseidonConstants& constants, std::span<const Fr> inputs, Steps steps)
        : c_(constants), width_(constants.width), key_(constants.keys.data()), steps_(steps) {
        state_[0] = c_.tag;
        std::ranges::copy(inputs, state_.begin() + 1);
    }

    Fr run() {
        // The optimised form (docs/protocol/proofs.md §6): only the first constants are added before S-boxes. All later
        // ones were moved through the matrix to where the S-box of the round before adds them.
        for (std::size_t i = 0; i < width_; ++i) state_[i] += *key_++;
        for (unsigned round = 0; round < kHalf; ++round) {
            s_boxes_with_keys();
            multiply(round + 1 < kHalf ? c_.mds : c_.pre_sparse);
        }
        // A partial round changes only element 0 by an S-box, which is why a sparse matrix can replace the dense one.
        for (const auto& sparse : c_.sparse) {
            state_[0] = s_box(state_[0], *key_++);
            multiply(sparse);
        }
        for (unsigned round = 1; round < kHalf; ++round) {
            s_boxes_with_keys();
            multiply(c_.mds);
        }
        // The last round has no key, and only element 1 of its result is needed.
        FrSum out;
        for (std::size_t i = 0; i < width_; ++i) out.add_product(s_box(state_[i], Fr()), c_.mds[i][1]);
        return out.value();
    }

  private:
    Fr s_box(const Fr& x, const Fr& key) {
        const Fr square = x.square();
        const Fr fourth = square.square();
        const Fr out = fourth * x + key;
        steps_.s_box(x, square, fourth, out);
        return out;
    }
    void s_boxes_with_keys() {
        for (std::size_t i = 0; i < width_; ++i) state_[i] = s_box(state_[i], *key_++);
    }
    void multiply(const PoseidonConstants::Matrix& m) {
        // FrSum adds products without reduction, and reduces each sum once.
        std::array<Fr, kMaxWidth> out;
        for (std::size_t j = 0; j < width_; ++j) {
            FrSum sum;
            for (std::size_t i = 0; i < width_; ++i) sum.add_product(state_[i], m[i][j]);
            out[j] = sum.value();
        }
        state_ = out;
    }
    /// new e0 = Σ e_i·column_i; new e_j = e_j + e0·row_{j-1}, with the old e0.
    void multiply(const PoseidonConstants::Sparse& m) {
        FrSum first;
        for (std::size_t i = 0; i < width_; ++i) first.add_product(state_[i], m.column[i]);
        for (std::size_t j = 1; j < width_; ++j) state_[j] += state_[0] * m.row[j - 1];
        state_[0] = first.value();
    }

    const PoseidonConstants& c_;
    std::size_t width_;
    const Fr* key_;
    Steps steps_;
    std::array<Fr, kMaxWidth> state_;
};

}  // namespace

Fr poseidon(const PoseidonConstants& constants, std::span<const Fr> inputs) {
    STRATA_CHECK(inputs.size() == constants.arity());
    return Permutation(constants, inputs, IgnoreSteps{}).run();
}

void poseidon_steps(const PoseidonConstants& constants, std::span<const Fr> inputs, std::span<Fr> out) {
    STRATA_CHECK(inputs.size() == constants.arity() && out.size() == poseidon_step_count(constants));
    out.back() = Permutation(constants, inputs, RecordSteps{out.data(), constants.width}).run();
}

void poseidon_many(const PoseidonConstants& constants, std::span<const Fr> inputs, std::span<Fr> out) {
    STRATA_CHECK(inputs.size() == out.size() * constants.arity());
    const std::size_t arity = constants.arity();
    std::size_t i = 0;
    if (constants.lanes != nullptr)
        for (; i + PoseidonLanes::kLanes <= out.size(); i += PoseidonLanes::kLanes)
            constants.lanes->hash(inputs.data() + i * arity, out.data() + i);
    for (; i < out.size(); ++i) out[i] = poseidon(constants, inputs.subspan(i * arity, arity));
}

}  // namespace strata::crypto
