// Tests the choice of the head over headers that are simply declared valid, as Lotus does (chain/store/store_test.go,
// chain/store/weight_test.go, chain/store/checkpoint_test.go).
#include <strata/chain/consensus.hpp>

#include <gtest/gtest.h>

#include <strata/chain/execution.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

class ConsensusTest : public ::testing::Test {
  protected:
    ConsensusTest() : node(nodes[0]) {}

    /// The weight grows with the win count.
    BlockHeader block(const TipsetPtr& base, ActorId miner, ChainEpoch height = 0, std::int64_t wins = 1) {
        BlockHeader out = base->min_ticket_block();
        out.miner = Address::id(miner);
        out.height = height == 0 ? base->height() + 1 : height;
        out.parents = base->cids();
        out.parent_weight = chain_weight(node->chain(), *base).value();
        out.ticket = Ticket{Bytes(96, static_cast<std::uint8_t>(miner))};
        out.election_proof = ElectionProof{wins, Bytes(96, 1)};
        out.timestamp = base->min_timestamp() + 4 * static_cast<std::uint64_t>(out.height - base->height());
        return out;
    }
    /// Marks a block as valid without choosing a head, like Lotus' addBlockToTracker.
    void add(const BlockHeader& header) {
        ASSERT_TRUE(node->chain().put_header(header));
        ASSERT_TRUE(node->consensus().mark_valid(header));
    }
    TipsetPtr take(const BlockHeader& header) {
        add(header);
        choose(header.height);
        return Tipset::make({header}).value();
    }
    void choose(ChainEpoch height) {
        const auto chosen = node->consensus().choose_head(height);
        ASSERT_TRUE(chosen) << chosen.error().message();
    }
    TipsetPtr head() { return node->head(); }

    testing::Nodes nodes{1};
    testing::TestNode& node;
};

// The steps and expected values are those of Lotus' TestEquivocations.
TEST_F(ConsensusTest, miners_that_sign_two_blocks_lose_both) {
    TipsetPtr last = node->chain().genesis();
    for (int i = 0; i < 10; ++i) last = take(block(last, 1000));
    ASSERT_EQ(head()->key(), last->key());
    const BlockHeader block_1 = last->blocks()[0];
    const auto best = [&] { return node->consensus().heaviest_at(block_1.height).value(); };
    EXPECT_EQ(best()->tipset->key(), last->key());

    // A different miner's block joins the tipset; one on different parents does not.
    BlockHeader block_2 = block_1;
    block_2.miner = Address::id(1050);
    add(block_2);
    EXPECT_EQ(best()->tipset->blocks().size(), 2U);
    EXPECT_EQ(best()->weight, chain_weight(node->chain(), *best()->tipset).value());
    BlockHeader block_3 = block_1;
    block_3.miner = Address::id(1100);
    block_3.parents = node->chain().header(block_1.parents[0]).value().parents;
    add(block_3);
    EXPECT_EQ(best()->tipset->blocks().size(), 2U);

    // A second block of the first miner removes both of its blocks; the head changes only when it is chosen again.
    BlockHeader block_4 = block_1;
    ++block_4.timestamp;
    add(block_4);
    EXPECT_EQ(best()->tipset->cids(), std::vector{block_2.cid()});
    EXPECT_EQ(head()->key(), last->key());
    choose(block_1.height + 1);
    EXPECT_EQ(head()->cids(), std::vector{block_2.cid()});

    // Then the second miner signs two blocks: the tipset on different parents is what remains.
    BlockHeader block_5 = block_2;
    ++block_5.timestamp;
    add(block_5);
    choose(block_1.height + 1);
    EXPECT_EQ(head()->cids(), std::vector{block_3.cid()});

    // Then the third miner does: nothing is left at this height, and the head goes back.
    BlockHeader block_6 = block_3;
    ++block_6.timestamp;
    add(block_6);
    EXPECT_FALSE(best());
    choose(block_1.height + 1);
    EXPECT_EQ(head()->height(), block_1.height - 1);

    // After many null rounds no tipset near the head can replace it when it loses its block, so it stays.
    const auto after = take(block(head(), 1000, head()->height() + 16));
    ASSERT_EQ(head()->key(), after->key());
    BlockHeader twin = after->blocks()[0];
    ++twin.timestamp;
    add(twin);
    choose(twin.height);
    EXPECT_EQ(head()->key(), after->key());
}

