#include <strata/crypto/murmur3.hpp>

#include <gtest/gtest.h>

namespace strata::crypto {
namespace {

// The first halves of the sums in the tests of github.com/spaolacci/murmur3 (murmur_test.go), the library of go-unixfs.
TEST(Murmur3, KnownSums) {
    EXPECT_EQ(murmur3_x64_64({}), 0U);
    EXPECT_EQ(murmur3_x64_64(as_bytes("hello")), 0xcbd8a7b341bd9b02U);
    EXPECT_EQ(murmur3_x64_64(as_bytes("hello, world")), 0x342fac623a5ebc8eU);
    EXPECT_EQ(murmur3_x64_64(as_bytes("19 Jan 2038 at 3:14:07 AM")), 0xb89e5988b737affcU);
    EXPECT_EQ(murmur3_x64_64(as_bytes("The quick brown fox jumps over the lazy dog.")), 0xcd99481f9ee902c9U);
}

// specs.ipfs.tech/unixfs, "Finding 470.txt": buckets 00 and 6E.
TEST(Murmur3, BucketsOfTheUnixFsSpecification) {
    EXPECT_EQ(murmur3_x64_64(as_bytes("470.txt")) >> 48, 0x006eU);
    EXPECT_EQ(murmur3_x64_64(as_bytes("742.txt")) >> 48, 0x00ffU);
}

}  // namespace
}  // namespace strata::crypto
