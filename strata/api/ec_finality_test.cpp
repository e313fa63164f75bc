// The values are those of the FRC's reference program in Python (finality_calc_validator.py of
// github.com/consensus-shipyard/ec-finality-calculator; scipy 1.15.2, numpy 2.2.3) for 905 epochs of
// numpy.random.default_rng(0).poisson(4.5), which lotus chain/ecfinality/calculator_test.go records.
#include <gtest/gtest.h>

#include <strata/api/ec_finality.hpp>

namespace strata::api {
namespace {

// clang-format off
const std::vector<std::size_t> kChain = {
    2, 3, 4, 3, 4, 7, 5, 6, 5, 5, 4, 2, 3, 3, 10, 7, 3, 8, 6, 3, 2, 3, 5, 3, 7, 6, 5, 3, 4, 6, 6, 8, 6, 3, 2, 6, 5,
    2, 4, 4, 4, 6, 5, 7, 8, 6, 3, 0, 10, 8, 3, 7, 4, 6, 4, 6, 5, 2, 5, 5, 7, 6, 2, 1, 3, 5, 3, 5, 10, 4, 0, 5, 11, 6,
    8, 6, 4, 8, 3, 4, 3, 2, 5, 6, 6, 5, 3, 9, 5, 2, 9, 3, 6, 5, 4, 6, 2, 3, 4, 7, 5, 8, 2, 6, 0, 3, 5, 6, 6, 4, 3, 6,
    5, 2, 3, 4, 6, 1, 5, 3, 5, 7, 2, 4, 11, 3, 4, 8, 5, 3, 6, 6, 7, 5, 1, 2, 1, 4, 4, 5, 6, 4, 2, 6, 5, 5, 1, 2, 5,
    5, 0, 4, 4, 7, 4, 10, 6, 4, 9, 5, 5, 1, 0, 3, 7, 1, 6, 4, 3, 5, 7, 6, 10, 3, 5, 4, 1, 6, 2, 2, 2, 5, 4, 7, 4, 2,
    5, 6, 3, 8, 4, 6, 6, 5, 3, 3, 3, 2, 5, 5, 6, 6, 4, 7, 4, 1, 3, 6, 10, 3, 3, 4, 6, 3, 6, 5, 4, 3, 7, 6, 2, 4, 2,
    3, 1, 9, 5, 1, 5, 6, 4, 3, 8, 3, 6, 3, 2, 2, 1, 2, 3, 6, 2, 4, 2, 4, 5, 5, 4, 4, 7, 8, 8, 8, 8, 6, 2, 3, 3, 4, 4,
    3, 3, 1, 4, 5, 6, 3, 4, 7, 4, 1, 2, 2, 10, 2, 2, 3, 3, 5, 4, 5, 3, 5, 1, 8, 4, 2, 6, 4, 9, 4, 7, 2, 2, 4, 4, 3,
    3, 4, 7, 6, 4, 2, 8, 1, 4, 3, 4, 7, 4, 0, 6, 7, 4, 4, 6, 3, 5, 7, 4, 8, 2, 2, 6, 4, 5, 3, 3, 3, 1, 4, 2, 4, 3, 5,
    2, 3, 0, 6, 4, 7, 3, 6, 3, 4, 4, 6, 3, 3, 2, 7, 4, 4, 5, 3, 4, 5, 3, 4, 4, 3, 4, 1, 5, 4, 4, 5, 4, 2, 4, 5, 3, 6,
    5, 6, 3, 4, 4, 4, 5, 4, 4, 5, 4, 4, 2, 5, 2, 4, 2, 1, 6, 6, 5, 5, 4, 9, 3, 2, 6, 4, 2, 4, 7, 7, 5, 5, 7, 8, 2, 5,
    4, 5, 1, 4, 5, 2, 5, 6, 5, 4, 4, 8, 5, 5, 6, 6, 0, 2, 4, 5, 5, 3, 5, 4, 8, 2, 4, 6, 7, 3, 5, 5, 7, 1, 2, 5, 3,
    10, 5, 10, 1, 10, 3, 5, 5, 2, 6, 2, 5, 4, 2, 1, 5, 9, 2, 4, 4, 2, 2, 5, 5, 6, 4, 1, 6, 5, 5, 2, 6, 1, 9, 4, 7, 3,
    8, 5, 4, 5, 6, 8, 5, 4, 3, 3, 2, 3, 3, 4, 4, 7, 7, 3, 4, 4, 4, 6, 3, 3, 4, 5, 4, 1, 3, 8, 5, 4, 5, 7, 5, 8, 2, 7,
    9, 5, 3, 7, 5, 6, 6, 5, 6, 8, 4, 6, 3, 5, 4, 6, 2, 2, 6, 5, 4, 6, 3, 3, 4, 5, 2, 3, 3, 6, 6, 4, 5, 4, 3, 8, 4, 8,
    3, 5, 3, 6, 4, 6, 1, 3, 3, 4, 8, 5, 7, 4, 5, 5, 1, 3, 6, 5, 3, 6, 3, 5, 5, 6, 5, 6, 5, 7, 6, 4, 7, 6, 5, 3, 3, 2,
    4, 8, 4, 5, 1, 4, 8, 1, 2, 2, 2, 4, 11, 1, 3, 3, 2, 1, 7, 7, 3, 4, 5, 2, 5, 6, 3, 6, 3, 9, 3, 0, 4, 2, 5, 4, 3,
    2, 7, 4, 2, 10, 7, 4, 3, 5, 8, 5, 5, 2, 3, 3, 8, 6, 5, 6, 6, 6, 9, 3, 3, 2, 6, 5, 4, 4, 4, 2, 5, 2, 8, 4, 3, 2,
    2, 3, 3, 7, 5, 0, 7, 3, 5, 3, 3, 3, 6, 3, 3, 1, 3, 5, 7, 5, 4, 5, 2, 4, 3, 7, 9, 2, 4, 2, 7, 6, 5, 3, 2, 6, 3, 6,
    3, 5, 6, 3, 3, 3, 3, 3, 7, 5, 3, 4, 4, 9, 5, 7, 9, 4, 9, 2, 4, 3, 1, 4, 6, 1, 3, 5, 5, 6, 4, 4, 2, 7, 7, 4, 5, 3,
    1, 4, 5, 2, 4, 5, 2, 7, 2, 11, 5, 4, 8, 6, 4, 3, 3, 6, 5, 4, 3, 4, 7, 2, 2, 2, 4, 3, 5, 4, 5, 3, 6, 5, 5, 2, 6,
    1, 11, 3, 3, 5, 5, 6, 2, 5, 3, 4, 5, 5, 7, 7, 7, 9, 3, 4, 6, 3, 3, 2, 6, 6, 1, 3, 1, 5, 7, 5, 7, 8, 4, 5, 2, 6,
    6, 5, 7, 5, 5, 6, 4, 2, 7, 6, 5, 5, 9, 4, 3, 3, 1, 1, 4, 5, 5, 6, 7, 2, 4, 6, 3, 5, 5, 5, 4, 2, 4, 3, 3, 5, 2, 4,
    4, 5, 6, 3, 6, 4, 5, 4, 5, 2, 8, 6, 5, 6, 7, 6, 2, 4, 9, 1, 3, 5, 4, 7, 2, 5, 4, 7, 9, 2, 3, 2, 2, 7, 4, 1, 2, 6,
    5, 10, 2, 4, 3};
// clang-format on

TEST(EcFinality, ProbabilitiesAreThoseOfTheReference) {
    const std::vector<std::pair<std::size_t, double>> expected = {
        {5, 1.58182730260265891863e-03},  {10, 1.67515743138728720072e-04}, {15, 2.80696481196116546684e-06},
        {20, 6.84359796410981096872e-08}, {25, 1.46218662028857760238e-09}, {30, 4.62723254179747158594e-12},
        {40, 3.53912692038794048900e-17}, {50, 1.37790735432279053542e-20}, {75, 2.40782990048672131651e-24},
        {100, 3.21616912956779552478e-24}};
    ASSERT_EQ(kChain.size(), 905U);
    for (const auto& [depth, probability] : expected)
        EXPECT_NEAR(reorganization_probability(kChain, depth) / probability, 1, 1e-9) << depth;
}

// The bound at 25 epochs is above 2^-30 (9.3e-10), and at 30 epochs below it.
TEST(EcFinality, TheDepthIsTheFirstThatMeetsTheGuarantee) {
    const auto depth = finality_depth(kChain);
    ASSERT_TRUE(depth);
    EXPECT_GT(*depth, 25U);
    EXPECT_LT(*depth, 30U);
    EXPECT_LT(reorganization_probability(kChain, *depth), 0x1p-30);
    EXPECT_GE(reorganization_probability(kChain, *depth - 1), 0x1p-30);
}

// The same chains as in calculator_test.go.
TEST(EcFinality, FewBlocksTakeLonger) {
    const auto all = [](std::size_t blocks) { return std::vector<std::size_t>(905, blocks); };
    EXPECT_LT(reorganization_probability(all(5), 30), 0x1p-30);
    EXPECT_GT(reorganization_probability(all(5), 5), reorganization_probability(all(5), 30));
    EXPECT_GE(reorganization_probability(all(2), 30), 0x1p-30);
    const auto healthy = finality_depth(all(5));
    ASSERT_TRUE(healthy);
    EXPECT_LT(*healthy, 35U);
    const auto slow = finality_depth(all(3));
    ASSERT_TRUE(slow);
    EXPECT_GT(*slow, 35U);
    EXPECT_LT(*slow, 450U);
    EXPECT_FALSE(finality_depth(all(1)));
}

TEST(EcFinality, WhatIsNotInTheChainIsNotFinal) {
    EXPECT_EQ(reorganization_probability({}, 1), 1);
    EXPECT_EQ(reorganization_probability(kChain, 0), 1);
    EXPECT_EQ(reorganization_probability(kChain, 905), 1);
    EXPECT_FALSE(finality_depth({}));
    EXPECT_FALSE(finality_depth(std::vector<std::size_t>{5, 5, 5, 5}));
}

}  // namespace
}  // namespace strata::api
