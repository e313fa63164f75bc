// The rules of blocks are tested in block_rules_test.cpp. The tests here show what becomes of a block: only a valid one
// is stored; a refusal is remembered, and for how long depends on its reason; a failure of this node says nothing about
// the block (lotus chain/sync.go ValidateBlock, chain/badtscache.go).
#include <strata/chain/block_validator.hpp>

#include <gtest/gtest.h>

#include <strata/chain/execution.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

class BlockValidatorTest : public ::testing::Test {
  protected:
    void SetUp() override {
        // An executed tipset below the block.
        nodes.extend(node);
        block = nodes.mine(*node, node->head(), {.miner = 1, .messages = {nodes.transfer(0, fil(1))}});
        now = nodes.time_of(block);
    }
    Errc verdict(const FullBlock& what, std::uint64_t at) {
        const auto validated = validator.validate(what, at);
        return validated ? Errc::internal : validated.error().code();
    }
    bool is_stored(const BlockHeader& header) { return node.blocks.has(header.cid()).value(); }
    bool is_validated(const BlockHeader& header) { return node->consensus().is_validated(header).value(); }

    testing::Nodes nodes{1};
    testing::TestNode& node = nodes[0];
    BadBlocks bad;
    BlockValidator validator{node->states(), node->rules(), node->consensus(), bad};
    FullBlock block;
    std::uint64_t now = 0;
};

TEST_F(BlockValidatorTest, a_valid_block_is_stored_and_marked) {
    EXPECT_FALSE(is_stored(block.header));
    const auto validated = validator.validate(block, now);
    ASSERT_TRUE(validated) << validated.error().message();
    EXPECT_TRUE(is_stored(block.header));
    EXPECT_TRUE(is_validated(block.header));
    EXPECT_EQ(node->chain().messages(block.header).value().bls, block.messages.bls);
    EXPECT_NE(node->head()->cids(), std::vector{block.header.cid()}) << "the head is chosen elsewhere";
    // The second time, only the mark is read.
    const auto reads = node.blocks.reads();
    EXPECT_TRUE(validator.validate(block, now));
    EXPECT_EQ(node.blocks.reads(), reads);
}

TEST_F(BlockValidatorTest, a_header_alone_stores_nothing) {
    const auto writes = node.blocks.writes();
    EXPECT_TRUE(validator.check_header(block.header, now));
    EXPECT_EQ(node.blocks.writes(), writes);
    EXPECT_FALSE(is_validated(block.header));
    EXPECT_TRUE(validator.validate(block, now, BlockValidator::Header::checked));
    EXPECT_TRUE(is_validated(block.header));
}

TEST_F(BlockValidatorTest, a_broken_rule_is_remembered_for_ever) {
    const auto wrong = nodes.resigned(block, [](BlockHeader& header) { header.parent_base_fee += BigInt(1); });
    const auto first = validator.validate(wrong, now);
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().code(), Errc::verification);
    EXPECT_EQ(bad.reason(wrong.header.cid(), now + 1'000'000), first.error().message());
    EXPECT_FALSE(is_stored(wrong.header));
    // The second refusal reads no state.
    const auto reads = node.blocks.reads();
    const auto second = validator.check_header(wrong.header, now + 1'000'000);
    EXPECT_EQ(second.error().message(), first.error().message());
    EXPECT_EQ(node.blocks.reads(), reads);
}

// A different state may be our own mistake, so the block may be tried again after a quarter of an hour.
TEST_F(BlockValidatorTest, a_different_state_is_remembered_for_a_while) {
    const Cid other = Cid::hash_of(Codec::dag_cbor, Bytes{1});
    for (const auto& wrong :
         {nodes.resigned(block, [&](BlockHeader& header) { header.parent_state_root = other; }),
          nodes.resigned(block, [&](BlockHeader& header) { header.parent_message_receipts = other; })}) {
        EXPECT_EQ(verdict(wrong, now), Errc::verification);
        EXPECT_TRUE(bad.reason(wrong.header.cid(), now + 15 * 60 - 1));
        EXPECT_FALSE(bad.reason(wrong.header.cid(), now + 15 * 60));
        EXPECT_FALSE(is_stored(wrong.header));
    }
}

// Messages that the header does not name are the sender's fault, not the block's: the header may still be valid.
TEST_F(BlockValidatorTest, wrong_messages_say_nothing_about_the_header) {
    auto wrong = block;
    wrong.messages.bls.clear();
    EXPECT_EQ(verdict(wrong, now), Errc::verification);
    EXPECT_FALSE(bad.reason(block.header.cid(), now));
    wrong = block;
    wrong.messages.bls.push_back(wrong.messages.bls[0]);
    EXPECT_EQ(verdict(wrong, now), Errc::verification);
    wrong = block;
    wrong.messages.bls[0].value += BigInt(1);
    EXPECT_EQ(verdict(wrong, now), Errc::verification);
    EXPECT_FALSE(bad.reason(block.header.cid(), now));
    EXPECT_TRUE(validator.validate(block, now)) << "with its own messages it is valid";
}

// A message that breaks a rule makes the block bad, since the header names it.
TEST_F(BlockValidatorTest, a_bad_message_makes_the_block_bad) {
    const auto gap = nodes.mine(*node, node->head(), {.miner = 1, .messages = {nodes.transfer(5, fil(1))}});
    EXPECT_EQ(verdict(gap, nodes.time_of(gap)), Errc::verification);
    EXPECT_TRUE(bad.reason(gap.header.cid(), now + 1'000'000));
    EXPECT_FALSE(is_stored(gap.header));
}

// Whatever read fails: the error is that of the disk, the block is not bad, and with a good disk it is valid.
TEST_F(BlockValidatorTest, a_failing_disk_says_nothing_about_the_block) {
    std::uint64_t failures = 0;
    for (std::uint64_t n = 1; n < 2'000; n += 1 + n / 8) {
        testing::Nodes fresh(1);
        auto& other = fresh[0];
        fresh.extend(other);
        const auto made = fresh.mine(*other, other->head(), {.miner = 1, .messages = {fresh.transfer(0, fil(1))}});
        fresh.open(other);  // forgets what it has read
        BadBlocks none;
        BlockValidator with_failure(other->states(), other->rules(), other->consensus(), none);
        other.blocks.fail_read(n);
        const auto validated = with_failure.validate(made, fresh.time_of(made));
        if (validated) break;
        EXPECT_EQ(validated.error().code(), Errc::io) << n << ": " << validated.error().message();
        EXPECT_FALSE(none.reason(made.header.cid(), fresh.time_of(made))) << n;
        other.blocks.fail_read(0);
        const auto again = with_failure.validate(made, fresh.time_of(made));
        EXPECT_TRUE(again) << n << ": " << again.error().message();
        ++failures;
    }
    EXPECT_GT(failures, 10U);
}

TEST_F(BlockValidatorTest, lost_parents_are_a_failure_of_this_node) {
    const auto orphan =
        nodes.resigned(block, [](BlockHeader& header) { header.parents = {Cid::hash_of(Codec::dag_cbor, Bytes{1})}; });
    EXPECT_EQ(verdict(orphan, now), Errc::missing_block);
    EXPECT_FALSE(bad.reason(orphan.header.cid(), now));
}

}  // namespace
}  // namespace strata::chain
