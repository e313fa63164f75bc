#include <strata/crypto/sha256.hpp>

#include <gtest/gtest.h>

#include <strata/crypto/hash.hpp>

namespace strata::crypto {

TEST(Sha256, blocks_agree_with_openssl) {
    Bytes data(640);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 31 + (i >> 3));
    EXPECT_EQ(sha256_of_block(data.data()), sha256(BytesView(data).first(64)));

    // 600 bytes and their padding: ten blocks.
    auto state = kSha256Start;
    std::fill(data.begin() + 600, data.end(), std::uint8_t{0});
    data[600] = 0x80;
    store_be<std::uint64_t>(data.data() + 632, 600 * 8);
    sha256_blocks(state, data.data(), 3);
    sha256_blocks(state, data.data() + 192, 7);
    EXPECT_EQ(sha256_digest(state), sha256(BytesView(data).first(600)));
}

}  // namespace strata::crypto
