// Tests sums against blst's own multiplication, and transforms against the sums that define them.
#include <gtest/gtest.h>

#include <strata/crypto/fft.hpp>
#include <strata/crypto/msm.hpp>
#include <strata/crypto/point_rows.hpp>
#include <strata/crypto/random.hpp>

namespace strata::crypto {
namespace {

class Numbers {
  public:
    Fr next() { return Fr::from_bytes_trimmed(source_.bytes<32>()); }
    std::vector<Fr> some(std::size_t count) {
        std::vector<Fr> out(count);
        for (auto& element : out) element = next();
        return out;
    }

  private:
    SeededRandom source_{as_bytes("numbers")};
};

const Fr kMinusOne = -Fr::one();
constexpr PointForm kForms[] = {PointForm::fastest, PointForm::portable};

template <class Point>
Point sum_one_by_one(std::span<const Point> points, std::span<const Fr> scalars) {
    Point sum;
    for (std::size_t i = 0; i < points.size(); ++i) sum = sum + points[i] * scalars[i];
    return sum;
}

template <class Point>
void expect_sum(std::span<const Point> points, std::span<const Fr> scalars, const Point& expected) {
    for (const auto form : kForms)
        EXPECT_EQ(multiply_sum(points, scalars, form), expected)
            << points.size() << " points" << (form == PointForm::portable ? ", portable" : "");
}

/// Makes many points whose logarithms are known, so that one multiplication gives the expected sum.
template <class Point>
void compare(const Point& generator, std::size_t count, auto&& change) {
    Numbers numbers;
    const FixedBase<Point> table(generator);
    auto logarithms = numbers.some(count);
    auto scalars = numbers.some(count);
    change(logarithms, scalars);
    std::vector<Point> points(count);
    table.multiply(logarithms, points);
    Fr expected;
    for (std::size_t i = 0; i < count; ++i) expected += logarithms[i] * scalars[i];
    expect_sum<Point>(points, scalars, generator * expected);
}

TEST(FixedBase, IsMultiplication) {
    Numbers numbers;
    auto scalars = numbers.some(50);
    scalars.insert(scalars.end(), {Fr(), Fr::one(), kMinusOne, Fr::from_u64(4096), Fr::from_u64(8192)});
    const FixedBase<G1Affine> one(g1_generator());
    const FixedBase<G2Affine> two(g2_generator());
    for (const auto& scalar : scalars) {
        EXPECT_EQ(one.multiply(scalar), g1_generator() * scalar);
        EXPECT_EQ(two.multiply(scalar), g2_generator() * scalar);
    }
}

TEST(FixedPoints, AnyScalars) {
    Numbers numbers;
    for (const std::size_t count : {0UL, 1UL, 2UL, 40UL, 300UL}) {
        std::vector<G1Affine> points(count);
        FixedBase<G1Affine>(g1_generator()).multiply(numbers.some(count), points);
        if (count == 40) points[7] = {}, points[9] = points[8], points[11] = -points[10];
        const FixedPoints<G1Affine> fixed(points);
        auto scalars = numbers.some(count);
        if (count == 40) scalars[9] = -scalars[8], scalars[0] = {}, scalars[1] = kMinusOne;
        EXPECT_EQ(fixed.multiply_sum(scalars), sum_one_by_one<G1Affine>(points, scalars));
        EXPECT_EQ(fixed.multiply_sum(std::vector<Fr>(count)), G1Affine{});
    }
}

TEST(MultiplySum, AnyNumberOfPoints) {
    const auto nothing = [](auto&, auto&) {};
    for (const std::size_t count : {1000UL, 5000UL, 70000UL}) compare(g1_generator(), count, nothing);
    for (const std::size_t count : {100UL, 3000UL}) compare(g2_generator(), count, nothing);
}

template <class Point>
void compare_few(const Point& generator) {
    Numbers numbers;
    std::vector<Point> points;
    std::vector<Fr> scalars;
    Point expected;
    for (std::size_t count = 0; count <= 70; ++count) {
        expect_sum<Point>(points, scalars, expected);
        points.push_back(generator * numbers.next());
        scalars.push_back(numbers.next());
        expected = expected + points.back() * scalars.back();
    }
}

TEST(MultiplySum, FewPoints) {
    compare_few(g1_generator());
    compare_few(g2_generator());
}

/// Compares sums over all pairs of a special point and a special scalar.
template <class Point>
void compare_special(const Point& generator) {
    Numbers numbers;
    const Point some = generator * numbers.next();
    std::vector<Point> points;
    std::vector<Fr> scalars;
    for (const auto& point : {Point{}, some, some * kMinusOne, generator, some + some})
        for (const auto& scalar : {Fr(), Fr::one(), kMinusOne, Fr::from_u64(2), -Fr::from_u64(2), numbers.next()})
            for (int k = 0; k < 3; ++k) points.push_back(point), scalars.push_back(scalar);
    expect_sum<Point>(points, scalars, sum_one_by_one<Point>(points, scalars));
    // Now every product has its negative, so the sum is infinity.
    const auto half = points.size();
    for (std::size_t i = 0; i < half; ++i) points.push_back(points[i]), scalars.push_back(-scalars[i]);
    expect_sum<Point>(points, scalars, Point{});
    // Lists may hold one point many times, or only zeros, ones, or points at infinity.
    for (const auto& point : {some, Point{}})
        for (const auto& scalar : {Fr(), Fr::one(), kMinusOne, numbers.next()}) {
            const std::vector<Point> same(100, point);
            const std::vector<Fr> of_all(100, scalar);
            expect_sum<Point>(same, of_all, point * (Fr::from_u64(100) * scalar));
        }
}

TEST(MultiplySum, SpecialPointsAndScalars) {
    compare_special(g1_generator());
    compare_special(g2_generator());
}

TEST(MultiplySum, ShortScalars) {
    for (const unsigned bits : {1U, 2U, 8U, 63U, 64U, 65U, 127U, 128U, 254U})
        compare(g1_generator(), 50, [&](auto&, auto& scalars) {
            Fr::Limbs largest{};
            for (unsigned i = 0; i < bits; ++i) largest[i / 64] |= std::uint64_t{1} << (i % 64);
            for (auto& scalar : scalars) {
                auto limbs = scalar.to_limbs();
                for (std::size_t i = 0; i < 4; ++i) limbs[i] &= largest[i];
                scalar = Fr::from_limbs(limbs);
            }
            scalars[7] = Fr::from_limbs(largest);
        });
}

TEST(MultiplySum, BitsAndEqualPoints) {
    compare(g1_generator(), 5000, [](auto&, auto& scalars) {
        for (std::size_t i = 0; i < scalars.size(); ++i)
            if (i % 10 != 0) scalars[i] = Fr::from_u64(i % 2);
    });
    compare(g1_generator(), 3000, [](auto& points, auto& scalars) {
        for (std::size_t i = 0; i < scalars.size(); ++i) {
            points[i] = i % 3 == 0 ? kMinusOne : i % 3 == 1 ? Fr::one() : Fr();
            scalars[i] = i % 5 == 0 ? scalars[i] : i % 5 == 1 ? kMinusOne : Fr::from_u64(i / 100);
        }
    });
}

/// Adds pairs of all kinds: ordinary ones, equal and opposite points, and infinity on either side.
template <class Point>
void compare_rows(const Point& generator, PointForm form) {
    Numbers numbers;
    constexpr std::size_t kPairs = 5003;  // more than one batch, and not a multiple of the group size
    std::vector<Point> points(300);
    FixedBase<Point>(generator).multiply(numbers.some(points.size()), points);
    points[0] = Point{};
    std::vector<std::uint32_t> sources;
    std::vector<RowPair> pairs;
    for (std::uint32_t i = 0; i < kPairs; ++i) {
        const std::uint32_t left = i * 7 % 600, right = i % 50 == 3 ? left : i % 50 == 5 ? left ^ 1 : i * 11 % 600;
        sources.insert(sources.end(), {left, i % 50 == 7 ? 0 : i % 50 == 9 ? 1 : right});
        pairs.push_back({2 * i, 2 * i + 1});
    }
    const auto rows = PointRows<Point>::make(2 * kPairs, form);
    EXPECT_TRUE(rows->get(5).is_infinity());
    rows->load(0, points, sources);
    const auto source = [&](std::size_t i) {
        const Point& point = points[sources[i] / 2];
        return sources[i] % 2 == 0 ? point : point * kMinusOne;
    };
    for (std::size_t i = 0; i < 600; ++i) EXPECT_EQ(rows->get(i), source(i));
    rows->add(pairs);
    for (std::size_t i = 0; i < kPairs; i += i < 300 ? 1 : 37)
        EXPECT_EQ(rows->get(2 * i), source(2 * i) + source(2 * i + 1)) << i;
}

TEST(PointRows, AddPairs) {
    for (const auto form : kForms) {
        compare_rows(g1_generator(), form);
        compare_rows(g2_generator(), form);
    }
}

TEST(Fft, ValuesAreThePolynomials) {
    Numbers numbers;
    for (const unsigned log : {0U, 1U, 2U, 5U}) {
        const auto domain = *FftDomain::of_size(std::size_t{1} << log);
        const auto coefficients = numbers.some(domain.size());
        const auto at = [&](const Fr& x) {
            Fr sum;
            for (std::size_t i = coefficients.size(); i-- > 0;) sum = sum * x + coefficients[i];
            return sum;
        };
        auto values = coefficients, on_coset = coefficients;
        reverse_bits(values);
        reverse_bits(on_coset);
        domain.to_values(values);
        domain.to_coset_values(on_coset);
        Fr x = Fr::one();
        for (std::size_t i = 0; i < domain.size(); ++i, x *= domain.root()) {
            EXPECT_EQ(values[i], at(x));
            EXPECT_EQ(on_coset[i], at(x * Fr::from_u64(7)));
        }
        EXPECT_EQ(x, Fr::one());
        domain.to_coefficients(values);
        domain.to_coefficients_from_coset(on_coset);
        reverse_bits(values);
        EXPECT_EQ(values, coefficients);
        reverse_bits(on_coset);
        EXPECT_EQ(on_coset, coefficients);
    }
}

TEST(Fft, LargeOnesComeBack) {
    Numbers numbers;
    const auto domain = *FftDomain::of_size(100'000);
    const auto values = numbers.some(domain.size());
    auto same = values;
    domain.to_coefficients(same);
    domain.to_coset_values(same);
    domain.to_coefficients_from_coset(same);
    // Compares one value with its sum; the coefficients are in bit-reversed order.
    auto natural = same;
    reverse_bits(natural);
    const Fr x = domain.root().pow({777, 0, 0, 0});
    Fr sum;
    for (std::size_t i = natural.size(); i-- > 0;) sum = sum * x + natural[i];
    EXPECT_EQ(sum, values[777]);
    domain.to_values(same);
    EXPECT_EQ(same, values);
}

TEST(Curve, EncodingsComeBack) {
    const auto one = g1_generator() * Fr::from_u64(77);
    const auto two = g2_generator() * Fr::from_u64(77);
    EXPECT_EQ(*g1_from_uncompressed(uncompressed(one)), one);
    EXPECT_EQ(*g2_from_uncompressed(uncompressed(two)), two);
    G1Affine trusted_one;
    G2Affine trusted_two;
    ASSERT_TRUE(read_trusted_points(uncompressed(one), std::span(&trusted_one, 1)));
    ASSERT_TRUE(read_trusted_points(uncompressed(two), std::span(&trusted_two, 1)));
    EXPECT_EQ(trusted_one, one);
    EXPECT_EQ(trusted_two, two);
    auto bytes = uncompressed(one);
    std::fill(bytes.begin(), bytes.begin() + 48, 0x1f);
    EXPECT_FALSE(read_trusted_points(bytes, std::span(&trusted_one, 1)));
}

}  // namespace
}  // namespace strata::crypto
