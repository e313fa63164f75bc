#pragma once
// Additions of affine points with a common inversion, eight at a time by the AVX-512 instructions for 52-bit limbs
// (IFMA): about four times as fast as one at a time. For point_batch.cpp.
#include <strata/crypto/point_batch.hpp>

namespace strata::crypto {

/// Whether this machine has the instructions.
bool point_lanes_supported();

/// `pairs` only of finite points with different x; at most kPointBatch (checked).
void add_pairs_in_lanes(std::span<const PointPair<G1Affine>> pairs);
void add_pairs_in_lanes(std::span<const PointPair<G2Affine>> pairs);

}  // namespace strata::crypto
