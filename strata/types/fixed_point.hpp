#pragma once
// Computes e^-x in fixed point by a rational function, exact to the bit, as consensus needs it. Used by the reward
// actor (Q.128) and by the election (Q.256). Source: docs/protocol/node.md §5, docs/protocol/fvm.md §8.6.
#include <span>

#include <strata/base/bigint.hpp>

namespace strata {

/// Evaluates a polynomial by Horner's rule; the coefficients are in Q.`precision`, highest order first, and shifts
/// round down.
BigInt poly_val(std::span<const BigInt> coefficients, const BigInt& x, unsigned precision);

/// Returns e^-x for x >= 0, with x and the result in Q.`precision`, which is 128 or 256.
BigInt expneg(const BigInt& x, unsigned precision);

}  // namespace strata
