#include <strata/crypto/point_lanes.hpp>

#include <blst.h>

#include <array>
#include <memory>

#include <strata/base/result.hpp>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace strata::crypto {

#if defined(__x86_64__)

bool point_lanes_supported() {
    __builtin_cpu_init();
    static const bool supported = __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512dq");
    return supported;
}

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512ifma"))), apply_to = function)

namespace {

// A lane product is a·b/2^416, while blst keeps x·2^384. No coordinate is converted: if an element stands for x·2^e,
// a product of exponents e and f has e + f - 416, and a shift by k bits adds k. With denominators and numerators of
// 384, inverses are made with 432; slopes then have 400, their squares 384 as x has, and a slope shifted by 16 bits
// keeps the exponent of what it multiplies. Products are below 1.01p for all operands here (below 2^402 and 2^388).
constexpr int kLimbs = 8;
constexpr std::uint64_t kMask = (std::uint64_t{1} << 52) - 1;
using Limbs52 = std::array<std::uint64_t, kLimbs>;

constexpr Limbs52 split(const std::array<std::uint64_t, 6>& w) {
    return {w[0] & kMask,
            (w[0] >> 52 | w[1] << 12) & kMask,
            (w[1] >> 40 | w[2] << 24) & kMask,
            (w[2] >> 28 | w[3] << 36) & kMask,
            (w[3] >> 16 | w[4] << 48) & kMask,
            w[4] >> 4 & kMask,
            (w[4] >> 56 | w[5] << 8) & kMask,
            w[5] >> 44};
}

constexpr std::array<std::uint64_t, 6> kP = {0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624,
                                             0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a};
constexpr std::uint64_t kInverse = 0x89f3fffcfffcfffd & kMask;  // -1/p mod 2^52

constexpr Limbs52 times(const Limbs52& a, std::uint64_t k) {
    Limbs52 out{};
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < kLimbs; ++i) {
        const auto wide = static_cast<unsigned __int128>(a[i]) * k + carry;
        out[i] = static_cast<std::uint64_t>(wide) & kMask;
        carry = static_cast<std::uint64_t>(wide >> 52);
    }
    return out;
}
constexpr Limbs52 kP1 = split(kP), kP2 = times(kP1, 2), kP4 = times(kP1, 4);

inline __m512i every_lane(std::uint64_t x) {
    return _mm512_set1_epi64(static_cast<long long>(x));
}

struct Fp8 {
    __m512i limb[kLimbs];
};

/// Limbs may be negative; the value is not.
inline void carry(Fp8& x) {
    const __m512i mask = every_lane(kMask);
#pragma clang loop unroll(full)
    for (int i = 0; i + 1 < kLimbs; ++i) {
        x.limb[i + 1] = _mm512_add_epi64(x.limb[i + 1], _mm512_srai_epi64(x.limb[i], 52));
        x.limb[i] = _mm512_and_si512(x.limb[i], mask);
    }
}

inline Fp8 mul(const Fp8& a, const Fp8& b) {
    __m512i t[kLimbs + 1];
#pragma clang loop unroll(full)
    for (auto& limb : t) limb = _mm512_setzero_si512();
    const __m512i inverse = every_lane(kInverse);
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i) {
#pragma clang loop unroll(full)
        for (int j = 0; j < kLimbs; ++j) t[j] = _mm512_madd52lo_epu64(t[j], a.limb[j], b.limb[i]);
        const __m512i m = _mm512_madd52lo_epu64(_mm512_setzero_si512(), t[0], inverse);
#pragma clang loop unroll(full)
        for (int j = 0; j < kLimbs; ++j)
            t[j] = _mm512_madd52lo_epu64(t[j], m, every_lane(kP1[static_cast<std::size_t>(j)]));
        const __m512i up = _mm512_srli_epi64(t[0], 52);
#pragma clang loop unroll(full)
        for (int j = 0; j < kLimbs; ++j) t[j] = t[j + 1];
        t[kLimbs] = _mm512_setzero_si512();
        t[0] = _mm512_add_epi64(t[0], up);
#pragma clang loop unroll(full)
        for (int j = 0; j < kLimbs; ++j) {
            t[j] = _mm512_madd52hi_epu64(t[j], a.limb[j], b.limb[i]);
            t[j] = _mm512_madd52hi_epu64(t[j], m, every_lane(kP1[static_cast<std::size_t>(j)]));
        }
    }
    Fp8 out;
