#pragma once
// Eight elements of BLS12-381's base field side by side, as limbs of 52 bits for AVX-512 IFMA. Only
// point_lanes.cpp may use this header, since that file first asks whether the machine has the instructions.
#if defined(__x86_64__)
#include <blst.h>
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace strata::crypto::lanes {

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512ifma"))), apply_to = function)

inline constexpr int kLimbs = 8;
inline constexpr std::uint64_t kMask = (std::uint64_t{1} << 52) - 1;
using Limbs52 = std::array<std::uint64_t, kLimbs>;
using Words = std::array<std::uint64_t, 6>;

/// Cuts a number of six 64-bit words into eight 52-bit limbs.
constexpr Limbs52 split(const Words& w) {
    return {w[0] & kMask,
            (w[0] >> 52 | w[1] << 12) & kMask,
            (w[1] >> 40 | w[2] << 24) & kMask,
            (w[2] >> 28 | w[3] << 36) & kMask,
            (w[3] >> 16 | w[4] << 48) & kMask,
            w[4] >> 4 & kMask,
            (w[4] >> 56 | w[5] << 8) & kMask,
            w[5] >> 44};
}

/// Undoes split().
constexpr Words joined(const Limbs52& l) {
    return {l[0] | l[1] << 52,
            l[1] >> 12 | l[2] << 40,
            l[2] >> 24 | l[3] << 28,
            l[3] >> 36 | l[4] << 16,
            l[4] >> 48 | l[5] << 4 | l[6] << 56,
            l[6] >> 8 | l[7] << 44};
}

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

// The modulus (draft-irtf-cfrg-pairing-friendly-curves §4.2.1) and -1/p mod 2^52.
inline constexpr Limbs52 kP = split({0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624, 0x64774b84f38512bf,
                                     0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a});
inline constexpr std::uint64_t kInverse = 0x89f3fffcfffcfffd & kMask;
template <int kTimes>
inline constexpr Limbs52 kMultiple = times(kP, kTimes);

inline __m512i every_lane(std::uint64_t x) {
    return _mm512_set1_epi64(static_cast<long long>(x));
}

/// Limbs are below 2^52 wherever one is multiplied or stored. Each function states the range of its values.
struct Fp8 {
    __m512i limb[kLimbs];
};

/// Fills all lanes with the number `x` itself, which is not converted to Montgomery form.
inline Fp8 all(const Limbs52& x) {
    Fp8 out;
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i) out.limb[i] = every_lane(x[static_cast<std::size_t>(i)]);
    return out;
}

/// Carries, so that every limb but the top one is in [0, 2^52). Limbs may be negative before the call; afterwards the
/// top limb is negative if the number is.
inline void carry(Fp8& x) {
    const __m512i mask = every_lane(kMask);
#pragma clang loop unroll(full)
    for (int i = 0; i + 1 < kLimbs; ++i) {
        x.limb[i + 1] = _mm512_add_epi64(x.limb[i + 1], _mm512_srai_epi64(x.limb[i], 52));
        x.limb[i] = _mm512_and_si512(x.limb[i], mask);
    }
}

/// Adds the multiple m·p that makes the low 52 bits of column i zero (Montgomery's reduction). These bits are not
/// computed, because their carry is one unless they were zero before.
inline void reduce_column(__m512i (&t)[2 * kLimbs], int i) {
    const __m512i m = _mm512_madd52lo_epu64(_mm512_setzero_si512(), t[i], every_lane(kInverse));
    const __m512i up = _mm512_srli_epi64(_mm512_add_epi64(t[i], every_lane(kMask)), 52);
    t[i + 1] = _mm512_madd52hi_epu64(_mm512_add_epi64(t[i + 1], up), m, every_lane(kP[0]));
#pragma clang loop unroll(full)
    for (int j = 1; j < kLimbs; ++j) {
        const __m512i p = every_lane(kP[static_cast<std::size_t>(j)]);
        t[i + j] = _mm512_madd52lo_epu64(t[i + j], m, p);
        t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], m, p);
    }
}

/// Reads the result from columns 8 to 15.
inline Fp8 upper_half(const __m512i (&t)[2 * kLimbs]) {
    Fp8 out;
#pragma clang loop unroll(full)
    for (int j = 0; j < kLimbs; ++j) out.limb[j] = t[j + kLimbs];
    carry(out);
    return out;
}

/// Returns a·b/2^416, which is below 1.0001p for operands below 2^400 whose product is below 2^783. It is not inlined:
/// a call is cheap compared with three hundred instructions, and a dozen copies would not fit into the instruction
/// cache.
[[gnu::noinline]] inline Fp8 mul(const Fp8& a, const Fp8& b) {
    __m512i t[2 * kLimbs];
#pragma clang loop unroll(full)
    for (auto& limb : t) limb = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i) {
#pragma clang loop unroll(full)
        for (int j = 0; j < kLimbs; ++j) t[i + j] = _mm512_madd52lo_epu64(t[i + j], a.limb[j], b.limb[i]);
#pragma clang loop unroll(full)
        for (int j = 0; j < kLimbs; ++j) t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a.limb[j], b.limb[i]);
        reduce_column(t, i);
    }
    return upper_half(t);
}

