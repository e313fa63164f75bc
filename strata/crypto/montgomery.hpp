#pragma once
// Arithmetic in a prime field whose elements are four limbs in Montgomery form: x stands as x·2^256 mod p. Source:
// P. Montgomery, "Modular Multiplication Without Trial Division" (1985).
#include <array>
#include <cstddef>
#include <cstdint>

namespace strata::crypto {

using Limbs256 = std::array<std::uint64_t, 4>;  // low limb first

/// `p` is an odd prime below 2^255. Unless a function says otherwise, operands and results are below p.
template <Limbs256 p>
class Montgomery {
  public:
    static constexpr Limbs256 add(const Limbs256& a, const Limbs256& b) {
        Limbs256 sum{};
        Wide carry = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            carry += Wide{a[i]} + b[i];
            sum[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        return reduced_once(sum);
    }
    static constexpr Limbs256 subtract(const Limbs256& a, const Limbs256& b) {
        Limbs256 difference{};
        const std::uint64_t mask = 0 - subtract_limbs(a, b, difference);
        Wide carry = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            carry += Wide{difference[i]} + (p[i] & mask);
            difference[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        return difference;
    }
    /// Returns a·b/2^256, one limb of b at a time. b may be any 256-bit number.
    static constexpr Limbs256 product(const Limbs256& a, const Limbs256& b) {
        std::array<std::uint64_t, 5> t{};
        for (std::size_t i = 0; i < 4; ++i) {
            Wide carry = 0;
            for (std::size_t j = 0; j < 4; ++j) {
                carry += Wide{a[j]} * b[i] + t[j];
                t[j] = static_cast<std::uint64_t>(carry);
                carry >>= 64;
            }
            // p's top limb leaves a bit free, so t never needs a sixth limb.
            t[4] += static_cast<std::uint64_t>(carry);
            const std::uint64_t m = t[0] * kInverse;
            carry = (Wide{m} * p[0] + t[0]) >> 64;
            for (std::size_t j = 1; j < 4; ++j) {
                carry += Wide{m} * p[j] + t[j];
                t[j - 1] = static_cast<std::uint64_t>(carry);
                carry >>= 64;
            }
            carry += t[4];
            t[3] = static_cast<std::uint64_t>(carry);
            t[4] = static_cast<std::uint64_t>(carry >> 64);
        }
        return reduced_once({t[0], t[1], t[2], t[3]});
    }
    /// Returns true if the number, which may be any, is below p.
    static constexpr bool is_reduced(const Limbs256& a) {
        Limbs256 ignored{};
        return subtract_limbs(a, p, ignored) != 0;
    }
    /// Subtracts p if `a`, any number below 2p, is at least p.
    static constexpr Limbs256 reduced_once(const Limbs256& a) {
        Limbs256 out{};
        const std::uint64_t keep = 0 - subtract_limbs(a, p, out);  // a branch would be mispredicted half of the time
        for (std::size_t i = 0; i < 4; ++i) out[i] ^= (out[i] ^ a[i]) & keep;
        return out;
    }

  private:
    using Wide = unsigned __int128;
    /// Writes a - b modulo 2^256 and returns the borrow.
    static constexpr std::uint64_t subtract_limbs(const Limbs256& a, const Limbs256& b, Limbs256& out) {
        std::uint64_t borrow = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const Wide difference = Wide{a[i]} - b[i] - borrow;
            out[i] = static_cast<std::uint64_t>(difference);
            borrow = static_cast<std::uint64_t>(difference >> 64) & 1;
        }
        return borrow;
    }
    static constexpr Limbs256 power_of_two(unsigned exponent) {
        Limbs256 out{1};
        for (unsigned i = 0; i < exponent; ++i) out = add(out, out);
        return out;
    }

  public:
    /// -1/p mod 2^64. Each step of Newton's iteration doubles the number of right bits; 1 is right in one bit.
    static constexpr std::uint64_t kInverse = [] {
        std::uint64_t inverse = 1;
        for (int step = 0; step < 6; ++step) inverse *= 2 - p[0] * inverse;
        return 0 - inverse;
    }();
    /// 2^256 and 2^512 modulo p: one in Montgomery form, and the factor that brings a number into that form.
    static constexpr Limbs256 kR = power_of_two(256);
    static constexpr Limbs256 kR2 = power_of_two(512);
};

}  // namespace strata::crypto
