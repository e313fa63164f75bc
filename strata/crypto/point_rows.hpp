#pragma once
// Rows of affine points that are added pair by pair, many pairs at once: one inversion serves a batch (Montgomery's
// trick), so that an addition costs six multiplications where Jacobian formulas take eleven. What multi-scalar
// multiplication and key generation consist of.
#include <memory>
#include <span>

#include <strata/crypto/curve.hpp>

namespace strata::crypto {

/// How points are kept and added: as blst does, or eight at a time where the machine can (AVX-512 IFMA).
enum class PointForm { fastest, portable };

struct RowPair {
    std::uint32_t left, right;
};

/// Not thread-safe.
template <class Point>
class PointRows {
  public:
    /// All at infinity.
    static std::unique_ptr<PointRows> make(std::size_t rows, PointForm form);
    PointRows() = default;
    PointRows(const PointRows&) = delete;
    PointRows& operator=(const PointRows&) = delete;
    virtual ~PointRows() = default;

    /// Row first + k becomes points[numbers[k] / 2], or its negative where the number is odd.
    virtual void load(std::size_t first, std::span<const Point> points, std::span<const std::uint32_t> numbers) = 0;
    /// Says what load() will be called with next; the points and numbers stay until then.
    virtual void expect(std::span<const Point>, std::span<const std::uint32_t>) {}
    virtual Point get(std::size_t row) const = 0;
    virtual void copy(std::size_t to, std::size_t from) = 0;
    virtual void clear(std::size_t row) = 0;
    /// Row left += row right for every pair. A row is the left of one pair at most, and then no pair's right.
    virtual void add(std::span<const RowPair> pairs) = 0;
};

extern template class PointRows<G1Affine>;
extern template class PointRows<G2Affine>;

}  // namespace strata::crypto
