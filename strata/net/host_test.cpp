// Protects hosts over real sockets on loopback. tests/interop has the same against go-libp2p.
#include <strata/net/host.hpp>

#include <gtest/gtest.h>

#include <strata/net/ping.hpp>
#include <strata/net/services.hpp>
#include <strata/net/test_echo.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;

PrivateKey key(std::string_view seed) {
    crypto::SeededRandom random(as_bytes(seed));
    return PrivateKey::ed25519(random.bytes<32>());
}

std::unique_ptr<Host> start(std::string_view seed, HostConfig config = {}) {
    if (config.listen.empty()) config.listen = {Multiaddr::parse("/ip4/127.0.0.1/tcp/0").value()};
    auto host = Host::start(key(seed), std::move(config), [](Swarm& swarm) {
        swarm.support(std::string(testing::kEcho), [] { return std::make_unique<testing::Echo>(); });
    });
    if (!host) ADD_FAILURE() << host.error().message();
    return std::move(host).value();
}

TEST(Hosts, a_peer_is_dialled_pinged_and_echoes_a_megabyte) {
    const auto a = start("a");
    const auto b = start("b");
    ASSERT_EQ(b->addresses().size(), 1U);
    EXPECT_EQ(b->addresses()[0].peer(), b->id());
    const auto reached = a->dial(b->addresses()[0]);
    ASSERT_TRUE(reached) << reached.error().message();
    EXPECT_EQ(*reached, b->id());
    EXPECT_LT(testing::ping(*a, b->id()).value(), 1000ms);
    EXPECT_TRUE(testing::echo(*a, b->id(), 1 << 20));
    EXPECT_TRUE(testing::echo(*b, a->id(), 1 << 20)) << "on the connection that a opened";
}

TEST(Hosts, wrong_addresses_and_peers_are_refused) {
    const auto a = start("a");
    const auto b = start("b");
    const auto wrong_peer = a->dial(b->addresses()[0].with_peer(a->id()));
    ASSERT_FALSE(wrong_peer);
    EXPECT_EQ(wrong_peer.error().code(), Errc::verification);
    EXPECT_EQ(a->dial(Multiaddr::parse("/ip4/127.0.0.1/udp/1/quic-v1").value()).error().code(), Errc::unsupported);
    EXPECT_EQ(a->dial(Multiaddr::parse("/ip4/127.0.0.1/tcp/1").value()).error().code(), Errc::io);
    const auto taken = Host::start(key("c"), {.listen = {b->addresses()[0].without_peer()}});
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code(), Errc::busy);
    const auto not_tcp = Host::start(key("c"), {.listen = {Multiaddr::parse("/dns4/localhost/tcp/0").value()}});
    EXPECT_EQ(not_tcp.error().code(), Errc::invalid_argument);
}

TEST(Hosts, names_are_looked_up) {
    const auto a = start("a");
    const auto b = start("b");
    const auto port = testing::port_of(b->addresses()[0]);
    const auto name = Multiaddr::parse("/dns4/localhost/tcp/" + std::to_string(port)).value();
    const auto reached = a->dial(name);
    ASSERT_TRUE(reached) << reached.error().message();
    EXPECT_EQ(*reached, b->id());
}

TEST(Hosts, the_family_of_a_name_is_kept_to) {
    const auto b = start("b");
    const auto port = std::to_string(testing::port_of(b->addresses()[0]));
    const auto a = start("a", {.look_up = [](const std::string& host) -> Result<std::vector<Bytes>> {
                             if (host != "two.example") return fail(Errc::not_found, "no such name");
                             return std::vector<Bytes>{Bytes{127, 0, 0, 1}, Bytes(16)};
                         }});
    EXPECT_TRUE(a->dial(Multiaddr::parse("/dns4/two.example/tcp/" + port).value()));
    const auto of_v6 = a->dial(Multiaddr::parse("/dns6/two.example/tcp/" + port).value());
    EXPECT_EQ(of_v6.error().code(), Errc::io) << "nobody listens at ::";
    EXPECT_EQ(a->dial(Multiaddr::parse("/dns/one.example/tcp/" + port).value()).error().code(), Errc::not_found);
}

/// A name server that answers when the test lets it.
struct SlowNames {
    NameLookup look_up() {
        return [this](const std::string&) -> Result<std::vector<Bytes>> {
            ++asked;
            released.wait();
            return std::vector<Bytes>{Bytes{127, 0, 0, 1}};
        };
    }
    std::promise<void> release;
    std::shared_future<void> released = release.get_future().share();
    std::atomic<int> asked = 0;
};

