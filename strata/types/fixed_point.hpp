#pragma once
// Fixed-point mathematics that consensus shares: e^-x by a rational function. Used by the reward actor (Q.128) and by
// the election (Q.256). Source: docs/protocol/node.md §5, docs/protocol/fvm.md §8.6.
#include <span>

#include <strata/base/bigint.hpp>

namespace strata {

/// Horner's rule over coefficients in Q.`precision`, highest order first; floor shifts.
BigInt poly_val(std::span<const BigInt> coefficients, const BigInt& x, unsigned precision);

/// e^-x with x >= 0 and the result in Q.`precision`; 128 or 256.
BigInt expneg(const BigInt& x, unsigned precision);

}  // namespace strata
