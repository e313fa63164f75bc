#include <strata/crypto/msm.hpp>

#include <algorithm>
#include <bit>

#include <strata/base/thread_pool.hpp>
#include <strata/crypto/point_sums.hpp>
#include <strata/crypto/scalar_digits.hpp>

namespace strata::crypto {
namespace {

/// The scalars that need windows, and the points that are only added or subtracted. Numbers of points are doubled,
/// odd where the point is to be subtracted.
struct Sorted {
    std::vector<std::uint32_t> units;
    std::vector<std::uint32_t> numbers;
    std::vector<Fr::Limbs> scalars;  // of `numbers`

    explicit Sorted(std::span<const Fr> all) {
        static const Fr kMinusOne = -Fr::one();
        STRATA_CHECK(all.size() < std::size_t{1} << 31);
        for (std::uint32_t i = 0; i < all.size(); ++i) {
            if (all[i].is_zero()) continue;
            if (all[i] == Fr::one() || all[i] == kMinusOne)
                units.push_back(2 * i + (all[i] == kMinusOne ? 1 : 0));
            else
                numbers.push_back(2 * i);
        }
        scalars.resize(numbers.size());
        parallel_for(scalars.size(), 1 << 12, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) scalars[i] = all[numbers[i] / 2].to_limbs();
        });
    }

    unsigned bits() const {
        Fr::Limbs any{};
        for (const auto& scalar : scalars)
            for (std::size_t i = 0; i < any.size(); ++i) any[i] |= scalar[i];
        for (std::size_t i = any.size(); i-- > 0;)
            if (any[i] != 0) return static_cast<unsigned>(64 * i) + static_cast<unsigned>(std::bit_width(any[i]));
        return 1;
    }
};

/// Some neighbouring windows' sums Σ digit·point. A point goes into the bucket of its digit.
template <class Point>
class Windows {
  public:
    Windows(const ScalarDigits& digits, unsigned first, unsigned count, PointForm form)
        : digits_(digits), first_(first), count_(count), buckets_(count * digits.half(), form) {}

    std::vector<Jacobian<Point>> sums(std::span<const Point> points, std::span<const std::uint32_t> numbers,
                                      std::span<const Fr::Limbs> scalars) {
        const std::size_t chunk = kChunk / count_;
        for (std::size_t at = 0; at < scalars.size(); at += chunk) {
            const auto now = std::min(chunk, scalars.size() - at);
            sort(numbers.subspan(at, now), scalars.subspan(at, now));
            buckets_.add(points, sorted_, ends_);
        }
        return buckets_.weighted(digits_.half());
    }

  private:
    // The lists are sorted in the second-level cache.
    static constexpr std::size_t kChunk = std::size_t{1} << 18;
    static constexpr std::uint32_t kNowhere = ~std::uint32_t{0};

    /// sorted_ = numbers of the points by bucket; ends_[b] = where bucket b's end.
    void sort(std::span<const std::uint32_t> numbers, std::span<const Fr::Limbs> scalars) {
        keys_.resize(scalars.size() * count_);
        ends_.assign(count_ * digits_.half(), 0);
        auto* key = keys_.data();
        auto* const ends = ends_.data();
        for (const auto& scalar : scalars)
            for (unsigned window = 0; window < count_; ++window, ++key) {
                const auto digit = digits_.digit(scalar, first_ + window);
                *key = kNowhere;
                if (digit == 0) continue;
                const auto bucket = static_cast<std::uint32_t>(window * digits_.half()) +
                                    static_cast<std::uint32_t>(std::abs(digit)) - 1;
                *key = 2 * bucket + (digit < 0 ? 1 : 0);
                ++ends[bucket];
            }
        std::uint32_t total = 0;
        for (auto& end : ends_) total += std::exchange(end, total);  // where they begin, until all are placed
        sorted_.resize(total);
        auto* const sorted = sorted_.data();
        key = keys_.data();
        for (const auto number : numbers)
            for (unsigned window = 0; window < count_; ++window, ++key)
                if (*key != kNowhere) sorted[ends[*key / 2]++] = number | (*key & 1);
    }

    const ScalarDigits& digits_;
    unsigned first_, count_;
    PointSums<Point> buckets_;
    std::vector<std::uint32_t> keys_, ends_, sorted_;
};

