#pragma once
// Multi-scalar multiplication by Pippenger's method, on the thread pool. It is not constant-time: a prover's witness
// needs to be secret only from those who cannot watch the prover's machine.
#include <span>

#include <strata/crypto/curve.hpp>
#include <strata/crypto/fr.hpp>
#include <strata/crypto/point_rows.hpp>

namespace strata::crypto {

/// Returns Σ scalars[i]·points[i]. There are as many scalars as points, fewer than 2^31 (checked). A scalar of 0 costs
/// nothing, and one of 1 or -1 costs one addition.
G1Affine multiply_sum(std::span<const G1Affine> points, std::span<const Fr> scalars,
                      PointForm form = PointForm::fastest);
G2Affine multiply_sum(std::span<const G2Affine> points, std::span<const Fr> scalars,
                      PointForm form = PointForm::fastest);

/// Multiplies one point by many scalars, for the millions of points of a key, with a table of 2^12 multiples for each
/// window.
template <class Point>
class FixedBase {
  public:
    explicit FixedBase(const Point& base);
    /// Sets out[i] = scalars[i]·base, in parallel. Both have the same size (checked).
    void multiply(std::span<const Fr> scalars, std::span<Point> out) const;
    Point multiply(const Fr& scalar) const;

  private:
    std::vector<Point> table_;  // window by window
};

/// Sums the same few points again and again with different scalars, as the verification of a proof does with the points
/// of its key. It keeps multiples of the points by powers of two, so that all windows share their buckets.
template <class Point>
class FixedPoints {
  public:
    explicit FixedPoints(std::span<const Point> points);
    /// Returns Σ scalars[i]·points[i], computed on the calling thread. There are as many scalars as points (checked).
    Point multiply_sum(std::span<const Fr> scalars) const;
    std::size_t size() const { return count_; }

  private:
    std::size_t count_;
    unsigned bits_;
    std::vector<Point> multiples_;  // of each point by 2^(bits·window)
};

extern template class FixedPoints<G1Affine>;
extern template class FixedBase<G1Affine>;
extern template class FixedBase<G2Affine>;

}  // namespace strata::crypto
