// Protects the stream behind seeded randomness and drawn keys. Source: RFC 8439 §2.3.2 and appendix A.1.
#include <strata/crypto/chacha.hpp>

#include <gtest/gtest.h>

namespace strata::crypto {
namespace {

TEST(Chacha, the_block_of_the_rfc) {
    Hash256 key;
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
    // Counter 1, then the nonce 00:00:00:09:00:00:00:4a:00:00:00:00 in little-endian words.
    const ChachaWords expected = {0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033,
                                  0x9aaa2204, 0x4e6cd4c3, 0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
                                  0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2};
    EXPECT_EQ(chacha_block(20, key, {1, 0x09000000, 0x4a000000, 0}), expected);
}

// Appendix A.1, test vector 1: the first words of the key stream of zeros, 76 b8 e0 ad a0 f1 3d 90.
TEST(Chacha, the_block_of_zeros) {
    const auto block = chacha_block(20, Hash256{}, {0, 0, 0, 0});
    EXPECT_EQ(block[0], 0xade0b876U);
    EXPECT_EQ(block[1], 0x903df1a0U);
}

TEST(Chacha, key_counter_nonce_and_rounds_matter) {
    const auto zero = chacha_block(20, Hash256{}, {0, 0, 0, 0});
    for (std::size_t word = 0; word < 4; ++word) {
        std::array<std::uint32_t, 4> tail{};
        tail[word] = 1;
        EXPECT_NE(chacha_block(20, Hash256{}, tail), zero) << word;
    }
    Hash256 key{};
    key[31] = 1;
    EXPECT_NE(chacha_block(20, key, {0, 0, 0, 0}), zero);
    EXPECT_NE(chacha_block(8, Hash256{}, {0, 0, 0, 0}), zero);
}

}  // namespace
}  // namespace strata::crypto
