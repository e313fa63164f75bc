// Protects peers, protocols and limits of a node, over connections in memory. Expected values: libp2p/specs identify
// and ping; docs/protocol/node.md §15.4; the limits are those of SwarmConfig.
#include <strata/net/swarm.hpp>

#include <gtest/gtest.h>

#include <strata/net/envelope.hpp>
#include <strata/net/memory_carrier.hpp>
#include <strata/net/ping.hpp>
#include <strata/net/services.hpp>
#include <strata/net/test_echo.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;
using testing::Echo;
using testing::EchoProbe;

struct Heard final : PeerListener {
    void on_connected(const PeerId&) override { ++connected; }
    void on_identified(const PeerId&, const Identify&) override { ++identified; }
    void on_disconnected(const PeerId&) override { ++disconnected; }
    int connected = 0;
    int identified = 0;
    int disconnected = 0;
};

struct Node {
    explicit Node(std::string_view seed, SwarmConfig config = {})
        : random(as_bytes(seed)), swarm(PrivateKey::ed25519(random.bytes<32>()), std::move(config), random) {
        swarm.add_listener(&heard);
    }
    crypto::SeededRandom random;
    Heard heard;
    Swarm swarm;
};

std::unique_ptr<StreamHandler> probe(BytesView data, Result<Bytes>& got) {
    return std::make_unique<EchoProbe>(data, [&got](Result<Bytes> result) { got = std::move(result); });
}

TEST(Swarms, peers_meet_and_identify_each_other) {
    Node a("a", {.agent = "strata-a", .listen = {Multiaddr::of_tcp(ByteArray<4>{10, 0, 0, 1}, 1347)}}), b("b");
    b.swarm.support("/echo", [] { return std::make_unique<Echo>(); });
    MemoryCarrier carrier;
    std::optional<PeerId> reached;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm, b.swarm.id(), [&](Result<PeerId> peer) { reached = peer.value(); }));
    carrier.run();
    EXPECT_EQ(reached, b.swarm.id());
    EXPECT_EQ(a.swarm.peers(), std::vector{b.swarm.id()});
    EXPECT_EQ(b.heard.connected, 1);
    EXPECT_EQ(b.heard.identified, 1);
    const Identify* of_a = b.swarm.identified(a.swarm.id());
    ASSERT_NE(of_a, nullptr);
    EXPECT_EQ(of_a->agent, "strata-a");
    ASSERT_EQ(of_a->listen.size(), 1U);
    EXPECT_EQ(of_a->listen[0].to_string(), "/ip4/10.0.0.1/tcp/1347");
    EXPECT_EQ(of_a->observed->to_string(), "/ip4/127.0.0.1/tcp/1024") << "the address of b, as a dialled it";
    EXPECT_EQ(open_peer_record(*of_a->signed_record)->peer, a.swarm.id());
    const Identify* of_b = a.swarm.identified(b.swarm.id());
    ASSERT_NE(of_b, nullptr);
    EXPECT_EQ(of_b->protocols,
              (std::vector<std::string>{"/echo", "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0"}));
}

/// Writes down every call under its name.
struct Diary final : PeerListener {
    Diary(std::string with, std::vector<std::string>& into) : name(std::move(with)), calls(into) {}
    void note(std::string_view call) {
        calls.push_back(name + " " + std::string(call));
        if (on_call) on_call(call);
    }
    void on_connected(const PeerId&) override { note("connected"); }
    void on_identified(const PeerId&, const Identify&) override { note("identified"); }
    void on_disconnected(const PeerId&) override { note("disconnected"); }
    void on_time(Instant) override { note("time"); }
    Instant next_time() const override { return next; }
    const std::string name;
    std::vector<std::string>& calls;
    std::function<void(std::string_view)> on_call;
    Instant next = kNever;
};

TEST(Swarms, all_listeners_get_every_call_in_their_order) {
    Node a("a"), b("b");
    std::vector<std::string> calls;
    Diary first("first", calls), second("second", calls);
    a.swarm.add_listener(&first);
    a.swarm.add_listener(&second);
    a.swarm.add_listener(&first);  // is there already
    first.next = 7s;
    EXPECT_EQ(a.swarm.next_time(), 7s);
    second.next = 5s;
    EXPECT_EQ(a.swarm.next_time(), 5s);
    MemoryCarrier carrier;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    carrier.run();
    carrier.advance(1s);
    a.swarm.disconnect(b.swarm.id(), carrier.now());
    carrier.run();
    EXPECT_EQ(calls,
              (std::vector<std::string>{"first connected", "second connected", "first identified", "second identified",
                                        "first time", "second time", "first disconnected", "second disconnected"}));
    EXPECT_EQ(a.heard.disconnected, 1);
}

