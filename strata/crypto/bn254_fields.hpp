#pragma once
// The tower of fields of alt_bn128: Fp, Fp2 = Fp[i]/(i² + 1), Fp6 = Fp2[v]/(v³ - ξ) and Fp12 = Fp6[w]/(w² - v), with
// ξ = 9 + i. Only bn254.cpp includes this header. Source: EIP-197; Beuchat et al., "High-Speed Software Implementation
// of the Optimal Ate Pairing over Barreto-Naehrig Curves" (2010), section 2.
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include <strata/base/bytes.hpp>

namespace strata::crypto::bn254 {

using Limbs = std::array<std::uint64_t, 4>;  // low limb first

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
    static constexpr Fp one() { return Fp(kR); }
    static constexpr Fp small(std::uint64_t value) { return Fp(Limbs{value, 0, 0, 0}) * Fp(kR2); }
    /// Reads 32 big-endian bytes; empty for a number that is not below p.
    static std::optional<Fp> from_bytes(const std::uint8_t* big_endian) {
        Limbs limbs;
        for (std::size_t i = 0; i < 4; ++i) limbs[i] = load_be<std::uint64_t>(big_endian + 8 * (3 - i));
        if (reduced_once(limbs) != limbs) return std::nullopt;
        return Fp(limbs) * Fp(kR2);
    }
    void to_bytes(std::uint8_t* big_endian) const {
        const Limbs limbs = (*this * Fp(Limbs{1, 0, 0, 0})).limbs_;
        for (std::size_t i = 0; i < 4; ++i) store_be(big_endian + 8 * (3 - i), limbs[i]);
    }
    constexpr bool is_zero() const { return *this == Fp(); }
    friend constexpr bool operator==(const Fp&, const Fp&) = default;

    friend constexpr Fp operator+(const Fp& a, const Fp& b) {
        Limbs sum{};
        Wide carry = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            carry += Wide{a.limbs_[i]} + b.limbs_[i];
            sum[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        return Fp(reduced_once(sum));  // p < 2^254: no carry out
    }
    friend constexpr Fp operator-(const Fp& a, const Fp& b) {
        auto [difference, borrow] = subtract(a.limbs_, b.limbs_);
        const std::uint64_t mask = 0 - borrow;
        Wide carry = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            carry += Wide{difference[i]} + (kModulus[i] & mask);
            difference[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        return Fp(difference);
    }
    constexpr Fp operator-() const { return Fp() - *this; }
    /// Montgomery's product, one limb of b at a time. p leaves two bits of the top limb free, so no sixth limb is
    /// needed.
    friend constexpr Fp operator*(const Fp& a, const Fp& b) {
        std::array<std::uint64_t, 5> t{};
        for (std::size_t i = 0; i < 4; ++i) {
            Wide carry = 0;
            for (std::size_t j = 0; j < 4; ++j) {
                carry += Wide{a.limbs_[j]} * b.limbs_[i] + t[j];
                t[j] = static_cast<std::uint64_t>(carry);
                carry >>= 64;
            }
            t[4] += static_cast<std::uint64_t>(carry);
            const std::uint64_t m = t[0] * kInverse;
            carry = (Wide{m} * kModulus[0] + t[0]) >> 64;
            for (std::size_t j = 1; j < 4; ++j) {
                carry += Wide{m} * kModulus[j] + t[j];
                t[j - 1] = static_cast<std::uint64_t>(carry);
                carry >>= 64;
            }
            carry += t[4];
            t[3] = static_cast<std::uint64_t>(carry);
            t[4] = static_cast<std::uint64_t>(carry >> 64);
        }
        return Fp(reduced_once({t[0], t[1], t[2], t[3]}));
    }
    constexpr Fp squared() const { return *this * *this; }
    /// The inverse of zero is zero.
    Fp inverse() const {
        constexpr Limbs kExponent = {kModulus[0] - 2, kModulus[1], kModulus[2], kModulus[3]};
        return power(*this, kExponent);
    }

  private:
    using Wide = unsigned __int128;
    static constexpr std::uint64_t kInverse = 0x87d20782e4866389;  // -1/p mod 2^64
    // 2^256 and 2^512 modulo p: one in Montgomery form, and the factor that brings a number into that form.
    static constexpr Limbs kR = {0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f};
    static constexpr Limbs kR2 = {0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f};

    constexpr explicit Fp(const Limbs& limbs) : limbs_(limbs) {}
    static constexpr std::pair<Limbs, std::uint64_t> subtract(const Limbs& a, const Limbs& b) {
        Limbs out{};
        std::uint64_t borrow = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const Wide difference = Wide{a[i]} - b[i] - borrow;
            out[i] = static_cast<std::uint64_t>(difference);
            borrow = static_cast<std::uint64_t>(difference >> 64) & 1;
        }
        return {out, borrow};
    }
    /// Subtracts p if the number is at least p.
    static constexpr Limbs reduced_once(const Limbs& a) {
        auto [out, borrow] = subtract(a, kModulus);
        return borrow != 0 ? a : out;
    }
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
