// Protects GossipSub over networks in memory. Expected values: libp2p/specs gossipsub-v1.0.md and v1.1.md (sizes of
// meshes, back-off, offers); docs/protocol/node.md §16 (values); the limits of GossipConfig.
#include <strata/net/gossip.hpp>

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
    peer.say(gossip_frame(Bytes{0xff}));
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

TEST(Gossips, gossip_may_end_before_its_swarm) {
    GossipNet net;
    auto& a = net.add();
    auto& b = net.add();
    net.connect(a, b);
    net.subscribe_all();
    net.advance(2s);
    a.swarm.set_listener(nullptr);
    a.gossip.reset();
    net.carrier.run();
    ASSERT_TRUE(net.publish(b, "nobody hears"));
    EXPECT_TRUE(a.swarm.is_connected(b.swarm.id()));
}

}  // namespace
}  // namespace strata::net