TEST(Swarms, listeners_come_and_go_inside_a_call) {
    Node a("a");
    std::vector<std::string> calls;
    Diary first("first", calls), second("second", calls), third("third", calls);
    a.swarm.add_listener(&first);
    a.swarm.add_listener(&second);
    first.on_call = [&](std::string_view) {
        a.swarm.remove_listener(&first);
        a.swarm.remove_listener(&second);
        a.swarm.add_listener(&third);
    };
    third.on_call = [&](std::string_view) {
        a.swarm.remove_listener(&third);
        a.swarm.add_listener(&third);  // again, at the end
        a.swarm.add_listener(&second);
    };
    a.swarm.on_time(1s);
    EXPECT_EQ(calls, std::vector<std::string>{"first time"})
        << "the second was removed, the third came during the call";
    a.swarm.on_time(2s);
    third.on_call = {};
    a.swarm.on_time(3s);
    EXPECT_EQ(calls, (std::vector<std::string>{"first time", "third time", "third time", "second time"}));
}

TEST(Swarms, new_addresses_are_pushed_to_peers) {
    Node a("a"), b("b");
    MemoryCarrier carrier;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    carrier.run();
    a.swarm.set_listen({Multiaddr::of_tcp(ByteArray<4>{10, 0, 0, 2}, 1)}, carrier.now());
    carrier.run();
    EXPECT_EQ(b.heard.identified, 2);
    EXPECT_EQ(b.swarm.identified(a.swarm.id())->listen.at(0).to_string(), "/ip4/10.0.0.2/tcp/1");
}

TEST(Swarms, a_megabyte_goes_there_and_back) {
    Node a("a"), b("b");
    b.swarm.support("/echo", [] { return std::make_unique<Echo>(); });
    MemoryCarrier carrier;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    carrier.run();
    Bytes data(1 << 20);
    a.random.fill(data);
    Result<Bytes> got = Errc::internal;
    ASSERT_TRUE(a.swarm.open(b.swarm.id(), {"/echo"}, probe(data, got), carrier.now()));
    carrier.run();
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(*got, data);
}

TEST(Swarms, pings_measure_the_round_trip) {
    Node a("a"), b("b");
    MemoryCarrier carrier;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    carrier.run();
    std::vector<Result<Instant>> got;
    ASSERT_TRUE(a.swarm.open(b.swarm.id(), {std::string(kPingProtocol)},
                             make_ping(a.swarm, 3, [&](Result<Instant> one) { got.push_back(std::move(one)); }),
                             carrier.now()));
    carrier.run();
    ASSERT_EQ(got.size(), 3U);
    for (const auto& one : got) EXPECT_EQ(one.value(), 0ms);
}

TEST(Swarms, a_stream_of_an_unknown_protocol_is_lost) {
    Node a("a"), b("b");
    MemoryCarrier carrier;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    carrier.run();
    Result<Bytes> got = Errc::internal;
    ASSERT_TRUE(a.swarm.open(b.swarm.id(), {"/none"}, probe({}, got), carrier.now()));
    carrier.run();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().message(), "the peer supports none of the protocols");
    EXPECT_EQ(a.swarm.open(a.swarm.id(), {"/none"}, probe({}, got), carrier.now()).error().code(), Errc::not_found);
}

/// Notes whether its stream is open.
struct Opening final : StreamHandler {
    explicit Opening(bool& is_open) : open(is_open) {}
    void on_open(Stream&) override { open = true; }
    void on_readable(Stream&) override {}
    void on_lost(const Error&) override { open = false; }
    bool& open;
};

TEST(Swarms, a_protocol_that_the_peer_told_of_opens_at_once) {
    Node a("a"), b("b");
    b.swarm.support("/echo", [] { return std::make_unique<Echo>(); });
    MemoryCarrier carrier;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    carrier.run();
    const auto is_open = [&](const std::string& protocol, bool at_once) {
        bool out = false;
        auto handler = std::make_unique<Opening>(out);
        const auto opened = at_once ? a.swarm.open_at_once(b.swarm.id(), protocol, std::move(handler), carrier.now())
                                    : a.swarm.open(b.swarm.id(), {protocol}, std::move(handler), carrier.now());
        EXPECT_TRUE(opened);
        for (const auto id : a.swarm.take_touched()) (void)a.swarm.take_output(id, 0, carrier.now());
        const bool at_first = out;
        carrier.run();
        return std::pair(at_first, out);
    };
    EXPECT_EQ(is_open("/echo", true), std::pair(true, true));
    EXPECT_EQ(is_open("/echo", false), std::pair(false, true));
    EXPECT_EQ(is_open("/none", true), std::pair(false, false));
}

/// Keeps a stream open, and counts how many of its kind exist.
class Idle final : public StreamHandler {
  public:
    Idle(int& alive, Stream*& stream) : alive_(alive), stream_(stream) { ++alive_; }
    ~Idle() override { --alive_; }
    void on_open(Stream& stream) override { stream_ = &stream; }
    void on_readable(Stream& stream) override { stream.read(); }

