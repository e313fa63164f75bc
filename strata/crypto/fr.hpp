#pragma once
// The scalar field of BLS12-381, in Montgomery form. Filecoin proofs write an element as 32 little-endian bytes
// (docs/protocol/proofs.md §1).
#include <array>
#include <cstdint>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>
#include <strata/crypto/montgomery.hpp>

namespace strata::crypto {

class Fr {
  public:
    using Limbs = Limbs256;
    static constexpr unsigned kBits = 255;
    static constexpr unsigned kCapacity = 254;  // any value of this many bits is below r

    constexpr Fr() = default;  // zero
    static constexpr Fr one() { return Fr(Montgomery<kModulus>::kR); }
    static constexpr Fr from_u64(std::uint64_t value) {
        return product(Fr(Limbs{value, 0, 0, 0}), Fr(Montgomery<kModulus>::kR2));
    }
    /// Strict: fails with non_canonical for values of r and above.
    static Result<Fr> from_bytes(BytesView little_endian);
    /// Clears the top two bits first ("trimmed"), so it always succeeds.
    static Fr from_bytes_trimmed(const Hash256& little_endian);
    /// Reduces a number below 2^256, given low limb first.
    static constexpr Fr from_limbs(const Limbs& limbs) { return product(Fr(Montgomery<kModulus>::kR2), Fr(limbs)); }
    Hash256 to_bytes() const;
    constexpr Limbs to_limbs() const { return product(*this, Fr(Limbs{1, 0, 0, 0})).limbs_; }
    /// Lower-case hexadecimal of to_bytes().
    std::string to_hex() const;

    constexpr bool is_zero() const { return (limbs_[0] | limbs_[1] | limbs_[2] | limbs_[3]) == 0; }
    friend constexpr bool operator==(const Fr&, const Fr&) = default;

    friend constexpr Fr operator+(const Fr& a, const Fr& b) { return Fr(Field::add(a.limbs_, b.limbs_)); }
    friend constexpr Fr operator-(const Fr& a, const Fr& b) { return Fr(Field::subtract(a.limbs_, b.limbs_)); }
    constexpr Fr operator-() const { return Fr() - *this; }
    friend constexpr Fr operator*(const Fr& a, const Fr& b) {
        if consteval {
            return product(a, b);
        } else {
            return multiply(a, b);
        }
    }
    constexpr Fr& operator+=(const Fr& other) { return *this = *this + other; }
    constexpr Fr& operator-=(const Fr& other) { return *this = *this - other; }
    constexpr Fr& operator*=(const Fr& other) { return *this = *this * other; }
    constexpr Fr square() const { return *this * *this; }
    constexpr Fr doubled() const { return *this + *this; }
    constexpr Fr pow(const Limbs& exponent) const {
        Fr result = one();
        for (std::size_t i = 256; i-- > 0;) {
            result = result.square();
            if ((exponent[i / 64] >> (i % 64) & 1) != 0) result *= *this;
        }
        return result;
    }
    /// The inverse of zero is zero.
    constexpr Fr inverse() const { return pow({kModulus[0] - 2, kModulus[1], kModulus[2], kModulus[3]}); }

    /// The order r of the groups, low limb first.
    static constexpr Limbs kModulus = {0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48};

  private:
    using Field = Montgomery<kModulus>;

    constexpr explicit Fr(const Limbs& limbs) : limbs_(limbs) {}

    /// Computes product() with blst's assembly, which is nearly twice as fast.
    static Fr multiply(const Fr& a, const Fr& b);
    /// b may be any 256-bit number.
    static constexpr Fr product(const Fr& a, const Fr& b) { return Fr(Field::product(a.limbs_, b.limbs_)); }

    friend class FrSum;
    Limbs limbs_{};
};

/// Sums products with one reduction at the end, which halves the cost.
class FrSum {
  public:
    void add_product(const Fr& a, const Fr& b) {
        // Row by row; each row is a four-limb product whose carry goes one limb up.
        std::uint64_t wide[8];
        multiply_row<false>(wide, a.limbs_, b.limbs_[0]);
        multiply_row<true>(wide + 1, a.limbs_, b.limbs_[1]);
        multiply_row<true>(wide + 2, a.limbs_, b.limbs_[2]);
        multiply_row<true>(wide + 3, a.limbs_, b.limbs_[3]);
        unsigned long long carry = 0;
#pragma GCC unroll 8
        for (std::size_t i = 0; i < 8; ++i) sum_[i] = __builtin_addcll(sum_[i], wide[i], carry, &carry);
        keep_below_modulus();
    }
    void add(const Fr& a) {
        // value() divides by 2^256, so `a` is added to the upper half of the sum.
        Wide carry = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            carry += Wide{sum_[i + 4]} + a.limbs_[i];
            sum_[i + 4] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        keep_below_modulus();
    }
    Fr value() const {
        // Montgomery: adds multiples of r until the low half is zero.
        auto t = sum_;
        std::uint64_t top = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const std::uint64_t m = t[i] * Field::kInverse;
            Wide carry = 0;
            for (std::size_t j = 0; j < 4; ++j) {
                carry += Wide{m} * Fr::kModulus[j] + t[i + j];
                t[i + j] = static_cast<std::uint64_t>(carry);
                carry >>= 64;
            }
            carry += Wide{t[i + 4]} + top;
            t[i + 4] = static_cast<std::uint64_t>(carry);
            top = static_cast<std::uint64_t>(carry >> 64);
        }
        return Fr(Field::reduced_once({t[4], t[5], t[6], t[7]}));
    }

  private:
    using Field = Fr::Field;
    using Wide = unsigned __int128;
    template <bool kAdd>
    static void multiply_row(std::uint64_t* to, const Fr::Limbs& a, std::uint64_t b) {
        Wide carry = 0;
#pragma GCC unroll 4
        for (std::size_t j = 0; j < 4; ++j) {
            carry += Wide{a[j]} * b + (kAdd ? to[j] : 0);
            to[j] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        to[4] = static_cast<std::uint64_t>(carry);
    }
    /// Subtracts r·2^256 once if the sum has reached it. Below that, one more product fits, and value() needs at most
    /// one subtraction of r.
    void keep_below_modulus() {
        unsigned long long borrow = 0;
        std::uint64_t less[4];
#pragma GCC unroll 4
        for (std::size_t i = 0; i < 4; ++i) less[i] = __builtin_subcll(sum_[i + 4], Fr::kModulus[i], borrow, &borrow);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < 4; ++i) sum_[i + 4] = borrow != 0 ? sum_[i + 4] : less[i];
    }
    std::array<std::uint64_t, 8> sum_{};
};

}  // namespace strata::crypto
