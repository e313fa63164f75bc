#pragma once
// The EVM's word: an unsigned number below 2^256, with arithmetic modulo 2^256, and the signed (two's complement)
// operations of the instruction set. Four limbs, the low one first. Source: Ethereum yellow paper, appendix H; EIP-145,
// EIP-7939; builtin-actors actors/evm/shared/src/uints.rs, actors/evm/src/interpreter/instructions/{arithmetic,
// bitwise}.rs.
#include <bit>
#include <optional>

#include <strata/base/bigint.hpp>
#include <strata/base/bytes.hpp>

namespace strata::actors::evm {

struct U256 {
    static constexpr unsigned kBits = 256;
    static constexpr std::size_t kBytes = 32;
    std::array<std::uint64_t, 4> limbs{};

    constexpr U256() = default;
    constexpr U256(std::uint64_t value) : limbs{value, 0, 0, 0} {}  // NOLINT: numbers convert
    constexpr explicit U256(const std::array<std::uint64_t, 4>& low_first) : limbs(low_first) {}
    static constexpr U256 max() { return ~U256(); }
    /// Reads at most 32 big-endian bytes (checked).
    static U256 from_be(BytesView bytes);
    /// The magnitude of the amount must be below 2^256 (checked).
    static U256 from_amount(const BigInt& amount) { return from_be(amount.magnitude_be()); }

    void store_be(std::uint8_t* to) const {
        for (std::size_t i = 0; i < 4; ++i) strata::store_be(to + 8 * (3 - i), limbs[i]);
    }
    Hash256 to_be() const {
        Hash256 out;
        store_be(out.data());
        return out;
    }
    BigInt to_amount() const { return BigInt::from_be(to_be()); }

    constexpr bool is_zero() const { return (limbs[0] | limbs[1] | limbs[2] | limbs[3]) == 0; }
    constexpr bool is_negative() const { return limbs[3] >> 63 != 0; }
    constexpr bool fits_u64() const { return (limbs[1] | limbs[2] | limbs[3]) == 0; }
    constexpr std::uint64_t low() const { return limbs[0]; }
    constexpr std::uint64_t saturated() const { return fits_u64() ? limbs[0] : UINT64_MAX; }
    constexpr bool bit(unsigned at) const { return (limbs[at / 64] >> (at % 64) & 1) != 0; }
    constexpr unsigned leading_zeros() const {
        for (unsigned i = 4; i-- > 0;)
            if (limbs[i] != 0) return (3 - i) * 64 + static_cast<unsigned>(std::countl_zero(limbs[i]));
        return kBits;
    }
    constexpr unsigned bit_length() const { return kBits - leading_zeros(); }
    constexpr U256 negated() const { return ~*this + U256(1); }

    friend constexpr bool operator==(const U256&, const U256&) = default;
    friend constexpr std::strong_ordering operator<=>(const U256& a, const U256& b) {
        for (std::size_t i = 4; i-- > 0;)
            if (a.limbs[i] != b.limbs[i]) return a.limbs[i] <=> b.limbs[i];
        return std::strong_ordering::equal;
    }
    friend constexpr U256 operator+(const U256& a, const U256& b) {
        U256 out;
        Wide carry = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            carry += Wide{a.limbs[i]} + b.limbs[i];
            out.limbs[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        return out;
    }
    friend constexpr U256 operator-(const U256& a, const U256& b) {
        U256 out;
        std::uint64_t borrow = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const Wide difference = Wide{a.limbs[i]} - b.limbs[i] - borrow;
            out.limbs[i] = static_cast<std::uint64_t>(difference);
            borrow = static_cast<std::uint64_t>(difference >> 64) & 1;
        }
        return out;
    }
    friend constexpr U256 operator*(const U256& a, const U256& b) {
        U256 out;
        for (std::size_t i = 0; i < 4; ++i) {
            Wide carry = 0;
            for (std::size_t j = 0; i + j < 4; ++j) {
                carry += Wide{a.limbs[i]} * b.limbs[j] + out.limbs[i + j];
                out.limbs[i + j] = static_cast<std::uint64_t>(carry);
                carry >>= 64;
            }
        }
        return out;
    }
    friend constexpr U256 operator&(const U256& a, const U256& b) {
        return combined(a, b, [](auto x, auto y) { return x & y; });
    }
    friend constexpr U256 operator|(const U256& a, const U256& b) {
        return combined(a, b, [](auto x, auto y) { return x | y; });
    }
    friend constexpr U256 operator^(const U256& a, const U256& b) {
        return combined(a, b, [](auto x, auto y) { return x ^ y; });
    }
    constexpr U256 operator~() const { return U256({~limbs[0], ~limbs[1], ~limbs[2], ~limbs[3]}); }
    /// A shift by 256 or more bits gives zero.
    friend constexpr U256 operator<<(const U256& a, unsigned bits) {
        U256 out;
        const unsigned whole = bits / 64;
        const unsigned rest = bits % 64;
        for (unsigned i = whole; i < 4; ++i) {
            out.limbs[i] = a.limbs[i - whole] << rest;
            if (rest != 0 && i > whole) out.limbs[i] |= a.limbs[i - whole - 1] >> (64 - rest);
        }
        return out;
    }
    friend constexpr U256 operator>>(const U256& a, unsigned bits) {
        U256 out;
        const unsigned whole = bits / 64;
        const unsigned rest = bits % 64;
        for (unsigned i = 0; i + whole < 4; ++i) {
            out.limbs[i] = a.limbs[i + whole] >> rest;
            if (rest != 0 && i + whole < 3) out.limbs[i] |= a.limbs[i + whole + 1] << (64 - rest);
        }
        return out;
    }

  private:
    using Wide = unsigned __int128;
    static constexpr U256 combined(const U256& a, const U256& b, auto f) {
        return U256({f(a.limbs[0], b.limbs[0]), f(a.limbs[1], b.limbs[1]), f(a.limbs[2], b.limbs[2]),
                     f(a.limbs[3], b.limbs[3])});
    }
};

// The instructions' rules: a division by zero gives zero, and so does a remainder.
U256 divide(const U256& a, const U256& b);
U256 remainder(const U256& a, const U256& b);
U256 divide_signed(const U256& a, const U256& b);
U256 remainder_signed(const U256& a, const U256& b);
U256 add_mod(const U256& a, const U256& b, const U256& modulus);
U256 multiply_mod(const U256& a, const U256& b, const U256& modulus);
U256 power(const U256& base, const U256& exponent);
bool less_signed(const U256& a, const U256& b);
/// Extends the sign of the number in the lowest `bytes` + 1 bytes of `value`.
U256 sign_extend(const U256& bytes, const U256& value);
/// Returns byte `index` of the value, counted from the most significant one; zero from 32 on.
U256 byte_at(const U256& index, const U256& value);
U256 shift_left(const U256& bits, const U256& value);
U256 shift_right(const U256& bits, const U256& value);
U256 shift_right_signed(const U256& bits, const U256& value);

}  // namespace strata::actors::evm
