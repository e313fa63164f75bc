#include <strata/crypto/poseidon_lanes.hpp>

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace strata::crypto {
namespace {

constexpr unsigned kLimbBits = 52;
constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << kLimbBits) - 1;
using Limbs52 = std::array<std::uint64_t, 5>;

/// Cuts a number of four 64-bit limbs into five 52-bit limbs.
constexpr Limbs52 split(const Fr::Limbs& a) {
    return {a[0] & kLimbMask, (a[0] >> 52 | a[1] << 12) & kLimbMask, (a[1] >> 40 | a[2] << 24) & kLimbMask,
            (a[2] >> 28 | a[3] << 36) & kLimbMask, a[3] >> 16};
}

/// Undoes split().
constexpr Fr::Limbs joined(const Limbs52& a) {
    return {a[0] | a[1] << 52, a[1] >> 12 | a[2] << 40, a[2] >> 24 | a[3] << 28, a[3] >> 36 | a[4] << 16};
}

}  // namespace

// The constants are kept as x·2^260, since five limbs of 52 bits make Montgomery products divide by 2^260.
PoseidonLanes::Limbs PoseidonLanes::limbs_of(const Fr& element) {
    static const Fr kForm = Fr::from_u64(2).pow({260, 0, 0, 0});
    return split((element * kForm).to_limbs());
}

PoseidonLanes::Table PoseidonLanes::table_of(std::span<const Fr> elements) {
    Table out;
    for (const auto& element : elements) out.push_back(limbs_of(element));
    return out;
}

PoseidonLanes::Table PoseidonLanes::columns_of(const PoseidonConstants::Matrix& matrix) {
    Table out;
    for (std::size_t j = 0; j < matrix.size(); ++j)
        for (const auto& row : matrix) out.push_back(limbs_of(row[j]));
    return out;
}

PoseidonLanes::PoseidonLanes(const PoseidonConstants& constants)
    : width_(constants.width),
      partial_rounds_(constants.partial_rounds),
      tag_(limbs_of(constants.tag)),
      keys_(table_of(constants.keys)),
      mds_(columns_of(constants.mds)),
      pre_sparse_(columns_of(constants.pre_sparse)),
      into_(split(Fr::from_u64(2).pow({264, 0, 0, 0}).to_limbs())),     // x·2^256 to x·2^260
      out_of_(split(Fr::from_u64(2).pow({256, 0, 0, 0}).to_limbs())) {  // and back
    for (const auto& sparse : constants.sparse) {
        for (const auto& element : sparse.column) sparse_columns_.push_back(limbs_of(element));
        for (const auto& element : sparse.row) sparse_rows_.push_back(limbs_of(element));
    }
}

#if defined(__x86_64__)

std::shared_ptr<const PoseidonLanes> PoseidonLanes::make(const PoseidonConstants& constants) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx512ifma") || !__builtin_cpu_supports("avx512dq")) return nullptr;
    return std::make_shared<const PoseidonLanes>(constants);
}

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512ifma"))), apply_to = function)

namespace {

constexpr Limbs52 kModulus52 = split(Fr::kModulus);
// -1/r mod 2^52 is the low 52 bits of -1/r mod 2^64.
constexpr std::uint64_t kInverse52 = 0xfffffffeffffffff & kLimbMask;

inline __m512i every_lane(std::uint64_t x) {
    return _mm512_set1_epi64(static_cast<long long>(x));
}

/// Eight elements. Between operations, limbs are below 2^52 and values below 6r, which every product accepts: because
/// 2^260 is more than 35r, a product is reduced to less than 2.1r, and a sum of 37 products to less than 5r.
struct Lanes {
    __m512i limb[5];
};

/// Moves what exceeds 52 bits of a limb to the next limb.
inline void carry(Lanes& x) {
    const __m512i mask = every_lane(kLimbMask);
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; ++i) {
        x.limb[i + 1] = _mm512_add_epi64(x.limb[i + 1], _mm512_srli_epi64(x.limb[i], kLimbBits));
        x.limb[i] = _mm512_and_si512(x.limb[i], mask);
    }
}

/// A sum of up to 37 products that is not reduced yet. A limb takes at most ten halves of limb products from each of
/// the products, all below 2^52, and so stays below 2^61.
struct Wide {
    __m512i limb[10];
};

