#include <strata/crypto/bn254.hpp>

#include <strata/crypto/bn254_fields.hpp>

namespace strata::crypto::bn254 {
namespace {

/// The order r of the groups, low limb first.
constexpr Limbs kOrder = {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029};

/// The curve y² = x³ + 3 over Fp, and its twist y² = x³ + 3/ξ over Fp2.
template <class F>
F curve_b();
template <>
Fp curve_b<Fp>() {
    return Fp::small(3);
}
template <>
Fp2 curve_b<Fp2>() {
    static const Fp2 value = Fp2::one().times_xi().inverse() * Fp::small(3);
    return value;
}

template <class F>
struct Affine {
    F x, y;  // both zero: infinity

    bool is_infinity() const { return x.is_zero() && y.is_zero(); }
    bool on_curve() const { return y.squared() == x.squared() * x + curve_b<F>(); }
};

/// Jacobian coordinates: (x/z², y/z³). Infinity has z = 0.
template <class F>
struct Jacobian {
    F x, y, z;

    static Jacobian from(const Affine<F>& p) {
        if (p.is_infinity()) return {};
        return {p.x, p.y, F::one()};
    }
    bool is_infinity() const { return z.is_zero(); }
    Affine<F> affine() const {
        if (is_infinity()) return {};
        const F inverse = z.inverse();
        const F square = inverse.squared();
        return {x * square, y * square * inverse};
    }
    // Source: Bernstein and Lange, Explicit-Formulas Database, dbl-2009-l for a = 0.
    Jacobian doubled() const {
        const F a = x.squared();
        const F b = y.squared();
        const F c = b.squared();
        const F half_d = (x + b).squared() - a - c;
        const F d = half_d + half_d;
        const F e = a + a + a;
        Jacobian out;
        out.x = e.squared() - d - d;
        const F two_c = c + c;
        const F four_c = two_c + two_c;
        out.y = e * (d - out.x) - four_c - four_c;
        const F yz = y * z;
        out.z = yz + yz;
        return out;
    }
    // Source: the same database, add-1998-cmo-2.
    friend Jacobian operator+(const Jacobian& p, const Jacobian& q) {
        if (p.is_infinity()) return q;
        if (q.is_infinity()) return p;
        const F pz2 = p.z.squared();
        const F qz2 = q.z.squared();
        const F u1 = p.x * qz2;
        const F s1 = p.y * qz2 * q.z;
        const F h = q.x * pz2 - u1;
        const F r = q.y * pz2 * p.z - s1;
        if (h.is_zero()) return r.is_zero() ? p.doubled() : Jacobian{};
        const F h2 = h.squared();
        const F h3 = h2 * h;
        const F v = u1 * h2;
        Jacobian out;
        out.x = r.squared() - h3 - v - v;
        out.y = r * (v - out.x) - s1 * h3;
        out.z = p.z * q.z * h;
        return out;
    }
    Jacobian times(const Limbs& scalar) const {
        Jacobian out;
        for (std::size_t i = 256; i-- > 0;) {
            out = out.doubled();
            if ((scalar[i / 64] >> (i % 64) & 1) != 0) out = out + *this;
        }
        return out;
    }
};

using G1 = Affine<Fp>;
using G2 = Affine<Fp2>;

Error too_large() {
    return fail(Errc::invalid_argument, "a coordinate of an alt_bn128 point is not below the modulus p");
}

Result<G1> read_g1(BytesView bytes) {
    STRATA_CHECK(bytes.size() == kG1Size);
    const auto x = Fp::from_bytes(bytes.data());
    const auto y = Fp::from_bytes(bytes.data() + 32);
    if (!x || !y) return too_large();
    const G1 point{*x, *y};
    if (!point.is_infinity() && !point.on_curve())
        return fail(Errc::invalid_argument, "a point is not on the curve alt_bn128");
    return point;
}

Result<G2> read_g2(BytesView bytes) {
    STRATA_CHECK(bytes.size() == kG2Size);
    const auto x_im = Fp::from_bytes(bytes.data());
    const auto x_re = Fp::from_bytes(bytes.data() + 32);
    const auto y_im = Fp::from_bytes(bytes.data() + 64);
    const auto y_re = Fp::from_bytes(bytes.data() + 96);
    if (!x_im || !x_re || !y_im || !y_re) return too_large();
    const G2 point{{*x_re, *x_im}, {*y_re, *y_im}};
    if (point.is_infinity()) return point;
    if (!point.on_curve()) return fail(Errc::invalid_argument, "a point is not on the twist of alt_bn128");
    if (!Jacobian<Fp2>::from(point).times(kOrder).is_infinity())
        return fail(Errc::invalid_argument, "a point of the twist of alt_bn128 is outside the group of order r");
    return point;
}

G1Bytes written(const Jacobian<Fp>& point) {
    const G1 affine = point.affine();
    G1Bytes out;
    affine.x.to_bytes(out.data());
    affine.y.to_bytes(out.data() + 32);
    return out;
}

/// A point of G1 and a point of G2, neither at infinity.
struct Pair {
    G1 p;
    G2 q;
};

/// The line through a point (x, y) of the twist with a slope, moved to the curve over Fp12 and evaluated at P of G1:
///   yP - slope·xP·w + (slope·x - y)·w³.
/// The curve's point is (x·w², y·w³), so that its slope is slope·w; w³ is v·w.
Fp12 line(const G2& at, const Fp2& slope, const G1& p) {
    Fp12 out;
    out.a.c[0].re = p.y;
    out.b.c[0] = -(slope * p.x);
    out.b.c[1] = slope * at.x - at.y;
    return out;
}

/// Moves `at` along the line with this slope, which meets the twist in `at` and in a second point with coordinate
/// `x_of_second`.
void step(G2& at, const Fp2& slope, const Fp2& x_of_second) {
    const Fp2 x = slope.squared() - at.x - x_of_second;
    at.y = slope * (at.x - x) - at.y;
    at.x = x;
}

void double_step(Fp12& f, G2& at, const G1& p) {
    const Fp2 square = at.x.squared();
    const Fp2 slope = (square + square + square) * (at.y + at.y).inverse();
    f = f * line(at, slope, p);
    step(at, slope, at.x);
}

// `at` and `q` are different multiples of one point of order r and not opposite, so that the slope exists.
void add_step(Fp12& f, G2& at, const G2& q, const G1& p) {
    const Fp2 slope = (q.y - at.y) * (q.x - at.x).inverse();
    f = f * line(at, slope, p);
    step(at, slope, q.x);
}

/// The Frobenius map of the curve over Fp12, as it looks on the twist.
G2 frobenius(const G2& q) {
    constexpr Limbs kThird = {0x69602eb24829a9c2, 0xdd2b2385cd7b4384, 0xe81ac1e7808072c9, 0x10216f7ba065e00d};
    constexpr Limbs kHalf = {0x9e10460b6c3e7ea3, 0xcbc0b548b438e546, 0xdc2822db40c0ac2e, 0x183227397098d014};
    // ξ to the powers (p - 1)/3 and (p - 1)/2.
    static const Fp2 x_factor = power(Fp2::one().times_xi(), kThird);
    static const Fp2 y_factor = power(Fp2::one().times_xi(), kHalf);
    return {q.x.conjugate() * x_factor, q.y.conjugate() * y_factor};
}

/// The Miller loop of the optimal ate pairing over the bits of 6u + 2, u = 4965661367192848881. Source: Beuchat et al.,
/// algorithm 1.
Fp12 miller_loop(const Pair& pair) {
    constexpr std::uint64_t kLoopLow = 0x9d797039be763ba8;  // 6u + 2 without its highest bit, 2^64
    Fp12 f = Fp12::one();
    G2 at = pair.q;
    for (unsigned bit = 64; bit-- > 0;) {
        f = f.squared();
        double_step(f, at, pair.p);
        if ((kLoopLow >> bit & 1) != 0) add_step(f, at, pair.q, pair.p);
    }
    const G2 q1 = frobenius(pair.q);
    G2 q2 = frobenius(q1);
    q2.y = -q2.y;
    add_step(f, at, q1, pair.p);
    add_step(f, at, q2, pair.p);
    return f;
}

/// Raises to (p¹² - 1)/r.
Fp12 final_exponentiation(const Fp12& f) {
    // (p⁶ + 1)/r, low limb first.
    static constexpr std::uint64_t kExponent[20] = {
        0x5250a54036e3f812, 0xa5635f1596789051, 0xd1138bf54d5bd1d4, 0xa8ce2533be36c7a2, 0x94f69f6b84e09bf6,
        0x42ad1f5e50ef3644, 0x0fcc420e48c3454c, 0x758e4408ecc9952c, 0xc901bf1887c6042c, 0xa733cd65b14bb3b5,
        0xdf6d76bdcf51b0d8, 0xca64c0fd82eb59e1, 0x1d2e5726e39276a1, 0xc2d1ea74a391cae9, 0x07409206c82d647e,
        0x051c6d1aa5afdd17, 0xb37f601919667af5, 0x150e578c5084015b, 0xfbdea556c23998e4, 0x000fd14cc52f5b83};
    const Fp12 to_p6_minus_1 = f.conjugate() * f.inverse();
    return power(to_p6_minus_1, kExponent);
}

}  // namespace

Result<G1Bytes> add(BytesView a, BytesView b) {
    STRATA_TRY(const G1 first, read_g1(a));
    STRATA_TRY(const G1 second, read_g1(b));
    return written(Jacobian<Fp>::from(first) + Jacobian<Fp>::from(second));
}

Result<G1Bytes> multiply(BytesView point, BytesView scalar) {
    STRATA_CHECK(scalar.size() == kScalarSize);
    STRATA_TRY(const G1 base, read_g1(point));
    Limbs limbs;
    for (std::size_t i = 0; i < 4; ++i) limbs[i] = load_be<std::uint64_t>(scalar.data() + 8 * (3 - i));
    return written(Jacobian<Fp>::from(base).times(limbs));
}

Result<bool> pairing_is_one(BytesView pairs) {
    STRATA_CHECK(pairs.size() % kPairSize == 0);
    Fp12 product = Fp12::one();
    for (std::size_t at = 0; at < pairs.size(); at += kPairSize) {
        STRATA_TRY(const G1 p, read_g1(pairs.subspan(at, kG1Size)));
        STRATA_TRY(const G2 q, read_g2(pairs.subspan(at + kG1Size, kG2Size)));
        // The pairing with infinity is one.
        if (!p.is_infinity() && !q.is_infinity()) product = product * miller_loop({p, q});
    }
    return final_exponentiation(product) == Fp12::one();
}

}  // namespace strata::crypto::bn254
