#include <strata/crypto/point_batch.hpp>

#include <blst.h>

#include <algorithm>
#include <array>
#include <memory>

#include <strata/crypto/point_lanes.hpp>

namespace strata::crypto {
namespace {

struct Fp {
    using Element = blst_fp;
    using Point = blst_p1_affine;
    static Element one() {
        Element out;
        const std::uint64_t one[6] = {1};
        blst_fp_from_uint64(&out, one);
        return out;
    }
    static void mul(Element& out, const Element& a, const Element& b) { blst_fp_mul(&out, &a, &b); }
    static void sqr(Element& out, const Element& a) { blst_fp_sqr(&out, &a); }
    static void add(Element& out, const Element& a, const Element& b) { blst_fp_add(&out, &a, &b); }
    static void sub(Element& out, const Element& a, const Element& b) { blst_fp_sub(&out, &a, &b); }
    static void negate(Element& a) { blst_fp_cneg(&a, &a, true); }
    static void invert(Element& a) { blst_fp_eucl_inverse(&a, &a); }
};

struct Fp2 {
    using Element = blst_fp2;
    using Point = blst_p2_affine;
    static Element one() { return {{Fp::one(), {}}}; }
    static void mul(Element& out, const Element& a, const Element& b) { blst_fp2_mul(&out, &a, &b); }
    static void sqr(Element& out, const Element& a) { blst_fp2_sqr(&out, &a); }
    static void add(Element& out, const Element& a, const Element& b) { blst_fp2_add(&out, &a, &b); }
    static void sub(Element& out, const Element& a, const Element& b) { blst_fp2_sub(&out, &a, &b); }
    static void negate(Element& a) { blst_fp2_cneg(&a, &a, true); }
    static void invert(Element& a) { blst_fp2_eucl_inverse(&a, &a); }
};

template <class Value>
bool is_zero(const Value& value) {
    const auto* limbs = reinterpret_cast<const limb_t*>(&value);
    limb_t any = 0;
    for (std::size_t i = 0; i < sizeof(Value) / sizeof(limb_t); ++i) any |= limbs[i];
    return any == 0;
}

template <class Field>
class Batch {
  public:
    using Element = typename Field::Element;
    using Point = typename Field::Point;

    template <class Pair>
    void add(std::span<const Pair> pairs) {
        choose(pairs);
        if (slopes_) invert_denominators();
        for (std::size_t k = 0; k < count_; ++k) finish(pairs[live_[k]], k);
    }

  private:
    template <class P>
    static Point load(const P* point, bool negate) {
        Point out = *reinterpret_cast<const Point*>(point);
        if (negate) Field::negate(out.y);
        return out;
    }
    template <class P>
    static Point& at(P* point) {
        return *reinterpret_cast<Point*>(point);
    }

    /// Sums that need a slope, with its denominator; sums with infinity are done at the end of the batch, in order,
    /// by finish() as well, since `into` may still be an operand of an earlier pair.
    template <class Pair>
    void choose(std::span<const Pair> pairs) {
        count_ = 0;
        slopes_ = false;
        Element product = Field::one();
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            const auto& pair = pairs[i];
            const auto& left = *reinterpret_cast<const Point*>(pair.left);
            const auto& right = *reinterpret_cast<const Point*>(pair.right);
            Element& denominator = denominators_[count_];
            live_[count_] = static_cast<std::uint16_t>(i);
            how_[count_] = How::slope;
            if (is_zero(right)) {
                how_[count_] = How::left;
            } else if (is_zero(left)) {
                how_[count_] = How::right;
            } else {
                Field::sub(denominator, right.x, left.x);
                if (is_zero(denominator)) {
                    Element sum = left.y;
                    const bool opposite_signs = pair.negate_left != pair.negate_right;
                    Element difference;
                    Field::sub(difference, left.y, right.y);
                    if (is_zero(difference) == opposite_signs) {
                        how_[count_] = How::infinity;
                    } else {
                        how_[count_] = How::twice;
                        if (pair.negate_left) Field::negate(sum);
                        Field::add(denominator, sum, sum);
                    }
                }
            }
            if (how_[count_] == How::slope || how_[count_] == How::twice) {
                slopes_ = true;
                before_[count_] = product;
                Field::mul(product, product, denominator);
            }
            ++count_;
        }
        product_ = product;
    }