  private:
    int& alive_;
    Stream*& stream_;
};

TEST(Swarms, a_stream_may_be_ended_from_outside_its_handler) {
    Node a("a"), b("b");
    b.swarm.support("/echo", [] { return std::make_unique<Echo>(); });
    MemoryCarrier carrier;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    carrier.run();
    for (const bool by_reset : {true, false}) {
        int alive = 0;
        Stream* stream = nullptr;
        ASSERT_TRUE(a.swarm.open(b.swarm.id(), {"/echo"}, std::make_unique<Idle>(alive, stream), carrier.now()));
        carrier.run();
        ASSERT_NE(stream, nullptr);
        EXPECT_EQ(alive, 1);
        by_reset ? stream->reset() : stream->close();
        EXPECT_EQ(alive, 1) << "not inside the call";
        EXPECT_EQ(stream->write(as_bytes("late")), 0U);
        carrier.run();
        EXPECT_EQ(alive, 0);
    }
}

TEST(Swarms, a_peer_that_leaves_ends_its_streams) {
    Node a("a"), b("b");
    b.swarm.support("/echo", [] { return std::make_unique<Echo>(); });
    MemoryCarrier carrier;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    carrier.run();
    Result<Bytes> got = Errc::internal;
    ASSERT_TRUE(a.swarm.open(b.swarm.id(), {"/echo"}, probe({}, got), carrier.now()));
    b.swarm.disconnect(a.swarm.id(), carrier.now());
    carrier.run();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::io);
    EXPECT_EQ(a.heard.disconnected, 1);
    EXPECT_EQ(b.heard.disconnected, 1);
    EXPECT_TRUE(a.swarm.peers().empty());
    EXPECT_EQ(a.swarm.connection_count() + b.swarm.connection_count(), 0U);
}

/// Asks, when it hears of an end, whether the peer left on purpose.
struct Farewell final : PeerListener {
    explicit Farewell(Swarm& of) : swarm(of) {}
    void on_disconnected(const PeerId& peer) override { left.push_back(swarm.has_left(peer)); }
    Swarm& swarm;
    std::vector<bool> left;
};

TEST(Swarms, a_peer_that_leaves_differs_from_one_that_is_lost) {
    Node a("a"), b("b");
    Farewell of_a(a.swarm), of_b(b.swarm);
    a.swarm.add_listener(&of_a);
    b.swarm.add_listener(&of_b);
    MemoryCarrier carrier;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    carrier.run();
    b.swarm.disconnect(a.swarm.id(), carrier.now());
    carrier.run();
    EXPECT_EQ(of_a.left, std::vector{true});
    EXPECT_EQ(of_b.left, std::vector{true}) << "this side ended it";

    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    carrier.run();
    for (ConnectionId id = 1; id <= 2; ++id) a.swarm.on_lost(id, fail(Errc::io, "the cable is cut"), carrier.now());
    EXPECT_EQ(of_a.left, (std::vector{true, false}));
}

/// A connection that carries bytes only when it is told to.
struct Cable {
    using End = std::pair<Swarm*, ConnectionId>;
    Cable(Swarm& dialer, Swarm& listener)
        : ends{End{&dialer, dialer.add(Role::dialer, Multiaddr(), {}, 0ms).value()},
               End{&listener, listener.add(Role::listener, Multiaddr(), {}, 0ms).value()}} {}
    void run() {
        while (carry(ends[0], ends[1]) + carry(ends[1], ends[0]) > 0) {
        }
    }
    void cut() {
        for (const auto& [swarm, id] : ends) swarm->on_lost(id, fail(Errc::io, "the cable is cut"), 0ms);
    }
    static std::size_t carry(const End& from, const End& to) {
        const Bytes bytes = from.first->take_output(from.second, 1 << 16, 0ms);
        if (!bytes.empty()) to.first->on_bytes(to.second, bytes, 0ms);
        return bytes.size();
    }
    std::array<End, 2> ends;
};

TEST(Swarms, a_peer_that_closes_one_of_two_connections_and_loses_the_other_has_not_left) {
    Node a("a"), b("b");
    Farewell of_a(a.swarm), of_b(b.swarm);
    a.swarm.add_listener(&of_a);
    b.swarm.add_listener(&of_b);
    Cable first(a.swarm, b.swarm);
    first.run();
    b.swarm.disconnect(a.swarm.id(), 0ms);
    Cable second(a.swarm, b.swarm);
    second.run();
    first.run();
    first.cut();
    ASSERT_EQ(a.swarm.remotes(b.swarm.id()).size(), 1U);
    ASSERT_EQ(b.swarm.remotes(a.swarm.id()).size(), 1U);
    EXPECT_FALSE(a.swarm.has_left(b.swarm.id()));
    second.cut();
    EXPECT_EQ(of_a.left, std::vector{false});
    EXPECT_EQ(of_b.left, std::vector{false});
    a.swarm.close_all(0ms);
    for (const auto& cable : {first, second})
        for (const auto& [swarm, id] : cable.ends) swarm->remove(id, 0ms);
}

