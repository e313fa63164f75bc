#include <strata/chain/chain_externs.hpp>

#include <gtest/gtest.h>

#include <strata/chain/execution.hpp>
#include <strata/chain/test_nodes.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::chain {
namespace {

class ChainExternsTest : public ::testing::Test {
  protected:
    ChainExternsTest() : node(nodes[0]) {
        nodes.extend(node);
        nodes.extend(node, {.miner = 1, .epoch = 10});
        tip = node->head();
    }
    ChainExterns externs() { return {node->chain(), nodes.network(), tip}; }

    testing::Nodes nodes{1};
    testing::TestNode& node;
    TipsetPtr tip;
};

// A negative `filecoinEpoch` takes the newest entry at genesis, here 32 zero bytes (lotus chain/rand/rand.go
// getBeaconEntryV3).
TEST_F(ChainExternsTest, beacon_randomness_before_genesis_is_that_of_genesis) {
    const auto& entries = nodes.genesis().beacon_entries;
    ASSERT_FALSE(entries.empty());
    EXPECT_EQ(entries.back().data, Bytes(32));
    for (const ChainEpoch epoch : {ChainEpoch{-1}, ChainEpoch{-20}, std::numeric_limits<ChainEpoch>::min()}) {
        const auto digest = externs().beacon_randomness(epoch);
        ASSERT_TRUE(digest) << digest.error().message();
        EXPECT_EQ(*digest, crypto::blake2b_256(Bytes(32)));
        // A negative epoch gets the ticket of genesis (getChainRandomness).
        EXPECT_EQ(externs().chain_randomness(epoch).value(), ticket_hash(*nodes.genesis().ticket));
    }
}

// The tipset after a null round carries the round's entry, and its ticket is drawn.
TEST_F(ChainExternsTest, randomness_of_a_null_round_is_in_the_next_tipset) {
    const ChainEpoch null_round = tip->height() - 1;
    const auto expected = nodes.beacon().entry(nodes.network().beacon_round(null_round)).value();
    EXPECT_EQ(externs().beacon_randomness(null_round).value(), crypto::blake2b_256(expected.data));
    EXPECT_EQ(externs().chain_randomness(null_round).value(), ticket_hash(*tip->min_ticket_block().ticket));
    EXPECT_EQ(externs().beacon_randomness(tip->height() + 1).error().code(), Errc::out_of_range);
    EXPECT_EQ(externs().chain_randomness(tip->height() + 1).error().code(), Errc::out_of_range);
}

TEST_F(ChainExternsTest, the_tipset_of_a_null_round_is_the_one_before_it) {
    const auto parent = node->chain().parent(*tip).value();
    EXPECT_EQ(externs().tipset_cid(tip->height() - 1).value(), tipset_key_cid(parent->key()));
    EXPECT_EQ(externs().tipset_cid(tip->height()).value(), tipset_key_cid(tip->key()));
    EXPECT_EQ(externs().tipset_cid(-1).error().code(), Errc::out_of_range);
}

TEST_F(ChainExternsTest, a_failing_disk_is_told_as_one) {
    const auto fault = nodes.resigned(nodes.mine(*node, tip), [](BlockHeader& header) { ++header.fork_signaling; });
    const auto twin = nodes.resigned(fault, [](BlockHeader& header) { ++header.fork_signaling; });
    const auto found = externs().consensus_fault(to_cbor(fault.header), to_cbor(twin.header), {});
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->kind, vm::ConsensusFault::Kind::double_fork_mining);
    node.blocks.fail_read(1);
    EXPECT_EQ(externs().consensus_fault(to_cbor(fault.header), to_cbor(twin.header), {}).error().code(), Errc::io);
}

// With more null rounds than the lookback, the lookback is the base itself and the state after it (lotus
// chain/stmgr/utils.go GetLookbackTipSetForRound).
TEST_F(ChainExternsTest, the_lookback_after_very_many_null_rounds_is_the_base) {
    ChainStore& chain = node->chain();
    const Cid after = node->states().state_after(tip).value().state_root;
    const auto asked = [&](const TipsetPtr& tipset) -> Result<Cid> {
        EXPECT_EQ(tipset->key(), tip->key());
        return after;
    };
    const auto far = lookback_for(chain, tip, tip->height() + 900, asked);
    ASSERT_TRUE(far);
    EXPECT_EQ(far->tipset->key(), tip->key());
    EXPECT_EQ(far->state_root, after);
    EXPECT_EQ(lookback_for(chain, tip, tip->height() + 900).error().code(), Errc::out_of_range);

    // With one epoch less it is the tipset before, and the state that the base's header names.
    const auto near = lookback_for(chain, tip, tip->height() + 899);
    ASSERT_TRUE(near);
    EXPECT_EQ(near->tipset->key(), chain.parent(*tip).value()->key());
    EXPECT_EQ(near->state_root, tip->parent_state_root());
    const auto genesis = lookback_for(chain, chain.genesis(), 5'000);
    ASSERT_TRUE(genesis);
    EXPECT_EQ(genesis->state_root, nodes.genesis().parent_state_root);
}

// Such a block is valid and is checked against the state that its base leads to.
TEST_F(ChainExternsTest, a_block_after_very_many_null_rounds_is_taken) {
    const auto block = nodes.mine(*node, tip, {.miner = 0, .epoch = tip->height() + 1'000});
    const auto taken = node->submit_block(block, nodes.time_of(block));
    ASSERT_TRUE(taken) << taken.error().message();
    EXPECT_EQ(node->head()->cids(), std::vector{block.header.cid()});
}

}  // namespace
}  // namespace strata::chain