    void invert_denominators() {
        Element inverse = product_;
        Field::invert(inverse);
        for (std::size_t k = count_; k-- > 0;) {
            if (how_[k] != How::slope && how_[k] != How::twice) continue;
            Field::mul(before_[k], before_[k], inverse);
            Field::mul(inverse, inverse, denominators_[k]);
        }
    }

    template <class Pair>
    void finish(const Pair& pair, std::size_t k) {
        Point& into = at(pair.into);
        if (how_[k] == How::infinity) {
            into = Point{};
            return;
        }
        if (how_[k] == How::left || how_[k] == How::right) {
            into = how_[k] == How::left ? load(pair.left, pair.negate_left) : load(pair.right, pair.negate_right);
            return;
        }
        const Point left = load(pair.left, pair.negate_left);
        const Point right = load(pair.right, pair.negate_right);
        Element slope;
        if (how_[k] == How::twice) {
            Element square;
            Field::sqr(square, left.x);
            Field::add(slope, square, square);
            Field::add(slope, slope, square);
        } else {
            Field::sub(slope, right.y, left.y);
        }
        Field::mul(slope, slope, before_[k]);
        Point out;
        Field::sqr(out.x, slope);
        Field::sub(out.x, out.x, left.x);
        Field::sub(out.x, out.x, right.x);
        Field::sub(out.y, left.x, out.x);
        Field::mul(out.y, out.y, slope);
        Field::sub(out.y, out.y, left.y);
        into = out;
    }

    enum class How : std::uint8_t { slope, twice, left, right, infinity };
    std::size_t count_ = 0;
    bool slopes_ = false;
    Element product_;
    std::array<Element, kPointBatch> denominators_;
    std::array<Element, kPointBatch> before_;  // the product of what came before, then the inverse
    std::array<std::uint16_t, kPointBatch> live_;
    std::array<How, kPointBatch> how_;
};

/// Neither operand at infinity, and different x: what lanes take.
template <class Point>
bool is_ordinary(const PointPair<Point>& pair) {
    constexpr std::size_t kX = sizeof(Point) / sizeof(limb_t) / 2;
    return !std::equal(pair.left->limbs.begin(), pair.left->limbs.begin() + kX, pair.right->limbs.begin()) &&
           !is_zero(*pair.left) && !is_zero(*pair.right);
}

template <class Field, class Point>
struct Split {
    std::vector<PointPair<Point>> ordinary;
    std::vector<std::pair<Point*, Point>> others;

    void add(std::span<const PointPair<Point>> pairs, Batch<Field>& batch) {
        ordinary.clear();
        others.clear();
        for (const auto& pair : pairs) {
            if (is_ordinary(pair)) {
                ordinary.push_back(pair);
                continue;
            }
            // Read before an ordinary pair writes there, written after one has read there.
            auto& [into, sum] = others.emplace_back(pair.into, Point{});
            auto one = pair;
            one.into = &sum;
            batch.add(std::span<const PointPair<Point>>(&one, 1));
        }
        add_pairs_in_lanes(std::span<const PointPair<Point>>(ordinary));
        for (const auto& [into, sum] : others) *into = sum;
    }
};

template <class Field, class Point>
void add_all(std::span<const PointPair<Point>> pairs) {
    static_assert(sizeof(Point) == sizeof(typename Field::Point));
    static thread_local auto batch = std::make_unique<Batch<Field>>();
    static thread_local Split<Field, Point> split;
    constexpr std::size_t kFewForLanes = 32;
    while (!pairs.empty()) {
        const auto now = std::min(pairs.size(), kPointBatch);
        if (now >= kFewForLanes && point_lanes_supported())
            split.add(pairs.first(now), *batch);
        else
            batch->add(pairs.first(now));
        pairs = pairs.subspan(now);
    }
}

}  // namespace

void add_pairs(std::span<const PointPair<G1Affine>> pairs) {
    add_all<Fp>(pairs);
}

void add_pairs(std::span<const PointPair<G2Affine>> pairs) {
    add_all<Fp2>(pairs);
}

}  // namespace strata::crypto
