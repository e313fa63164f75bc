#include <strata/crypto/point_windows.hpp>

#include <algorithm>
#include <utility>

namespace strata::crypto {
namespace {

// This many digits (points times windows) are sorted at a time, since their keys fit into the second-level cache.
constexpr std::size_t kChunk = std::size_t{1} << 18;
constexpr std::uint32_t kNowhere = ~std::uint32_t{0};

}  // namespace

template <class Point>
std::vector<Jacobian<Point>> PointWindows<Point>::sums(std::span<const Point> points,
                                                       std::span<const std::uint32_t> numbers,
                                                       std::span<const Fr::Limbs> scalars) {
    const std::size_t chunk = kChunk / count_;
    for (std::size_t at = 0; at < scalars.size(); at += chunk) {
        const auto count = std::min(chunk, scalars.size() - at);
        sort(numbers.subspan(at, count), scalars.subspan(at, count));
        buckets_.add(points, sorted_, ends_);
    }
    return buckets_.weighted(digits_.half());
}

/// Sorts the numbers of the points by bucket into sorted_: a counting sort, since the buckets are few and known.
/// ends_[b] becomes the end of bucket b. A key is twice the bucket, plus one if the digit is negative.
template <class Point>
void PointWindows<Point>::sort(std::span<const std::uint32_t> numbers, std::span<const Fr::Limbs> scalars) {
    keys_.resize(scalars.size() * count_);
    ends_.assign(buckets_.size(), 0);
    auto* key = keys_.data();
    auto* const ends = ends_.data();
    for (const auto& scalar : scalars)
        for (unsigned window = 0; window < count_; ++window, ++key) {
            const auto digit = digits_.digit(scalar, first_ + window);
            *key = kNowhere;
            if (digit == 0) continue;
            const auto bucket = window * bucket_step_ + static_cast<std::uint32_t>(std::abs(digit)) - 1;
            *key = 2 * bucket + (digit < 0 ? 1 : 0);
            ++ends[bucket];
        }
    std::uint32_t total = 0;
    for (auto& end : ends_) {
        const auto size = end;
        end = total;  // where the bucket begins; placing its numbers moves this on to where it ends
        total += size;
    }
    sorted_.resize(total);
    auto* const sorted = sorted_.data();
    key = keys_.data();
    for (const auto number : numbers)
        for (unsigned window = 0; window < count_; ++window, ++key)
            // A negative digit flips the lowest bit, which says that the point is to be subtracted.
            if (*key != kNowhere) sorted[ends[*key / 2]++] = (number + window * number_step_) ^ (*key & 1);
}

template class PointWindows<G1Affine>;
template class PointWindows<G2Affine>;

}  // namespace strata::crypto
