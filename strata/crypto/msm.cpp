#include <strata/crypto/msm.hpp>

#include <algorithm>
#include <bit>

#include <strata/base/thread_pool.hpp>
#include <strata/crypto/point_windows.hpp>

namespace strata::crypto {
namespace {

/// Separates the points that are only added or subtracted from those whose scalars need windows. A number is twice the
/// index of a point, plus one if the point is to be subtracted. Most of a witness is zeros and ones, so that is worth a
/// pass of its own.
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

    /// Returns the length of the longest scalar: short ones need fewer windows.
    unsigned bits() const {
        Fr::Limbs any{};
        for (const auto& scalar : scalars)
            for (std::size_t i = 0; i < any.size(); ++i) any[i] |= scalar[i];
        for (std::size_t i = any.size(); i-- > 0;)
            if (any[i] != 0) return static_cast<unsigned>(64 * i) + static_cast<unsigned>(std::bit_width(any[i]));
        return 1;
    }
};

/// Chooses the window size that costs the least. A window takes one addition for each point, two for each bucket, which
/// count as three because they come in smaller batches, and about 16 for the doublings and sums that cannot be batched.
unsigned window_bits(std::size_t points, unsigned scalar_bits) {
    unsigned best = 2;
    double best_cost = 0;
    for (unsigned bits = 2; bits <= 18; ++bits) {
        const ScalarDigits digits(bits, scalar_bits);
        const double cost = static_cast<double>(digits.windows()) *
                            (static_cast<double>(points) + 3.0 * static_cast<double>(digits.half()) + 16.0);
        if (bits == 2 || cost < best_cost) {
            best = bits;
            best_cost = cost;
        }
    }
    return best;
}

/// A scalar is Σ digit·2^(bits·window). In each window the points go into buckets by their digit; the window's sum is
/// Σ b·(sum of bucket b), and the windows are joined from the top down by doublings. So a point costs one addition for
/// each window in place of a whole multiplication.
template <class Point>
class Pippenger {
  public:
    Pippenger(std::span<const Point> points, std::span<const Fr> scalars, PointForm form)
        : points_(points),
          scalars_(scalars),
          form_(form),
          sorted_(scalars),
          digits_(window_bits(sorted_.scalars.size(), sorted_.bits()), sorted_.bits()) {
        const auto large = sorted_.scalars.size();
        const std::size_t threads = worker_threads(), windows = digits_.windows();
        if (!sorted_.units.empty()) unit_parts_ = std::clamp<std::size_t>(sorted_.units.size() / 4096, 1, 2 * threads);
        if (large <= kOneByOne) return;
        parallel_for(large, 1 << 12, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) sorted_.scalars[i] = digits_.prepared(sorted_.scalars[i]);
        });
        // With few points, several windows go together so that their additions share inversions. With many threads,
        // each window is cut into parts of the points so that there is work for all.
        together_ = std::clamp<std::size_t>((1 << 14) / (large + 1), 1, (windows + threads - 1) / threads);
        groups_ = (windows + together_ - 1) / together_;
        parts_ = std::clamp<std::size_t>(2 * threads / groups_, 1, large / 4096 + 1);
    }

    Point sum() {
        std::vector<std::vector<Jacobian<Point>>> sums(groups_ * parts_ + unit_parts_);
        parallel_for(sums.size(), 1, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i)
                sums[i] = i < groups_ * parts_ ? windows(i / parts_, i % parts_) : units(i - groups_ * parts_);
        });
        // Horner's rule over the windows: total = total·2^bits + the sum of the next lower window.
        Jacobian<Point> total;
        for (std::size_t window = groups_ == 0 ? 0 : digits_.windows(); window-- > 0;) {
            for (unsigned i = 0; i < digits_.bits(); ++i) total.twice();
            for (std::size_t part = 0; part < parts_; ++part)
                total.add(sums[window / together_ * parts_ + part][window % together_]);
        }
        for (std::size_t part = 0; part < unit_parts_; ++part) total.add(sums[groups_ * parts_ + part][0]);
        if (groups_ == 0)
            for (const auto number : sorted_.numbers) total.add(points_[number / 2] * scalars_[number / 2]);
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
        const auto numbers = part_of(std::span(sorted_.numbers), part, parts_);
        PointWindows<Point> windows(digits_, static_cast<unsigned>(first), static_cast<unsigned>(count), numbers.size(),
                                    form_);
        return windows.sums(points_, numbers, part_of(std::span(sorted_.scalars), part, parts_));
    }

    std::vector<Jacobian<Point>> units(std::size_t part) const {
        const auto numbers = part_of(std::span(sorted_.units), part, unit_parts_);
        PointSums<Point> sum(1, numbers.size(), form_);
        const auto end = static_cast<std::uint32_t>(numbers.size());
        sum.add(points_, numbers, std::span(&end, 1));
        return sum.weighted(1);
    }

    static constexpr std::size_t kOneByOne = 4;  // up to this many, separate multiplications are faster

    std::span<const Point> points_;
    std::span<const Fr> scalars_;
    PointForm form_;
    Sorted sorted_;
    ScalarDigits digits_;
    std::size_t together_ = 0, groups_ = 0, parts_ = 0, unit_parts_ = 0;
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
