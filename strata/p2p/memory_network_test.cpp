// Tests three nodes on the in-memory network: the others receive what one node publishes.
#include <strata/p2p/memory_network.hpp>

#include <gtest/gtest.h>

#include <strata/chain/execution.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::p2p {
namespace {

class MemoryNetworkTest : public ::testing::Test {
  protected:
    MemoryNetworkTest() {
        for (std::size_t i = 0; i < nodes.size(); ++i) mesh.join(*nodes[i]);
    }
    void run(std::uint64_t now) {
        const auto done = mesh.run_until(std::max(now, mesh.now()));
        ASSERT_TRUE(done) << done.error().message();
        EXPECT_EQ(mesh.counts().refused, 0U) << mesh.last_refusal();
    }
    bool all_at(const TipsetKey& key) {
        for (std::size_t i = 0; i < nodes.size(); ++i)
            if (nodes[i]->head()->key() != key) return false;
        return true;
    }

    chain::testing::Nodes nodes{3};
    MemoryNetwork mesh{as_bytes(std::string_view("mesh"))};
};

TEST_F(MemoryNetworkTest, a_block_reaches_everybody) {
    const auto block = nodes.extend(nodes[1]);
    run(nodes.time_of(block));
    EXPECT_TRUE(all_at(TipsetKey({block.header.cid()})));
    EXPECT_EQ(mesh.counts().blocks, 2U);
}

// A node keeps its own block until the block's time has come, and publishes it then. Lotus 1.36.2 warns of a block that
// comes within the second before its time ("Got block from the future, but within threshold"), and refuses an earlier
// one, which it would be for a clock that is slow.
TEST_F(MemoryNetworkTest, an_early_block_is_published_in_its_time) {
    const auto block = nodes.mine(*nodes[0], nodes[0]->head());
    const std::uint64_t due = nodes.time_of(block);
    ASSERT_TRUE(nodes[0]->submit_block(block, due - 10));
    run(due - 1);
    EXPECT_EQ(nodes[0]->head()->height(), 0);
    EXPECT_EQ(mesh.counts().blocks, 0U);
    run(due);
    run(due);
    EXPECT_TRUE(all_at(TipsetKey({block.header.cid()})));
}

// If the disk fails, a node's own blocks that wait for their time are not lost: they are published when the disk works
// again.
TEST_F(MemoryNetworkTest, early_blocks_outlive_a_failing_disk) {
    const auto genesis = nodes[0]->head();
    const auto first = nodes.mine(*nodes[0], genesis, {.miner = 0});
    const auto second = nodes.mine(*nodes[0], genesis, {.miner = 1});
    const auto due = nodes.time_of(first);
    for (const auto& block : {first, second}) ASSERT_TRUE(nodes[0]->submit_block(block, due - 10));
    nodes[0].blocks.fail_read(1);
    const auto failed = nodes[0]->advance(due);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code(), Errc::io);
    nodes[0].blocks.fail_read(0);
    run(due);
    run(due);
    for (const auto& block : {first, second}) EXPECT_TRUE(*nodes[1]->consensus().is_validated(block.header));
}

// A node's own block that is lighter than the head is validated, stored and published, because it may join a tipset.
TEST_F(MemoryNetworkTest, a_light_block_is_stored_before_it_is_published) {
    const auto genesis = nodes[0]->head();
    const auto light = nodes.mine(*nodes[0], genesis, {.miner = 0});
    for (int i = 0; i < 2; ++i) run(nodes.time_of(nodes.extend(nodes[0], {.miner = 1})));
    const auto head = nodes[0]->head()->key();
    ASSERT_TRUE(nodes[0]->submit_block(light, mesh.now()));
    EXPECT_TRUE(*nodes[0]->consensus().is_validated(light.header));
    EXPECT_TRUE(nodes[0]->serve(
        {.top = TipsetKey({light.header.cid()}), .length = 1, .what = chain::ChainRequest::What::blocks}));
    run(mesh.now());
    EXPECT_TRUE(all_at(head));
    // A bad block is refused and not published.
    const auto blocks = mesh.counts().blocks;
    const auto bad = nodes.resigned(light, [](BlockHeader& header) { header.parent_base_fee += BigInt(1); });
    EXPECT_EQ(nodes[0]->submit_block(bad, mesh.now()).error().code(), Errc::verification);
    // A block whose parents are unknown here is refused too.
    const auto orphan = nodes.resigned(
        light, [](BlockHeader& header) { header.parents = {Cid::hash_of(Codec::dag_cbor, Bytes{0x61, 0x78})}; });
    EXPECT_EQ(nodes[0]->submit_block(orphan, mesh.now()).error().code(), Errc::not_found);
    run(mesh.now());
    EXPECT_EQ(mesh.counts().blocks, blocks);
}

TEST_F(MemoryNetworkTest, halves_of_a_network_agree_again_on_the_heavier_chain) {
    run(nodes.time_of(nodes.extend(nodes[0])));
    mesh.partition({{0, 1}, {2}});
    for (int i = 0; i < 4; ++i) run(nodes.time_of(nodes.extend(nodes[2], {.miner = 2})));
    for (int i = 0; i < 2; ++i) run(nodes.time_of(nodes.extend(nodes[0], {.miner = 0})));
    EXPECT_EQ(nodes[0]->head()->key(), nodes[1]->head()->key());
    EXPECT_NE(nodes[0]->head()->key(), nodes[2]->head()->key());
    EXPECT_GT(mesh.counts().lost, 0U);
    const auto weight = [&](std::size_t i) {
        return chain::chain_weight(nodes[i]->chain(), *nodes[i]->head()).value();
    };
    ASSERT_NE(weight(0), weight(2));
    const auto heavier = nodes[weight(0) > weight(2) ? 0 : 2]->head()->key();
    ASSERT_TRUE(mesh.heal());
    run(mesh.now());
    EXPECT_TRUE(all_at(heavier));
}

TEST_F(MemoryNetworkTest, a_forged_block_is_refused_at_the_door) {
    auto block = nodes.mine(*nodes[0], nodes[0]->head());
    block.header.block_sig->data.back() ^= 1;
    const BlockMsg message{block.header, {}, {}};
    const auto decision = nodes[1]->door().check(message, nodes.time_of(block));
    EXPECT_EQ(decision.verdict, chain::Verdict::reject);
    EXPECT_EQ(decision.rule, "signature_verification_failed");
}

// The verdicts are those of lotus chain/sub/incoming.go, MessageValidator: a wrong signature is the peer's fault, a
// message that the node already has is not.
TEST_F(MemoryNetworkTest, the_verdict_on_a_message_reaches_the_network) {
    const auto message = chain::testing::Nodes::transfer(0, 1);
    auto forged = message;
    forged.message.value += 1;
    const auto decision_on = [&](const SignedMessage& what) { return nodes[1]->receive_message(what).value(); };
    EXPECT_EQ(decision_on(forged).verdict, chain::Verdict::reject);
    EXPECT_EQ(decision_on(message).verdict, chain::Verdict::accept);
    EXPECT_EQ(decision_on(message).verdict, chain::Verdict::ignore);
    EXPECT_EQ(decision_on(message).rule, "add");
}

TEST_F(MemoryNetworkTest, a_failing_disk_gives_no_verdict_on_a_message) {
    nodes[1].blocks.fail_read(1);
    const auto decision = nodes[1]->receive_message(chain::testing::Nodes::transfer(0, 1));
    ASSERT_FALSE(decision);
    EXPECT_TRUE(decision.error().is_fatal()) << decision.error().message();
}

}  // namespace
}  // namespace strata::p2p
