// Tests the three faults that lotus chain/gen/slashfilter/slashfilter.go refuses (MinedBlock), as its callers use it;
// the reference has no test of its own.
#include <strata/chain/slash_filter.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace strata::chain {
namespace {

class SlashFilterTest : public ::testing::Test {
  protected:
    static BlockHeader block(ChainEpoch height, std::vector<Cid> parents, std::uint64_t salt = 0) {
        BlockHeader out;
        out.miner = Address::id(1000);
        out.height = height;
        out.parents = std::move(parents);
        out.parent_state_root = out.parent_message_receipts = out.messages = cid("any");
        out.timestamp = salt;
        return out;
    }
    static Cid cid(std::string_view name) { return Cid::hash_of(Codec::dag_cbor, as_bytes(name)); }
    /// Returns the part of the refusal before the colon.
    std::string admit(const BlockHeader& header, ChainEpoch parent_height) {
        const auto admitted = filter_.admit(header, parent_height);
        if (admitted) return "admitted";
        EXPECT_EQ(admitted.error().code(), Errc::verification);
        return admitted.error().message().substr(0, admitted.error().message().find(':'));
    }

    store::MemoryKeyValue records_;
    SlashFilter filter_{records_};
};

TEST_F(SlashFilterTest, the_same_block_may_be_admitted_again) {
    EXPECT_EQ(admit(block(5, {cid("a")}), 4), "admitted");
    EXPECT_EQ(admit(block(5, {cid("a")}), 4), "admitted");
}

TEST_F(SlashFilterTest, of_two_blocks_side_by_side_one_is_admitted) {
    for (ChainEpoch height = 2; height <= 400; height += 2) {  // no block is the parent of the next
        std::atomic<int> admitted = 0;
        const auto offer = [&](std::uint64_t salt) {
            if (filter_.admit(block(height, {cid("parents" + std::to_string(height))}, salt), height - 1)) ++admitted;
        };
        std::jthread other([&] { offer(1); });
        offer(2);
        other.join();
        ASSERT_EQ(admitted, 1) << height;
    }
}

TEST_F(SlashFilterTest, two_blocks_of_one_height_are_a_double_fork) {
    EXPECT_EQ(admit(block(5, {cid("a")}), 4), "admitted");
    EXPECT_EQ(admit(block(5, {cid("b")}), 4), "double-fork mining");
    EXPECT_EQ(admit(block(5, {cid("a")}, 1), 4), "double-fork mining");
}

TEST_F(SlashFilterTest, two_blocks_on_the_same_parents_are_a_time_offset) {
    EXPECT_EQ(admit(block(5, {cid("a")}), 4), "admitted");
    EXPECT_EQ(admit(block(6, {cid("a")}), 4), "time-offset mining");
    EXPECT_EQ(admit(block(6, {cid("a"), cid("b")}), 4), "admitted");
}

TEST_F(SlashFilterTest, leaving_out_the_own_block_is_parent_grinding) {
    const auto own = block(5, {cid("a")});
    EXPECT_EQ(admit(own, 4), "admitted");
    EXPECT_EQ(admit(block(6, {cid("b")}), 5), "parent grinding");
    EXPECT_EQ(admit(block(6, {cid("b"), own.cid()}), 5), "admitted");
}

TEST_F(SlashFilterTest, a_refused_block_leaves_no_record) {
    EXPECT_EQ(admit(block(5, {cid("a")}), 4), "admitted");
    EXPECT_EQ(admit(block(5, {cid("b")}), 4), "double-fork mining");
    EXPECT_EQ(admit(block(6, {cid("b")}), 4), "admitted");
}

TEST_F(SlashFilterTest, miners_do_not_meet_and_records_outlive_the_filter) {
    auto other = block(5, {cid("a")});
    other.miner = Address::id(1001);
    EXPECT_EQ(admit(block(5, {cid("a")}), 4), "admitted");
    EXPECT_EQ(admit(other, 4), "admitted");
    SlashFilter later(records_);
    EXPECT_FALSE(later.admit(block(5, {cid("b")}), 4));
}

// A block of the lost node at the last epoch that it can have signed, and every block that the restored one may sign:
// none of the three faults (docs/protocol/node.md §12) can be among them.
TEST_F(SlashFilterTest, a_restored_miner_signs_only_on_parents_above_all_that_it_can_have_signed) {
    EXPECT_FALSE(*filter_.held_until(100)) << "an ordinary node is not held";
    ASSERT_TRUE(records_.write({SlashFilter::hold(std::nullopt)}));
    EXPECT_EQ(admit(block(500, {cid("a")}), 499), "restored from a backup") << "the epoch is not known yet";
    const auto until = *filter_.held_until(100);
    ASSERT_TRUE(until);
    EXPECT_GE(*until, 101) << "the lost node may have signed the block of the next epoch ahead";
    EXPECT_EQ(*SlashFilter(records_).held_until(5'000), until) << "chosen once, at the first start";
    EXPECT_EQ(admit(block(*until + 9, {cid("a")}), *until), "restored from a backup");
    EXPECT_EQ(admit(block(*until + 9, {cid("b")}), *until + 1), "admitted");
    ASSERT_TRUE(records_.write({SlashFilter::hold(7)}));
    EXPECT_EQ(*filter_.held_until(100), 7) << "the owner knows";
}

}  // namespace
}  // namespace strata::chain