/// The window size with the fewest additions: one for each point, and two dearer ones for each bucket.
unsigned window_bits(std::size_t points, unsigned scalar_bits) {
    unsigned best = 2;
    double best_cost = 0;
    for (unsigned bits = 2; bits <= 18; ++bits) {
        const ScalarDigits digits(bits, scalar_bits);
        const double cost = static_cast<double>(digits.windows()) *
                            (static_cast<double>(points) + 3.0 * static_cast<double>(digits.half()));
        if (bits == 2 || cost < best_cost) best = bits, best_cost = cost;
    }
    return best;
}

template <class Point>
class Pippenger {
  public:
    Pippenger(std::span<const Point> points, std::span<const Fr> scalars, PointForm form)
        : points_(points),
          form_(form),
          sorted_(scalars),
          digits_(window_bits(sorted_.scalars.size(), sorted_.bits()), sorted_.bits()) {
        const auto large = sorted_.scalars.size();
        parallel_for(large, 1 << 12, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) sorted_.scalars[i] = digits_.prepared(sorted_.scalars[i]);
        });
        // Few points: several windows in one go, whose additions share inversions. Many threads: every window over a
        // part of the points, so that there is work for all.
        const std::size_t threads = worker_threads(), windows = digits_.windows();
        together_ = std::clamp<std::size_t>((1 << 14) / (large + 1), 1, (windows + threads - 1) / threads);
        groups_ = (windows + together_ - 1) / together_;
        parts_ = std::clamp<std::size_t>(2 * threads / groups_, 1, large / 4096 + 1);
        unit_parts_ = std::clamp<std::size_t>(sorted_.units.size() / 4096, 1, 2 * threads);
    }

    Point sum() {
        std::vector<std::vector<Jacobian<Point>>> sums(groups_ * parts_ + unit_parts_);
        parallel_for(sums.size(), 1, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i)
                sums[i] = i < groups_ * parts_ ? windows(i / parts_, i % parts_) : units(i - groups_ * parts_);
        });
        Jacobian<Point> total;
        for (std::size_t window = digits_.windows(); window-- > 0;) {
            for (unsigned i = 0; i < digits_.bits(); ++i) total.twice();
            for (std::size_t part = 0; part < parts_; ++part)
                total.add(sums[window / together_ * parts_ + part][window % together_]);
        }
        for (std::size_t part = 0; part < unit_parts_; ++part) total.add(sums[groups_ * parts_ + part][0]);
        return total.affine();
    }

  private:
    template <class T>
    static std::span<T> part_of(std::span<T> all, std::size_t part, std::size_t parts) {
        const auto from = all.size() * part / parts, to = all.size() * (part + 1) / parts;
        return all.subspan(from, to - from);
    }

    std::vector<Jacobian<Point>> windows(std::size_t group, std::size_t part) const {
        const auto first = group * together_, count = std::min(together_, digits_.windows() - first);
        return Windows<Point>(digits_, static_cast<unsigned>(first), static_cast<unsigned>(count), form_)
            .sums(points_, part_of(std::span(sorted_.numbers), part, parts_),
                  part_of(std::span(sorted_.scalars), part, parts_));
    }

    std::vector<Jacobian<Point>> units(std::size_t part) const {
        PointSums<Point> sum(1, form_);
        const auto numbers = part_of(std::span(sorted_.units), part, unit_parts_);
        const auto end = static_cast<std::uint32_t>(numbers.size());
        sum.add(points_, numbers, std::span(&end, 1));
        return sum.weighted(1);
    }

    std::span<const Point> points_;
    PointForm form_;
    Sorted sorted_;
    ScalarDigits digits_;
    std::size_t together_, groups_, parts_, unit_parts_;
};

}  // namespace

G1Affine multiply_sum(std::span<const G1Affine> points, std::span<const Fr> scalars, PointForm form) {
    STRATA_CHECK(points.size() == scalars.size());
    return Pippenger<G1Affine>(points, scalars, form).sum();
}

G2Affine multiply_sum(std::span<const G2Affine> points, std::span<const Fr> scalars, PointForm form) {
    STRATA_CHECK(points.size() == scalars.size());
    return Pippenger<G2Affine>(points, scalars, form).sum();
}

}  // namespace strata::crypto