inline void clear(Wide& t) {
#pragma clang loop unroll(full)
    for (auto& limb : t.limb) limb = _mm512_setzero_si512();
}

/// Adds a·b. The product of two limbs has 104 bits: the lower 52 belong to limb i + j, the upper 52 to the next.
inline void add_product(Wide& t, const Lanes& a, const Lanes& b) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; ++i) {
#pragma clang loop unroll(full)
        for (int j = 0; j < 5; ++j) {
            t.limb[i + j] = _mm512_madd52lo_epu64(t.limb[i + j], a.limb[j], b.limb[i]);
            t.limb[i + j + 1] = _mm512_madd52hi_epu64(t.limb[i + j + 1], a.limb[j], b.limb[i]);
        }
    }
}

inline Lanes all_lanes(const Limbs52& x) {
    Lanes out;
#pragma clang loop unroll(full)
    for (std::size_t i = 0; i < 5; ++i) out.limb[i] = every_lane(x[i]);
    return out;
}

/// Returns t / 2^260. For each low limb, the multiple of r that makes it zero is added, and its carry passed on
/// (Montgomery).
inline Lanes reduced(Wide& t) {
    const __m512i inverse = every_lane(kInverse52);
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; ++i) {
        const __m512i m = _mm512_madd52lo_epu64(_mm512_setzero_si512(), t.limb[i], inverse);
#pragma clang loop unroll(full)
        for (int j = 0; j < 5; ++j) {
            const __m512i p = every_lane(kModulus52[static_cast<std::size_t>(j)]);
            t.limb[i + j] = _mm512_madd52lo_epu64(t.limb[i + j], m, p);
            t.limb[i + j + 1] = _mm512_madd52hi_epu64(t.limb[i + j + 1], m, p);
        }
        t.limb[i + 1] = _mm512_add_epi64(t.limb[i + 1], _mm512_srli_epi64(t.limb[i], kLimbBits));
    }
    Lanes out;
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; ++i) out.limb[i] = t.limb[i + 5];
    carry(out);
    return out;
}

inline Lanes product(const Lanes& a, const Lanes& b) {
    Wide t;
    clear(t);
    add_product(t, a, b);
    return reduced(t);
}

inline Lanes sum(Lanes a, const Lanes& b) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; ++i) a.limb[i] = _mm512_add_epi64(a.limb[i], b.limb[i]);
    carry(a);
    return a;
}

/// Subtracts `multiple` (of r) in the lanes where x is at least that.
inline Lanes less_if_above(const Lanes& x, const Limbs52& multiple) {
    Lanes y;
    __m512i borrow = _mm512_setzero_si512();
    const __m512i mask = every_lane(kLimbMask);
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; ++i) {
        const __m512i difference =
            _mm512_add_epi64(_mm512_sub_epi64(x.limb[i], every_lane(multiple[static_cast<std::size_t>(i)])), borrow);
        borrow = _mm512_srai_epi64(difference, 63);  // 0 or -1
        y.limb[i] = _mm512_and_si512(difference, mask);
    }
    const __mmask8 below = _mm512_movepi64_mask(borrow);
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; ++i) y.limb[i] = _mm512_mask_mov_epi64(y.limb[i], below, x.limb[i]);
    return y;
}

inline Lanes fifth_power(const Lanes& x) {
    const Lanes square = product(x, x);
    return product(product(square, square), x);
}

constexpr Limbs52 doubled(const Limbs52& a) {
    Limbs52 out{};
    std::uint64_t over = 0;
    for (std::size_t i = 0; i < 5; ++i) {
        const std::uint64_t x = 2 * a[i] + over;
        out[i] = x & kLimbMask;
        over = x >> kLimbBits;
    }
    return out;
}

constexpr Limbs52 kTwiceModulus52 = doubled(kModulus52);
constexpr std::size_t kMaxWidth = 37;  // arity 36

}  // namespace

/// Permutes eight states.
class PoseidonLanesRun {
  public:
    explicit PoseidonLanesRun(const PoseidonLanes& constants) : c_(constants), key_(constants.keys_.data()) {}

