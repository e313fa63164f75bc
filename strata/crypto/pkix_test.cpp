// Protects RSA and ECDSA keys of peers. Expected values: RFC 6979 appendix A.2.5 (P-256, SHA-256, "sample"), SEC 2
// §2.4.1 (secp256k1's generator). Signatures by go-libp2p with both kinds, and the limits of RSA, are in
// strata/net/keys_test.cpp.
#include <strata/crypto/pkix.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::crypto::pkix {
namespace {

const std::string kX = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
const std::string kY = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
const std::string kR = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
const std::string kS = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
const std::string kP256 = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
const std::string kSignature = "3046022100" + kR + "022100" + kS;

Bytes hex(const std::string& text) {
    return from_hex(text).value();
}

TEST(Pkix, the_example_of_rfc_6979) {
    const Bytes key = hex(kP256 + "04" + kX + kY);
    ASSERT_TRUE(check_key(KeyKind::ecdsa, key));
    EXPECT_TRUE(verify_sha256(KeyKind::ecdsa, key, as_bytes("sample"), hex(kSignature)));
    EXPECT_FALSE(verify_sha256(KeyKind::ecdsa, key, as_bytes("test"), hex(kSignature)));
    EXPECT_FALSE(verify_sha256(KeyKind::ecdsa, key, as_bytes("sample"), {}));
    EXPECT_FALSE(verify_sha256(KeyKind::rsa, key, as_bytes("sample"), hex(kSignature)));
}

TEST(Pkix, a_key_has_one_encoding) {
    const auto code = [](const std::string& text) { return check_key(KeyKind::ecdsa, hex(text)).error().code(); };
    EXPECT_EQ(code("3039301306072a8648ce3d020106082a8648ce3d03010703220003" + kX), Errc::non_canonical);
    EXPECT_EQ(code(kP256 + "04" + kX + kY + "00"), Errc::non_canonical) << "a byte behind it";
    EXPECT_EQ(code(kP256 + "04" + kX + kX), Errc::malformed) << "not a point of the curve";
    EXPECT_EQ(code(""), Errc::malformed);
    EXPECT_EQ(check_key(KeyKind::ecdsa, Bytes(2049)).error().code(), Errc::out_of_range);
}

TEST(Pkix, other_curves_are_refused) {
    const auto status =
        check_key(KeyKind::ecdsa, hex("3056301006072a8648ce3d020106052b8104000a03420004"
                                      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                                      "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code(), Errc::unsupported) << status.error().message();
}

}  // namespace
}  // namespace strata::crypto::pkix