TEST(Hosts, a_name_that_nobody_knows_holds_up_neither_the_end_nor_other_dials) {
    const auto names = std::make_shared<SlowNames>();
    // A thread that looks a name up may outlive the host, and so the function owns what it uses.
    const auto look_up = [names, ask = names->look_up()](const std::string& host) { return ask(host); };
    const auto b = start("b");
    auto a = start("a", {.dial_time = 300ms, .look_up = look_up});
    const auto slow = Multiaddr::parse("/dns4/slow.example/tcp/1").value();
    EXPECT_EQ(a->dial(slow).error().code(), Errc::cancelled) << "the time of a dial";
    EXPECT_TRUE(a->dial(b->addresses()[0]));
    for (int i = 1; i < 32; ++i) a->dial(slow, [](const Result<PeerId>&) {});
    EXPECT_EQ(a->dial(slow).error().code(), Errc::busy) << "at most 32 names at once";
    const auto began = std::chrono::steady_clock::now();
    a.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 3s);
    names->release.set_value();
}

TEST(Hosts, what_is_blocked_is_neither_dialled_nor_accepted) {
    const auto b = start("b");
    const auto& there = b->addresses()[0];
    const auto port = std::to_string(testing::port_of(there));
    std::atomic<int> asked = 0;
    const auto blocks = [&](std::function<bool(const Multiaddr&)> is_blocked) {
        return start("a", {.is_blocked = std::move(is_blocked), .look_up = [&](const std::string&) {
                               ++asked;
                               return Result<std::vector<Bytes>>(std::vector<Bytes>{Bytes{127, 0, 0, 1}});
                           }});
    };
    const auto loopback = Bytes{127, 0, 0, 1};
    const auto a = blocks([&](const Multiaddr& address) { return address.parts().front().value == loopback; });
    EXPECT_EQ(a->dial(there).error().code(), Errc::cancelled);
    EXPECT_EQ(a->dial(Multiaddr::parse("/dns4/b.example/tcp/" + port).value()).error().code(), Errc::cancelled);
    EXPECT_EQ(asked, 1) << "the name is looked up, and its address is not dialled";
    EXPECT_FALSE(b->dial(a->addresses()[0])) << "what comes from there is closed";

    const auto c = blocks([&](const Multiaddr& address) { return address.peer() == b->id(); });
    EXPECT_EQ(c->dial(there).error().code(), Errc::cancelled);
    EXPECT_EQ(asked, 1);
    // The one that failed is not gone yet when the caller hears of it.
    const auto connections = [&] {
        return testing::wait_for<std::size_t>(*b,
                                              [](Swarm& swarm, const auto& done) { done(swarm.connection_count()); })
            .value();
    };
    for (int i = 0; i < 500 && connections() > 0; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(connections(), 0U);
}

TEST(Hosts, peers_are_told_of_addresses_that_they_can_reach) {
    const auto any = Multiaddr::parse("/ip4/0.0.0.0/tcp/0").value();
    const auto own = Multiaddr::parse("/dns4/node.example/tcp/1347").value();
    const auto told = [&](HostConfig config) {
        const auto host = start("told", std::move(config));
        return testing::wait_for<Identify>(*host, [](Swarm& swarm, const auto& done) { done(swarm.own_identify(0)); });
    };
    EXPECT_TRUE(told({.listen = {any}})->listen.empty());
    EXPECT_EQ(told({.listen = {any}, .announce = {own}})->listen, std::vector{own});
    EXPECT_EQ(told({})->listen.size(), 1U);
}

TEST(Hosts, a_newcomer_above_the_limit_is_closed) {
    const auto a = start("a");
    const auto b = start("b", {.swarm = {.connections = 1}});
    ASSERT_TRUE(a->dial(b->addresses()[0]));
    const auto c = start("c");
    EXPECT_FALSE(c->dial(b->addresses()[0]));
    EXPECT_TRUE(testing::ping(*a, b->id())) << "the first one stays";
}

TEST(Hosts, a_silent_newcomer_is_closed_in_time) {
    HostConfig config;
    config.swarm.connection.handshake_time = 300ms;
    const auto b = start("b", std::move(config));
    // A listener of the system's that never answers: the dialer gives up.
    HostConfig impatient;
    impatient.swarm.connection.handshake_time = 300ms;
    const auto a = start("a", std::move(impatient));
    const testing::SilentListener silent;
    const auto got = a->dial(silent.address());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::cancelled) << got.error().message();
    const testing::SilentDialer dialer(b->addresses()[0]);
    EXPECT_TRUE(dialer.is_closed_within(5s));
}

TEST(Hosts, a_host_can_stop_and_start_again_while_peers_are_connected) {
    const auto a = start("a");
    for (int i = 0; i < 5; ++i) {
        const auto b = start("b");
        ASSERT_TRUE(a->dial(b->addresses()[0]));
        ASSERT_TRUE(testing::ping(*a, b->id()));
    }
}

TEST(Hosts, many_dials_at_once) {
    const auto b = start("b");
    const auto a = start("a");
    std::atomic<int> ready = 0;
    std::atomic<int> ended = 0;
    for (int i = 0; i < 20; ++i)
        a->dial(b->addresses()[0], [&](const Result<PeerId>& peer) {
            ready += peer ? 1 : 0;
            ++ended;
        });
    while (ended < 20) std::this_thread::yield();
    EXPECT_GE(ready, 4) << "four connections stay; others may have been ready before the far side refused them";
    EXPECT_TRUE(testing::ping(*a, b->id()));
}

}  // namespace
}  // namespace strata::net
