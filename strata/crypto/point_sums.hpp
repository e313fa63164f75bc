#pragma once
// Many sums of points at once, each given as a list of references to points. They serve as the buckets of a
// multi-scalar multiplication, and to build multiples from a table. Only this folder's .cpp files use it.
#include <strata/crypto/jacobian.hpp>
#include <strata/crypto/point_rows.hpp>

namespace strata::crypto {

/// The sums are zero at first. Lists are added in pairs, round after round, so that the additions of one round never
/// depend on each other. Not thread-safe.
template <class Point>
class PointSums {
  public:
    /// `operands` is roughly how many operands each add() will have; memory is set aside for that many.
    PointSums(std::size_t sums, std::size_t operands, PointForm form);
    std::size_t size() const { return sums_; }

    /// Adds Σ ±points[number / 2] to sum s, over the numbers from ends[s - 1] (0 for the first) to ends[s]. An odd
    /// number subtracts the point.
    void add(std::span<const Point> points, std::span<const std::uint32_t> numbers,
             std::span<const std::uint32_t> ends);
    Point sum(std::size_t s) const { return rows_->get(s); }
    /// Sets all sums to zero.
    void clear();
    /// Returns Σ (k + 1)·sum k for every run of `length` sums (a power of two). The sums are overwritten.
    std::vector<Jacobian<Point>> weighted(std::size_t length);

  private:
    struct Run {  // of rows
        std::uint32_t begin, count;
    };
    void add_runs(std::span<const Run> runs);

    std::uint32_t sums_;
    std::uint32_t together_;  // operands that are added at a time
    std::unique_ptr<PointRows<Point>> rows_;
    std::vector<RowPair> pairs_;
};

extern template class PointSums<G1Affine>;
extern template class PointSums<G2Affine>;

}  // namespace strata::crypto
