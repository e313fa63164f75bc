#include <strata/crypto/poseidon.hpp>

#include <strata/base/result.hpp>

namespace strata::crypto {
namespace {

constexpr std::size_t kMaxWidth = 37;
constexpr unsigned kHalf = PoseidonConstants::kFullRounds / 2;

Fr fifth_power(const Fr& x) { return x.square().square() * x; }

class Permutation {
  public:
    Permutation(const PoseidonConstants& constants, std::span<const Fr> inputs)
        : c_(constants), width_(constants.width), key_(constants.keys.data()) {
        state_[0] = c_.tag;
        std::ranges::copy(inputs, state_.begin() + 1);
    }

    Fr run() {
        for (std::size_t i = 0; i < width_; ++i) state_[i] += *key_++;
        for (unsigned round = 0; round < kHalf; ++round) {
            s_boxes_with_keys();
            multiply(round + 1 < kHalf ? c_.mds : c_.pre_sparse);
        }
        for (const auto& sparse : c_.sparse) {
            state_[0] = fifth_power(state_[0]) + *key_++;
            multiply(sparse);
        }
        for (unsigned round = 1; round < kHalf; ++round) {
            s_boxes_with_keys();
            multiply(c_.mds);
        }
        // The last round has no key, and of its result only element 1 is wanted.
        FrSum out;
        for (std::size_t i = 0; i < width_; ++i) out.add_product(fifth_power(state_[i]), c_.mds[i][1]);
        return out.value();
    }

  private:
    void s_boxes_with_keys() {
        for (std::size_t i = 0; i < width_; ++i) state_[i] = fifth_power(state_[i]) + *key_++;
    }
    void multiply(const PoseidonConstants::Matrix& m) {
        std::array<Fr, kMaxWidth> out;
        for (std::size_t j = 0; j < width_; ++j) {
            FrSum sum;
            for (std::size_t i = 0; i < width_; ++i) sum.add_product(state_[i], m[i][j]);
            out[j] = sum.value();
        }
        state_ = out;
    }
    void multiply(const PoseidonConstants::Sparse& m) {
        FrSum first;
        for (std::size_t i = 0; i < width_; ++i) first.add_product(state_[i], m.column[i]);
        for (std::size_t j = 1; j < width_; ++j) state_[j] += state_[0] * m.row[j - 1];
        state_[0] = first.value();
    }

    const PoseidonConstants& c_;
    std::size_t width_;
    const Fr* key_;
    std::array<Fr, kMaxWidth> state_;
};

}  // namespace

Fr poseidon(const PoseidonConstants& constants, std::span<const Fr> inputs) {
    STRATA_CHECK(inputs.size() == constants.arity());
    return Permutation(constants, inputs).run();
}

void poseidon_many(const PoseidonConstants& constants, std::span<const Fr> inputs, std::span<Fr> out) {
    STRATA_CHECK(inputs.size() == out.size() * constants.arity());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = poseidon(constants, inputs.subspan(i * constants.arity(), constants.arity()));
}

}  // namespace strata::crypto
