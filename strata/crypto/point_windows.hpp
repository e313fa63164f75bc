#pragma once
// Pippenger's method for some windows of scalars on one thread. Only this folder's .cpp files use it.
#include <strata/crypto/point_sums.hpp>
#include <strata/crypto/scalar_digits.hpp>

namespace strata::crypto {

/// Computes Σ digit·point for neighbouring windows. A point goes into the bucket of its digit.
template <class Point>
class PointWindows {
  public:
    /// Serves windows `first` to `first + count - 1` of up to `points` points.
    PointWindows(const ScalarDigits& digits, unsigned first, unsigned count, std::size_t points, PointForm form)
        : digits_(digits),
          first_(first),
          count_(count),
          bucket_step_(static_cast<std::uint32_t>(digits.half())),
          number_step_(0),
          buckets_(count * digits.half(), count * points, form) {}
    /// Serves all windows together: every point is followed by its multiples by 2^(bits·window), so all share their
    /// buckets.
    static PointWindows together(const ScalarDigits& digits, std::size_t points) { return {digits, points}; }

    /// Returns one sum for every window, or one for all together. `digits` has prepared the scalars. A number is twice
    /// the index of the scalar's point, plus one if the point is to be subtracted.
    std::vector<Jacobian<Point>> sums(std::span<const Point> points, std::span<const std::uint32_t> numbers,
                                      std::span<const Fr::Limbs> scalars);

  private:
    PointWindows(const ScalarDigits& digits, std::size_t points)
        : digits_(digits),
          first_(0),
          count_(digits.windows()),
          bucket_step_(0),
          number_step_(2),
          buckets_(digits.half(), digits.windows() * points, PointForm::fastest) {}
    void sort(std::span<const std::uint32_t> numbers, std::span<const Fr::Limbs> scalars);

    const ScalarDigits& digits_;
    unsigned first_, count_;
    std::uint32_t bucket_step_, number_step_;  // from window to window
    PointSums<Point> buckets_;
    std::vector<std::uint32_t> keys_, ends_, sorted_;
};

extern template class PointWindows<G1Affine>;
extern template class PointWindows<G2Affine>;

}  // namespace strata::crypto
