// Expected values: go-ethereum core/vm/testdata/precompiles/p256Verify.json, a selection; most of it comes from
// Wycheproof.
#include <strata/crypto/p256.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::crypto::p256 {
namespace {

struct Case {
    const char* name;
    const char* input;  // digest || r || s || x || y
    bool valid;
};

constexpr Case kCases[] = {
    {"CallP256Verify",
     "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4da73bd4903f0ce3b639bbbf6e8e80d16931ff"
     "4bcf5993d58468e8fb19086e8cac36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d604aebd309"
     "9c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff37618b065f9832de4ca6ca971a7a1adc826d0f7c00181"
     "a5fb2ddf79ae00b4e10e",
     true},
    {"Wycheproof #1: signature malleability",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca6050232ba3a8be6b94d5ec80a6d9d1190a436effe5"
     "0d85a1eee859b8cc6af9bd5c2e184cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd762927b105"
     "12bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d96850"
     "01558d1a974e7341513e",
     true},
    {"Wycheproof #58: Edge case for Shamir multiplication",
     "70239dd877f7c944c422f44dea4ed1a52f2627416faf2f072fa50c772ed6f80764a1aab5000d0e804f3e2fc02bdee9be8ff3"
     "12334e2ba16d11547c97711c898e6af015971cc30be6d1a206d4e013e0997772a2f91d73286ffd683b9bb2cf4f1b2927b105"
     "12bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d96850"
     "01558d1a974e7341513e",
     true},
    {"Wycheproof #3: Modified r or s, e.g. by adding or subtracting the order of the group",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023d45c5740946b2a147f59262ee6f5bc90bd01"
     "ed280528b62b3aed5fc93f06f739b329f479a2bbd0a5c384ee1493b1f5186a87139cac5df4087c134b49156847db2927b105"
     "12bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d96850"
     "01558d1a974e7341513e",
     false},
    {"Wycheproof #5: Modified r or s, e.g. by adding or subtracting the order of the group",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023d45c5741946b2a137f59262ee6f5bc91001a"
     "f27a5e1117a64733950642a3d1e8b329f479a2bbd0a5c384ee1493b1f5186a87139cac5df4087c134b49156847db2927b105"
     "12bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d96850"
     "01558d1a974e7341513e",
     false},
    {"Wycheproof #8: Modified r or s, e.g. by adding or subtracting the order of the group",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca6050232ba3a8be6b94d5ec80a6d9d1190a436effe5"
     "0d85a1eee859b8cc6af9bd5c2e184cd60b865d442f5a3c7b11eb6c4e0ae79578ec6353a20bf783ecb4b6ea97b8252927b105"
     "12bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d96850"
     "01558d1a974e7341513e",
     false},
    {"Wycheproof #9: Signature with special case values for r and s",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000002927b105"
     "12bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d96850"
     "01558d1a974e7341513e",
     false},
    {"Wycheproof #10: Signature with special case values for r and s",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000012927b105"
     "12bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d96850"
     "01558d1a974e7341513e",
     false},
};

bool verify(const Bytes& input) {
    Hash256 digest;
    ByteArray<64> signature;
    ByteArray<64> key;
    std::copy_n(input.begin(), 32, digest.begin());
    std::copy_n(input.begin() + 32, 64, signature.begin());
    std::copy_n(input.begin() + 96, 64, key.begin());
    return p256::verify(key, digest, signature);
}

TEST(P256, KnownAnswers) {
    for (const auto& [name, input, valid] : kCases) EXPECT_EQ(verify(from_hex(input).value()), valid) << name;
}

TEST(P256, AChangedBitIsRefused) {
    const Bytes right = from_hex(kCases[0].input).value();
    ASSERT_TRUE(verify(right));
    for (std::size_t at = 0; at < right.size(); at += 7) {
        Bytes wrong = right;
        wrong[at] ^= 1;
        EXPECT_FALSE(verify(wrong)) << at;
    }
    EXPECT_FALSE(verify(Bytes(160, 0)));
}

}  // namespace
}  // namespace strata::crypto::p256
