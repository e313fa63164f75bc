#include <strata/crypto/point_lanes.hpp>

#include <algorithm>

#include <strata/crypto/element_lanes.hpp>

namespace strata::crypto {

#if defined(__x86_64__)

bool point_lanes_supported() {
    static const bool supported = [] {
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512dq");
    }();
    return supported;
}

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512ifma"))), apply_to = function)

namespace {

using namespace lanes;

struct alignas(64) Limbs {
    std::uint64_t limb[kLimbs];
};

// A lane product is a·b/2^416, but blst and the rows keep x·2^384. Say that an element has exponent e if it stands for
// x·2^e: then a product of exponents e and f has exponent e + f - 416, and a shift by k bits adds k. A product of n
// denominators has exponent 416 - 32n and its inverse 400 + 32n. So the inverse of one denominator has 432, a slope has
// 400, and its square has 384, as x has. A slope shifted by 16 bits keeps the exponent of what it multiplies.
//
// In rows x is below p; y is at most 2p, with limbs that may be negative. Infinity has a negative top limb in x.
template <class Point>
class LaneRows final : public PointRows<Point> {
  public:
    explicit LaneRows(std::size_t rows) : rows_(rows * kCoordinates) {
        for (std::size_t row = 0; row < rows; ++row) LaneRows::clear(row);
    }

    void load(std::size_t first, std::span<const Point> points, std::span<const std::uint32_t> numbers) override {
        while (expected_.begin != expected_.end) prefetch_some();
        for (std::size_t k = 0; k < numbers.size(); ++k) set(first + k, points[numbers[k] / 2], numbers[k] % 2 != 0);
    }
    void expect(std::span<const Point> points, std::span<const std::uint32_t> numbers) override {
        expected_ = {points.data(), numbers.data(), numbers.data() + numbers.size()};
    }

    Point get(std::size_t row) const override {
        Point out;
        if (is_infinity(row)) return out;
        const Limbs* at = &rows_[row * kCoordinates];
        for (std::size_t c = 0; c < kCoordinates; ++c) {
            const auto words = words_of(at[c]);
            std::copy(words.begin(), words.end(), &out.limbs[c * words.size()]);
        }
        return out;
    }

    void copy(std::size_t to, std::size_t from) override {
        std::copy_n(&rows_[from * kCoordinates], kCoordinates, &rows_[to * kCoordinates]);
    }
    void clear(std::size_t row) override { rows_[row * kCoordinates].limb[kLimbs - 1] = kInfinity; }

    void add(std::span<const RowPair> pairs) override {
        while (!pairs.empty()) {
            const auto count = std::min(pairs.size(), 8 * kGroups);
            add_batch(pairs.first(count));
            pairs = pairs.subspan(count);
        }
    }

  private:
    static constexpr int kParts = sizeof(Point) / 96;
    static constexpr std::size_t kCoordinates = 2 * kParts;
    static constexpr std::uint64_t kInfinity = ~std::uint64_t{0};
    // The groups that share an inversion: as many as fit into the second-level cache together with their rows.
    static constexpr std::size_t kGroups = 128 / kParts;
    using Value = Element<kParts>;

    struct Group {
        Value before, denominator, left_x;
        __mmask8 special;  // lanes with infinity or equal x
    };

    using Eight = const RowPair*;

    /// A group is eight pairs. The last pair is repeated to fill the last group; the lanes that repeat it write the
    /// same result again.
    Eight eight(std::span<const RowPair> pairs, std::size_t g) {
        if (8 * g + 8 <= pairs.size()) return pairs.data() + 8 * g;
        std::fill(std::copy(pairs.begin() + static_cast<std::ptrdiff_t>(8 * g), pairs.end(), last_), last_ + 8,
                  pairs.back());
        return last_;
    }
    Limbs* at(std::uint32_t row, int coordinate) {
        return rows_.data() + row * kCoordinates + static_cast<std::size_t>(coordinate * kParts);
    }

    /// Coordinate 0 is x, 1 is y.
    Value load_coordinate(Eight pairs, std::uint32_t RowPair::* side, int coordinate) {
        return each<kParts>([&](int part) {
            Fp8 out;
#pragma clang loop unroll(full)
            for (std::size_t lane = 0; lane < 8; ++lane)
                out.limb[lane] = _mm512_load_si512(at(pairs[lane].*side, coordinate) + part);
            transpose(out.limb);
            return out;
        });
    }
    void store_coordinate(Value x, Eight pairs, int coordinate, __mmask8 skipped) {
#pragma clang loop unroll(full)
        for (int part = 0; part < kParts; ++part) {
            transpose(x.part[part].limb);
#pragma clang loop unroll(full)
            for (std::size_t lane = 0; lane < 8; ++lane)
                if ((skipped >> lane & 1) == 0)
                    _mm512_store_si512(at(pairs[lane].left, coordinate) + part, x.part[part].limb[lane]);
        }
    }
    /// Rows are in the second-level cache, but a group's arithmetic is too long for the processor to look beyond it, so
    /// the rows of the next group are fetched by hand.
    void prefetch_coordinate(Eight pairs, int coordinate) {
#pragma clang loop unroll(full)
        for (std::size_t lane = 0; lane < 8; ++lane)
            for (int part = 0; part < kParts; ++part) {
                __builtin_prefetch(at(pairs[lane].left, coordinate) + part);
                __builtin_prefetch(at(pairs[lane].right, coordinate) + part);
            }
    }