#pragma clang loop unroll(full)
    for (int j = 0; j < kLimbs; ++j) out.limb[j] = t[j];
    carry(out);
    return out;
}

inline Fp8 add(const Fp8& a, const Fp8& b) {
    Fp8 out;
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i) out.limb[i] = _mm512_add_epi64(a.limb[i], b.limb[i]);
    carry(out);
    return out;
}

/// a - b + 4p; b is below 4p.
inline Fp8 sub(const Fp8& a, const Fp8& b) {
    Fp8 out;
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i)
        out.limb[i] =
            _mm512_add_epi64(_mm512_sub_epi64(a.limb[i], b.limb[i]), every_lane(kP4[static_cast<std::size_t>(i)]));
    carry(out);
    return out;
}

inline void subtract_if_above(Fp8& x, const Limbs52& bound) {
    Fp8 less;
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i)
        less.limb[i] = _mm512_sub_epi64(x.limb[i], every_lane(bound[static_cast<std::size_t>(i)]));
    carry(less);
    const __mmask8 keep = _mm512_cmplt_epi64_mask(less.limb[kLimbs - 1], _mm512_setzero_si512());
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i) x.limb[i] = _mm512_mask_blend_epi64(keep, less.limb[i], x.limb[i]);
}

/// Below p, from below 16p.
inline void reduce(Fp8& x) {
    static constexpr Limbs52 kP8 = times(kP1, 8);
    subtract_if_above(x, kP8);
    subtract_if_above(x, kP4);
    subtract_if_above(x, kP2);
    subtract_if_above(x, kP1);
}

inline Fp8 shifted_16(const Fp8& x) {
    const __m512i mask = every_lane(kMask);
    Fp8 out;
    out.limb[0] = _mm512_and_si512(_mm512_slli_epi64(x.limb[0], 16), mask);
#pragma clang loop unroll(full)
    for (int i = 1; i < kLimbs; ++i)
        out.limb[i] = _mm512_and_si512(
            _mm512_or_si512(_mm512_slli_epi64(x.limb[i], 16), _mm512_srli_epi64(x.limb[i - 1], 36)), mask);
    return out;
}

using Addresses = std::array<const std::uint64_t*, 8>;  // one for each lane

/// Word i of every lane to rows[i]: eight words of each are read and turned, which is faster than to gather.
inline void load_words(const Addresses& at, std::size_t first, __m512i (&rows)[8]) {
    __m512i t[8];
#pragma clang loop unroll(full)
    for (std::size_t i = 0; i < 8; i += 2) {
        const __m512i even = _mm512_loadu_si512(at[i] + first), odd = _mm512_loadu_si512(at[i + 1] + first);
        t[i] = _mm512_unpacklo_epi64(even, odd);
        t[i + 1] = _mm512_unpackhi_epi64(even, odd);
    }
    // t[0], t[2], t[4], t[6] hold the even words in quarters, two lanes each; the others the odd words.
#pragma clang loop unroll(full)
    for (int k = 0; k < 2; ++k) {
        const __m512i a = _mm512_shuffle_i64x2(t[k], t[k + 2], 0x88),
                      b = _mm512_shuffle_i64x2(t[k + 4], t[k + 6], 0x88);
        const __m512i c = _mm512_shuffle_i64x2(t[k], t[k + 2], 0xdd),
                      d = _mm512_shuffle_i64x2(t[k + 4], t[k + 6], 0xdd);
        rows[k] = _mm512_shuffle_i64x2(a, b, 0x88);
        rows[k + 4] = _mm512_shuffle_i64x2(a, b, 0xdd);
        rows[k + 2] = _mm512_shuffle_i64x2(c, d, 0x88);
        rows[k + 6] = _mm512_shuffle_i64x2(c, d, 0xdd);
    }
}

