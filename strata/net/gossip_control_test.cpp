// Protects gossip against a peer without rules: what it asks, and what it costs. Expected values: libp2p/specs
// gossipsub-v1.1.md; docs/protocol/node.md §16 (values); the limits of GossipConfig, GossipRpc and GossipOutbox.
#include <gtest/gtest.h>

#include <strata/net/test_gossip.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;
using testing::GossipNet;
using testing::GossipNode;
using testing::kTopic;
using testing::WildPeer;
using Kind = GossipEvent::Kind;

/// A node and a peer without rules that subscribes and may be in the mesh.
struct Wild : public ::testing::Test {
    void SetUp() override {
        ASSERT_TRUE(net.carrier.connect(peer.swarm, node.swarm));
        net.carrier.run();
        ASSERT_TRUE(node.gossip->subscribe(kTopic));
        net.advance(200ms);
        ASSERT_TRUE(peer.has_stream());
    }
    void say(const GossipRpc& rpc) {
        peer.say(rpc);
        net.carrier.run();
    }
    bool in_mesh() const { return node.gossip->mesh(kTopic).contains(peer.swarm.id()); }

    WildPeer peer{"wild"};
    GossipNet net;
    GossipNode& node = net.add();
};

TEST_F(Wild, is_told_the_subscriptions_and_grafted) {
    EXPECT_EQ(peer.heard.subscriptions, (std::vector<GossipSubscription>{{true, kTopic}}));
    say({.subscriptions = {{true, kTopic}, {true, "unknown"}}});
    EXPECT_EQ(node.gossip->stats().subscribers[kTopic], 1U);
    EXPECT_EQ(node.gossip->stats().subscribers.size(), 1U) << "topics of others are not kept";
    net.advance(1s);
    EXPECT_EQ(peer.heard.grafts, std::vector<std::string>{kTopic});
    EXPECT_TRUE(in_mesh());
    node.gossip->unsubscribe(kTopic);
    net.carrier.run();
    ASSERT_EQ(peer.heard.prunes.size(), 1U);
    EXPECT_EQ(peer.heard.prunes[0].backoff, 10s);
    EXPECT_EQ(peer.heard.subscriptions.back(), (GossipSubscription{false, kTopic}));
}

TEST_F(Wild, must_sign_its_messages) {
    auto message = peer.signed_message("fine");
    say({.messages = {message}});
    EXPECT_EQ(node.times("fine"), 1U);
    say({.messages = {message}});
    EXPECT_EQ(node.times("fine"), 1U);
    EXPECT_EQ(node.counts[Kind::duplicate], 1U);
    const double before = node.gossip->score(peer.swarm.id());
    auto unsigned_message = peer.signed_message("unsigned");
    unsigned_message.signature.clear();
    say({.messages = {unsigned_message}});
    EXPECT_EQ(node.times("unsigned"), 0U);
    EXPECT_NEAR(node.gossip->score(peer.swarm.id()), before - 100, 1);
    // The name is not taken by the false message.
    say({.messages = {peer.signed_message("unsigned")}});
    EXPECT_EQ(node.times("unsigned"), 1U);
}

TEST_F(Wild, a_frame_of_wrong_signatures_is_not_read_to_its_end) {
    GossipRpc rpc;
    for (int i = 0; i < 1'000; ++i) {
        rpc.messages.push_back(peer.signed_message("wrong " + std::to_string(i)));
        rpc.messages.back().signature.back() ^= 1;
    }
    say(rpc);
    EXPECT_EQ(node.counts[Kind::rejected], 6U) << "then the peer is graylisted";
}

