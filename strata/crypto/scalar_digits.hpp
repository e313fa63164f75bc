#pragma once
// Signed digits of scalars, for Pippenger's method.
#include <strata/crypto/fr.hpp>

namespace strata::crypto {

/// scalar = Σ digit(i)·2^(bits·i), -2^(bits-1) <= digit <= 2^(bits-1). Half of 2^bits is added to every window but the
/// top one beforehand, so that each digit is read without a carry from those below.
class ScalarDigits {
  public:
    /// The scalars are below 2^scalar_bits.
    explicit ScalarDigits(unsigned bits, unsigned scalar_bits = Fr::kBits)
        // One bit more than the scalars have keeps the top digit at or below half of 2^bits.
        : bits_(bits), windows_((scalar_bits + bits) / bits) {
        for (unsigned i = 0; i + 1 < windows_; ++i) set_bit(bits * i + bits - 1);
    }
    unsigned windows() const { return windows_; }
    unsigned bits() const { return bits_; }
    std::size_t half() const { return std::size_t{1} << (bits_ - 1); }

    /// Prepares a scalar for digit().
    Fr::Limbs prepared(Fr::Limbs scalar) const {
        unsigned long long carry = 0;
        for (std::size_t i = 0; i < 4; ++i) scalar[i] = __builtin_addcll(scalar[i], offset_[i], carry, &carry);
        return scalar;
    }
    std::int32_t digit(const Fr::Limbs& prepared, unsigned window) const {
        const unsigned at = window * bits_;
        std::uint64_t value = prepared[at / 64] >> (at % 64);
        // A digit may begin in one limb and end in the next.
        if (at % 64 + bits_ > 64 && at / 64 < 3)               // bits_ is below 64, so at % 64 is not 0
            value |= prepared[at / 64 + 1] << (64 - at % 64);  // NOLINT(clang-analyzer-core.BitwiseShift)
        const auto digit = static_cast<std::int32_t>(value & (2 * half() - 1));
        return window + 1 == windows_ ? digit : digit - static_cast<std::int32_t>(half());
    }

  private:
    void set_bit(unsigned i) { offset_[i / 64] |= std::uint64_t{1} << (i % 64); }
    unsigned bits_, windows_;
    Fr::Limbs offset_{};
};

}  // namespace strata::crypto
