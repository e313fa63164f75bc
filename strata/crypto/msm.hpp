#pragma once
// Multi-scalar multiplication by Pippenger's method, on the thread pool. Not constant-time: a prover's witness is
// secret only towards those who cannot watch the prover's machine.
#include <span>

#include <strata/crypto/curve.hpp>
#include <strata/crypto/fr.hpp>
#include <strata/crypto/point_rows.hpp>

namespace strata::crypto {

/// Σ scalars[i]·points[i]; equally many, fewer than 2^31 (checked). A scalar of zero costs nothing, one of 1 or -1 an
/// addition.
G1Affine multiply_sum(std::span<const G1Affine> points, std::span<const Fr> scalars,
                      PointForm form = PointForm::fastest);
G2Affine multiply_sum(std::span<const G2Affine> points, std::span<const Fr> scalars,
                      PointForm form = PointForm::fastest);

/// Multiples of one point, for the millions of points of a key: a table of 2^12 multiples for every window.
template <class Point>
class FixedBase {
  public:
    explicit FixedBase(const Point& base);
    /// out[i] = scalars[i]·base, in parallel; equally many (checked).
    void multiply(std::span<const Fr> scalars, std::span<Point> out) const;
    Point multiply(const Fr& scalar) const;

  private:
    std::vector<Point> table_;  // window by window
};

/// Sums of the same few points with ever other scalars, as of a verifying key's: multiples of the points by powers of
/// two are kept, so that all windows share their buckets.
template <class Point>
class FixedPoints {
  public:
    explicit FixedPoints(std::span<const Point> points);
    /// Σ scalars[i]·points[i], on the calling thread; equally many (checked).
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