/// Returns a·a/2^416, which is below 1.0001p for a below 2^391. Products of two different limbs are computed once.
[[gnu::noinline]] inline Fp8 sqr(const Fp8& a) {
    __m512i t[2 * kLimbs];
#pragma clang loop unroll(full)
    for (auto& limb : t) limb = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i) {
#pragma clang loop unroll(full)
        for (int j = i + 1; j < kLimbs; ++j) {
            t[i + j] = _mm512_madd52lo_epu64(t[i + j], a.limb[j], a.limb[i]);
            t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a.limb[j], a.limb[i]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i) {
        const __m512i even = _mm512_add_epi64(t[2 * i], t[2 * i]), odd = _mm512_add_epi64(t[2 * i + 1], t[2 * i + 1]);
        t[2 * i] = _mm512_madd52lo_epu64(even, a.limb[i], a.limb[i]);
        t[2 * i + 1] = _mm512_madd52hi_epu64(odd, a.limb[i], a.limb[i]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i) reduce_column(t, i);
    return upper_half(t);
}

inline Fp8 add(const Fp8& a, const Fp8& b) {
    Fp8 out;
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i) out.limb[i] = _mm512_add_epi64(a.limb[i], b.limb[i]);
    carry(out);
    return out;
}

/// Returns a - b + kTimes·p, which must not be negative.
template <int kTimes>
inline Fp8 sub(const Fp8& a, const Fp8& b) {
    Fp8 out;
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i)
        out.limb[i] = _mm512_add_epi64(_mm512_sub_epi64(a.limb[i], b.limb[i]),
                                       every_lane(kMultiple<kTimes>[static_cast<std::size_t>(i)]));
    carry(out);
    return out;
}

/// Returns b in the lanes of `second`, and a in the others.
inline Fp8 choose(__mmask8 second, const Fp8& a, const Fp8& b) {
    Fp8 out;
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i) out.limb[i] = _mm512_mask_blend_epi64(second, a.limb[i], b.limb[i]);
    return out;
}

/// Subtracts kTimes·p in the lanes where the result is not negative.
template <int kTimes>
inline Fp8 reduced_by(const Fp8& x) {
    Fp8 less;
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i)
        less.limb[i] = _mm512_sub_epi64(x.limb[i], every_lane(kMultiple<kTimes>[static_cast<std::size_t>(i)]));
    carry(less);
    return choose(_mm512_movepi64_mask(less.limb[kLimbs - 1]), less, x);
}

/// Multiplies by 2^16. The result must be below 2^416.
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

/// Returns the lanes whose limbs are those of `x`. Both must be fully carried and in the same form.
inline __mmask8 equal(const Fp8& a, const Limbs52& x) {
    __m512i differs = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (int i = 0; i < kLimbs; ++i)
        differs = _mm512_or_si512(differs, _mm512_xor_si512(a.limb[i], every_lane(x[static_cast<std::size_t>(i)])));
    return _mm512_testn_epi64_mask(differs, differs);
}

/// Moves limb i of every lane to out[i]. The transposition is its own inverse.
inline void transpose(__m512i (&x)[8]) {
    __m512i t[8];
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm512_unpacklo_epi64(x[i], x[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi64(x[i], x[i + 1]);
    }
    // t[0], t[2], t[4], t[6] hold the even limbs in quarters, two lanes each; the rest hold the odd limbs.
#pragma clang loop unroll(full)
    for (int k = 0; k < 2; ++k) {
        const __m512i a = _mm512_shuffle_i64x2(t[k], t[k + 2], 0x88),
                      b = _mm512_shuffle_i64x2(t[k + 4], t[k + 6], 0x88);
        const __m512i c = _mm512_shuffle_i64x2(t[k], t[k + 2], 0xdd),
                      d = _mm512_shuffle_i64x2(t[k + 4], t[k + 6], 0xdd);
        x[k] = _mm512_shuffle_i64x2(a, b, 0x88);
        x[k + 4] = _mm512_shuffle_i64x2(a, b, 0xdd);
        x[k + 2] = _mm512_shuffle_i64x2(c, d, 0x88);
        x[k + 6] = _mm512_shuffle_i64x2(c, d, 0xdd);
    }
}

/// Inverts each lane: x stands for v·2^(416 - 32n) and the result for 1/v·2^(400 + 32n). blst reads any number as some
/// w·2^384, so to blst the result is the inverse times 2^48. x is below 3p and not zero in any lane. One inversion
/// serves all eight lanes (Montgomery's trick): before[k] is the product of the lanes below k, and on the way back
/// `rest` is the inverse of the product of lanes 0 to k.
inline Fp8 inverted(const Fp8& x) {
    Fp8 turned = reduced_by<1>(reduced_by<2>(x));
    transpose(turned.limb);
    blst_fp values[8], before[8], rest, factor;
    const std::uint64_t words[6] = {std::uint64_t{1} << 48};
    blst_fp_from_uint64(&factor, words);
    for (std::size_t lane = 0; lane < 8; ++lane) {
        Limbs52 limbs;
        _mm512_storeu_si512(limbs.data(), turned.limb[lane]);
        const auto joint = joined(limbs);
        std::ranges::copy(joint, values[lane].l);
        if (lane == 0) {
            rest = values[0];
            continue;
        }
        before[lane] = rest;
        blst_fp_mul(&rest, &rest, &values[lane]);
    }
    blst_fp_eucl_inverse(&rest, &rest);
    blst_fp_mul(&rest, &rest, &factor);
    for (std::size_t lane = 8; lane-- > 0;) {
        blst_fp inverse = rest;
        if (lane != 0) {
            blst_fp_mul(&inverse, &rest, &before[lane]);
            blst_fp_mul(&rest, &rest, &values[lane]);
        }
        const auto* l = inverse.l;
        const auto limbs = split({l[0], l[1], l[2], l[3], l[4], l[5]});
        turned.limb[lane] = _mm512_loadu_si512(limbs.data());
    }
    transpose(turned.limb);
    return turned;
}

#pragma clang attribute pop

}  // namespace strata::crypto::lanes
#endif
