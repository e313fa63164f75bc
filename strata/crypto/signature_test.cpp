#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/crypto/bls.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/secp256k1.hpp>

namespace strata::crypto {

TEST(Secp256k1, signs_and_recovers) {
    secp256k1::PrivateKey key{};
    key[31] = 7;
    const auto digest = blake2b_256(as_bytes("message"));
    const auto signature = *secp256k1::sign(key, digest);
    EXPECT_EQ(*secp256k1::recover(digest, signature), *secp256k1::public_key(key));
    EXPECT_TRUE(secp256k1::verify(*secp256k1::public_key(key), digest, BytesView(signature).first(64)));
    auto other = digest;
    other[0] ^= 1;
    const auto recovered = secp256k1::recover(other, signature);
    EXPECT_TRUE(!recovered || *recovered != *secp256k1::public_key(key));
    EXPECT_FALSE(secp256k1::public_key({}).has_value());
}

TEST(Bls, quicknet_round_1000_verifies) {
    // drand quicknet, api.drand.sh/.../public/1000.
    const auto key = *from_hex(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921c"
        "c2"
        "2b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a");
    const auto signature =
        *from_hex("b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39");
    ByteArray<8> round;
    store_be(round.data(), std::uint64_t{1000});
    EXPECT_TRUE(bls::swapped::verify(key, sha256(round), signature));
    store_be(round.data(), std::uint64_t{1001});
    EXPECT_FALSE(bls::swapped::verify(key, sha256(round), signature));
}

TEST(Bls, aggregate_needs_every_message_once) {
    const auto a = bls::key_from_seed(Bytes(32, 1));
    const auto b = bls::key_from_seed(Bytes(32, 2));
    const auto key_a = *bls::public_key(a);
    const auto key_b = *bls::public_key(b);
    const Bytes first{1, 2, 3};
    const Bytes second{4, 5};
    const std::array signatures{*bls::sign(a, first), *bls::sign(b, second)};
    const auto sum = *bls::aggregate(signatures);
    const std::array<bls::Signed, 2> right{{{key_a, first}, {key_b, second}}};
    EXPECT_TRUE(bls::verify_aggregate(right, sum));
    const std::array<bls::Signed, 2> wrong{{{key_b, first}, {key_a, second}}};
    EXPECT_FALSE(bls::verify_aggregate(wrong, sum));
    const std::array<bls::Signed, 2> repeated{{{key_a, first}, {key_b, first}}};
    EXPECT_FALSE(
        bls::verify_aggregate(repeated, *bls::aggregate(std::array{*bls::sign(a, first), *bls::sign(b, first)})));
    const auto none = *bls::aggregate({});
    EXPECT_EQ(to_hex(BytesView(none).first(2)), "c000");
    EXPECT_TRUE(bls::verify_aggregate({}, none));
    EXPECT_FALSE(bls::verify_aggregate({}, sum));
    EXPECT_TRUE(bls::verify(key_a, first, signatures[0]));
    EXPECT_FALSE(bls::verify(key_a, second, signatures[0]));
}

}  // namespace strata::crypto