TEST_F(Wild, backoff_is_kept_and_asked_for) {
    say({.subscriptions = {{true, kTopic}}, .grafts = {kTopic}});
    ASSERT_TRUE(in_mesh());
    say({.prunes = {{.topic = kTopic, .backoff = 30s}}});
    EXPECT_FALSE(in_mesh());
    net.advance(31s);
    EXPECT_FALSE(in_mesh());
    EXPECT_TRUE(peer.heard.grafts.empty());
    net.advance(3s);
    EXPECT_TRUE(in_mesh());
    // The other way round: a GRAFT inside the back-off is answered with PRUNE, and punished.
    say({.prunes = {{.topic = kTopic, .backoff = 30s}}});
    const auto prunes = peer.heard.prunes.size();
    for (int i = 0; i < 5; ++i) say({.grafts = {kTopic}});
    EXPECT_FALSE(in_mesh());
    EXPECT_EQ(peer.heard.prunes.size(), prunes + 5);
    EXPECT_EQ(peer.heard.prunes.back().backoff, 60s);
    // The first is late in its back-off and counts one, those right after the PRUNE two: -10 * (9 - 6)^2.
    EXPECT_NEAR(node.gossip->score(peer.swarm.id()), -90, 1);
    EXPECT_EQ(node.gossip->stats().backoffs, 1U);
}

