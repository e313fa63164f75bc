// Protects Filecoin's gossip: real chains with stub proofs (chain/test_nodes.hpp) over connections in memory. Verdicts:
// docs/protocol/node.md §8.1, §14.2; which blocks and messages those are is tested beside chain/block_door.hpp and
// chain/message_pool.hpp. The bytes of a recorded block of Lotus are in p2p/test_wire.hpp.
#include <strata/p2p/topics.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_nodes.hpp>
#include <strata/p2p/service.hpp>
#include <strata/p2p/test_peers.hpp>

namespace strata::p2p {
namespace {

using namespace testing;
using chain::testing::Nodes;

/// A node with gossip and requests. Checks run when the wires run.
struct Gossiper {
    Gossiper(std::string_view seed, chain::LocalChain& chain, const Cid& genesis, Wires& wires,
             std::function<std::chrono::nanoseconds()> unix_time, bool wanted = true)
        : node(chain) {
        wants_messages = wanted;
        side.emplace(seed);
        service.emplace(side->swarm, chain, genesis, ServiceConfig{.post = wires.post(), .unix_time = unix_time});
        topics.emplace(side->swarm, chain,
                       TopicsConfig{.network = "test",
                                    .post = wires.post(),
                                    .check_block = wires.post(),
                                    .check_message = [this](auto work) { queued_messages.push_back(std::move(work)); },
                                    .unix_time = unix_time,
                                    .wake = [this] { ++woken; },
                                    .wants_messages = [this] { return wants_messages; },
                                    .judged_messages = kJudged});
        side->swarm.add_listener(&topics->gossip());
    }
    ~Gossiper() { side.reset(); }
    Gossiper(const Gossiper&) = delete;
    Gossiper& operator=(const Gossiper&) = delete;
    void check_messages() {
        for (const auto& work : std::exchange(queued_messages, {})) work();
    }

    static constexpr std::size_t kJudged = 150;
    chain::LocalChain& node;
    std::vector<std::function<void()>> queued_messages;
    std::size_t woken = 0;
    bool wants_messages;
    std::optional<Service> service;
    std::optional<Topics> topics;
    std::optional<Side> side;
};

class TopicsTest : public ::testing::Test {
  protected:
    static constexpr std::uint64_t kNow = Nodes::kGenesisTime + 1'000'000;

    void SetUp() override {
        for (std::size_t i = 0; i < kCount; ++i)
            members.push_back(std::make_unique<Gossiper>("node " + std::to_string(i), *nodes[i].node,
                                                         nodes.genesis().cid(), wires, [this] { return unix_time(); }));
        for (std::size_t i = 0; i < kCount; ++i)
            for (std::size_t j = i + 1; j < kCount; ++j)
                wires.connect(members[i]->side->swarm, members[j]->side->swarm);
        pass(3s);
    }
    std::chrono::nanoseconds unix_time() const { return std::chrono::seconds(kNow) + wires.now(); }
    std::uint64_t unix_now() const {
        return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(unix_time()).count());
    }
    void settle() {
        for (int i = 0; i < 20; ++i) {
            wires.run();
            for (auto& member : members) {
                member->check_messages();
                const auto done = member->node.advance(unix_now());
                EXPECT_TRUE(done) << done.error().message();
            }
        }
        wires.run();
    }
    void pass(net::Instant time) {
        for (net::Instant left = time; left > 0ms; left -= 200ms) {
            wires.advance(200ms);
            settle();
        }
    }
    void publish_block(std::size_t from, const chain::FullBlock& block) {
        const auto done = members[from]->node.submit_block(block, unix_now());
        EXPECT_TRUE(done) << done.error().message();
        settle();
    }
    chain::FullBlock next_block(std::size_t node, std::vector<SignedMessage> messages = {}) {
        return nodes.mine(*nodes[node].node, nodes[node]->head(), {.messages = std::move(messages)});
    }

