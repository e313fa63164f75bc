#include <strata/base/thread_pool.hpp>
#include <strata/crypto/msm.hpp>
#include <strata/crypto/point_batch.hpp>
#include <strata/crypto/scalar_digits.hpp>

namespace strata::crypto {
namespace {

const ScalarDigits& table_digits() {
    static const ScalarDigits digits(13);  // tables of 4,096 points for 20 windows: 8 MB in G1
    return digits;
}

/// 1…2^(bits-1) times `base`, doubling the length in every round.
template <class Point>
std::vector<Point> multiples(const Point& base, std::size_t count) {
    std::vector<Point> out(count);
    out[0] = base;
    PairQueue<Point> queue;
    for (std::size_t known = 1; known < count; known *= 2) {
        for (std::size_t k = 0; k < known; ++k) queue.push({&out[known + k], &out[known - 1], &out[k]});
        queue.flush();
    }
    return out;
}

}  // namespace

template <class Point>
FixedBase<Point>::FixedBase(const Point& base) {
    const auto& digits = table_digits();
    Point now = base;
    for (unsigned window = 0; window < digits.windows(); ++window) {
        tables_.push_back(multiples(now, digits.half()));
        const Point& last = tables_.back().back();
        const PointPair<Point> next{&now, &last, &last};
        add_pairs(std::span(&next, 1));
    }
}

template <class Point>
void FixedBase<Point>::multiply(std::span<const Fr> scalars, std::span<Point> out) const {
    STRATA_CHECK(scalars.size() == out.size());
    const auto& digits = table_digits();
    parallel_for(out.size(), kPointBatch, [&](std::size_t begin, std::size_t end) {
        PairQueue<Point> queue;
        std::vector<Fr::Limbs> prepared(end - begin);
        for (std::size_t i = begin; i < end; ++i) prepared[i - begin] = digits.prepared(scalars[i]);
        for (std::size_t at = begin; at < end; at += kPointBatch) {
            const auto to = std::min(end, at + kPointBatch);
            std::fill(out.begin() + static_cast<std::ptrdiff_t>(at), out.begin() + static_cast<std::ptrdiff_t>(to),
                      Point{});
            for (unsigned window = 0; window < digits.windows(); ++window) {
                for (std::size_t i = at; i < to; ++i) {
                    const auto digit = digits.digit(prepared[i - begin], window);
                    if (digit == 0) continue;
                    const auto& table = tables_[window];
                    queue.push(
                        {&out[i], &out[i], &table[static_cast<std::size_t>(std::abs(digit)) - 1], false, digit < 0});
                }
                queue.flush();
            }
        }
    });
}

template <class Point>
Point FixedBase<Point>::multiply(const Fr& scalar) const {
    Point out;
    multiply(std::span(&scalar, 1), std::span(&out, 1));
    return out;
}

template class FixedBase<G1Affine>;
template class FixedBase<G2Affine>;

}  // namespace strata::crypto