    void load(const Fr* inputs) {
        const std::size_t arity = c_.width_ - 1;
        // Each lane holds one of the eight inputs: the elements are split into limbs, and limb k of all eight goes into
        // register k.
        const Lanes into = all_lanes(c_.into_);
        state_[0] = all_lanes(c_.tag_);
        for (std::size_t i = 0; i < arity; ++i) {
            alignas(64) std::uint64_t limbs[5][PoseidonLanes::kLanes];
            for (std::size_t lane = 0; lane < PoseidonLanes::kLanes; ++lane) {
                const auto parts = split(std::bit_cast<Fr::Limbs>(inputs[lane * arity + i]));
                for (std::size_t k = 0; k < 5; ++k) limbs[k][lane] = parts[k];
            }
            Lanes x;
            for (std::size_t k = 0; k < 5; ++k) x.limb[k] = _mm512_load_si512(limbs[k]);
            state_[i + 1] = product(x, into);
        }
    }

    void run() {
        // These are the rounds of Permutation::run() in poseidon.cpp.
        constexpr unsigned kHalf = PoseidonConstants::kFullRounds / 2;
        for (std::size_t i = 0; i < c_.width_; ++i) state_[i] = sum(state_[i], all_lanes(*key_++));
        for (unsigned round = 0; round < kHalf; ++round) {
            s_boxes(/*with_keys=*/true);
            multiply(round + 1 < kHalf ? c_.mds_ : c_.pre_sparse_);
        }
        for (std::size_t round = 0; round < c_.partial_rounds_; ++round) {
            state_[0] = sum(fifth_power(state_[0]), all_lanes(*key_++));
            multiply_sparse(round);
        }
        for (unsigned round = 0; round < kHalf; ++round) {
            s_boxes(/*with_keys=*/round + 1 < kHalf);
            multiply(c_.mds_);
        }
    }

    void store(Fr* out) const {
        Lanes x = product(state_[1], all_lanes(c_.out_of_));
        x = less_if_above(less_if_above(x, kModulus52), kModulus52);
        alignas(64) std::uint64_t limbs[5][PoseidonLanes::kLanes];
        for (std::size_t k = 0; k < 5; ++k) _mm512_store_si512(limbs[k], x.limb[k]);
        for (std::size_t lane = 0; lane < PoseidonLanes::kLanes; ++lane)
            out[lane] = std::bit_cast<Fr>(
                joined({limbs[0][lane], limbs[1][lane], limbs[2][lane], limbs[3][lane], limbs[4][lane]}));
    }

  private:
    void s_boxes(bool with_keys) {
        for (std::size_t i = 0; i < c_.width_; ++i) {
            state_[i] = fifth_power(state_[i]);
            if (with_keys) state_[i] = sum(state_[i], all_lanes(*key_++));
        }
    }
    Lanes dot(const Limbs52* column) const {
        Wide t;
        clear(t);
        for (std::size_t i = 0; i < c_.width_; ++i) add_product(t, state_[i], all_lanes(column[i]));
        return reduced(t);
    }
    void multiply(const PoseidonLanes::Table& columns) {
        Lanes next[kMaxWidth];
        for (std::size_t j = 0; j < c_.width_; ++j) next[j] = dot(columns.data() + j * c_.width_);
        std::copy_n(next, c_.width_, state_);
    }
    /// In partial rounds, elements 1 and above only have a product added to them and are not reduced themselves, so
    /// they would grow from round to round. So 2r (r is the modulus) is subtracted from each that is at least 2r.
    void multiply_sparse(std::size_t round) {
        const Lanes first = dot(c_.sparse_columns_.data() + round * c_.width_);
        const auto* row = c_.sparse_rows_.data() + round * (c_.width_ - 1);
        for (std::size_t j = 1; j < c_.width_; ++j)
            state_[j] = less_if_above(sum(state_[j], product(state_[0], all_lanes(row[j - 1]))), kTwiceModulus52);
        state_[0] = first;
    }

    const PoseidonLanes& c_;
    const Limbs52* key_;
    Lanes state_[kMaxWidth];
};

void PoseidonLanes::hash(const Fr* inputs, Fr* out) const {
    PoseidonLanesRun run(*this);
    run.load(inputs);
    run.run();
    run.store(out);
}

#pragma clang attribute pop

#else

std::shared_ptr<const PoseidonLanes> PoseidonLanes::make(const PoseidonConstants&) {
    return nullptr;
}
void PoseidonLanes::hash(const Fr*, Fr*) const {}

#endif

}  // namespace strata::crypto
