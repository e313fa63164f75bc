// Protects the sponge behind Ethereum's addresses and transactions. Sources: FIPS 202 and NIST's example values for
// SHA-3 and SHAKE; Ethereum's yellow paper, appendix (the hash of no bytes).
#include <strata/crypto/keccak.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::crypto {
namespace {

std::string hash(std::string_view data, std::size_t rate, std::uint8_t padding, std::size_t size) {
    Bytes out(size);
    keccak(as_bytes(data), rate, padding, out);
    return to_hex(out);
}

TEST(Keccak, known_answers) {
    EXPECT_EQ(hash("", 136, 0x01, 32), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(hash("abc", 136, 0x01, 32), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    EXPECT_EQ(hash("", 136, 0x06, 32), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
    EXPECT_EQ(hash("abc", 136, 0x06, 32), "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
    EXPECT_EQ(hash("", 168, 0x1f, 32), "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
}

// A longer output of SHAKE begins with the shorter one, also if it takes several blocks (FIPS 202, §6.2).
TEST(Keccak, a_longer_output_begins_with_the_shorter_one) {
    const auto whole = hash("seed", 168, 0x1f, 1000);
    for (const std::size_t size : {0U, 1U, 167U, 168U, 169U, 500U})
        EXPECT_EQ(hash("seed", 168, 0x1f, size), whole.substr(0, 2 * size)) << size;
}

// The padding takes at least one byte, so a message that fills a block needs a second block.
TEST(Keccak, lengths_around_a_block_are_all_different) {
    std::vector<std::string> seen;
    for (std::size_t size = 134; size <= 138; ++size) seen.push_back(hash(std::string(size, 'x'), 136, 0x01, 32));
    std::ranges::sort(seen);
    EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
}

}  // namespace
}  // namespace strata::crypto
