#pragma once
// Sums of many points, each sum a list of references to points: the buckets of a multi-scalar multiplication, or
// multiples put together from a table. For this folder's .cpp files.
#include <strata/crypto/jacobian.hpp>
#include <strata/crypto/point_rows.hpp>

namespace strata::crypto {

/// A number of sums, all zero at first. Lists are added in pairs, round after round, so that the additions of a round
/// are independent of each other whatever the lists are. Not thread-safe.
template <class Point>
class PointSums {
  public:
    /// `operands`: about as many as each add() will have, for the size of what is set aside.
    PointSums(std::size_t sums, std::size_t operands, PointForm form);
    std::size_t size() const { return sums_; }

    /// Sum s += Σ ±points[number / 2] over the numbers from ends[s - 1] (0 for the first) to ends[s]; an odd number
    /// stands for the negative.
    void add(std::span<const Point> points, std::span<const std::uint32_t> numbers,
             std::span<const std::uint32_t> ends);
    Point sum(std::size_t s) const { return rows_->get(s); }
    /// Zero again.
    void clear();
    /// For every run of `length` sums (a power of two), Σ (k + 1)·sum k. The sums are lost.
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