/// Words words…words + 5 of each lane, which has `total` words, eight at least.
inline Fp8 load(const Addresses& at, std::size_t words, std::size_t total) {
    __m512i rows[8];
    const bool at_end = words + 8 > total;
    load_words(at, at_end ? words - 2 : words, rows);
    const __m512i* w = at_end ? rows + 2 : rows;
    const __m512i mask = every_lane(kMask);
    const auto limb = [&](__m512i low, int right, __m512i high, int left) {
        return _mm512_and_si512(_mm512_or_si512(_mm512_srl_epi64(low, _mm_cvtsi32_si128(right)),
                                                _mm512_sll_epi64(high, _mm_cvtsi32_si128(left))),
                                mask);
    };
    return {{_mm512_and_si512(w[0], mask), limb(w[0], 52, w[1], 12), limb(w[1], 40, w[2], 24), limb(w[2], 28, w[3], 36),
             limb(w[3], 16, w[4], 48), _mm512_and_si512(_mm512_srli_epi64(w[4], 4), mask), limb(w[4], 56, w[5], 8),
             _mm512_srli_epi64(w[5], 44)}};
}

/// words[i][lane]; `x` is below p.
inline void store(const Fp8& x, std::uint64_t (*words)[8]) {
    const auto* l = x.limb;
    const auto word = [&](std::size_t i, __m512i low, __m512i high) {
        _mm512_store_si512(words[i], _mm512_or_si512(low, high));
    };
    word(0, l[0], _mm512_slli_epi64(l[1], 52));
    word(1, _mm512_srli_epi64(l[1], 12), _mm512_slli_epi64(l[2], 40));
    word(2, _mm512_srli_epi64(l[2], 24), _mm512_slli_epi64(l[3], 28));
    word(3, _mm512_srli_epi64(l[3], 36), _mm512_slli_epi64(l[4], 16));
    word(4, _mm512_srli_epi64(l[4], 48), _mm512_or_si512(_mm512_slli_epi64(l[5], 4), _mm512_slli_epi64(l[6], 56)));
    word(5, _mm512_srli_epi64(l[6], 8), _mm512_slli_epi64(l[7], 44));
}

inline Fp8 choose(__mmask8 second, const Fp8& a, const Fp8& b) {
    Fp8 out;
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i) out.limb[i] = _mm512_mask_blend_epi64(second, a.limb[i], b.limb[i]);
    return out;
}

Fp8 everywhere(const blst_fp& value) {
    const auto limbs = split({value.l[0], value.l[1], value.l[2], value.l[3], value.l[4], value.l[5]});
    Fp8 out;
    for (std::size_t i = 0; i < kLimbs; ++i) out.limb[i] = every_lane(limbs[i]);
    return out;
}

blst_fp small(std::uint64_t value) {
    blst_fp out;
    const std::uint64_t words[6] = {value};
    blst_fp_from_uint64(&out, words);
    return out;
}

struct G1Lanes {
    using Element = Fp8;
    using Scalar = blst_fp;
    static constexpr std::size_t kWords = 6;
    static Fp8 multiply(const Fp8& a, const Fp8& b) { return mul(a, b); }
    static Fp8 load(const Addresses& at, std::size_t words) { return crypto::load(at, words, 2 * kWords); }
    static Fp8 shifted(const Fp8& x) { return shifted_16(x); }
    static Fp8 minus(const Fp8& a, const Fp8& b) { return sub(a, b); }
    static Fp8 choose(__mmask8 second, const Fp8& a, const Fp8& b) { return crypto::choose(second, a, b); }
    static void store(Fp8 x, std::uint64_t (*words)[8]) {
        reduce(x);
        crypto::store(x, words);
    }
    static Fp8 constant(std::uint64_t value) { return everywhere(small(value)); }
    static Fp8 zero() { return everywhere(blst_fp{}); }
    static Scalar scalar(std::uint64_t value) { return small(value); }
    static Scalar product(const Scalar& a, const Scalar& b) {
        Scalar out;
        blst_fp_mul(&out, &a, &b);
        return out;
    }
    static Scalar inverse(const Scalar& a) {
        Scalar out;
        blst_fp_eucl_inverse(&out, &a);
        return out;
    }
};

