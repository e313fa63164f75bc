#include <strata/crypto/msm.hpp>

#include <blst.h>

#include <algorithm>

#include <strata/base/thread_pool.hpp>
#include <strata/crypto/point_batch.hpp>
#include <strata/crypto/scalar_digits.hpp>

namespace strata::crypto {
namespace {

/// Jacobian sums, for the few additions that cannot be batched.
struct SumG1 {
    blst_p1 value{};
    void add(const SumG1& other) { blst_p1_add_or_double(&value, &value, &other.value); }
    void add(const G1Affine& point) {
        blst_p1_add_or_double_affine(&value, &value, reinterpret_cast<const blst_p1_affine*>(&point));
    }
    void twice() { blst_p1_double(&value, &value); }
    G1Affine affine() const {
        G1Affine out;
        blst_p1_to_affine(reinterpret_cast<blst_p1_affine*>(&out), &value);
        return out;
    }
};

struct SumG2 {
    blst_p2 value{};
    void add(const SumG2& other) { blst_p2_add_or_double(&value, &value, &other.value); }
    void add(const G2Affine& point) {
        blst_p2_add_or_double_affine(&value, &value, reinterpret_cast<const blst_p2_affine*>(&point));
    }
    void twice() { blst_p2_double(&value, &value); }
    G2Affine affine() const {
        G2Affine out;
        blst_p2_to_affine(reinterpret_cast<blst_p2_affine*>(&out), &value);
        return out;
    }
};

/// Σ digit·point of one window. Points go into the bucket of their digit; each bucket's points are added in pairs,
/// round after round, so that additions of one round are independent whatever the digits are. Buckets are then
/// weighted by running sums.
template <class Point, class Sum>
class Window {
  public:
    Window(const ScalarDigits& digits, unsigned window)
        : digits_(digits), window_(window), buckets_(digits.half()), ends_(digits.half() + 1) {}

    Sum sum(std::span<const Point> points, std::span<const Fr::Limbs> scalars) {
        for (std::size_t at = 0; at < points.size(); at += kChunk) {
            const auto count = std::min(kChunk, points.size() - at);
            sort(scalars.subspan(at, count));
            add_sorted(points.subspan(at, count));
        }
        return weighted();
    }

  private:
    // Points of a chunk stay in the second-level cache's reach.
    static constexpr std::size_t kChunk = std::size_t{1} << 16;
    struct Segment {  // points of one bucket that are not yet added
        std::uint32_t bucket, begin, count;
    };

    /// sorted_ = numbers of the points (doubled, odd: to be subtracted) by bucket; ends_[b] = where bucket b's end.
    void sort(std::span<const Fr::Limbs> scalars) {
        std::ranges::fill(ends_, 0);
        keys_.resize(scalars.size());
        for (std::size_t i = 0; i < scalars.size(); ++i) {
            keys_[i] = digits_.digit(scalars[i], window_);
            ++ends_[static_cast<std::size_t>(std::abs(keys_[i]))];
        }
        ends_[0] = 0;  // zero digits have no bucket
        for (std::size_t b = 1; b < ends_.size(); ++b) ends_[b] += ends_[b - 1];
        sorted_.resize(ends_.back());
        for (std::size_t i = scalars.size(); i-- > 0;) {
            if (keys_[i] == 0) continue;
            // Bucket b is digit b + 1: its points end where ends_[b + 1] says, and begin there when all are placed.
            const auto place = --ends_[static_cast<std::size_t>(std::abs(keys_[i]))];
            sorted_[place] = static_cast<std::uint32_t>(2 * i + (keys_[i] < 0 ? 1 : 0));
        }
    }

    void add_sorted(std::span<const Point> points) {
        work_.resize(sorted_.size() + buckets_.size());
        segments_.clear();
        std::uint32_t free = 0;
        for (std::size_t b = 0; b < buckets_.size(); ++b) {
            const std::size_t begin = ends_[b + 1];
            const std::size_t end = b + 2 < ends_.size() ? ends_[b + 2] : sorted_.size();
            if (begin == end) continue;
            const auto count = static_cast<std::uint32_t>(end - begin);
            segments_.push_back({static_cast<std::uint32_t>(b), free, count / 2 + 1});
            first_round(points, std::span(sorted_).subspan(begin, count), buckets_[b], &work_[free]);
            free += count / 2 + 1;
        }
        queue_.flush();
        while (next_round()) {
        }
        for (const auto& segment : segments_) buckets_[segment.bucket] = work_[segment.begin];
    }

