// Expected values: EIP-198's examples; Fermat's little theorem.
#include <strata/base/pow_mod.hpp>

#include <gtest/gtest.h>

namespace strata {
namespace {

TEST(PowMod, KnownValues) {
    // The prime of secp256k1: 3^(p - 1) and 0^(p - 1) modulo p.
    const BigInt p = BigInt::pow2(256) - BigInt::pow2(32) - BigInt(977);
    EXPECT_EQ(pow_mod(3, p - BigInt(1), p), BigInt(1));
    EXPECT_EQ(pow_mod(0, p - BigInt(1), p), BigInt(0));
    EXPECT_EQ(pow_mod(7, 0, 5), BigInt(1));
    EXPECT_EQ(pow_mod(7, 0, 1), BigInt(0));
    EXPECT_EQ(pow_mod(3, 200, BigInt::pow2(64)), BigInt::constant("6627890308811632801"));
}

}  // namespace
}  // namespace strata
