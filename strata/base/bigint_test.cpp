#include <strata/base/bigint.hpp>

#include <gtest/gtest.h>

namespace strata {

TEST(BigInt, divisions_round_in_the_direction_they_name) {
    EXPECT_EQ(div_floor(-7, 2), BigInt(-4));
    EXPECT_EQ(div_trunc(-7, 2), BigInt(-3));
    EXPECT_EQ(div_ceil(-7, 2), BigInt(-3));
    EXPECT_EQ(div_ceil(7, 2), BigInt(4));
    EXPECT_EQ(mod_floor(-7, 2), BigInt(1));
    EXPECT_EQ(BigInt(-1) >> 1, BigInt(-1));
}

TEST(BigInt, text_and_bytes_round_trip) {
    const auto value = BigInt::constant("-340282366920938463463374607431768211456");
    EXPECT_EQ(value.to_string(), "-340282366920938463463374607431768211456");
    EXPECT_EQ(value.bit_length(), 129U);
    EXPECT_EQ(-BigInt::from_be(value.magnitude_be()), value);
    EXPECT_EQ(BigInt(0).magnitude_be(), Bytes{});
    EXPECT_FALSE(BigInt::parse("12x").has_value());
    EXPECT_FALSE(BigInt::parse("-").has_value());
    EXPECT_FALSE((BigInt(std::uint64_t{1} << 63)).to_i64().has_value());
}

}  // namespace strata
