// Against definitions: blst's own multiplication, and transforms by their sums.
#include <gtest/gtest.h>

#include <strata/crypto/fft.hpp>
#include <strata/crypto/msm.hpp>
#include <strata/crypto/point_batch.hpp>
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
    EXPECT_EQ(multiply_sum(std::span<const Point>(points), scalars), generator * expected);
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

TEST(MultiplySum, AnyNumberOfPoints) {
    const auto nothing = [](auto&, auto&) {};
    for (const std::size_t count : {0UL, 1UL, 2UL, 3UL, 17UL, 1000UL, 70000UL}) compare(g1_generator(), count, nothing);
    for (const std::size_t count : {1UL, 100UL, 3000UL}) compare(g2_generator(), count, nothing);
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

/// Few pairs are added one by one, many in lanes.
template <class Point>
void compare_batches(const Point& generator) {
    Numbers numbers;
    std::vector<Point> points(300), many(150), few(150);
    FixedBase<Point>(generator).multiply(numbers.some(points.size()), points);
    points[10] = points[11];
    points[20] = Point{};
    std::vector<PointPair<Point>> pairs;
    for (std::size_t i = 0; i < many.size(); ++i)
        pairs.push_back({&many[i], &points[2 * i], &points[2 * i + 1], i % 3 == 0, i % 5 == 0});
    add_pairs(std::span<const PointPair<Point>>(pairs));
    for (std::size_t i = 0; i < few.size(); ++i) {
        pairs[i].into = &few[i];
        add_pairs(std::span<const PointPair<Point>>(&pairs[i], 1));
    }
    EXPECT_EQ(many, few);
}

TEST(PointBatch, SameWithAndWithoutLanes) {
    compare_batches(g1_generator());
    compare_batches(g2_generator());
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
    // One value by its sum: coefficients are in bit-reversed order.
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
