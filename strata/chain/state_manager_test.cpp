#include <strata/chain/state_manager.hpp>

#include <gtest/gtest.h>

#include <thread>

#include <strata/chain/execution.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

class StateManagerTest : public ::testing::Test {
  protected:
    StateManagerTest() : node(nodes[0]) {
        const std::vector messages{nodes.transfer(0, fil(1)), nodes.transfer(1, fil(2))};
        tipset = Tipset::make({nodes.extend(node, {.miner = 0, .epoch = 0, .messages = messages, .edit = {}}).header})
                     .value();
    }
    std::unique_ptr<StateManager> fresh() {
        return std::make_unique<StateManager>(node->chain(), nodes.network(), nodes.proofs(), nodes.table());
    }

    testing::Nodes nodes{1};
    testing::TestNode& node;
    TipsetPtr tipset;
};

TEST_F(StateManagerTest, executes_once_and_remembers) {
    const auto states = fresh();
    EXPECT_FALSE(*states->known_state(tipset));
    const auto first = states->state_after(tipset);
    ASSERT_TRUE(first) << first.error().message();
    const auto reads = node.blocks.reads();
    EXPECT_EQ(*states->state_after(tipset), *first);
    EXPECT_EQ(**states->known_state(tipset), *first);
    EXPECT_EQ(node.blocks.reads(), reads);
    EXPECT_EQ(*states->state_after_again(tipset), *first);
    EXPECT_GT(node.blocks.reads(), reads);
    const auto again = node.blocks.reads();
    EXPECT_EQ(*states->state_after_again(tipset), *first);  // deterministic: once is enough
    EXPECT_EQ(node.blocks.reads(), again);
}

// Eight threads ask on a disk that blocks until all have asked: one execution serves them all.
TEST_F(StateManagerTest, many_askers_are_served_by_one_execution) {
    ASSERT_TRUE(fresh()->state_after(tipset));  // the tipsets' cache is warm from here on
    const auto alone = fresh();
    const auto before = node.blocks.reads();
    const auto expected = alone->state_after(tipset).value();
    const auto cost = node.blocks.reads() - before;

    const auto states = fresh();
    std::atomic<int> asked = 0;
    node.blocks.slow_down([&] {
        while (asked < 8) std::this_thread::yield();
    });
    const auto start = node.blocks.reads();
    std::vector<std::jthread> threads;
    std::atomic<int> right = 0;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            ++asked;
            const auto state = states->state_after(tipset);
            if (state && *state == expected) ++right;
        });
    threads.clear();
    EXPECT_EQ(right, 8);
    EXPECT_EQ(node.blocks.reads() - start, cost);
}

TEST_F(StateManagerTest, an_execution_that_was_begun_is_the_only_one) {
    ASSERT_TRUE(fresh()->state_after(tipset));  // the tipsets' cache is warm from here on
    const auto expected = fresh()->state_after(tipset).value();
    const auto states = fresh();
    states->begin(tipset);
    states->begin(tipset);
    EXPECT_EQ(states->state_after(tipset).value(), expected);
    const auto reads = node.blocks.reads();
    states->begin(tipset);
    EXPECT_EQ(states->state_after(tipset).value(), expected);
    EXPECT_EQ(node.blocks.reads(), reads) << "a known state is not executed again";
}

// Whichever read fails, the answer is an error of this node or the right state, nothing is recorded, and the next
// attempt succeeds.
TEST_F(StateManagerTest, no_failing_read_makes_a_wrong_state) {
    const auto expected = fresh()->state_after(tipset).value();
    for (std::uint64_t n = 1;; ++n) {
        const auto states = fresh();
        const auto before = node.blocks.reads();
        node.blocks.fail_read(n);
        const auto state = states->state_after(tipset);
        const bool failed = node.blocks.reads() - before >= n;
        node.blocks.fail_read(0);
        if (state) {
            ASSERT_EQ(*state, expected) << "read " << n;
        } else {
            ASSERT_TRUE(state.error().is_fatal()) << "read " << n << ": " << state.error().message();
        }
        ASSERT_EQ(states->state_after(tipset).value(), expected) << "read " << n;
        if (!failed) break;
    }
}

// The same for blocks: a failing disk never makes one bad, and never lets a wrong state become a record.
TEST_F(StateManagerTest, no_failing_read_makes_a_bad_block) {
    const auto block = nodes.mine(*node, node->head(), {.miner = 1});
    std::uint64_t n = 1;
    for (bool failed = true; failed; n += 3) {
        nodes.open(node);
        ASSERT_EQ(node->head()->key(), tipset->key());
        const auto before = node.blocks.reads();
        node.blocks.fail_read(n);
        const auto taken = node->submit_block(block, nodes.time_of(block));
        failed = node.blocks.reads() - before >= n;
        node.blocks.fail_read(0);
        if (!taken) ASSERT_TRUE(taken.error().is_fatal()) << "read " << n << ": " << taken.error().message();
        ASSERT_FALSE(node->bad_reason(block.header.cid())) << "read " << n;
        if (taken) break;
    }
    const auto taken = node->submit_block(block, nodes.time_of(block));
    ASSERT_TRUE(taken) << taken.error().message();
    EXPECT_EQ(node->head()->cids(), std::vector{block.header.cid()});
}

// An earlier program or a damaged disk may leave a wrong record: the honest child is accepted, and the record is
// corrected.
TEST_F(StateManagerTest, a_wrong_record_is_found_out_by_the_first_child) {
    const auto block = nodes.mine(*node, node->head(), {.miner = 1});
    const auto right = node->states().state_after(tipset).value();
    ASSERT_TRUE(node->states().record(*tipset, {right.receipts_root, right.state_root}));
    nodes.open(node);
    EXPECT_NE(node->states().state_after(tipset).value(), right);
    const auto taken = node->submit_block(block, nodes.time_of(block));
    ASSERT_TRUE(taken) << taken.error().message();
    nodes.open(node);
    EXPECT_EQ(node->states().state_after(tipset).value(), right);
}

TEST_F(StateManagerTest, a_lost_block_is_an_error_until_it_is_found) {
    const auto states = fresh();
    node.blocks.lose(tipset->parent_state_root());
    const auto lost = states->state_after(tipset);
    ASSERT_FALSE(lost);
    EXPECT_TRUE(lost.error().is_fatal()) << lost.error().message();
    node.blocks.find_again();
    EXPECT_TRUE(states->state_after(tipset));
}

TEST_F(StateManagerTest, a_simulation_keeps_nothing) {
    const auto before = node->states().state_after(tipset).value();
    auto message = nodes.transfer(2, fil(3)).message;
    const auto applied = node->states().simulate(tipset, {{message, 100}});
    ASSERT_TRUE(applied) << applied.error().message();
    EXPECT_EQ(applied->receipt.exit_code, 0U);
    EXPECT_EQ(node->states().state_after(tipset).value(), before);
    EXPECT_EQ(node->states().simulate(tipset, {}).error().code(), Errc::invalid_argument);
}

}  // namespace
}  // namespace strata::chain
