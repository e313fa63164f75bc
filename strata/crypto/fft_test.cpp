// Protects the transforms of Groth16's prover: values at roots of unity are those of the polynomial. The expected value
// is the polynomial itself, evaluated term by term; 7 and 2^32 are the generator and the order of BLS12-381's field
// (docs/protocol/proofs.md §1).
#include <strata/crypto/fft.hpp>

#include <gtest/gtest.h>

namespace strata::crypto {
namespace {

Fr evaluate(std::span<const Fr> coefficients, const Fr& x) {
    Fr out;
    for (std::size_t i = coefficients.size(); i-- > 0;) out = out * x + coefficients[i];
    return out;
}
Fr power(Fr base, std::uint64_t exponent) {
    Fr out = Fr::one();
    for (; exponent > 0; exponent >>= 1, base = base * base)
        if (exponent & 1) out = out * base;
    return out;
}
std::vector<Fr> some(std::size_t size) {
    std::vector<Fr> out;
    for (std::size_t i = 0; i < size; ++i) out.push_back(Fr::from_u64(i * i * 31 + 7) * Fr::from_u64(i + 3));
    return out;
}

TEST(Fft, a_domain_is_the_next_power_of_two_with_a_root_of_that_order) {
    for (const std::size_t size : {1U, 2U, 3U, 5U, 8U, 9U, 1000U}) {
        const auto domain = FftDomain::of_size(size);
        ASSERT_TRUE(domain);
        EXPECT_EQ(domain->size(), std::bit_ceil(size));
        EXPECT_EQ(power(domain->root(), domain->size()), Fr::one());
        if (domain->size() > 1) EXPECT_EQ(power(domain->root(), domain->size() / 2), -Fr::one());
        const auto order = FftDomain::order_for(size);
        ASSERT_TRUE(order);
        EXPECT_EQ(order->size, domain->size());
        EXPECT_EQ(order->root, domain->root());
    }
    EXPECT_TRUE(FftDomain::order_for(std::size_t{1} << 32));
    EXPECT_EQ(FftDomain::order_for((std::size_t{1} << 32) + 1).error().code(), Errc::too_large);
}

TEST(Fft, values_are_those_of_the_polynomial) {
    for (const std::size_t size : {1U, 2U, 4U, 8U, 64U, 512U}) {
        const auto domain = FftDomain::of_size(size).value();
        const auto coefficients = some(size);
        auto values = coefficients;
        reverse_bits(values);
        auto on_coset = values;
        domain.to_values(values);
        domain.to_coset_values(on_coset);
        Fr x = Fr::one();
        for (std::size_t i = 0; i < size; ++i, x = x * domain.root()) {
            ASSERT_EQ(values[i], evaluate(coefficients, x)) << size << " at " << i;
            ASSERT_EQ(on_coset[i], evaluate(coefficients, multiplicative_generator() * x)) << size << " at " << i;
        }
        domain.to_coefficients(values);
        domain.to_coefficients_from_coset(on_coset);
        reverse_bits(values);
        reverse_bits(on_coset);
        EXPECT_EQ(values, coefficients);
        EXPECT_EQ(on_coset, coefficients);
    }
}

TEST(Fft, the_coset_is_seven_times_the_roots_where_the_vanishing_polynomial_is_constant) {
    EXPECT_EQ(multiplicative_generator(), Fr::from_u64(7));
    const auto domain = FftDomain::of_size(16).value();
    EXPECT_EQ(domain.vanishing_on_coset(), power(Fr::from_u64(7), 16) - Fr::one());
    EXPECT_NE(domain.vanishing_on_coset(), Fr());
}

TEST(Fft, bits_of_an_index_in_reverse_order) {
    auto elements = std::vector{Fr::from_u64(0), Fr::from_u64(1), Fr::from_u64(2), Fr::from_u64(3),
                                Fr::from_u64(4), Fr::from_u64(5), Fr::from_u64(6), Fr::from_u64(7)};
    const auto before = elements;
    reverse_bits(elements);
    for (const auto& [from, to] : {std::pair(1, 4), std::pair(2, 2), std::pair(3, 6), std::pair(7, 7), std::pair(0, 0)})
        EXPECT_EQ(elements[static_cast<std::size_t>(to)], before[static_cast<std::size_t>(from)]);
    reverse_bits(elements);
    EXPECT_EQ(elements, before);
}

}  // namespace
}  // namespace strata::crypto
