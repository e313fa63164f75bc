#pragma once
// Many additions of points at once, in affine coordinates: one inversion for a batch (Montgomery's trick), so that an
// addition costs six multiplications where Jacobian formulas take eleven. What multi-scalar multiplication and key
// generation consist of.
#include <span>

#include <strata/crypto/curve.hpp>

namespace strata::crypto {

/// into = ±left ± right. The addresses may be the same; `into` may also be an operand of an EARLIER pair of its batch.
template <class Point>
struct PointPair {
    Point* into;
    const Point* left;
    const Point* right;
    bool negate_left = false;
    bool negate_right = false;
};

/// Pairs that share an inversion; more at a time are done in steps of this many.
inline constexpr std::size_t kPointBatch = 1024;

void add_pairs(std::span<const PointPair<G1Affine>> pairs);
void add_pairs(std::span<const PointPair<G2Affine>> pairs);

/// Collects pairs and adds them batch by batch.
template <class Point>
class PairQueue {
  public:
    PairQueue() { pairs_.reserve(kPointBatch); }
    void push(const PointPair<Point>& pair) {
        prefetch(pair.left);
        prefetch(pair.right);
        pairs_.push_back(pair);
        if (pairs_.size() == kPointBatch) flush();
    }
    void flush() {
        add_pairs(std::span<const PointPair<Point>>(pairs_));
        pairs_.clear();
    }

  private:
    static void prefetch(const Point* point) {
        const auto* bytes = reinterpret_cast<const char*>(point);
        for (std::size_t at = 0; at < sizeof(Point); at += 64) __builtin_prefetch(bytes + at);
    }
    std::vector<PointPair<Point>> pairs_;
};

}  // namespace strata::crypto
