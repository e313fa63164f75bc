#pragma once
// Rows of points that are added eight pairs at a time with the AVX-512 instructions for 52-bit limbs (IFMA). That is
// several times as fast as one pair at a time. Only point_rows.cpp uses it.
#include <strata/crypto/point_rows.hpp>

namespace strata::crypto {

/// True if this machine has the instructions.
bool point_lanes_supported();

/// The machine must have the instructions (checked).
template <class Point>
std::unique_ptr<PointRows<Point>> make_point_lanes(std::size_t rows);

extern template std::unique_ptr<PointRows<G1Affine>> make_point_lanes(std::size_t rows);
extern template std::unique_ptr<PointRows<G2Affine>> make_point_lanes(std::size_t rows);

}  // namespace strata::crypto
