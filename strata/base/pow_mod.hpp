#pragma once
// Powers of big numbers modulo a big number, as the EVM's precompiled contract MODEXP computes them.
#include <strata/base/bigint.hpp>

namespace strata {

/// Returns base^exponent modulo `modulus`. `base` and `exponent` must not be negative, and `modulus` must be positive
/// (checked). Takes time in proportion to the exponent's bits and to the square of the modulus' size; not constant
/// time.
BigInt pow_mod(const BigInt& base, const BigInt& exponent, const BigInt& modulus);

}  // namespace strata
