// Protects how data becomes field elements: one bit in the wrong place changes every commitment. Source:
// tests/vectors/proofs/fr32.json, computed with the reference crate fr32 12.1.0.
#include <strata/proofs/piece/fr32.hpp>

#include <gtest/gtest.h>

#include <strata/proofs/test_vectors.hpp>

namespace strata::proofs {
namespace {

TEST(Fr32, padding_is_the_references) {
    int whole = 0;
    for (const auto& one : testing::cases_of("fr32.json")) {
        const auto raw = testing::pattern(one["pattern"], one["unpadded_size"].get<std::size_t>());
        Bytes padded(padded_size(raw.size()));
        ASSERT_EQ(padded.size(), one["padded_size"].get<std::size_t>());
        fr32_pad(raw, padded);
        if (one.contains("padded")) {
            EXPECT_EQ(to_hex(padded), one["padded"].get<std::string>());
            ++whole;
        }
        Bytes back(raw.size());
        fr32_unpad(padded, back);
        EXPECT_EQ(back, raw);
        EXPECT_EQ(raw_size(padded.size()), raw.size());
    }
    EXPECT_GT(whole, 0);
}

// Every node of 32 bytes must be below the modulus: its two top bits are zero (docs/protocol/proofs.md §2).
TEST(Fr32, no_node_has_its_two_top_bits) {
    const Bytes raw(127 * 3, 0xff);
    Bytes padded(128 * 3);
    fr32_pad(raw, padded);
    for (std::size_t at = 31; at < padded.size(); at += 32) EXPECT_EQ(padded[at], 0x3f) << at;
}

}  // namespace
}  // namespace strata::proofs
