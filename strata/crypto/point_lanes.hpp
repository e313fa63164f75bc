#pragma once
// Rows of points that are added eight pairs at a time, by the AVX-512 instructions for 52-bit limbs (IFMA): several
// times as fast as one at a time. For point_rows.cpp.
#include <strata/crypto/point_rows.hpp>

namespace strata::crypto {

/// Whether this machine has the instructions.
bool point_lanes_supported();

/// Only where they are supported (checked).
template <class Point>
std::unique_ptr<PointRows<Point>> make_point_lanes(std::size_t rows);

extern template std::unique_ptr<PointRows<G1Affine>> make_point_lanes(std::size_t rows);
extern template std::unique_ptr<PointRows<G2Affine>> make_point_lanes(std::size_t rows);

}  // namespace strata::crypto
