// Protects GossipSub over networks in memory. Expected values: libp2p/specs gossipsub-v1.0.md and v1.1.md (sizes of
// meshes, back-off, offers); docs/protocol/node.md §16 (values); the limits of GossipConfig.
#include <strata/net/gossip.hpp>

#include <gtest/gtest.h>

#include <strata/net/test_gossip.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;
using testing::GossipNet;
using testing::kTopic;

/// Twenty nodes in a ring, each also connected with the third and the seventh after it.
void make_ring(GossipNet& net, std::size_t count, const GossipConfig& config = {}) {
    for (std::size_t i = 0; i < count; ++i) net.add(config);
    for (std::size_t i = 0; i < count; ++i)
        for (const std::size_t step : {1U, 3U, 7U}) net.connect(*net.nodes[i], *net.nodes[(i + step) % count]);
    net.subscribe_all();
    net.advance(3s);
}

TEST(Gossips, a_message_reaches_everybody_once) {
    GossipNet net;
    make_ring(net, 20);
    ASSERT_TRUE(net.publish(*net.nodes[0], "hello"));
    ASSERT_TRUE(net.publish(*net.nodes[13], "world"));
    for (std::size_t i = 0; i < 20; ++i) {
        EXPECT_EQ(net.nodes[i]->times("hello"), i == 0 ? 0U : 1U) << i;
        EXPECT_EQ(net.nodes[i]->times("world"), i == 13 ? 0U : 1U) << i;
    }
}

TEST(Gossips, a_message_reaches_everybody_without_flooding_too) {
    GossipNet net;
    make_ring(net, 20, {.flood_publish = false});
    ASSERT_TRUE(net.publish(*net.nodes[5], "hello"));
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(net.nodes[i]->times("hello"), i == 5 ? 0U : 1U) << i;
}

TEST(Gossips, meshes_keep_their_sizes_and_both_sides_agree) {
    GossipNet net;
    for (int i = 0; i < 20; ++i) net.add();
    net.connect_all();
    net.subscribe_all();
    net.advance(10s);
    for (const auto& node : net.nodes) {
        const auto mesh = node->gossip->mesh(kTopic);
        EXPECT_GE(mesh.size(), 6U);
        EXPECT_LE(mesh.size(), 12U);
        for (const auto& other : net.nodes)
            if (mesh.contains(other->swarm.id())) EXPECT_TRUE(other->gossip->mesh(kTopic).contains(node->swarm.id()));
    }
    // Half of the nodes leave, and the meshes of the others fill up again.
    for (std::size_t i = 10; i < 20; ++i) net.nodes[i]->swarm.close_all(net.carrier.now());
    net.carrier.run();
    net.advance(65s, 1s);
    for (std::size_t i = 0; i < 10; ++i) {
        EXPECT_GE(net.nodes[i]->gossip->mesh(kTopic).size(), 6U) << i;
        EXPECT_EQ(net.nodes[i]->gossip->stats().subscribers[kTopic], 9U) << i;
    }
}

Hash256 run_seeded() {
    GossipNet net;
    make_ring(net, 12);
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(net.publish(*net.nodes[static_cast<std::size_t>(i)], "m" + std::to_string(i)));
        net.advance(1s);
    }
    Bytes all;
    for (const auto& node : net.nodes) append(all, node->events);
    return crypto::blake2b_256(all);
}

TEST(Gossips, a_seeded_run_gives_the_same_events_twice) {
    EXPECT_EQ(run_seeded(), run_seeded());
}

TEST(Gossips, a_publisher_needs_no_subscription) {
    for (const bool flood : {true, false}) {
        GossipNet net;
        auto& a = net.add({.flood_publish = flood});
        auto& b = net.add();
        net.connect(a, b);
        ASSERT_TRUE(b.gossip->subscribe(kTopic));
        net.advance(2s);
        ASSERT_TRUE(net.publish(a, "hello"));
        EXPECT_EQ(b.times("hello"), 1U);
        ASSERT_TRUE(net.publish(b, "back"));
        EXPECT_EQ(a.times("back"), 0U);
        // A topic that it joins then begins with the peers that it published to.
        ASSERT_TRUE(a.gossip->subscribe(kTopic));
        net.carrier.run();
        EXPECT_TRUE(b.gossip->mesh(kTopic).contains(a.swarm.id()));
    }
}

