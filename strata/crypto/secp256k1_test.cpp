// Protects the signatures of most wallets. Sources: SEC 2 §2.4.1 (the generator); the deterministic signature of
// "Satoshi Nakamoto" with the key 1, which libraries of Bitcoin share as a test of RFC 6979; BIP 62 (low s).
#include <strata/crypto/secp256k1.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::crypto::secp256k1 {
namespace {

PrivateKey key_of(std::uint8_t number) {
    PrivateKey out{};
    out[31] = number;
    return out;
}
// The order of the group (SEC 2 §2.4.1).
constexpr const char* kOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

PrivateKey from_text(const char* hex) {
    PrivateKey out{};
    std::ranges::copy(from_hex(hex).value(), out.begin());
    return out;
}

TEST(Secp256k1Keys, the_key_one_has_the_generator) {
    EXPECT_EQ(to_hex(*public_key(key_of(1))),
              "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
              "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
}

TEST(Secp256k1Keys, zero_and_the_order_are_not_keys) {
    auto below = from_text(kOrder);
    EXPECT_EQ(public_key(below).error().code(), Errc::invalid_argument);
    EXPECT_EQ(public_key(PrivateKey{}).error().code(), Errc::invalid_argument);
    below[31] -= 1;
    ASSERT_TRUE(public_key(below)) << "the order less one is the largest key";
    // Its public key is the negative of that of the key 1, so both have the same x.
    EXPECT_EQ(to_hex(*public_key(below)).substr(2, 64), to_hex(*public_key(key_of(1))).substr(2, 64));
    PrivateKey ones;
    ones.fill(0xff);
    EXPECT_FALSE(public_key(ones));
    EXPECT_FALSE(sign(ones, Hash256{}));
}

TEST(Secp256k1Keys, the_compressed_form_is_read_and_written) {
    // SEC 2 §2.4.1 gives the generator in both forms.
    const auto generator = *public_key(key_of(1));
    const auto compressed = compress(generator);
    EXPECT_EQ(to_hex(compressed), "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    EXPECT_EQ(*parse_public_key(compressed), generator);
    EXPECT_EQ(*parse_public_key(generator), generator);
    EXPECT_EQ(parse_public_key({}).error().code(), Errc::malformed);
    EXPECT_EQ(parse_public_key(BytesView(compressed).first(32)).error().code(), Errc::malformed);
    auto wrong = compressed;
    wrong[0] = 0x05;
    EXPECT_EQ(parse_public_key(wrong).error().code(), Errc::malformed);
}

TEST(Secp256k1Sign, der_carries_the_same_numbers) {
    const auto digest = sha256(as_bytes("Satoshi Nakamoto"));
    const auto signature = to_hex(*sign(key_of(1), digest));
    // The first byte of r is 0x93 and that of s 0x24, so r gets a zero in front (X.690 §8.3).
    const auto der = *sign_der(key_of(1), digest);
    EXPECT_EQ(to_hex(der), "3045022100" + signature.substr(0, 64) + "0220" + signature.substr(64, 64));
    const auto key = *public_key(key_of(1));
    EXPECT_TRUE(verify_der(key, digest, der));
    EXPECT_FALSE(verify_der(key, sha256(as_bytes("different")), der));
    EXPECT_FALSE(verify_der(key, digest, {}));
    for (std::size_t i = 0; i < der.size(); ++i) {
        EXPECT_FALSE(verify_der(key, digest, BytesView(der).first(i))) << i;
        auto changed = der;
        changed[i] ^= 1;
        EXPECT_FALSE(verify_der(key, digest, changed)) << i;
    }
}

TEST(Secp256k1Sign, is_deterministic_as_in_rfc_6979) {
    const auto signature = sign(key_of(1), sha256(as_bytes("Satoshi Nakamoto")));
    ASSERT_TRUE(signature);
    EXPECT_EQ(to_hex(*signature).substr(0, 128),
              "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
              "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5");
}

TEST(Secp256k1Recover, the_key_comes_out_of_its_signature_and_of_no_other) {
    for (std::uint8_t number = 1; number < 20; ++number) {
        const auto key = public_key(key_of(number)).value();
        const Hash256 digest = sha256(as_bytes("message " + std::to_string(number)));
        const auto signature = sign(key_of(number), digest).value();
        EXPECT_LE(signature[32], 0x7f) << "a low s";
        EXPECT_EQ(*recover(digest, signature), key);
        EXPECT_TRUE(verify(key, digest, BytesView(signature).first(64)));
        EXPECT_FALSE(verify(public_key(key_of(20)).value(), digest, BytesView(signature).first(64)));
        auto changed = digest;
        changed[0] ^= 1;
        const auto other = recover(changed, signature);
        EXPECT_TRUE(!other || *other != key);
        EXPECT_FALSE(verify(key, changed, BytesView(signature).first(64)));
    }
}

TEST(Secp256k1Recover, what_no_key_can_have_made_is_refused) {
    const Hash256 digest = sha256(as_bytes("message"));
    const auto good = sign(key_of(1), digest).value();
    auto wrong = good;
    wrong[64] = 4;
    EXPECT_EQ(recover(digest, wrong).error().code(), Errc::verification) << "v is 0 to 3";
    wrong = good;
    std::fill_n(wrong.begin(), 32, std::uint8_t{0});
    EXPECT_FALSE(recover(digest, wrong)) << "r is zero";
    wrong = good;
    std::fill_n(wrong.begin() + 32, 32, std::uint8_t{0});
    EXPECT_FALSE(recover(digest, wrong)) << "s is zero";
    wrong = good;
    std::ranges::copy(from_text(kOrder), wrong.begin());
    EXPECT_FALSE(recover(digest, wrong)) << "r is the order";
    EXPECT_FALSE(verify(public_key(key_of(1)).value(), digest, BytesView(good).first(63)));
    EXPECT_FALSE(verify(public_key(key_of(1)).value(), digest, good)) << "r and s have 64 bytes";
    EXPECT_FALSE(verify(PublicKey{}, digest, BytesView(good).first(64)));
}

}  // namespace
}  // namespace strata::crypto::secp256k1
