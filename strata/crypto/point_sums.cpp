#include <strata/crypto/point_sums.hpp>

#include <algorithm>
#include <bit>

namespace strata::crypto {
namespace {

/// This many operands, and what their addition needs, fit into the second-level cache.
template <class Point>
constexpr std::uint32_t kOperands =
    static_cast<std::uint32_t>((std::size_t{1} << 12) * sizeof(G1Affine) / sizeof(Point));

}  // namespace

template <class Point>
PointSums<Point>::PointSums(std::size_t sums, std::size_t operands, PointForm form)
    : sums_(static_cast<std::uint32_t>(sums)),
      together_(static_cast<std::uint32_t>(std::clamp<std::size_t>(operands, 1, kOperands<Point>))),
      // Behind the sums is room for the operands of add(), or for the heads of weighted(), at most one for two sums.
      rows_(PointRows<Point>::make(sums_ + std::max(together_, sums_ / 2), form)) {}

template <class Point>
void PointSums<Point>::clear() {
    for (std::size_t s = 0; s < sums_; ++s) rows_->clear(s);
}

template <class Point>
void PointSums<Point>::add(std::span<const Point> points, std::span<const std::uint32_t> numbers,
                           std::span<const std::uint32_t> ends) {
    STRATA_CHECK(ends.size() == sums_ && (ends.empty() || ends.back() == numbers.size()));
    std::vector<Run> runs;
    std::vector<RowPair> into_sums;
    std::uint32_t s = 0;
    const auto block = [&](std::size_t begin) {
        return numbers.subspan(begin, std::min<std::size_t>(together_, numbers.size() - begin));
    };
    // Each block of operands is loaded behind the rows of the sums. The operands of one sum are a run of rows, which is
    // first added up within itself and then into the sum.
    rows_->expect(points, block(0));
    for (std::size_t begin = 0; begin < numbers.size(); begin += together_) {
        const auto operands = block(begin);
        rows_->load(sums_, points, operands);
        rows_->expect(points, block(begin + operands.size()));
        runs.clear();
        into_sums.clear();
        for (std::uint32_t at = 0; at < operands.size();) {
            while (ends[s] <= begin + at) ++s;
            const auto end = static_cast<std::uint32_t>(std::min<std::size_t>(ends[s] - begin, operands.size()));
            runs.push_back({sums_ + at, end - at});
            into_sums.push_back({s, sums_ + at});
            at = end;
        }
        add_runs(runs);
        rows_->add(into_sums);
    }
}

/// Adds each run of rows up into its first row, in log2(length) rounds: rows 0 and 1, 2 and 3, …, then 0 and 2, and so
/// on. The additions of a round, over all runs, are one batch.
template <class Point>
void PointSums<Point>::add_runs(std::span<const Run> runs) {
    for (std::uint32_t step = 1;; step *= 2) {
        pairs_.clear();
        for (const auto& [begin, count] : runs)
            for (std::uint32_t k = 0; k + step < count; k += 2 * step) pairs_.push_back({begin + k, begin + k + step});
        if (pairs_.empty()) return;
        rows_->add(pairs_);
    }
}

// Computes Σ (k + 1)·S_k in batches that do not depend on each other. Cut a run into strips of 2^shift sums and write k
// = h·2^shift + j: the result is Σ_h Σ_j (j + 1)·S_hj + 2^shift·Σ_h h·(Σ_j S_hj).
//
// First every S_hj is replaced by the sum of itself and all that follow in its strip. Added up, these are the first
// term; and the head of each strip, j = 0, is now the plain sum of its strip. The second term is the same problem for
// the heads from h = 1 on, whose weights begin at 1 again. So each level leaves a plain sum ("top"), and Horner's rule
// over the levels joins the tops.
template <class Point>
std::vector<Jacobian<Point>> PointSums<Point>::weighted(std::size_t length) {
    struct Level {
        unsigned shift;
        std::vector<Point> tops;
    };
    const auto count = static_cast<std::uint32_t>(sums_ / length);
    std::vector<Level> levels;
    std::uint32_t base = 0;
    for (auto left = static_cast<std::uint32_t>(length);;) {
        // Long strips take many rounds; short ones leave many heads.
        const unsigned shift = std::min(5U, (static_cast<unsigned>(std::countr_zero(left)) + 1) / 2);
        const std::uint32_t strip = 1U << shift, heads = left / strip, rows = count * left;
        for (std::uint32_t k = strip - 1; k-- > 0;) {
            pairs_.clear();
            for (std::uint32_t at = base + k; at < base + rows; at += strip) pairs_.push_back({at, at + 1});
            rows_->add(pairs_);
        }
        const std::uint32_t next = base == 0 ? sums_ : 0;
        std::vector<Run> runs;
        for (std::uint32_t run = 0; run < count; ++run) {
            runs.push_back({base + run * left, left});
            if (heads == 1) continue;
            for (std::uint32_t h = 1; h < heads; ++h)
                rows_->copy(next + run * heads + h - 1, base + run * left + h * strip);
            rows_->clear(next + run * heads + heads - 1);  // keeps the length a power of two
        }
        add_runs(runs);
        auto& tops = levels.emplace_back(shift).tops;
        for (const auto& run : runs) tops.push_back(rows_->get(run.begin));
        if (heads == 1) break;
        base = next;
        left = heads;
    }
    std::vector<Jacobian<Point>> out(count);
    for (std::uint32_t run = 0; run < count; ++run)
        for (std::size_t level = levels.size(); level-- > 0;) {
            for (unsigned i = 0; i < levels[level].shift; ++i) out[run].twice();
            out[run].add(levels[level].tops[run]);
        }
    return out;
}

template class PointSums<G1Affine>;
template class PointSums<G2Affine>;

}  // namespace strata::crypto