    /// Points are scattered over the memory, so reading them is slow. They are fetched while others are added, a few
    /// between two multiplications of a group, because the processor can wait for only a few requests at once.
    void prefetch_some() {
        for (int i = 0; i < 2 && expected_.begin != expected_.end; ++i)
            prefetch(expected_.points[*expected_.begin++ / 2]);
    }
    static void prefetch(const Point& point) {
        const auto* bytes = reinterpret_cast<const char*>(&point);
        for (std::size_t at = 0; at < sizeof(Point); at += 64) __builtin_prefetch(bytes + at);
        __builtin_prefetch(bytes + sizeof(Point) - 1);
    }

    /// Turns six words into eight limbs; each limb comes from two neighbouring words.
    static __m512i split_words(const std::uint64_t* words) {
        const __m512i w = _mm512_maskz_loadu_epi64(0x3f, words);
        const __m512i low = _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 0, 1, 2, 3, 4, 4, 5), w);
        const __m512i high = _mm512_permutexvar_epi64(_mm512_setr_epi64(1, 1, 2, 3, 4, 5, 5, 6), w);
        const __m512i right = _mm512_setr_epi64(0, 52, 40, 28, 16, 4, 56, 44);
        const __m512i left = _mm512_sub_epi64(every_lane(64), right);
        return _mm512_and_si512(_mm512_or_si512(_mm512_srlv_epi64(low, right), _mm512_sllv_epi64(high, left)),
                                every_lane(kMask));
    }

    /// A negated y is stored as 2p - y without carrying, which is why limbs of y may be negative in a row.
    void set(std::size_t row, const Point& point, bool negative) {
        Limbs* const at = &rows_[row * kCoordinates];
        __m512i any = _mm512_setzero_si512();
        for (std::size_t c = 0; c < kCoordinates; ++c) {
            __m512i limbs = split_words(&point.limbs[6 * c]);
            any = _mm512_or_si512(any, limbs);
            if (c >= kParts) {
                const __m512i twice_p = _mm512_loadu_si512(kMultiple<2>.data());
                limbs = _mm512_mask_sub_epi64(limbs, negative ? 0xff : 0, twice_p, limbs);
            }
            _mm512_store_si512(at + c, limbs);
        }
        if (_mm512_test_epi64_mask(any, any) == 0) clear(row);
    }

    bool is_infinity(std::size_t row) const { return rows_[row * kCoordinates].limb[kLimbs - 1] == kInfinity; }

    /// Reduces a value of at most 2p, whose limbs may be negative, to below p.
    static Words words_of(const Limbs& from) {
        const auto carried = [](Limbs52 limbs) {
            for (std::size_t i = 0; i + 1 < kLimbs; ++i) {
                limbs[i + 1] += static_cast<std::uint64_t>(static_cast<std::int64_t>(limbs[i]) >> 52);
                limbs[i] &= kMask;
            }
            return limbs;
        };
        Limbs52 limbs;
        std::copy_n(from.limb, kLimbs, limbs.begin());
        limbs = carried(limbs);
        for (;;) {
            Limbs52 less = limbs;
            for (std::size_t i = 0; i < kLimbs; ++i) less[i] -= kP[i];
            less = carried(less);
            if (static_cast<std::int64_t>(less.back()) < 0) return joined(limbs);
            limbs = less;
        }
    }

    void add_batch(std::span<const RowPair> pairs) {
        const std::size_t groups = (pairs.size() + 7) / 8;
        if (groups_.size() < groups) groups_.resize(groups);
        // The empty product has exponent 416, so one is stored as 2^416, which is 2^32 in the form of blst.
        static const auto kOne = one_of_products();
        Value product = each<kParts>([](int part) { return part == 0 ? all(kOne) : all({}); });
        for (std::size_t g = 0; g < groups; ++g) {
            // Montgomery's trick: `before` is the product of the denominators of all earlier groups, so that one
            // inversion at the end gives back the inverse of each.
            prepare(pairs, g);
            groups_[g].before = product;
            product = mul(product, groups_[g].denominator);
        }
        Value inverse = inverted(product);
        for (std::size_t g = groups; g-- > 0;) {
            const Value group_inverse = mul(groups_[g].before, inverse);
            prefetch_some();
            inverse = mul(inverse, groups_[g].denominator);
            prefetch_some();
            finish(pairs, g, group_inverse);
        }
    }

    static Limbs52 one_of_products() {
        blst_fp one;
        const std::uint64_t words[6] = {std::uint64_t{1} << 32};
        blst_fp_from_uint64(&one, words);
        return split({one.l[0], one.l[1], one.l[2], one.l[3], one.l[4], one.l[5]});
    }

