#include <strata/crypto/hash.hpp>

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <strata/base/hex.hpp>
#include <strata/crypto/blake2.hpp>
#include <strata/crypto/sha256.hpp>

namespace strata::crypto {

TEST(Hash, known_answers_of_the_standards) {
    // RFC 7693 appendix A and B; FIPS 180-4 examples; Ethereum's empty hash; RIPEMD-160 paper.
    EXPECT_EQ(to_hex(blake2b_512(as_bytes("abc"))),
              "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
              "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    ByteArray<32> s;
    Blake2s blake2s(32);
    blake2s.update(as_bytes("abc"));
    blake2s.finish(s);
    EXPECT_EQ(to_hex(s), "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(keccak_256({})), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(to_hex(ripemd_160(as_bytes("abc"))), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    // coreutils gives this for `b2sum -l 256` of an empty file.
    EXPECT_EQ(to_hex(blake2b_256({})), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

// Short messages take a way of their own, around OpenSSL.
TEST(Hash, sha256_of_every_short_length_is_that_of_openssl) {
    Bytes data(300);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 7);
    for (std::size_t size = 0; size <= data.size(); ++size) {
        Hash256 expected;
        ASSERT_EQ(EVP_Digest(data.data(), size, expected.data(), nullptr, EVP_sha256(), nullptr), 1);
        EXPECT_EQ(sha256(BytesView(data).first(size)), expected) << size;
    }
}

TEST(Hash, incremental_equals_one_shot_at_every_split) {
    Bytes data(300);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 7);
    const auto whole = blake2b_256(data);
    for (std::size_t split = 0; split <= data.size(); split += 13) {
        Blake2b hash(32);
        hash.update(BytesView(data).first(split));
        hash.update(BytesView(data).subspan(split));
        Hash256 out;
        hash.finish(out);
        EXPECT_EQ(out, whole);
    }
    for (std::size_t split = 0; split <= data.size(); ++split) {
        const auto part = BytesView(data).first(split);
        Sha256 hash;
        hash.update(part.first(split / 3));
        hash.update(part.subspan(split / 3));
        EXPECT_EQ(hash.finish(), sha256(part)) << split;
    }
}

}  // namespace strata::crypto
