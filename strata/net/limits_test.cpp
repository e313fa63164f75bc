// Protects what one peer can cost, with the limits that a node has: at the limit, one above, a hundred times as much,
// and nothing left when the peer is gone. Limits of one part alone are tested beside that part; README.md names all.
// Expected values: SwarmConfig, YamuxLimits, GossipConfig.
#include <gtest/gtest.h>

#include <strata/net/memory_carrier.hpp>
#include <strata/net/test_echo.hpp>
#include <strata/net/test_gossip.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;
using testing::GossipNet;
using testing::kTopic;
using testing::WildPeer;

struct Victim {
    explicit Victim(SwarmConfig config = {})
        : swarm(PrivateKey::ed25519(random.bytes<32>()), std::move(config), random) {
        swarm.support("/echo", [] { return std::make_unique<testing::Echo>(); });
    }
    /// Lets someone connect from this address; empty if it is refused.
    std::optional<ConnectionId> accept(const std::string& from, Instant now) {
        const auto id = swarm.add(Role::listener, Multiaddr::parse("/ip4/" + from + "/tcp/1").value(), {}, now);
        return id ? std::optional(*id) : std::nullopt;
    }
    crypto::SeededRandom random{as_bytes("victim")};
    Swarm swarm;
};

std::string ip(std::size_t number) {
    return "10.1." + std::to_string(number / 200) + "." + std::to_string(number % 200 + 1);
}