TEST(Swarms, only_addresses_that_were_dialled_are_known_to_lead_back) {
    Node a("a"), b("b");
    MemoryCarrier carrier;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    ASSERT_TRUE(carrier.connect(b.swarm, a.swarm));
    carrier.run();
    EXPECT_EQ(a.swarm.remotes(b.swarm.id()).size(), 2U);
    // The carrier gives each end a port of its own, from 1024 on, the dialer's first.
    EXPECT_EQ(a.swarm.dialed_remotes(b.swarm.id()), std::vector{Multiaddr::of_tcp(ByteArray<4>{127, 0, 0, 1}, 1024)});
    EXPECT_EQ(b.swarm.dialed_remotes(a.swarm.id()), std::vector{Multiaddr::of_tcp(ByteArray<4>{127, 0, 0, 1}, 1026)});
}

TEST(Swarms, at_most_four_connections_with_one_peer) {
    Node a("a"), b("b");
    MemoryCarrier carrier;
    int failed = 0;
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(carrier.connect(a.swarm, b.swarm, {}, [&](const Result<PeerId>& peer) { failed += !peer; }));
    carrier.run();
    EXPECT_EQ(a.swarm.connection_count(), 4U);
    EXPECT_EQ(b.swarm.connection_count(), 4U);
    EXPECT_EQ(a.heard.connected, 1);
    EXPECT_LE(failed, 1) << "the other side may refuse first";
    EXPECT_TRUE(a.swarm.is_connected(b.swarm.id()));
    a.swarm.disconnect(b.swarm.id(), carrier.now());
    carrier.run();
    EXPECT_EQ(a.heard.disconnected, 1);
    EXPECT_EQ(b.swarm.connection_count(), 0U);
}

TEST(Swarms, a_node_does_not_connect_to_itself) {
    Node a("a");
    MemoryCarrier carrier;
    std::string why;
    ASSERT_TRUE(
        carrier.connect(a.swarm, a.swarm, {}, [&](const Result<PeerId>& peer) { why = peer.error().message(); }));
    carrier.run();
    EXPECT_EQ(why, "the peer is this node itself");
    EXPECT_EQ(a.swarm.connection_count(), 0U);
}

TEST(Swarms, limits_of_pending_connections_addresses_and_all) {
    const auto one = Multiaddr::parse("/ip4/1.2.3.4/tcp/1").value();
    const auto add = [&](SwarmConfig config, int count) {
        Node node("limits", std::move(config));
        Status last;
        for (int i = 0; i < count && last; ++i) {
            const auto id = node.swarm.add(Role::listener, one, {}, 0ms);
            if (!id) last = id.error();
        }
        return last;
    };
    EXPECT_TRUE(add({.pending = 3}, 3));
    EXPECT_EQ(add({.pending = 3}, 4).error().code(), Errc::busy);
    EXPECT_TRUE(add({.connections = 3}, 3));
    EXPECT_EQ(add({.connections = 3}, 4).error().code(), Errc::busy);
    EXPECT_TRUE(add({.per_ip = 3}, 3));
    EXPECT_EQ(add({.per_ip = 3}, 4).error().code(), Errc::busy);
}

TEST(Swarms, a_silent_newcomer_is_given_up_in_time) {
    Node a("a");
    std::string why;
    const auto id =
        a.swarm
            .add(Role::dialer, Multiaddr(), {}, 0ms, [&](const Result<PeerId>& peer) { why = peer.error().message(); })
            .value();
    a.swarm.on_time(10s - 1ms);
    EXPECT_FALSE(a.swarm.is_over(id));
    a.swarm.on_time(10s);
    EXPECT_TRUE(a.swarm.is_over(id));
    EXPECT_EQ(why, "the handshake was not complete after 10000 ms");
    a.swarm.remove(id, 10s);
    EXPECT_EQ(a.swarm.connection_count(), 0U);
    a.swarm.on_bytes(id, as_bytes("late"), 10s);
}

TEST(Swarms, a_connection_lives_on_pings_of_its_session) {
    Node a("a"), b("b");
    MemoryCarrier carrier;
    ASSERT_TRUE(carrier.connect(a.swarm, b.swarm));
    carrier.run();
    for (int i = 0; i < 100; ++i) carrier.advance(10s);
    EXPECT_TRUE(a.swarm.is_connected(b.swarm.id()));
    EXPECT_TRUE(b.swarm.is_connected(a.swarm.id()));
}

}  // namespace
}  // namespace strata::net