// The first pair of different tickets decides, by the hash of the proof (TestWeightTieBreaker).
TEST_F(ConsensusTest, ties_are_decided_by_the_first_different_ticket) {
    const auto tipset = [&](std::uint8_t first, std::uint8_t second) {
        auto a = node->chain().genesis()->min_ticket_block();
        a.height = 1;
        a.miner = Address::id(1);
        a.ticket = Ticket{Bytes{first}};
        auto b = a;
        b.miner = Address::id(2);
        b.ticket = Ticket{Bytes{second}};
        return Tipset::make({a, b}).value();
    };
    // The blake2b-256 hashes of 0, 2, 3 and 1 begin with 3, 187, 232 and 238.
    EXPECT_FALSE(wins_tie(*tipset(2, 3), *tipset(0, 1)));
    EXPECT_TRUE(wins_tie(*tipset(0, 1), *tipset(2, 3)));
    EXPECT_TRUE(wins_tie(*tipset(0, 3), *tipset(0, 1)));
    EXPECT_FALSE(wins_tie(*tipset(0, 1), *tipset(0, 1)));
}

TEST_F(ConsensusTest, the_heavier_chain_wins_and_equal_ones_by_ticket) {
    const auto genesis = node->chain().genesis();
    const auto light = take(block(genesis, 1000, 1, 1));
    EXPECT_EQ(head()->key(), light->key());
    const auto heavy = take(block(genesis, 1001, 2, 2));
    EXPECT_EQ(head()->key(), heavy->key());
    // The rival has equal weight at a different height.
    const auto rival = take(block(genesis, 1002, 3, 2));
    EXPECT_EQ(head()->key(), (wins_tie(*rival, *heavy) ? rival : heavy)->key());
    take(block(genesis, 1003, 4, 1));
    EXPECT_NE(head()->height(), 4);
}

TEST_F(ConsensusTest, a_heavier_chain_cannot_revert_more_than_899_tipsets) {
    const auto genesis = node->chain().genesis();
    TipsetPtr tip = genesis;
    for (int i = 0; i < 899; ++i) {
        const auto header = block(tip, 1000);
        add(header);
        tip = Tipset::make({header}).value();
    }
    ASSERT_TRUE(node->chain().set_head(tip));
    auto rival = block(genesis, 1001, 2'000);
    rival.parent_weight = rival.parent_weight + BigInt::pow2(60);
    take(rival);
    EXPECT_EQ(head()->cids(), std::vector{rival.cid()});  // 899 are reverted

    auto longer = block(tip, 1000);
    add(longer);
    ASSERT_TRUE(node->chain().set_head(Tipset::make({longer}).value()));
    rival = block(genesis, 1001, 2'001);
    rival.parent_weight = rival.parent_weight + BigInt::pow2(61);
    take(rival);
    EXPECT_EQ(head()->cids(), std::vector{longer.cid()});  // 900 would be
}

TEST_F(ConsensusTest, a_checkpoint_is_not_reverted_until_it_is_removed) {
    const auto genesis = node->chain().genesis();
    const auto kept = take(block(genesis, 1000, 1, 1));
    ASSERT_TRUE(node->consensus().set_checkpoint(kept));
    const auto heavy = take(block(genesis, 1001, 2, 5));
    EXPECT_EQ(head()->key(), kept->key());
    EXPECT_EQ(node->consensus().set_checkpoint(heavy).error().code(), Errc::out_of_range);
    nodes.open(node);
    EXPECT_EQ(node->consensus().checkpoint()->key(), kept->key());
    choose(2);
    EXPECT_EQ(head()->key(), kept->key());
    ASSERT_TRUE(node->consensus().remove_checkpoint());
    choose(2);
    EXPECT_EQ(head()->key(), heavy->key());
}

// Listeners are called without any lock and in the order of the heads, also when a listener changes the head.
TEST_F(ConsensusTest, listeners_are_told_in_order_and_may_call_back) {
    const auto genesis = node->chain().genesis();
    const auto first = block(genesis, 1000, 1, 1);
    const auto second = block(genesis, 1001, 2, 5);
    add(second);
    std::vector<TipsetKey> told;
    node->consensus().on_head([&](const auto& reverted, const auto& applied) {
        told.push_back(applied.back()->key());
        if (!reverted.empty()) EXPECT_EQ(reverted[0]->cids(), std::vector{first.cid()});
        choose(2);
        EXPECT_EQ(head()->cids(), std::vector{second.cid()});
    });
    take(first);
    EXPECT_EQ(told, (std::vector{TipsetKey({first.cid()}), TipsetKey({second.cid()})}));
}

}  // namespace
}  // namespace strata::chain
