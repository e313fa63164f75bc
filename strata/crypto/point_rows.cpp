#include <strata/crypto/point_rows.hpp>

#include <blst.h>

#include <strata/crypto/point_lanes.hpp>

namespace strata::crypto {
namespace {

struct Fp {
    using Element = blst_fp;
    using Affine = blst_p1_affine;
    static Element one() {
        Element out;
        const std::uint64_t one[6] = {1};
        blst_fp_from_uint64(&out, one);
        return out;
    }
    static void mul(Element& out, const Element& a, const Element& b) { blst_fp_mul(&out, &a, &b); }
    static void sub(Element& out, const Element& a, const Element& b) { blst_fp_sub(&out, &a, &b); }
    static void negate(Element& a) { blst_fp_cneg(&a, &a, true); }
    static void invert(Element& a) { blst_fp_eucl_inverse(&a, &a); }
};

struct Fp2 {
    using Element = blst_fp2;
    using Affine = blst_p2_affine;
    static Element one() { return {{Fp::one(), {}}}; }
    static void mul(Element& out, const Element& a, const Element& b) { blst_fp2_mul(&out, &a, &b); }
    static void sub(Element& out, const Element& a, const Element& b) { blst_fp2_sub(&out, &a, &b); }
    static void negate(Element& a) { blst_fp2_cneg(&a, &a, true); }
    static void invert(Element& a) { blst_fp2_eucl_inverse(&a, &a); }
};

/// Adds one pair at a time with blst's field arithmetic.
template <class Point, class Field>
class PortableRows final : public PointRows<Point> {
  public:
    explicit PortableRows(std::size_t rows) : rows_(rows) {}

    void load(std::size_t first, std::span<const Point> points, std::span<const std::uint32_t> numbers) override {
        for (std::size_t k = 0; k < numbers.size(); ++k) {
            rows_[first + k] = points[numbers[k] / 2];
            if (numbers[k] % 2 != 0) Field::negate(raw(first + k).y);
        }
    }
    Point get(std::size_t row) const override { return rows_[row]; }
    void copy(std::size_t to, std::size_t from) override { rows_[to] = rows_[from]; }
    void clear(std::size_t row) override { rows_[row] = {}; }

    void add(std::span<const RowPair> pairs) override {
        // Montgomery's trick. `before` of each pair is the product of the denominators of all earlier pairs. Once the
        // product of all is inverted, walking back gives each denominator's inverse at the cost of two multiplications.
        open_.clear();
        Element product = Field::one();
        for (const auto& pair : pairs) {
            if (add_special(pair)) continue;
            Open next{pair, product, {}};
            Field::sub(next.denominator, raw(pair.right).x, raw(pair.left).x);
            Field::mul(product, product, next.denominator);
            open_.push_back(next);
        }
        if (open_.empty()) return;
        Field::invert(product);
        for (std::size_t k = open_.size(); k-- > 0;) {
            Field::mul(open_[k].before, open_[k].before, product);
            Field::mul(product, product, open_[k].denominator);
            finish(open_[k]);
        }
    }

  private:
    using Element = typename Field::Element;
    using Affine = typename Field::Affine;
    static_assert(sizeof(Point) == sizeof(Affine));
    struct Open {
        RowPair pair;
        Element before;  // first the product of the earlier denominators, later the inverse of this denominator
        Element denominator;
    };

    Affine& raw(std::size_t row) { return *reinterpret_cast<Affine*>(&rows_[row]); }

    /// Adds a pair that the chord formulas cannot add; returns false, and adds nothing, if they can. Infinity has no
    /// coordinates, and through points of equal x the line is the tangent (a doubling) or vertical (the sum is
    /// infinity).
    bool add_special(const RowPair& pair) {
        Point& left = rows_[pair.left];
        const Point& right = rows_[pair.right];
        if (right.is_infinity()) return true;
        if (left.is_infinity()) {
            left = right;
            return true;
        }
        const auto middle = left.limbs.begin() + left.limbs.size() / 2;
        if (!std::equal(left.limbs.begin(), middle, right.limbs.begin())) return false;
        left = left + right;
        return true;
    }

    void finish(const Open& open) {
        // The chord through both points: slope = (y2 - y1)/(x2 - x1), x = slope² - x1 - x2, y = slope·(x1 - x) - y1.
        Affine& left = raw(open.pair.left);
        const Affine& right = raw(open.pair.right);
        Element slope, x, y;
        Field::sub(slope, right.y, left.y);
        Field::mul(slope, slope, open.before);
        Field::mul(x, slope, slope);
        Field::sub(x, x, left.x);
        Field::sub(x, x, right.x);
        Field::sub(y, left.x, x);
        Field::mul(y, y, slope);
        Field::sub(left.y, y, left.y);
        left.x = x;
    }

    std::vector<Point> rows_;
    std::vector<Open> open_;
};

template <class Point>
struct FieldOf {
    using Type = Fp;
};
template <>
struct FieldOf<G2Affine> {
    using Type = Fp2;
};

}  // namespace

template <class Point>
std::unique_ptr<PointRows<Point>> PointRows<Point>::make(std::size_t rows, PointForm form) {
    if (form == PointForm::fastest && point_lanes_supported()) return make_point_lanes<Point>(rows);
    return std::make_unique<PortableRows<Point, typename FieldOf<Point>::Type>>(rows);
}

template class PointRows<G1Affine>;
template class PointRows<G2Affine>;

}  // namespace strata::crypto
