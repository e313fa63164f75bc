// Protects the rule by which a node begins to make blocks, for nodes and for simulated ones. The times are those of
// SettlingTimes, which are ours.
#include <strata/p2p/settling.hpp>

#include <gtest/gtest.h>

namespace strata::p2p {
namespace {

using namespace std::chrono_literals;

/// Returns the status of a syncer that follows heads at these heights; 0 where the header has not come.
chain::SyncStatus following(const std::vector<ChainEpoch>& heights) {
    chain::SyncStatus out;
    for (const auto height : heights) out.tasks.emplace_back().target_height = height;
    return out;
}

TEST(Settlings, patience_is_a_minute_or_twenty_epochs) {
    EXPECT_EQ(SettlingTimes::of(1).patience, 60s);
    EXPECT_EQ(SettlingTimes::of(4).patience, 80s);
    EXPECT_EQ(SettlingTimes::of(30).patience, 600s);
    EXPECT_EQ(SettlingTimes::of(30).alone, 15s);
}

TEST(Settlings, a_head_that_was_compared_is_enough) {
    Settling node(SettlingTimes::of(30), 100s);
    EXPECT_FALSE(node.look(101s, 7, 0, {}));
    EXPECT_FALSE(node.is_settled());
    EXPECT_TRUE(node.look(102s, 7, 1, {}));
    EXPECT_TRUE(node.is_settled());
    EXPECT_TRUE(node.look(103s, 7, 1, following({1'000'000}))) << "a claim does not stop a running node";
}

TEST(Settlings, who_hears_of_no_head_as_heavy_as_its_own_is_alone_after_15_seconds) {
    Settling node(SettlingTimes::of(30), 100s);
    EXPECT_FALSE(node.look(100s, 7, 0, {}));
    EXPECT_FALSE(node.look(115s - 1ms, 7, 0, {}));
    EXPECT_TRUE(node.look(115s, 7, 0, {}));
}

TEST(Settlings, heads_far_above_are_waited_for_and_near_ones_are_not) {
    Settling node(SettlingTimes::of(30), 0s);
    EXPECT_FALSE(node.look(1s, 7, 1, following({0})));
    EXPECT_FALSE(node.look(2s, 7, 1, following({5, 10})));
    EXPECT_FALSE(node.look(16s, 7, 0, following({10}))) << "it is not alone";
    EXPECT_TRUE(node.look(17s, 8, 1, following({10})));
}

TEST(Settlings, patience_ends_when_the_own_chain_has_not_grown) {
    Settling node(SettlingTimes::of(30), 0s);
    const auto claim = following({1'000});
    for (int epoch = 0; epoch < 100; ++epoch) EXPECT_FALSE(node.look(epoch * 30s, epoch, 1, claim));
    EXPECT_FALSE(node.look(99 * 30s + 600s - 1ms, 99, 1, claim));
    EXPECT_TRUE(node.look(99 * 30s + 600s, 99, 1, claim));
}

}  // namespace
}  // namespace strata::p2p
