// The size is that of lotus chain/badtscache.go (BadBlockCacheSize).
#include <strata/chain/bad_blocks.hpp>

#include <gtest/gtest.h>

namespace strata::chain {
namespace {

Cid block(std::uint64_t number) {
    Bytes data(8);
    store_be(data.data(), number);
    return Cid::hash_of(Codec::dag_cbor, data);
}

TEST(BadBlocks, a_broken_rule_is_never_forgotten) {
    BadBlocks bad;
    EXPECT_FALSE(bad.reason(block(1), 0));
    bad.add(block(1), "the ticket is wrong", Badness::permanent, 1'000);
    for (const std::uint64_t now : {std::uint64_t{0}, std::uint64_t{1'000}, std::uint64_t{1'000'000'000}, UINT64_MAX})
        EXPECT_EQ(bad.reason(block(1), now), "the ticket is wrong") << now;
    EXPECT_FALSE(bad.reason(block(2), 1'000));
}

// A state that differs from ours may be our mistake, so the block may be tried again after 15 minutes.
TEST(BadBlocks, a_different_state_is_forgotten) {
    BadBlocks bad;
    bad.add(block(1), "the state root differs", Badness::state_mismatch, 1'000);
    EXPECT_EQ(bad.reason(block(1), 1'000), "the state root differs");
    EXPECT_EQ(bad.reason(block(1), 1'000 + 15 * 60 - 1), "the state root differs");
    EXPECT_FALSE(bad.reason(block(1), 1'000 + 15 * 60));
    EXPECT_FALSE(bad.reason(block(1), 1'000)) << "it is gone, even for a clock that went back";
}

// The latest entry counts, and its time begins again.
TEST(BadBlocks, a_second_refusal_replaces_the_first) {
    BadBlocks bad;
    bad.add(block(1), "first", Badness::state_mismatch, 0);
    bad.add(block(1), "second", Badness::state_mismatch, 800);
    EXPECT_EQ(bad.reason(block(1), 1'000), "second");
    bad.add(block(1), "third", Badness::permanent, 1'000);
    EXPECT_EQ(bad.reason(block(1), 1'000'000), "third");
}

TEST(BadBlocks, the_oldest_of_32768_goes) {
    BadBlocks bad;
    for (std::uint64_t i = 0; i < 32'768; ++i) bad.add(block(i), "bad", Badness::permanent, 0);
    EXPECT_TRUE(bad.reason(block(0), 0)) << "and is now the one that was used last";
    bad.add(block(100'000), "bad", Badness::permanent, 0);
    EXPECT_TRUE(bad.reason(block(0), 0));
    EXPECT_FALSE(bad.reason(block(1), 0));
    EXPECT_TRUE(bad.reason(block(2), 0));
    EXPECT_TRUE(bad.reason(block(100'000), 0));
}

}  // namespace
}  // namespace strata::chain