struct Fp2x8 {
    Fp8 c0, c1;
};

struct G2Lanes {
    using Element = Fp2x8;
    using Scalar = blst_fp2;
    static constexpr std::size_t kWords = 12;
    static Fp2x8 multiply(const Fp2x8& a, const Fp2x8& b) {
        const Fp8 low = mul(a.c0, b.c0), high = mul(a.c1, b.c1);
        const Fp8 cross = mul(add(a.c0, a.c1), add(b.c0, b.c1));
        return {sub(low, high), sub(cross, add(low, high))};
    }
    static Fp2x8 load(const Addresses& at, std::size_t words) {
        return {crypto::load(at, words, 2 * kWords), crypto::load(at, words + 6, 2 * kWords)};
    }
    static Fp2x8 shifted(const Fp2x8& x) { return {shifted_16(x.c0), shifted_16(x.c1)}; }
    static Fp2x8 minus(const Fp2x8& a, const Fp2x8& b) { return {sub(a.c0, b.c0), sub(a.c1, b.c1)}; }
    static Fp2x8 choose(__mmask8 second, const Fp2x8& a, const Fp2x8& b) {
        return {crypto::choose(second, a.c0, b.c0), crypto::choose(second, a.c1, b.c1)};
    }
    static void store(const Fp2x8& x, std::uint64_t (*words)[8]) {
        G1Lanes::store(x.c0, words);
        G1Lanes::store(x.c1, words + 6);
    }
    static Fp2x8 constant(std::uint64_t value) { return {G1Lanes::constant(value), G1Lanes::zero()}; }
    static Fp2x8 zero() { return {G1Lanes::zero(), G1Lanes::zero()}; }
    static Scalar scalar(std::uint64_t value) { return {{small(value), {}}}; }
    static Scalar product(const Scalar& a, const Scalar& b) {
        Scalar out;
        blst_fp2_mul(&out, &a, &b);
        return out;
    }
    static Scalar inverse(const Scalar& a) {
        Scalar out;
        blst_fp2_eucl_inverse(&out, &a);
        return out;
    }
};

template <class Field, class Point>
class LaneBatch {
  public:
    void add(std::span<const PointPair<Point>> pairs) {
        STRATA_CHECK(pairs.size() <= kPointBatch);
        if (pairs.empty()) return;
        const std::size_t groups = (pairs.size() + 7) / 8;
        Element product = Field::constant(std::uint64_t{1} << 32);  // 2^32·2^384: one, with exponent 416
        for (std::size_t g = 0; g < groups; ++g) {
            const Group group(pairs, g);
            before_[g] = product;
            denominators_[g] = Field::minus(Field::load(group.right, 0), Field::load(group.left, 0));
            product = Field::multiply(product, denominators_[g]);
        }
        Element inverse = inverted(product);
        for (std::size_t g = groups; g-- > 0;) {
            before_[g] = Field::multiply(before_[g], inverse);
            inverse = Field::multiply(inverse, denominators_[g]);
        }
        for (std::size_t g = 0; g < groups; ++g) finish(pairs, g);
    }

  private:
    using Element = typename Field::Element;
    using Scalar = typename Field::Scalar;
    static constexpr std::size_t kWords = Field::kWords;
    static constexpr std::size_t kGroups = kPointBatch / 8;

    /// Addresses of eight pairs; the last pair fills up the last group.
    struct Group {
        Group(std::span<const PointPair<Point>> pairs, std::size_t g) {
            for (std::size_t lane = 0; lane < 8; ++lane) {
                const auto& pair = pairs[std::min(8 * g + lane, pairs.size() - 1)];
                left[lane] = pair.left->limbs.data();
                right[lane] = pair.right->limbs.data();
                const auto bit = static_cast<unsigned>(1U << lane);
                if (pair.negate_left) negate_left = static_cast<__mmask8>(negate_left | bit);
                if (pair.negate_right) negate_right = static_cast<__mmask8>(negate_right | bit);
            }
        }
        Addresses left, right;
        __mmask8 negate_left = 0, negate_right = 0;
    };

