#pragma once
// The tower of fields of alt_bn128: Fp, Fp2 = Fp[i]/(i² + 1), Fp6 = Fp2[v]/(v³ - ξ) and Fp12 = Fp6[w]/(w² - v), with
// ξ = 9 + i. Only bn254.cpp includes this header. Source: EIP-197; Beuchat et al., "High-Speed Software Implementation
// of the Optimal Ate Pairing over Barreto-Naehrig Curves" (2010), section 2.
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include <strata/base/bytes.hpp>
#include <strata/crypto/montgomery.hpp>

namespace strata::crypto::bn254 {

using Limbs = Limbs256;

/// Returns base^exponent; `exponent` has its low limb first. T must have one(), squared() and operator*.
template <class T>
T power(const T& base, std::span<const std::uint64_t> exponent) {
    T result = T::one();
    for (std::size_t i = exponent.size() * 64; i-- > 0;) {
        result = result.squared();
        if ((exponent[i / 64] >> (i % 64) & 1) != 0) result = result * base;
    }
    return result;
}

/// The prime field, in Montgomery form.
class Fp {
  public:
    static constexpr Limbs kModulus = {0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029};

    constexpr Fp() = default;  // zero
    static constexpr Fp one() { return Fp(Field::kR); }
    static constexpr Fp small(std::uint64_t value) { return Fp(Limbs{value, 0, 0, 0}) * Fp(Field::kR2); }
    /// Reads 32 big-endian bytes; empty for a number that is not below p.
    static std::optional<Fp> from_bytes(const std::uint8_t* big_endian) {
        Limbs limbs;
        for (std::size_t i = 0; i < 4; ++i) limbs[i] = load_be<std::uint64_t>(big_endian + 8 * (3 - i));
        if (!Field::is_reduced(limbs)) return std::nullopt;
        return Fp(limbs) * Fp(Field::kR2);
    }
    void to_bytes(std::uint8_t* big_endian) const {
        const Limbs limbs = (*this * Fp(Limbs{1, 0, 0, 0})).limbs_;
        for (std::size_t i = 0; i < 4; ++i) store_be(big_endian + 8 * (3 - i), limbs[i]);
    }
    constexpr bool is_zero() const { return *this == Fp(); }
    friend constexpr bool operator==(const Fp&, const Fp&) = default;

    friend constexpr Fp operator+(const Fp& a, const Fp& b) { return Fp(Field::add(a.limbs_, b.limbs_)); }
    friend constexpr Fp operator-(const Fp& a, const Fp& b) { return Fp(Field::subtract(a.limbs_, b.limbs_)); }
    constexpr Fp operator-() const { return Fp() - *this; }
    friend constexpr Fp operator*(const Fp& a, const Fp& b) { return Fp(Field::product(a.limbs_, b.limbs_)); }
    constexpr Fp squared() const { return *this * *this; }
    /// The inverse of zero is zero.
    Fp inverse() const {
        constexpr Limbs kExponent = {kModulus[0] - 2, kModulus[1], kModulus[2], kModulus[3]};
        return power(*this, kExponent);
    }

  private:
    using Field = Montgomery<kModulus>;

    constexpr explicit Fp(const Limbs& limbs) : limbs_(limbs) {}
    Limbs limbs_{};
};

/// re + im·i.
struct Fp2 {
    Fp re, im;

