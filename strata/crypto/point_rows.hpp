#pragma once
// Rows of affine points that are added pair by pair, many pairs at once: one inversion serves a batch (Montgomery's
// trick), so that an addition costs six multiplications where Jacobian formulas take eleven. Multi-scalar
// multiplication and key generation consist of such additions.
#include <memory>
#include <span>

#include <strata/crypto/curve.hpp>

namespace strata::crypto {

/// `portable` keeps and adds points as blst does. `fastest` adds eight at a time on machines with AVX-512 IFMA, and is
/// `portable` on others.
enum class PointForm { fastest, portable };

struct RowPair {
    std::uint32_t left, right;
};

/// Not thread-safe.
template <class Point>
class PointRows {
  public:
    /// Makes rows that are all at infinity.
    static std::unique_ptr<PointRows> make(std::size_t rows, PointForm form);
    PointRows() = default;
    PointRows(const PointRows&) = delete;
    PointRows& operator=(const PointRows&) = delete;
    virtual ~PointRows() = default;

    /// Sets row first + k to points[numbers[k] / 2], negated if the number is odd.
    virtual void load(std::size_t first, std::span<const Point> points, std::span<const std::uint32_t> numbers) = 0;
    /// Announces the arguments of the next load(), so that the points can be fetched early. They must stay valid until
    /// then.
    virtual void expect(std::span<const Point>, std::span<const std::uint32_t>) {}
    virtual Point get(std::size_t row) const = 0;
    virtual void copy(std::size_t to, std::size_t from) = 0;
    /// Sets a row to infinity.
    virtual void clear(std::size_t row) = 0;
    /// Adds row `right` to row `left` for every pair. A row may be on the left of at most one pair, and must then not
    /// be on the right of any.
    virtual void add(std::span<const RowPair> pairs) = 0;
};

extern template class PointRows<G1Affine>;
extern template class PointRows<G2Affine>;

}  // namespace strata::crypto
