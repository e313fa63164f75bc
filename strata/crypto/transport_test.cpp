// Protects the primitives under a connection between nodes. Sources: RFC 7748 §5.2, RFC 8032 §7.1, RFC 8439 §2.8.2,
// RFC 4231 §4.3, RFC 5869 appendix A.1.
#include <strata/crypto/transport.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::crypto {
namespace {

template <std::size_t N>
ByteArray<N> fixed(std::string_view hex) {
    ByteArray<N> out{};
    const auto bytes = from_hex(hex).value();
    EXPECT_EQ(bytes.size(), N);
    std::ranges::copy(bytes, out.begin());
    return out;
}

// RFC 7748 §5.2: the first iteration of the chain that begins with k = u = 9.
TEST(X25519, the_first_iteration_of_the_rfc) {
    x25519::Key nine{};
    nine[0] = 9;
    const auto shared = x25519::shared_secret(nine, nine);
    ASSERT_TRUE(shared);
    EXPECT_EQ(to_hex(*shared), "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    EXPECT_EQ(x25519::public_key(nine), *shared) << "9 is the base point";
}

TEST(X25519, both_sides_share_one_secret_and_a_small_point_is_refused) {
    x25519::Key a{}, b{};
    a.fill(0x11);
    b.fill(0x22);
    EXPECT_EQ(*x25519::shared_secret(a, x25519::public_key(b)), *x25519::shared_secret(b, x25519::public_key(a)));
    // 0 and 1 have small order (RFC 7748 §6.1: the all-zero result must be refused).
    x25519::Key one{};
    one[0] = 1;
    EXPECT_EQ(x25519::shared_secret(a, x25519::Key{}).error().code(), Errc::verification);
    EXPECT_EQ(x25519::shared_secret(a, one).error().code(), Errc::verification);
}

TEST(Ed25519, test_one_of_the_rfc) {
    const auto seed = fixed<32>("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    const auto key = ed25519::public_key(seed);
    EXPECT_EQ(to_hex(key), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    const auto signature = ed25519::sign(seed, {});
    EXPECT_EQ(to_hex(signature),
              "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
              "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    EXPECT_TRUE(ed25519::verify(key, {}, signature));
    EXPECT_FALSE(ed25519::verify(key, as_bytes("x"), signature));
    for (std::size_t i = 0; i < signature.size(); ++i) {
        auto changed = signature;
        changed[i] ^= 1;
        EXPECT_FALSE(ed25519::verify(key, {}, changed)) << i;
    }
    EXPECT_FALSE(ed25519::verify(BytesView(key).first(31), {}, signature));
    EXPECT_FALSE(ed25519::verify(key, {}, BytesView(signature).first(63)));
    EXPECT_FALSE(ed25519::verify(Bytes(32), {}, signature)) << "a key of small order";
}

TEST(ChaCha20Poly1305, the_example_of_the_rfc) {
    const auto key = fixed<32>("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    const auto nonce = fixed<12>("070000004041424344454647");
    const auto associated = from_hex("50515253c0c1c2c3c4c5c6c7").value();
    const std::string_view text =
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would "
        "be "
        "it.";
    const auto sealed = chacha20_poly1305::seal(key, nonce, associated, as_bytes(text));
    ASSERT_EQ(sealed.size(), text.size() + chacha20_poly1305::kTagSize);
    EXPECT_TRUE(to_hex(sealed).starts_with("d31a8d34648e60db7b86afbc53ef7ec2"));
    EXPECT_TRUE(to_hex(sealed).ends_with("1ae10b594f09e26a7e902ecbd0600691")) << to_hex(sealed);
    EXPECT_EQ(as_text(*chacha20_poly1305::open(key, nonce, associated, sealed)), text);
    for (std::size_t i = 0; i < sealed.size(); i += 7) {
        auto changed = sealed;
        changed[i] ^= 1;
        EXPECT_EQ(chacha20_poly1305::open(key, nonce, associated, changed).error().code(), Errc::verification) << i;
    }
    EXPECT_FALSE(chacha20_poly1305::open(key, nonce, {}, sealed)) << "the associated data is part of it";
    EXPECT_FALSE(chacha20_poly1305::open(key, nonce, associated, BytesView(sealed).first(15))) << "shorter than a tag";
    EXPECT_FALSE(chacha20_poly1305::open(key, nonce, associated, {}));
}

TEST(HmacSha256, test_case_two_of_the_rfc) {
    EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(HkdfSha256, test_case_one_of_the_rfc_and_the_largest_output) {
    const Bytes secret(22, 0x0b);
    const auto salt = from_hex("000102030405060708090a0b0c").value();
    const auto info = from_hex("f0f1f2f3f4f5f6f7f8f9").value();
    const auto key = hkdf_sha256(secret, salt, info, 42);
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(*key), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    EXPECT_EQ(hkdf_sha256(secret, salt, info, 255 * 32)->size(), 255U * 32);
    EXPECT_EQ(hkdf_sha256(secret, salt, info, 255 * 32 + 1).error().code(), Errc::too_large);
    EXPECT_EQ(hkdf_sha256(secret, salt, info, 0)->size(), 0U);
}

}  // namespace
}  // namespace strata::crypto
