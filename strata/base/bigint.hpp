#pragma once
// A signed integer of any size, with the rounding rules that consensus code names explicitly. Storage and arithmetic
// are GMP's; its header stays in bigint.cpp. Values are independent: safe to use from many threads as long as each
// object has one writer.
#include <compare>
#include <cstdint>
#include <string>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

class BigInt {
  public:
    BigInt() noexcept;
    BigInt(std::int64_t value);  // NOLINT: numbers convert
    BigInt(int value) : BigInt(static_cast<std::int64_t>(value)) {}
    BigInt(unsigned value) : BigInt(static_cast<std::int64_t>(value)) {}
    BigInt(std::uint64_t value);
    BigInt(const BigInt& other);
    BigInt(BigInt&& other) noexcept;
    BigInt& operator=(const BigInt& other);
    BigInt& operator=(BigInt&& other) noexcept;
    ~BigInt();

    /// Reads a decimal number with an optional minus sign; at most 1,024 characters. Errors: malformed, too_large.
    static Result<BigInt> parse(std::string_view decimal);
    /// Reads a constant in code; aborts if it is malformed.
    static BigInt constant(std::string_view decimal);
    static BigInt from_be(BytesView magnitude);
    static BigInt pow2(unsigned bits);

    std::string to_string() const;
    /// Returns the big-endian magnitude without leading zeros; empty for zero.
    Bytes magnitude_be() const;
    /// Returns the number of bits of the magnitude; 0 for zero.
    std::size_t bit_length() const;
    int sign() const;  // -1, 0, 1
    bool is_zero() const { return sign() == 0; }
    bool is_negative() const { return sign() < 0; }
    /// Returns the value as a 64-bit number. Errors: out_of_range.
    Result<std::int64_t> to_i64() const;
    Result<std::uint64_t> to_u64() const;
    BigInt abs() const;

    BigInt& operator+=(const BigInt& b);
    BigInt& operator-=(const BigInt& b);
    BigInt& operator*=(const BigInt& b);
    BigInt& operator<<=(unsigned bits);
    /// Shifts arithmetically, which rounds down: -1 >> 1 is -1.
    BigInt& operator>>=(unsigned bits);
    friend BigInt operator+(BigInt a, const BigInt& b) { return std::move(a += b); }
    friend BigInt operator-(BigInt a, const BigInt& b) { return std::move(a -= b); }
    friend BigInt operator*(BigInt a, const BigInt& b) { return std::move(a *= b); }
    friend BigInt operator<<(BigInt a, unsigned bits) { return std::move(a <<= bits); }
    friend BigInt operator>>(BigInt a, unsigned bits) { return std::move(a >>= bits); }
    BigInt operator-() const;

    friend bool operator==(const BigInt& a, const BigInt& b) { return compare(a, b) == 0; }
    friend std::strong_ordering operator<=>(const BigInt& a, const BigInt& b) { return compare(a, b) <=> 0; }

  private:
    static int compare(const BigInt& a, const BigInt& b);
    friend BigInt div_floor(const BigInt&, const BigInt&);
    friend BigInt div_trunc(const BigInt&, const BigInt&);
    friend BigInt div_ceil(const BigInt&, const BigInt&);
    friend BigInt mod_floor(const BigInt&, const BigInt&);

    // This layout equals that of GMP's __mpz_struct; bigint.cpp asserts it.
    struct Storage {
        int alloc;
        int size;
        void* limbs;
    };
    Storage z_;
};

/// Divides and rounds down. Every division names its direction, so there is no operator/ on purpose. The divisor must
/// not be zero (checked).
BigInt div_floor(const BigInt& a, const BigInt& b);
BigInt div_trunc(const BigInt& a, const BigInt& b);
BigInt div_ceil(const BigInt& a, const BigInt& b);
/// Returns the remainder that belongs to div_floor; it has the sign of the divisor.
BigInt mod_floor(const BigInt& a, const BigInt& b);

inline const BigInt& min(const BigInt& a, const BigInt& b) {
    return b < a ? b : a;
}
inline const BigInt& max(const BigInt& a, const BigInt& b) {
    return a < b ? b : a;
}

}  // namespace strata