TEST(Gossips, what_is_published_is_checked) {
    GossipNet net;
    auto& a = net.add();
    EXPECT_EQ(a.gossip->publish("none", {}).error().code(), Errc::not_found);
    EXPECT_EQ(a.gossip->subscribe("none").error().code(), Errc::not_found);
    EXPECT_EQ(a.gossip->publish(kTopic, Bytes(1 << 20)).error().code(), Errc::too_large);
    EXPECT_TRUE(a.gossip->publish(kTopic, Bytes((1 << 20) - 300)));
}

TEST(Gossips, a_large_message_arrives) {
    GossipNet net;
    auto& a = net.add();
    auto& b = net.add();
    net.connect(a, b);
    net.subscribe_all();
    net.advance(2s);
    const std::string large((1 << 20) - 300, 'x');
    ASSERT_TRUE(net.publish(a, large));
    EXPECT_EQ(b.times(large), 1U);
}

TEST(Gossips, verdicts_may_come_later) {
    GossipNet net;
    auto& a = net.add();
    auto& b = net.add({.judging = 2});
    auto& c = net.add();
    net.connect(a, b);
    net.connect(b, c);
    net.subscribe_all();
    net.advance(2s);
    for (const auto* text : {"late 1", "late 2", "late 3"}) ASSERT_TRUE(net.publish(a, text));
    EXPECT_EQ(b.got, (std::vector<std::string>{"late 1", "late 2"})) << "two at a time";
    EXPECT_TRUE(c.got.empty());
    b.gossip->judge(b.late[1], GossipVerdict::accept);
    b.gossip->judge(b.late[0], GossipVerdict::ignore);
    b.gossip->judge(b.late[0], GossipVerdict::accept);
    net.carrier.run();
    EXPECT_EQ(c.got, std::vector<std::string>{"late 2"});
    // A verdict that never comes is to ignore.
    ASSERT_TRUE(net.publish(a, "late 4"));
    EXPECT_EQ(b.gossip->stats().judging, 1U);
    net.advance(122s, 1s);
    EXPECT_EQ(b.gossip->stats().judging, 0U);
}

