#include <strata/base/thread_pool.hpp>
#include <strata/crypto/msm.hpp>
#include <strata/crypto/point_windows.hpp>

namespace strata::crypto {
namespace {

const ScalarDigits& table_digits() {
    static const ScalarDigits digits(13);  // tables of 4,096 points for 20 windows: 8 MB in G1
    return digits;
}

/// Appends base, 2·base and so on up to count·base. Row k holds (k + 1)·base, and adding row known - 1 to copies of the
/// first `known` rows gives as many new ones: the list doubles in every round.
template <class Point>
void append_multiples(const Point& base, std::size_t count, std::vector<Point>& out) {
    const auto rows = PointRows<Point>::make(count, PointForm::fastest);
    const std::uint32_t number = 0;  // point 0, not negated
    rows->load(0, std::span(&base, 1), std::span(&number, 1));
    std::vector<RowPair> pairs;
    for (std::uint32_t known = 1; known < count; known *= 2) {
        pairs.clear();
        for (std::uint32_t k = 0; k < known; ++k) {
            rows->copy(known + k, k);
            pairs.push_back({known + k, known - 1});
        }
        rows->add(pairs);
    }
    for (std::size_t k = 0; k < count; ++k) out.push_back(rows->get(k));
}

/// Lists the table entries whose sum is scalar·base, one for each digit that is not zero: twice the index, plus one if
/// the entry is to be subtracted. The entry at window·half + d - 1 is d·2^(bits·window)·base.
void append_digits(const ScalarDigits& digits, const Fr& scalar, std::vector<std::uint32_t>& out) {
    const auto prepared = digits.prepared(scalar.to_limbs());
    for (unsigned window = 0; window < digits.windows(); ++window) {
        const auto digit = digits.digit(prepared, window);
        if (digit == 0) continue;
        const auto entry = window * digits.half() + static_cast<std::size_t>(std::abs(digit)) - 1;
        out.push_back(static_cast<std::uint32_t>(2 * entry) + (digit < 0 ? 1 : 0));
    }
}

/// Chooses the window size that costs the least: one addition for each digit, and for each bucket two, which count as
/// three because they come in smaller batches.
unsigned best_bits(std::size_t points) {
    const auto cost = [&](unsigned bits) {
        const ScalarDigits digits(bits);
        return points * digits.windows() + 3 * digits.half();
    };
    unsigned best = 4;
    for (unsigned bits = 5; bits <= 13; ++bits)
        if (cost(bits) < cost(best)) best = bits;
    return best;
}

}  // namespace

// scalar·base = Σ digit·2^(bits·window)·base. The table has, for every window, the multiples 1 to 2^(bits-1) of
// 2^(bits·window)·base, so that a product is a sum of one entry for each window.
template <class Point>
FixedBase<Point>::FixedBase(const Point& base) {
    const auto& digits = table_digits();
    Point window_base = base;
    for (unsigned window = 0; window < digits.windows(); ++window) {
        append_multiples(window_base, digits.half(), table_);
        // The last entry is 2^(bits-1)·window_base, and its double begins the next window.
        window_base = table_.back() + table_.back();
    }
}

template <class Point>
void FixedBase<Point>::multiply(std::span<const Fr> scalars, std::span<Point> out) const {
    STRATA_CHECK(scalars.size() == out.size());
    const auto& digits = table_digits();
    constexpr std::size_t kTogether = 512;  // this many sums share an inversion
    parallel_for(out.size(), kTogether, [&](std::size_t begin, std::size_t end) {
        const auto together = std::min(kTogether, end - begin);
        PointSums<Point> sums(together, together * digits.windows(), PointForm::fastest);
        // `numbers` lists the table entries to add (see append_digits()); those of sum k end at ends[k].
        std::vector<std::uint32_t> numbers, ends(together);
        for (std::size_t at = begin; at < end; at += together) {
            const auto count = std::min(together, end - at);
            numbers.clear();
            // The last round may have fewer scalars; the sums beyond them stay empty.
            for (std::size_t k = 0; k < together; ++k) {
                if (k < count) append_digits(digits, scalars[at + k], numbers);
                ends[k] = static_cast<std::uint32_t>(numbers.size());
            }
            sums.clear();
            sums.add(table_, numbers, ends);
            for (std::size_t k = 0; k < count; ++k) out[at + k] = sums.sum(k);
        }
    });
}

template <class Point>
Point FixedBase<Point>::multiply(const Fr& scalar) const {
    Point out;
    multiply(std::span(&scalar, 1), std::span(&out, 1));
    return out;
}

template <class Point>
FixedPoints<Point>::FixedPoints(std::span<const Point> points) : count_(points.size()), bits_(best_bits(count_)) {
    const ScalarDigits digits(bits_);
    multiples_.reserve(count_ * digits.windows());
    for (Point point : points)
        for (unsigned window = 0; window < digits.windows(); ++window) {
            multiples_.push_back(point);
            Jacobian<Point> next;
            next.add(point);
            for (unsigned i = 0; i < bits_; ++i) next.twice();
            point = next.affine();
        }
}

// multiples_ holds each point's multiples by 2^(bits·window), one for each window, so the digits of all windows share
// one set of buckets and no doublings remain.
template <class Point>
Point FixedPoints<Point>::multiply_sum(std::span<const Fr> scalars) const {
    STRATA_CHECK(scalars.size() == count_);
    const ScalarDigits digits(bits_);
    std::vector<std::uint32_t> numbers;
    std::vector<Fr::Limbs> prepared;
    for (std::uint32_t i = 0; i < scalars.size(); ++i) {
        numbers.push_back(2 * i * digits.windows());  // twice the index of the point's first multiple
        prepared.push_back(digits.prepared(scalars[i].to_limbs()));
    }
    auto windows = PointWindows<Point>::together(digits, count_);
    return windows.sums(multiples_, numbers, prepared)[0].affine();
}

template class FixedPoints<G1Affine>;
template class FixedBase<G1Affine>;
template class FixedBase<G2Affine>;

}  // namespace strata::crypto