TEST(LimitsOfNewcomers, sixty_four_handshakes_wait_and_a_hundred_times_as_many_are_refused) {
    Victim victim;
    std::vector<ConnectionId> taken;
    for (std::size_t i = 0; i < 64; ++i) taken.push_back(victim.accept(ip(i), 0ms).value());
    for (std::size_t i = 64; i < 6'400; ++i) EXPECT_FALSE(victim.accept(ip(i), 1ms));
    EXPECT_EQ(victim.swarm.connection_count(), 64U);
    victim.swarm.on_time(10s);
    for (const auto id : taken) {
        EXPECT_TRUE(victim.swarm.is_over(id)) << "ten seconds for a handshake";
        victim.swarm.remove(id, 10s);
    }
    EXPECT_EQ(victim.swarm.connection_count(), 0U);
    EXPECT_EQ(victim.swarm.memory_used(), 0U);
}

TEST(LimitsOfNewcomers, who_is_silent_for_two_seconds_gives_way_to_newcomers) {
    Victim victim;
    const auto first = victim.accept(ip(0), 0ms).value();
    for (std::size_t i = 1; i < 64; ++i) ASSERT_TRUE(victim.accept(ip(i), 1s));
    EXPECT_FALSE(victim.accept(ip(64), 1'999ms));
    EXPECT_TRUE(victim.accept(ip(64), 2s));
    EXPECT_TRUE(victim.swarm.is_over(first)) << "the oldest";
    EXPECT_FALSE(victim.accept(ip(65), 2s)) << "the others are younger";
    // An honest peer gets in though silent ones come all the time.
    crypto::SeededRandom random(as_bytes("honest"));
    Swarm honest(PrivateKey::ed25519(random.bytes<32>()), {}, random);
    MemoryCarrier carrier;
    carrier.advance(4s);
    ASSERT_TRUE(carrier.connect(honest, victim.swarm));
    carrier.run();
    EXPECT_TRUE(victim.swarm.is_connected(honest.id()));
}

TEST(LimitsOfNewcomers, an_address_has_32_connections_and_this_machine_any_number) {
    Victim victim;
    for (int i = 0; i < 32; ++i) ASSERT_TRUE(victim.accept("10.9.9.9", 0ms));
    for (int i = 0; i < 3'200; ++i) EXPECT_FALSE(victim.accept("10.9.9.9", 0ms));
    EXPECT_TRUE(victim.accept("10.9.9.8", 0ms));
    for (int i = 0; i < 31; ++i) ASSERT_TRUE(victim.accept("127.0.0.1", 0ms));
    // The connections that this node dials are its own choice.
    const auto there = Multiaddr::parse("/ip4/10.9.9.9/tcp/1").value();
    EXPECT_TRUE(victim.swarm.add(Role::dialer, there, {}, 0ms));
}

TEST(LimitsOfNewcomers, strangers_leave_a_quarter_of_the_places_to_peers_that_are_dialled) {
    Victim victim({.pending = 1'000});
    std::size_t inbound = 0;
    for (std::size_t i = 0; i < 25'600; ++i) inbound += victim.accept(ip(i % 20'000), 0ms) ? 1 : 0;
    EXPECT_EQ(inbound, 192U);
    std::size_t dialled = 0;
    for (std::size_t i = 0; i < 6'400; ++i) dialled += victim.swarm.add(Role::dialer, Multiaddr(), {}, 0ms) ? 1 : 0;
    EXPECT_EQ(dialled, 64U);
    EXPECT_EQ(victim.swarm.connection_count(), 256U);
}

/// Neither reads nor ends its stream.
class Idle final : public StreamHandler {
  public:
    explicit Idle(std::size_t& open) : open_(open) {}
    void on_open(Stream& stream) override {
        ++open_;
        stream.write(as_bytes("x"));
    }
    void on_readable(Stream&) override {}

  private:
    std::size_t& open_;
};

TEST(LimitsOfAPeer, four_connections_have_64_streams_and_16_mebibytes_together) {
    Victim victim;
    crypto::SeededRandom random(as_bytes("greedy"));
    Swarm greedy(PrivateKey::ed25519(random.bytes<32>()),
                 {.connection = {.yamux = {.streams = 10'000}},
                  .peer_memory = std::uint64_t{1} << 40,
                  .memory = std::uint64_t{1} << 40},
                 random);
    MemoryCarrier carrier;
    for (int i = 0; i < 400; ++i) (void)carrier.connect(greedy, victim.swarm);
    carrier.run();
    EXPECT_EQ(victim.swarm.connection_count(), 4U);
    std::size_t open = 0;
    for (int i = 0; i < 6'400; ++i) {
        (void)greedy.open(victim.swarm.id(), {"/echo"}, std::make_unique<Idle>(open), carrier.now());
        if (i % 100 == 0) carrier.run();
    }
    carrier.run();
    EXPECT_LE(victim.swarm.memory_used(), 16U << 20);
    EXPECT_GE(victim.swarm.memory_used(), 48 * Yamux::kInitialWindow) << "some of them are served";
    // A stream costs a window of 256 KiB, the first of each side; identify has some, and gave them back.
    const auto use = victim.swarm.use();
    EXPECT_LE(use.all.streams_in, 64U);
    EXPECT_GE(use.all.streams_in, 48U);
    EXPECT_EQ(use.protocols.at("/echo").streams_in, use.all.streams_in);
    EXPECT_EQ(open, use.all.streams_in) << "those above are reset before their protocol is agreed on";
    greedy.close_all(carrier.now());
    carrier.run();
    EXPECT_EQ(victim.swarm.connection_count(), 0U);
    EXPECT_EQ(victim.swarm.memory_used(), 0U);
}

TEST(LimitsOfAPeer, all_peers_together_have_512_mebibytes) {
    MemoryAccount all(SwarmConfig{}.memory);
    std::vector<std::unique_ptr<MemoryAccount>> peers;
    std::size_t windows = 0;
    for (int i = 0; i < 256; ++i) {
        auto& peer = *peers.emplace_back(std::make_unique<MemoryAccount>(SwarmConfig{}.peer_memory, &all));
        std::size_t own = 0;
        while (peer.reserve(Yamux::kInitialWindow)) ++own;
        EXPECT_LE(own, 64U);
        windows += own;
    }
    EXPECT_EQ(windows, (std::size_t{512} << 20) / Yamux::kInitialWindow);
    for (auto& peer : peers) peer->release(peer->used());
    EXPECT_EQ(all.used(), 0U);
}

/// Sends bytes that are more than a stream takes at once, while there is a stream.
void send_all(WildPeer& peer, GossipNet& net, const GossipRpc& rpc) {
    const Bytes frame = framed(encode_gossip(rpc));
    for (BytesView left = frame; !left.empty() && peer.has_stream();) {
        const auto part = left.first(std::min<std::size_t>(left.size(), 200'000));
        peer.say(part);
        net.carrier.run();
        left = left.subspan(part.size());
    }
}

TEST(LimitsOfGossip, a_peer_has_96_messages_of_a_topic_to_be_judged_and_all_have_32_mebibytes) {
    GossipNet net;
    auto& victim = net.add();
    WildPeer wild("wild"), other("other");
    for (auto* peer : {&wild, &other}) ASSERT_TRUE(net.carrier.connect(peer->swarm, victim.swarm));
    ASSERT_TRUE(victim.gossip->subscribe(kTopic));
    net.advance(2s);
    const auto say = [&](WildPeer& peer, int count, std::size_t size) {
        GossipRpc rpc;
        for (int i = 0; i < count; ++i) {
            auto text = "late " + std::string(size, 'x') + std::to_string(victim.got.size()) + " " + std::to_string(i);
            rpc.messages.push_back(peer.signed_message(text));
            if (size == 0 && rpc.messages.size() < 100 && i + 1 < count) continue;
            send_all(peer, net, std::exchange(rpc, {}));
        }
    };
    say(wild, 96, 0);
    EXPECT_EQ(victim.gossip->stats().judging, 96U);
    say(wild, 1, 0);
    say(wild, 9'600, 0);
    EXPECT_EQ(victim.gossip->stats().judging, 96U);
    say(other, 1, 0);
    EXPECT_EQ(victim.gossip->stats().judging, 97U) << "a different peer is heard";
    for (const auto ticket : std::exchange(victim.late, {})) victim.gossip->judge(ticket, GossipVerdict::ignore);
    EXPECT_EQ(victim.gossip->stats().judging, 0U);

    say(wild, 100, 1'000'000);
    EXPECT_EQ(victim.gossip->stats().judging, 33U) << "of a megabyte each";
    wild.swarm.close_all(net.carrier.now());
    net.carrier.run();
    net.advance(125s, 1s);
    EXPECT_EQ(victim.gossip->stats().judging, 0U) << "a verdict that does not come";
    EXPECT_LE(victim.swarm.memory_used(), 8 * Yamux::kInitialWindow);
}

TEST(LimitsOfGossip, a_frame_has_a_mebibyte_and_the_next_byte_ends_the_stream) {
    GossipNet net;
    auto& victim = net.add();
    ASSERT_TRUE(victim.gossip->subscribe(kTopic));
    WildPeer wild("wild");
    ASSERT_TRUE(net.carrier.connect(wild.swarm, victim.swarm));
    net.advance(1s);
    auto message = wild.signed_message(std::string(GossipRpc::kMaxFrame - 300, 'x'));
    while (encode_gossip({.messages = {message}}).size() < GossipRpc::kMaxFrame) {
        message.data->push_back('x');
        sign_gossip(message, wild.identity);
    }
    ASSERT_EQ(encode_gossip({.messages = {message}}).size(), GossipRpc::kMaxFrame);
    send_all(wild, net, {.messages = {message}});
    EXPECT_EQ(victim.got.size(), 1U);
    EXPECT_TRUE(wild.has_stream());
    message.data->push_back('y');
    sign_gossip(message, wild.identity);
    send_all(wild, net, {.messages = {message}});
    EXPECT_EQ(victim.got.size(), 1U);
    EXPECT_FALSE(wild.has_stream()) << "already at the length of the frame";
}

TEST(LimitsOfGossip, subscriptions_and_names_a_hundred_times_above_their_limits_leave_nothing) {
    GossipNet net;
    auto& victim = net.add();
    ASSERT_TRUE(victim.gossip->subscribe(kTopic));
    WildPeer wild("wild");
    ASSERT_TRUE(net.carrier.connect(wild.swarm, victim.swarm));
    net.advance(1s);
    for (int round = 0; round < 100; ++round) {
        GossipRpc rpc;
        for (int i = 0; i < 100; ++i)
            rpc.subscriptions.push_back({true, "topic " + std::to_string(round) + " " + std::to_string(i)});
        wild.say(rpc);
        rpc.subscriptions.push_back({true, kTopic});
        wild.say(rpc);
        net.carrier.run();
    }
    EXPECT_TRUE(victim.gossip->stats().subscribers.empty()) << "101 are not heard, and topics of others are not kept";
    wild.say({.subscriptions = {{true, kTopic}}});
    net.carrier.run();
    EXPECT_EQ(victim.gossip->stats().subscribers[kTopic], 1U);
    for (int round = 0; round < 100; ++round) {
        GossipRpc rpc{.offers = {{kTopic, {}}}};
        for (std::uint32_t i = 0; i < 5'001; ++i) {
            Bytes name(32);
            store_be(name.data(), i + static_cast<std::uint32_t>(round) * 10'000);
            rpc.offers[0].names.push_back(std::move(name));
        }
        wild.say(rpc);
        net.carrier.run();
    }
    EXPECT_LE(wild.heard.requests.size(), 5'000U);
    wild.say({.prunes = {{.topic = kTopic, .backoff = std::chrono::seconds(1U << 30)}}});
    net.carrier.run();
    EXPECT_EQ(victim.gossip->stats().backoffs, 1U);
    wild.swarm.close_all(net.carrier.now());
    net.carrier.run();
    net.advance(3'700s, 10s);
    const auto end = victim.gossip->stats();
    EXPECT_EQ(end.peers + end.promises + end.backoffs + end.seen + end.cached, 0U) << "an hour at most";
    EXPECT_EQ(victim.swarm.memory_used(), 0U);
}

}  // namespace
}  // namespace strata::net
