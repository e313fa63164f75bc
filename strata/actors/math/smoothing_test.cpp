// Numbers: builtin-actors v18 runtime/src/builtin/reward/smooth/alpha_beta_filter.rs.
#include <strata/actors/math/smoothing.hpp>

#include <gtest/gtest.h>

#include <strata/types/basic.hpp>

namespace strata::actors {
namespace {

constexpr std::int64_t kErrorBound = 350;  // millionths

FilterEstimate estimate(const BigInt& position, const BigInt& velocity) {
    return FilterEstimate::of(position, velocity);
}

/// Sums num / den epoch by epoch with the trapezoid rule, in Q.128.
BigInt summed(const FilterEstimate& num, const FilterEstimate& den, ChainEpoch start, ChainEpoch delta) {
    BigInt sum;
    for (ChainEpoch i = 0; i < delta; ++i) {
        const BigInt n = (num.position + num.velocity * BigInt(start + i)) << kPrecision;
        const BigInt d = den.position + den.velocity * BigInt(start + i);
        const BigInt ratio = div_floor(n, d);
        sum += i == 0 || i == delta - 1 ? ratio : ratio * 2;
    }
    return div_floor(sum, 2);
}

void expect_near(const FilterEstimate& num, const FilterEstimate& den, ChainEpoch delta) {
    const BigInt closed = extrapolated_cum_sum_of_ratio(delta, 0, num, den);
    BigInt off = (closed - summed(num, den, 0, delta)) * 1'000'000;
    if (off.is_negative()) off = -off;
    EXPECT_LT(off, closed * kErrorBound);
}

TEST(Smoothing, ConstantEstimates) {
    const auto sum = extrapolated_cum_sum_of_ratio(1000, 0, estimate(4'000'000, 0), estimate(1, 0));
    EXPECT_EQ(sum >> kPrecision, BigInt(4'000'000'000));
    EXPECT_EQ(extrapolated_cum_sum_of_ratio(1000, 1'000'000'000'000'000, estimate(4'000'000, 0), estimate(1, 0)), sum);
    // 10^12 / (200 * 10^12) over 100 epochs is a half.
    const auto half =
        extrapolated_cum_sum_of_ratio(100, 0, estimate(1'000'000'000'000, 0), estimate(200'000'000'000'000, 0));
    EXPECT_TRUE((half >> kPrecision).is_zero());
    EXPECT_EQ((half * 10'000) >> kPrecision, BigInt(5000));
}

TEST(Smoothing, SumsOfMovingEstimatesAreNearTheSumsByEpochs) {
    expect_near(estimate(111, 12), estimate(3456, 8), 10'000);
    expect_near(estimate(1'000'000, -100), estimate(70'000, 1000), 60'000);
    // 50 FIL growing by atto an epoch, over powers of 10^19 and 2 * 10^22 bytes that grow by up to 1 EiB a day.
    const BigInt money = BigInt::constant("50000000000000000000");
    const BigInt ei_bytes_a_day = div_floor(BigInt::pow2(60), kEpochsInDay);
    for (const std::string_view power : {"10000000000000000000", "20000000000000000000000"})
        for (const BigInt& growth : {BigInt(1), ei_bytes_a_day})
            for (const std::int64_t velocity : {25, 100})
                expect_near(estimate(money, velocity), estimate(BigInt::constant(power), growth), kEpochsInDay);
}

TEST(Smoothing, TheNextEstimateRoundsDown) {
    const FilterEstimate before{BigInt::constant("12340768897043811082913117521041414330876498465539749838848"),
                                BigInt::constant("-37396269384748225153347462373739139597454335279104")};
    const auto next = next_estimate(before, BigInt::constant("36266252337034982540"), 3);
    EXPECT_EQ(next.position.to_string(), "12340768782449774548722755900999027209659079673176744001536");
    EXPECT_EQ(next.velocity.to_string(), "-37396515542149801792802995707072472930787668612438");
}

}  // namespace
}  // namespace strata::actors