TEST_F(Wild, offers_are_asked_for_in_bounds_and_promises_are_kept_or_cost) {
    GossipRpc offers;
    offers.offers.push_back({kTopic, {}});
    for (std::uint32_t i = 0; i < 4'000; ++i) {
        Bytes name(32);
        store_be(name.data(), i);
        offers.offers[0].names.push_back(name);
    }
    for (int i = 0; i < 12; ++i) {
        for (auto& name : offers.offers[0].names) name[31] = static_cast<std::uint8_t>(i);
        say(offers);
    }
    EXPECT_EQ(peer.heard.requests.size(), 5'000U) << "of one peer in one heartbeat";
    EXPECT_EQ(node.gossip->stats().promises, 2U);
    net.advance(7s);
    EXPECT_EQ(node.counts[Kind::broken_promise], 2U);
    EXPECT_EQ(node.gossip->stats().promises, 0U);
    // Ten offers in a heartbeat, and each that is not kept counts one.
    for (int i = 20; i < 40; ++i) say({.offers = {{kTopic, {Bytes(32, static_cast<std::uint8_t>(i))}}}});
    EXPECT_EQ(peer.heard.requests.size(), 5'010U);
    net.advance(7s);
    EXPECT_EQ(node.counts[Kind::broken_promise], 12U);
    EXPECT_LT(node.gossip->score(peer.swarm.id()), -300);
    // A kept promise costs nothing.
    const auto message = peer.signed_message("promised");
    say({.offers = {{kTopic, {testing::name_of(message)}}, {"other", {Bytes{1}}}}});
    EXPECT_EQ(peer.heard.requests.back(), testing::name_of(message));
    say({.messages = {message}});
    EXPECT_EQ(node.gossip->stats().promises, 0U);
}

TEST_F(Wild, gets_the_same_message_three_times) {
    say({.subscriptions = {{true, kTopic}}});
    const auto name = net.publish(node, "hello").value();
    ASSERT_EQ(peer.heard.messages.size(), 1U);
    EXPECT_TRUE(verify_gossip(peer.heard.messages[0]));
    for (int i = 0; i < 5; ++i) say({.requests = {name, name, Bytes{1}}});
    EXPECT_EQ(peer.heard.messages.size(), 4U);
    net.advance(12s);
    say({.requests = {name}});
    EXPECT_EQ(peer.heard.messages.size(), 4U) << "the history is ten heartbeats";
}

TEST_F(Wild, who_breaks_the_format_loses_its_stream) {
    peer.say(framed(Bytes{0xff}));
    net.carrier.run();
    EXPECT_FALSE(peer.has_stream());
    EXPECT_TRUE(node.swarm.is_connected(peer.swarm.id()));
}

TEST_F(Wild, too_many_subscriptions_are_not_heard) {
    GossipRpc rpc;
    rpc.subscriptions.resize(101, {true, kTopic});
    say(rpc);
    EXPECT_TRUE(node.gossip->stats().subscribers.empty());
    EXPECT_TRUE(peer.has_stream());
}

TEST_F(Wild, a_second_stream_replaces_the_first) {
    const Identify none;
    peer.on_identified(node.swarm.id(), none);
    net.carrier.run();
    say({.subscriptions = {{true, kTopic}}});
    EXPECT_LE(node.gossip->stats().subscribers[kTopic], 1U);
    EXPECT_TRUE(node.swarm.is_connected(peer.swarm.id()));
}

TEST_F(Wild, that_does_not_read_costs_a_bounded_memory_until_it_goes) {
    say({.subscriptions = {{true, kTopic}}});
    peer.reads = false;
    for (std::uint8_t i = 0; i < 40; ++i) ASSERT_TRUE(node.gossip->publish(kTopic, Bytes(200'000 + i, i)));
    net.carrier.run();
    const auto stats = node.gossip->stats();
    EXPECT_GT(stats.dropped, 0U);
    EXPECT_LE(stats.waiting_bytes, (2U << 20) + (256U << 10));
    EXPECT_LE(stats.cached_bytes, 64U << 20);
    peer.swarm.close_all(net.carrier.now());
    net.carrier.run();
    const auto after = node.gossip->stats();
    EXPECT_EQ(after.peers, 0U);
    EXPECT_EQ(after.waiting_bytes, 0U);
    net.advance(130s, 1s);
    const auto end = node.gossip->stats();
    EXPECT_EQ(end.cached + end.seen + end.promises + end.backoffs, 0U);
}

TEST_F(Wild, that_does_not_hear_what_it_must_loses_its_stream_and_gets_a_new_one) {
    say({.subscriptions = {{true, kTopic}}, .grafts = {kTopic}});
    const std::string topic(GossipRpc::kMaxTopic, 't');
    node.add_topic(topic);
    peer.reads = false;
    for (int i = 0; i < 2'000; ++i) {
        ASSERT_TRUE(node.gossip->subscribe(topic));
        node.gossip->unsubscribe(topic);
    }
    EXPECT_FALSE(in_mesh()) << "it does not know any more whether it is in the mesh";
    EXPECT_EQ(node.gossip->stats().waiting_bytes, 0U);
    peer.reads = true;
    net.carrier.run();
    peer.heard = {};
    net.advance(3s);
    EXPECT_EQ(peer.heard.subscriptions, (std::vector<GossipSubscription>{{true, kTopic}}));
    EXPECT_TRUE(in_mesh());
}

TEST_F(Wild, floods_leave_nothing_behind) {
    say({.subscriptions = {{true, kTopic}}, .grafts = {kTopic}});
    for (int round = 0; round < 20; ++round) {
        GossipRpc rpc;
        for (int i = 0; i < 20; ++i)
            rpc.messages.push_back(peer.signed_message("m" + std::to_string(round) + " " + std::to_string(i)));
        for (std::uint8_t i = 0; i < 50; ++i) rpc.offers.push_back({kTopic, {Bytes(32, i)}});
        rpc.requests.resize(100, Bytes{1});
        rpc.grafts.resize(50, "unknown");
        rpc.prunes.resize(50, {.topic = "unknown", .backoff = 1h});
        say(rpc);
    }
    EXPECT_EQ(node.got.size(), 400U);
    EXPECT_EQ(node.gossip->stats().backoffs, 0U) << "topics that are unknown have none";
    peer.swarm.close_all(net.carrier.now());
    net.advance(130s, 1s);
    const auto end = node.gossip->stats();
    EXPECT_EQ(end.peers + end.cached + end.seen + end.promises + end.backoffs + end.waiting_bytes, 0U);
}

TEST(Gossips, an_old_peer_gets_no_backoff_in_its_prunes) {
    WildPeer peer("old", std::string(Gossip::kOldProtocol));
    GossipNet net;
    auto& node = net.add();
    ASSERT_TRUE(net.carrier.connect(peer.swarm, node.swarm));
    net.carrier.run();
    ASSERT_TRUE(node.gossip->subscribe(kTopic));
    net.carrier.run();
    peer.say(GossipRpc{.subscriptions = {{true, kTopic}}, .grafts = {kTopic}});
    net.carrier.run();
    node.gossip->unsubscribe(kTopic);
    net.carrier.run();
    ASSERT_EQ(peer.heard.prunes.size(), 1U);
    EXPECT_EQ(peer.heard.prunes[0].backoff, 0s);
}

}  // namespace
}  // namespace strata::net