    /// Computes the denominators x2 - x1 + p of a group. Lanes without an ordinary slope get a denominator of one, and
    /// are added one by one afterwards.
    void prepare(std::span<const RowPair> pairs, std::size_t g) {
        const Eight now = eight(pairs, g);
        if (8 * g + 16 <= pairs.size()) prefetch_coordinate(now + 8, 0);
        Group& group = groups_[g];
        group.left_x = load_coordinate(now, &RowPair::left, 0);
        const Value right_x = load_coordinate(now, &RowPair::right, 0);
        Value& denominator = group.denominator;
        denominator = each<kParts>([&](int i) { return sub<1>(right_x.part[i], group.left_x.part[i]); });
        __mmask8 special = 0xff;
        for (const auto& part : denominator.part) special &= equal(part, kP);
        special |= _mm512_movepi64_mask(
            _mm512_or_si512(group.left_x.part[0].limb[kLimbs - 1], right_x.part[0].limb[kLimbs - 1]));
        group.special = special;
        if (special == 0) return;
        for (auto& part : denominator.part) part = choose(special, part, all({1}));  // any number but zero would do
    }

    /// The chord through both points: slope = (y2 - y1)/(x2 - x1), x = slope² - x1 - x2, y = slope·(x1 - x) - y1.
    void finish(std::span<const RowPair> pairs, std::size_t g, const Value& inverse) {
        const Eight now = eight(pairs, g);
        if (g > 0) prefetch_coordinate(pairs.data() + 8 * (g - 1), 1);
        const auto& [before, denominator, left_x, special] = groups_[g];
        const Value left_y = load_coordinate(now, &RowPair::left, 1),
                    right_y = load_coordinate(now, &RowPair::right, 1);
        const Value slope = mul(each<kParts>([&](int i) { return sub<2>(right_y.part[i], left_y.part[i]); }), inverse);
        prefetch_some();
        const Value square = sqr(slope);
        const Value x = each<kParts>([&](int i) { return sum_x(square.part[i], left_x.part[i], denominator.part[i]); });
        const Value run = each<kParts>([&](int i) { return sub<1>(left_x.part[i], x.part[i]); });
        const Value rise = mul(each<kParts>([&](int i) { return shifted_16(slope.part[i]); }), run);
        prefetch_some();
        const Value y = each<kParts>([&](int i) { return reduced_to_2(sub<2>(rise.part[i], left_y.part[i])); });
        store_coordinate(x, now, 0, special);
        store_coordinate(y, now, 1, special);
        if (special != 0) [[unlikely]]
            add_special(pairs.subspan(8 * g), special);
    }

    /// Returns square - x1 - x2 modulo p. The denominator is x2 - x1 + p, so 2·x1 plus the denominator is x1 + x2 + p.
    static Fp8 sum_x(const Fp8& square, const Fp8& left, const Fp8& denominator) {
        Fp8 out;
#pragma clang loop unroll(full)
        for (int i = 0; i < kLimbs; ++i) {
            const __m512i taken = _mm512_add_epi64(_mm512_add_epi64(left.limb[i], left.limb[i]), denominator.limb[i]);
            out.limb[i] = _mm512_add_epi64(_mm512_sub_epi64(square.limb[i], taken),
                                           every_lane(kMultiple<3>[static_cast<std::size_t>(i)]));
        }
        carry(out);
        return reduced_by<1>(reduced_to_2(out));
    }

    /// Reduces a square or a product, from which up to two coordinates were subtracted, to below 2p.
    static Fp8 reduced_to_2(const Fp8& x) {
        if constexpr (kParts == 1)
            return reduced_by<2>(x);
        else
            return reduced_by<2>(reduced_by<4>(x));
    }

    /// Adds the pairs of the group that have infinity on a side, or equal x, with complete formulas.
    void add_special(std::span<const RowPair> pairs, __mmask8 special) {
        for (std::size_t lane = 0; lane < std::min<std::size_t>(8, pairs.size()); ++lane) {
            const auto [left, right] = pairs[lane];
            if ((special >> lane & 1) == 0 || is_infinity(right)) continue;
            if (is_infinity(left))
                copy(left, right);
            else
                set(left, get(left) + get(right), /*negative=*/false);
        }
    }

    std::vector<Limbs> rows_;
    std::vector<Group> groups_;
    RowPair last_[8];
    struct {
        const Point* points = nullptr;
        const std::uint32_t *begin = nullptr, *end = nullptr;
    } expected_;
};

}  // namespace

template <class Point>
std::unique_ptr<PointRows<Point>> make_point_lanes(std::size_t rows) {
    STRATA_CHECK(point_lanes_supported());
    return std::make_unique<LaneRows<Point>>(rows);
}

#pragma clang attribute pop

#else

bool point_lanes_supported() {
    return false;
}

template <class Point>
std::unique_ptr<PointRows<Point>> make_point_lanes(std::size_t) {
    STRATA_CHECK(false);
}

#endif

template std::unique_ptr<PointRows<G1Affine>> make_point_lanes(std::size_t rows);
template std::unique_ptr<PointRows<G2Affine>> make_point_lanes(std::size_t rows);

}  // namespace strata::crypto