    /// Of products with exponent 416 - 32n, inverses with 400 + 32n: in blst's terms, 384 both, a factor of 2^48.
    static Element inverted(const Element& products) {
        alignas(64) std::uint64_t words[kWords][8];
        Field::store(products, words);
        Scalar values[8], before[8];
        Scalar all = Field::scalar(1);
        for (std::size_t lane = 0; lane < 8; ++lane) {
            for (std::size_t i = 0; i < kWords; ++i)
                reinterpret_cast<std::uint64_t*>(&values[lane])[i] = words[i][lane];
            before[lane] = all;
            all = Field::product(all, values[lane]);
        }
        Scalar rest = Field::product(Field::inverse(all), Field::scalar(std::uint64_t{1} << 48));
        Scalar out[9] = {};  // load() reads past the eighth
        for (std::size_t lane = 8; lane-- > 0;) {
            out[lane] = Field::product(rest, before[lane]);
            rest = Field::product(rest, values[lane]);
        }
        Addresses at;
        for (std::size_t lane = 0; lane < 8; ++lane) at[lane] = reinterpret_cast<const std::uint64_t*>(&out[lane]);
        return Field::load(at, 0);
    }

    static Element load_y(const Addresses& addresses, __mmask8 negative) {
        Element y = Field::load(addresses, kWords);
        if (negative == 0) return y;
        return Field::choose(negative, y, Field::minus(Field::zero(), y));
    }

    void finish(std::span<const PointPair<Point>> pairs, std::size_t g) {
        const Group group(pairs, g);
        const Element x1 = Field::load(group.left, 0), x2 = Field::load(group.right, 0);
        Element y1 = load_y(group.left, group.negate_left);
        if (group.negate_left != 0) y1 = reduced(y1);
        const Element y2 = load_y(group.right, group.negate_right);
        const Element slope = Field::multiply(Field::minus(y2, y1), before_[g]);
        const Element x3 = reduced(Field::minus(Field::minus(Field::multiply(slope, slope), x1), x2));
        const Element y3 = Field::minus(Field::multiply(Field::shifted(slope), Field::minus(x1, x3)), y1);
        alignas(64) std::uint64_t words[2 * kWords][8];
        Field::store(x3, words);
        Field::store(y3, words + kWords);
        for (std::size_t lane = 0; lane < 8 && 8 * g + lane < pairs.size(); ++lane) {
            auto& limbs = pairs[8 * g + lane].into->limbs;
            for (std::size_t i = 0; i < 2 * kWords; ++i) limbs[i] = words[i][lane];
        }
    }

    static Element reduced(Element x) {
        if constexpr (kWords == 6) {
            reduce(x);
        } else {
            reduce(x.c0);
            reduce(x.c1);
        }
        return x;
    }

    std::array<Element, kGroups> denominators_, before_;
};

template <class Field, class Point>
void add_in_lanes(std::span<const PointPair<Point>> pairs) {
    static thread_local auto batch = std::make_unique<LaneBatch<Field, Point>>();
    batch->add(pairs);
}

}  // namespace

void add_pairs_in_lanes(std::span<const PointPair<G1Affine>> pairs) {
    add_in_lanes<G1Lanes>(pairs);
}

void add_pairs_in_lanes(std::span<const PointPair<G2Affine>> pairs) {
    add_in_lanes<G2Lanes>(pairs);
}

#pragma clang attribute pop

#else

bool point_lanes_supported() {
    return false;
}
void add_pairs_in_lanes(std::span<const PointPair<G1Affine>>) {}
void add_pairs_in_lanes(std::span<const PointPair<G2Affine>>) {}

#endif

}  // namespace strata::crypto