    static constexpr Fp2 one() { return {Fp::one(), {}}; }
    bool is_zero() const { return re.is_zero() && im.is_zero(); }
    friend bool operator==(const Fp2&, const Fp2&) = default;
    friend Fp2 operator+(const Fp2& a, const Fp2& b) { return {a.re + b.re, a.im + b.im}; }
    friend Fp2 operator-(const Fp2& a, const Fp2& b) { return {a.re - b.re, a.im - b.im}; }
    Fp2 operator-() const { return {-re, -im}; }
    friend Fp2 operator*(const Fp2& a, const Fp2& b) {
        const Fp reals = a.re * b.re;
        const Fp imaginaries = a.im * b.im;
        return {reals - imaginaries, (a.re + a.im) * (b.re + b.im) - reals - imaginaries};
    }
    friend Fp2 operator*(const Fp2& a, const Fp& b) { return {a.re * b, a.im * b}; }
    Fp2 squared() const {
        const Fp cross = re * im;
        return {(re + im) * (re - im), cross + cross};
    }
    Fp2 conjugate() const { return {re, -im}; }
    Fp2 inverse() const {
        const Fp norm = (re.squared() + im.squared()).inverse();
        return {re * norm, -(im * norm)};
    }
    /// The product with ξ = 9 + i.
    Fp2 times_xi() const {
        const auto nine_times = [](const Fp& x) {
            const Fp two = x + x;
            const Fp four = two + two;
            return four + four + x;
        };
        return {nine_times(re) - im, nine_times(im) + re};
    }
};

/// c[0] + c[1]·v + c[2]·v².
struct Fp6 {
    std::array<Fp2, 3> c;

    static Fp6 one() { return {{Fp2::one(), {}, {}}}; }
    friend bool operator==(const Fp6&, const Fp6&) = default;
    friend Fp6 operator+(const Fp6& a, const Fp6& b) { return {{a.c[0] + b.c[0], a.c[1] + b.c[1], a.c[2] + b.c[2]}}; }
    friend Fp6 operator-(const Fp6& a, const Fp6& b) { return {{a.c[0] - b.c[0], a.c[1] - b.c[1], a.c[2] - b.c[2]}}; }
    Fp6 operator-() const { return {{-c[0], -c[1], -c[2]}}; }
    friend Fp6 operator*(const Fp6& a, const Fp6& b) {
        const Fp2 p0 = a.c[0] * b.c[0];
        const Fp2 p1 = a.c[1] * b.c[1];
        const Fp2 p2 = a.c[2] * b.c[2];
        const Fp2 p12 = (a.c[1] + a.c[2]) * (b.c[1] + b.c[2]) - p1 - p2;
        const Fp2 p01 = (a.c[0] + a.c[1]) * (b.c[0] + b.c[1]) - p0 - p1;
        const Fp2 p02 = (a.c[0] + a.c[2]) * (b.c[0] + b.c[2]) - p0 - p2;
        return {{p0 + p12.times_xi(), p01 + p2.times_xi(), p02 + p1}};
    }
    Fp6 times_v() const { return {{c[2].times_xi(), c[0], c[1]}}; }
    Fp6 inverse() const {
        const Fp2 t0 = c[0].squared() - (c[1] * c[2]).times_xi();
        const Fp2 t1 = c[2].squared().times_xi() - c[0] * c[1];
        const Fp2 t2 = c[1].squared() - c[0] * c[2];
        const Fp2 norm = (c[0] * t0 + (c[2] * t1 + c[1] * t2).times_xi()).inverse();
        return {{t0 * norm, t1 * norm, t2 * norm}};
    }
};

/// a + b·w.
struct Fp12 {
    Fp6 a, b;

    static Fp12 one() { return {Fp6::one(), {}}; }
    friend bool operator==(const Fp12&, const Fp12&) = default;
    friend Fp12 operator*(const Fp12& x, const Fp12& y) {
        const Fp6 aa = x.a * y.a;
        const Fp6 bb = x.b * y.b;
        return {aa + bb.times_v(), (x.a + x.b) * (y.a + y.b) - aa - bb};
    }
    Fp12 squared() const {
        const Fp6 cross = a * b;
        return {(a + b) * (a + b.times_v()) - cross - cross.times_v(), cross + cross};
    }
    /// This is also the power p⁶.
    Fp12 conjugate() const { return {a, -b}; }
    Fp12 inverse() const {
        const Fp6 norm = (a * a - (b * b).times_v()).inverse();
        return {a * norm, -(b * norm)};
    }
};

}  // namespace strata::crypto::bn254
