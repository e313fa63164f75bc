#pragma once
// Eight coordinates of points side by side, of G1 or G2. For point_lanes.cpp.
#if defined(__x86_64__)
#include <strata/crypto/fp_lanes.hpp>

namespace strata::crypto::lanes {

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512ifma"))), apply_to = function)

/// An element has one part in G1 and two in G2, where the second is multiplied by the square root of -1.
template <int kParts>
struct Element {
    Fp8 part[kParts];
};

template <int kParts>
Element<kParts> each(auto&& of_part) {
    Element<kParts> out;
#pragma clang loop unroll(full)
    for (int i = 0; i < kParts; ++i) out.part[i] = of_part(i);
    return out;
}

/// The result is below 1.0001p.
inline Element<1> mul(const Element<1>& a, const Element<1>& b) {
    return {{lanes::mul(a.part[0], b.part[0])}};
}
inline Element<1> sqr(const Element<1>& a) {
    return {{lanes::sqr(a.part[0])}};
}

/// Multiplies (a0 + a1·i)(b0 + b1·i) with three products: the imaginary part is (a0 + a1)(b0 + b1) - a0·b0 - a1·b1. The
/// result is below 4.0001p.
inline Element<2> mul(const Element<2>& a, const Element<2>& b) {
    const Fp8 low = lanes::mul(a.part[0], b.part[0]), high = lanes::mul(a.part[1], b.part[1]);
    const Fp8 cross = lanes::mul(add(a.part[0], a.part[1]), add(b.part[0], b.part[1]));
    return {{sub<2>(low, high), sub<3>(cross, add(low, high))}};
}
/// Squares as (a0 + a1)(a0 - a1) + 2·a0·a1·i. The element must be below 5p.
inline Element<2> sqr(const Element<2>& a) {
    const Fp8 cross = lanes::mul(a.part[0], a.part[1]);
    return {{lanes::mul(add(a.part[0], a.part[1]), sub<5>(a.part[0], a.part[1])), add(cross, cross)}};
}

/// Maps v·2^(416 - 32n) to 1/v·2^(400 + 32n), where v is a product of n denominators (point_lanes.cpp explains the
/// exponents).
inline Element<1> inverted(const Element<1>& x) {
    return {{lanes::inverted(x.part[0])}};
}
inline Element<2> inverted(const Element<2>& x) {
    // 1/(a0 + a1·i) is (a0 - a1·i)/(a0² + a1²). The norm a0² + a1² carries the factor 2^(416 - 64n), so its
    // inverse carries 2^(400 + 64n).
    const Fp8 norm = add(lanes::sqr(x.part[0]), lanes::sqr(x.part[1]));
    const Fp8 inverse = lanes::inverted(norm);
    return {{lanes::mul(x.part[0], inverse), sub<2>(all({}), lanes::mul(x.part[1], inverse))}};
}

#pragma clang attribute pop

}  // namespace strata::crypto::lanes
#endif
