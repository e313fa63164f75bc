#include <strata/crypto/fr.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::crypto {
namespace {

Hash256 little_endian(std::string_view big_endian_hex) {
    auto bytes = *from_hex(big_endian_hex);
    Hash256 out{};
    std::ranges::reverse_copy(bytes, out.begin());
    return out;
}

// docs/protocol/proofs.md §1: r, and the root of unity 7^((r-1)/2^32).
constexpr std::string_view kModulus = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
constexpr std::string_view kRoot = "16a2a19edfe81f20d09b681922c813b4b63683508c2280b93829971f439f0d2b";

TEST(Fr, RootOfUnityOfOrder2To32) {
    // (r - 1) / 2^32
    const Fr root =
        Fr::from_u64(7).pow({0xfffe5bfeffffffff, 0x09a1d80553bda402, 0x299d7d483339d808, 0x0000000073eda753});
    EXPECT_EQ(root.to_bytes(), little_endian(kRoot));
    Fr power = root;
    for (int i = 0; i < 31; ++i) power = power.square();
    EXPECT_EQ(power, -Fr::one());
}

TEST(Fr, BytesAreStrict) {
    EXPECT_FALSE(Fr::from_bytes(little_endian(kModulus)));
    auto below = little_endian(kModulus);
    below[0] = 0;
    const auto largest = Fr::from_bytes(below);
    ASSERT_TRUE(largest);
    EXPECT_EQ(*largest, -Fr::one());
    EXPECT_EQ(largest->to_bytes(), below);
    Hash256 ones;
    ones.fill(0xff);
    ones[31] = 0x3f;
    EXPECT_EQ(Fr::from_bytes_trimmed(ones).to_bytes(), ones);
}

TEST(Fr, FieldLaws) {
    const Fr a = Fr::from_u64(0xfedcba9876543210).pow({5, 0, 0, 0});
    const Fr b = Fr::from_u64(3).inverse();
    EXPECT_EQ(b * Fr::from_u64(3), Fr::one());
    EXPECT_EQ(a - a, Fr());
    EXPECT_EQ((a + b) * (a - b), a.square() - b.square());
    EXPECT_EQ(a * a.inverse(), Fr::one());
    EXPECT_TRUE(Fr().inverse().is_zero());
    EXPECT_EQ(-Fr(), Fr());
}

TEST(Fr, SumOfProducts) {
    FrSum sum;
    Fr expected;
    Fr a = -Fr::one();
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const Fr b = -Fr::from_u64(i);
        sum.add_product(a, b);
        sum.add(b);
        expected += a * b + b;
        a = a * Fr::from_u64(i + 7) - b;
    }
    EXPECT_EQ(sum.value(), expected);
    EXPECT_TRUE(FrSum().value().is_zero());
}

}  // namespace
}  // namespace strata::crypto