    /// What the bucket holds is one more operand.
    void first_round(std::span<const Point> points, std::span<const std::uint32_t> numbers, const Point& bucket,
                     Point* out) {
        std::size_t i = 0;
        const auto negative = [&](std::size_t k) { return numbers[k] % 2 != 0; };
        const bool odd = numbers.size() % 2 != 0;
        queue_.push({out++, &bucket, odd ? &points[numbers[0] / 2] : &infinity_, false, odd && negative(0)});
        for (i = odd ? 1 : 0; i < numbers.size(); i += 2)
            queue_.push({out++, &points[numbers[i] / 2], &points[numbers[i + 1] / 2], negative(i), negative(i + 1)});
    }

    bool next_round() {
        bool any = false;
        for (auto& [bucket, begin, count] : segments_) {
            if (count == 1) continue;
            Point* const at = &work_[begin];
            for (std::uint32_t i = 0; i < count / 2; ++i) queue_.push({at + i, at + 2 * i, at + 2 * i + 1});
            // Through the queue, as the place may still be an operand there.
            if (count % 2 != 0) queue_.push({at + count / 2, at + count - 1, &infinity_});
            count = (count + 1) / 2;
            any = true;
        }
        queue_.flush();
        return any;
    }

    /// Σ (b + 1)·bucket b.
    Sum weighted() const {
        Sum running, total;
        for (std::size_t b = buckets_.size(); b-- > 0;) {
            running.add(buckets_[b]);
            total.add(running);
        }
        return total;
    }

    const ScalarDigits& digits_;
    unsigned window_;
    Point infinity_{};
    std::vector<Point> buckets_;
    std::vector<std::uint32_t> ends_, sorted_;
    std::vector<std::int32_t> keys_;
    std::vector<Point> work_;
    std::vector<Segment> segments_;
    PairQueue<Point> queue_;
};

/// The window size with the fewest additions: one for each point, and two dearer ones for each bucket.
unsigned window_bits(std::size_t points) {
    unsigned best = 4;
    double best_cost = 0;
    for (unsigned bits = 4; bits <= 16; ++bits) {
        const ScalarDigits digits(bits);
        const double cost = static_cast<double>(digits.windows()) *
                            (static_cast<double>(points) + 6.0 * static_cast<double>(digits.half()));
        if (bits == 4 || cost < best_cost) best = bits, best_cost = cost;
    }
    return best;
}

template <class Point, class Sum>
Point pippenger(std::span<const Point> points, std::span<const Fr> scalars) {
    STRATA_CHECK(points.size() == scalars.size());
    std::vector<Fr::Limbs> prepared(scalars.size());
    const auto large = static_cast<std::size_t>(
        std::ranges::count_if(scalars, [](const Fr& s) { return !s.is_zero() && s != Fr::one(); }));
    const ScalarDigits digits(window_bits(large));
    parallel_for(scalars.size(), 1 << 12, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) prepared[i] = digits.prepared(scalars[i]);
    });
    // Every window over a part of the points, so that there is work for every thread.
    const std::size_t parts =
        std::clamp<std::size_t>(2 * worker_threads() / digits.windows(), 1, points.size() / 4096 + 1);
    std::vector<Sum> sums(digits.windows() * parts);
    parallel_for(sums.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const auto from = points.size() * (i % parts) / parts, to = points.size() * (i % parts + 1) / parts;
            sums[i] = Window<Point, Sum>(digits, static_cast<unsigned>(i / parts))
                          .sum(points.subspan(from, to - from), std::span(prepared).subspan(from, to - from));
        }
    });
    Sum total;
    for (std::size_t window = digits.windows(); window-- > 0;) {
        for (unsigned i = 0; i < digits.bits(); ++i) total.twice();
        for (std::size_t part = 0; part < parts; ++part) total.add(sums[window * parts + part]);
    }
    return total.affine();
}

}  // namespace

G1Affine multiply_sum(std::span<const G1Affine> points, std::span<const Fr> scalars) {
    return pippenger<G1Affine, SumG1>(points, scalars);
}

G2Affine multiply_sum(std::span<const G2Affine> points, std::span<const Fr> scalars) {
    return pippenger<G2Affine, SumG2>(points, scalars);
}

}  // namespace strata::crypto