    static constexpr std::size_t kCount = 3;
    Nodes nodes{kCount + 1};
    Wires wires;
    std::vector<std::unique_ptr<Gossiper>> members;
};

TEST_F(TopicsTest, a_block_reaches_everybody) {
    for (int i = 0; i < 5; ++i) {
        publish_block(0, next_block(0));
        pass(1s);
        for (std::size_t n = 0; n < kCount; ++n)
            EXPECT_EQ(members[n]->node.head()->key(), members[0]->node.head()->key()) << i << ", node " << n;
    }
    EXPECT_EQ(members[1]->topics->blocks().accepted, 5U);
    EXPECT_GT(members[1]->woken, 0U);
}

TEST_F(TopicsTest, messages_reach_the_pools_and_the_block_needs_no_request) {
    const auto message = Nodes::transfer(0, TokenAmount(1'000));
    ASSERT_TRUE(members[0]->node.push(message, chain::AddKind::local));
    pass(1s);
    for (auto& member : members) EXPECT_EQ(member->node.pending_count(), 1U);
    publish_block(0, next_block(0, {message}));
    pass(1s);
    for (auto& member : members) {
        EXPECT_EQ(member->node.head()->height(), members[0]->node.head()->height());
        EXPECT_EQ(member->node.pending_count(), 0U);
    }
}

TEST_F(TopicsTest, messages_of_a_block_that_are_not_here_are_asked_for) {
    publish_block(0, next_block(0, {Nodes::transfer(0, TokenAmount(1'000))}));
    pass(1s);
    for (auto& member : members) EXPECT_EQ(member->node.head()->height(), members[0]->node.head()->height());
    EXPECT_EQ(members[1]->node.head()->key(), members[0]->node.head()->key());
}

TEST_F(TopicsTest, garbage_is_rejected_and_costs_score) {
    auto& bad = *members[0];
    const auto before = members[1]->topics->gossip().score(bad.side->id());
    ASSERT_TRUE(bad.topics->gossip().publish(block_topic("test"), as_bytes("not a block")));
    ASSERT_TRUE(bad.topics->gossip().publish(message_topic("test"), as_bytes("not a message")));
    pass(1s);
    EXPECT_EQ(members[1]->topics->blocks().rejected, 1U);
    EXPECT_EQ(members[1]->topics->messages().rejected, 1U);
    // Each costs 100 for a first one in its topic (§16).
    EXPECT_LT(members[1]->topics->gossip().score(bad.side->id()), before - 150);
}

TEST_F(TopicsTest, a_message_with_bytes_behind_it_is_ignored_since_lotus_takes_it) {
    auto bytes = to_cbor(Nodes::transfer(0, TokenAmount(1'000)));
    bytes.push_back(0);
    ASSERT_TRUE(members[0]->topics->gossip().publish(message_topic("test"), bytes));
    pass(1s);
    EXPECT_EQ(members[1]->topics->messages().ignored, 1U);
    EXPECT_EQ(members[1]->topics->messages().rejected, 0U);
}

TEST_F(TopicsTest, a_flood_of_messages_does_not_hold_up_a_block) {
    // Node 1 never comes to check its messages.
    const auto flood = [&](std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const auto message = Nodes::transfer(i, TokenAmount(1));
            auto& from = *members[i % 2 == 0 ? 0 : 2];
            ASSERT_TRUE(from.topics->gossip().publish(message_topic("test"), to_cbor(message)));
            if (i % 50 == 0) wires.run();
        }
        wires.run();
    };
    flood(400);
    EXPECT_EQ(members[1]->queued_messages.size(), Gossiper::kJudged) << "judged at once";
    EXPECT_GT(members[1]->topics->messages().dropped, 0U);
    const auto block = next_block(0);
    ASSERT_TRUE(members[0]->node.submit_block(block, unix_now()));
    for (int i = 0; i < 10; ++i) {
        wires.run();
        ASSERT_TRUE(members[1]->node.advance(unix_now()));
    }
    EXPECT_EQ(members[1]->node.head()->cids(), std::vector{block.header.cid()});
    settle();
    EXPECT_EQ(members[1]->queued_messages.size(), 0U);
}

TEST_F(TopicsTest, messages_are_subscribed_to_when_they_are_wanted) {
    auto& late = *members.emplace_back(std::make_unique<Gossiper>(
        "late", *nodes[kCount].node, nodes.genesis().cid(), wires, [this] { return unix_time(); }, false));
    wires.connect(late.side->swarm, members[1]->side->swarm);
    pass(1s);
    const auto subscribers = [&](const std::string& topic) {
        return members[1]->topics->gossip().stats().subscribers.at(topic);
    };
    EXPECT_EQ(subscribers(block_topic("test")), 3U);
    EXPECT_EQ(subscribers(message_topic("test")), 2U);
    late.wants_messages = true;
    late.topics->on_time();
    pass(1s);
    EXPECT_EQ(subscribers(message_topic("test")), 3U);
}

}  // namespace
}  // namespace strata::p2p
