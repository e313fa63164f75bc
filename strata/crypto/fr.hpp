#pragma once
// The scalar field of BLS12-381, in Montgomery form. Filecoin proofs write an element as 32 little-endian bytes
// (docs/protocol/proofs.md §1).
#include <array>
#include <cstdint>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::crypto {

class Fr {
  public:
    using Limbs = std::array<std::uint64_t, 4>;  // low limb first
    static constexpr unsigned kBits = 255;
    static constexpr unsigned kCapacity = 254;  // any value of this many bits is below r

    constexpr Fr() = default;  // zero
    static constexpr Fr one() { return Fr(kR); }
    static constexpr Fr from_u64(std::uint64_t value) { return product(Fr(Limbs{value, 0, 0, 0}), Fr(kR2)); }
    /// Strict: fails with non_canonical for values of r and above.
    static Result<Fr> from_bytes(BytesView little_endian);
    /// Clears the top two bits first ("trimmed"), so it always succeeds.
    static Fr from_bytes_trimmed(const Hash256& little_endian);
    /// Reduces a number below 2^256, given low limb first.
    static constexpr Fr from_limbs(const Limbs& limbs) { return product(Fr(kR2), Fr(limbs)); }
    Hash256 to_bytes() const;
    constexpr Limbs to_limbs() const { return product(*this, Fr(Limbs{1, 0, 0, 0})).limbs_; }
    /// Lower-case hexadecimal of to_bytes().
    std::string to_hex() const;

    constexpr bool is_zero() const { return (limbs_[0] | limbs_[1] | limbs_[2] | limbs_[3]) == 0; }
    friend constexpr bool operator==(const Fr&, const Fr&) = default;

    friend constexpr Fr operator+(const Fr& a, const Fr& b) {
        Limbs sum{};
        Wide carry = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            carry += Wide{a.limbs_[i]} + b.limbs_[i];
            sum[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        return Fr(reduced_once(sum));  // r < 2^255: no carry out
    }
    friend constexpr Fr operator-(const Fr& a, const Fr& b) {
        auto [difference, borrow] = subtract(a.limbs_, b.limbs_);
        const std::uint64_t mask = 0 - borrow;
        Wide carry = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            carry += Wide{difference[i]} + (kModulus[i] & mask);
            difference[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        return Fr(difference);
    }
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
    using Wide = unsigned __int128;
    static constexpr std::uint64_t kInverse = 0xfffffffeffffffff;  // -1/r mod 2^64
    // 2^256 and 2^512 modulo r: one in Montgomery form, and the factor that brings a number into that form.
    static constexpr Limbs kR = {0x00000001fffffffe, 0x5884b7fa00034802, 0x998c4fefecbc4ff5, 0x1824b159acc5056f};
    static constexpr Limbs kR2 = {0xc999e990f3f29c6d, 0x2b6cedcb87925c23, 0x05d314967254398f, 0x0748d9d99f59ff11};

    constexpr explicit Fr(const Limbs& limbs) : limbs_(limbs) {}

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
    /// Subtracts r if the number is at least r.
    static constexpr Limbs reduced_once(const Limbs& a) {
        auto [out, borrow] = subtract(a, kModulus);
        const std::uint64_t keep = 0 - borrow;  // a branch would be mispredicted half of the time
        for (std::size_t i = 0; i < 4; ++i) out[i] ^= (out[i] ^ a[i]) & keep;
        return out;
    }
    /// Computes product() with blst's assembly, which is nearly twice as fast.
    static Fr multiply(const Fr& a, const Fr& b);
    /// Returns a·b/2^256 (Montgomery), one limb of b at a time. a must be below r; b may be any 256-bit number.
    static constexpr Fr product(const Fr& a, const Fr& b) {
        std::array<std::uint64_t, 5> t{};
        for (std::size_t i = 0; i < 4; ++i) {
            Wide carry = 0;
            for (std::size_t j = 0; j < 4; ++j) {
                carry += Wide{a.limbs_[j]} * b.limbs_[i] + t[j];
                t[j] = static_cast<std::uint64_t>(carry);
                carry >>= 64;
            }
            // r's top limb leaves a bit free, so t never needs a sixth limb.
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
        return Fr(reduced_once({t[0], t[1], t[2], t[3]}));
    }

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
            const std::uint64_t m = t[i] * Fr::kInverse;
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
        return Fr(Fr::reduced_once({t[4], t[5], t[6], t[7]}));
    }

  private:
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