TEST(Gossips, whoever_sends_invalid_messages_is_graylisted) {
    GossipNet net;
    auto& a = net.add();
    auto& b = net.add();
    auto& c = net.add();
    net.connect(a, b);
    net.connect(b, c);
    net.subscribe_all();
    net.advance(2s);
    ASSERT_TRUE(net.publish(a, "odd"));
    EXPECT_GE(b.gossip->score(a.swarm.id()), 0);
    // Each counts -100 times the square of their number: -2,500 is passed by the sixth.
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(net.publish(a, "bad" + std::to_string(i)));
    EXPECT_LT(b.gossip->score(a.swarm.id()), -2'500);
    EXPECT_TRUE(c.got.empty());
    ASSERT_TRUE(net.publish(a, "good"));
    EXPECT_EQ(b.times("good"), 0U);
    net.advance(1s);
    EXPECT_FALSE(b.gossip->mesh(kTopic).contains(a.swarm.id()));
    EXPECT_TRUE(b.gossip->mesh(kTopic).contains(c.swarm.id()));
}

TEST(Gossips, a_message_comes_by_an_offer_from_outside_the_mesh) {
    GossipNet net;
    // A node of this kind has no mesh, as the bootstrap nodes of Lotus.
    auto& a = net.add({.d = 0, .d_low = 0, .d_high = 0, .d_score = 0, .d_out = 0, .d_lazy = 64});
    auto& b = net.add();
    net.subscribe_all();
    ASSERT_TRUE(net.publish(a, "before they met"));
    net.connect(b, a);
    net.advance(1s);
    EXPECT_EQ(b.times("before they met"), 1U);
    EXPECT_TRUE(a.gossip->mesh(kTopic).empty());
    EXPECT_TRUE(b.gossip->mesh(kTopic).empty()) << "its GRAFT was refused";
    EXPECT_GE(a.gossip->score(b.swarm.id()), 0);
}

TEST(Gossips, enough_members_of_a_full_mesh_were_dialled_from_here) {
    GossipNet net;
    auto& node = net.add();
    for (int i = 0; i < 19; ++i) {
        auto& other = net.add();
        if (i % 6 == 0)
            net.connect(node, other);
        else
            net.connect(other, node);
    }
    net.subscribe_all();
    net.advance(10s);
    const auto mesh = node.gossip->mesh(kTopic);
    EXPECT_GE(std::ranges::count_if(mesh, [&](const PeerId& peer) { return node.swarm.has_dialed(peer); }), 3);
}

TEST(Gossips, a_mesh_of_poor_peers_is_mixed_with_better_ones) {
    GossipNet net;
    std::map<PeerId, double> worth;
    GossipConfig config{.d = 4, .d_low = 3, .d_high = 12, .d_score = 2, .d_out = 0};
    config.score.app_score = [&](const PeerId& peer) { return worth[peer]; };
    auto& node = net.add(config);
    // The others graft nobody themselves.
    for (int i = 0; i < 6; ++i) net.connect(node, net.add({.d = 0, .d_low = 0, .d_score = 0, .d_out = 0}));
    net.subscribe_all();
    net.advance(2s);
    const auto before = node.gossip->mesh(kTopic);
    for (std::size_t i = 1; i < net.nodes.size(); ++i) {
        const auto& peer = net.nodes[i]->swarm.id();
        worth[peer] = before.contains(peer) ? 1 : 100;
    }
    net.advance(61s, 1s);
    const auto after = node.gossip->mesh(kTopic);
    EXPECT_EQ(before.size(), 4U);
    EXPECT_EQ(after.size(), 6U) << "two at a time";
}

TEST(Gossips, peers_of_one_address_lose_by_their_number) {
    for (const auto& [count, expected] : {std::pair{5, 0.0}, std::pair{8, -900.0}}) {
        GossipNet net;
        auto& node = net.add();
        for (int i = 0; i < count; ++i) {
            auto& other = net.add();
            const auto address = Multiaddr::parse("/ip4/10.1.2.3/tcp/4001").value();
            const auto far = other.swarm.add(Role::dialer, address, {}, 0ms).value();
            const auto near = node.swarm.add(Role::listener, address, {}, 0ms).value();
            for (bool any = true; any;) {
                const Bytes to = other.swarm.take_output(far, 1 << 16, 0ms);
                node.swarm.on_bytes(near, to, 0ms);
                const Bytes back = node.swarm.take_output(near, 1 << 16, 0ms);
                other.swarm.on_bytes(far, back, 0ms);
                any = !to.empty() || !back.empty();
            }
        }
        EXPECT_EQ(node.gossip->score(net.nodes[1]->swarm.id()), expected)
            << "-100 times the square of those above five";
    }
}

TEST(Gossips, hints_are_given_and_followed_above_the_threshold_only) {
    for (const double worth : {0.0, 1'000.0}) {
        GossipNet net;
        // The first node takes one peer into its mesh, and hints the others to each other.
        auto& hub = net.add({.d = 1, .d_low = 1, .d_high = 1, .d_score = 1, .d_out = 0, .gives_hints = true});
        std::vector<PeerId> dialed;
        for (std::uint8_t i = 0; i < 3; ++i) {
            GossipConfig config{.connect = [&](const PeerRecord& record) { dialed.push_back(record.peer); }};
            config.score.app_score = [worth](const PeerId&) { return worth; };
            auto& leaf = net.add(config, {.listen = {Multiaddr::of_tcp(ByteArray<4>{10, 0, 0, i}, 1)}});
            net.connect(leaf, hub);
        }
        net.subscribe_all();
        net.advance(5s);
        EXPECT_EQ(dialed.empty(), worth == 0);
        for (const auto& peer : dialed) EXPECT_NE(peer, hub.swarm.id());
    }
}

TEST(Gossips, gossip_may_end_before_its_swarm) {
    GossipNet net;
    auto& a = net.add();
    auto& b = net.add();
    net.connect(a, b);
    net.subscribe_all();
    net.advance(2s);
    a.swarm.remove_listener(a.gossip.get());
    a.gossip.reset();
    net.carrier.run();
    ASSERT_TRUE(net.publish(b, "nobody hears"));
    EXPECT_TRUE(a.swarm.is_connected(b.swarm.id()));
}

}  // namespace
}  // namespace strata::net
