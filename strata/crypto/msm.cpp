#include <strata/crypto/msm.hpp>

#include <algorithm>
#include <bit>

#include <strata/base/thread_pool.hpp>
#include <strata/crypto/point_windows.hpp>

namespace strata::crypto {
namespace {

/// Separates the points that are only added or subtracted (units) from those whose scalars need windows (large). Both
/// lists hold numbers: a number is twice the index of a point, plus one if the point is to be subtracted. Most of a
/// witness is zeros and ones, so the separation is worth a pass of its own.
struct Separated {
    std::vector<std::uint32_t> units;
    std::vector<std::uint32_t> large;
    std::vector<Fr::Limbs> scalars;  // of `large`

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

Separated separated(std::span<const Fr> all) {
    static const Fr kMinusOne = -Fr::one();
    STRATA_CHECK(all.size() < std::size_t{1} << 31);
    Separated out;
    for (std::uint32_t i = 0; i < all.size(); ++i) {
        if (all[i].is_zero()) continue;
        if (all[i] == Fr::one() || all[i] == kMinusOne)
            out.units.push_back(2 * i + (all[i] == kMinusOne ? 1 : 0));
        else
            out.large.push_back(2 * i);
    }
    out.scalars.resize(out.large.size());
    parallel_for(out.scalars.size(), 1 << 12, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) out.scalars[i] = all[out.large[i] / 2].to_limbs();
    });
    return out;
}

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

constexpr std::size_t kOneByOne = 4;  // up to this many points, separate multiplications are faster

/// Says how the work is cut: into `groups` of `together` windows, and each group into `parts` of the points. If there
/// are no groups, the points are multiplied one by one. The units have parts of their own.
struct Plan {
    std::size_t together = 0, groups = 0, parts = 0, unit_parts = 0;
};

Plan plan_of(std::size_t units, std::size_t large, std::size_t windows) {
    const std::size_t threads = worker_threads();
    Plan out;
    if (units != 0) out.unit_parts = std::clamp<std::size_t>(units / 4096, 1, 2 * threads);
    if (large <= kOneByOne) return out;
    // With few points, several windows go together so that their additions share inversions. With many threads, each
    // window is cut into parts of the points so that there is work for all.
    out.together = std::clamp<std::size_t>((1 << 14) / (large + 1), 1, (windows + threads - 1) / threads);
    out.groups = (windows + out.together - 1) / out.together;
    out.parts = std::clamp<std::size_t>(2 * threads / out.groups, 1, large / 4096 + 1);
    return out;
}

/// A scalar is Σ digit·2^(bits·window). In each window the points go into buckets by their digit; the window's sum is Σ
/// b·(sum of bucket b), and the windows are joined from the top down by doublings. So a point costs one addition for
/// each window instead of a multiplication.
template <class Point>
class Pippenger {
  public:
    /// All arguments must outlive the object. The scalars in `separated` have been prepared for `digits` if there
    /// are more than kOneByOne.
    Pippenger(std::span<const Point> points, std::span<const Fr> scalars, PointForm form, const Separated& separated,
              const ScalarDigits& digits)
        : points_(points),
          scalars_(scalars),
          form_(form),
          separated_(separated),
          digits_(digits),
          plan_(plan_of(separated.units.size(), separated.scalars.size(), digits.windows())) {}

    Point sum() {
        // Element group·parts + part holds the sums of that group's windows over that part; the parts of the units
        // follow.
        std::vector<std::vector<Jacobian<Point>>> sums(plan_.groups * plan_.parts + plan_.unit_parts);
        parallel_for(sums.size(), 1, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i)
                sums[i] = i < plan_.groups * plan_.parts ? windows(i / plan_.parts, i % plan_.parts)
                                                         : units(i - plan_.groups * plan_.parts);
        });
        // Horner's rule over the windows: total = total·2^bits + the sum of the next lower window.
        Jacobian<Point> total;
        for (std::size_t window = plan_.groups == 0 ? 0 : digits_.windows(); window-- > 0;) {
            for (unsigned i = 0; i < digits_.bits(); ++i) total.twice();
            for (std::size_t part = 0; part < plan_.parts; ++part)
                total.add(sums[window / plan_.together * plan_.parts + part][window % plan_.together]);
        }
        for (std::size_t part = 0; part < plan_.unit_parts; ++part)
            total.add(sums[plan_.groups * plan_.parts + part][0]);
        if (plan_.groups == 0)
            for (const auto number : separated_.large) total.add(points_[number / 2] * scalars_[number / 2]);
        return total.affine();
    }

  private:
    template <class T>
    static std::span<T> part_of(std::span<T> all, std::size_t part, std::size_t parts) {
        const auto from = all.size() * part / parts, to = all.size() * (part + 1) / parts;
        return all.subspan(from, to - from);
    }

    std::vector<Jacobian<Point>> windows(std::size_t group, std::size_t part) const {
        const auto first = group * plan_.together, count = std::min(plan_.together, digits_.windows() - first);
        const auto numbers = part_of(std::span(separated_.large), part, plan_.parts);
        PointWindows<Point> windows(digits_, static_cast<unsigned>(first), static_cast<unsigned>(count), numbers.size(),
                                    form_);
        return windows.sums(points_, numbers, part_of(std::span(separated_.scalars), part, plan_.parts));
    }

    // Sums the points of one part whose scalar is 1 or -1. They need no windows: all of them go into a single bucket.
    std::vector<Jacobian<Point>> units(std::size_t part) const {
        const auto numbers = part_of(std::span(separated_.units), part, plan_.unit_parts);
        PointSums<Point> sum(1, numbers.size(), form_);
        const auto end = static_cast<std::uint32_t>(numbers.size());
        sum.add(points_, numbers, std::span(&end, 1));
        return sum.weighted(1);
    }

    std::span<const Point> points_;
    std::span<const Fr> scalars_;
    PointForm form_;
    const Separated& separated_;
    const ScalarDigits& digits_;
    const Plan plan_;
};

template <class Point>
Point sum_of_multiples(std::span<const Point> points, std::span<const Fr> scalars, PointForm form) {
    STRATA_CHECK(points.size() == scalars.size());
    auto large_and_units = separated(scalars);
    auto& large_scalars = large_and_units.scalars;
    const unsigned bits = large_and_units.bits();
    const ScalarDigits digits(window_bits(large_scalars.size(), bits), bits);
    // Up to kOneByOne points are multiplied one by one, without digits.
    if (large_scalars.size() > kOneByOne)
        parallel_for(large_scalars.size(), 1 << 12, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) large_scalars[i] = digits.prepared(large_scalars[i]);
        });
    return Pippenger<Point>(points, scalars, form, large_and_units, digits).sum();
}

}  // namespace

G1Affine multiply_sum(std::span<const G1Affine> points, std::span<const Fr> scalars, PointForm form) {
    return sum_of_multiples(points, scalars, form);
}

G2Affine multiply_sum(std::span<const G2Affine> points, std::span<const Fr> scalars, PointForm form) {
    return sum_of_multiples(points, scalars, form);
}

}  // namespace strata::crypto
