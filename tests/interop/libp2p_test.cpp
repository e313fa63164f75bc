// Our host and a peer of a different implementation over TCP: each dials the other, and pings, identifies and echoes.
#include <gtest/gtest.h>

#include <strata/net/envelope.hpp>

#include "stranger_host.hpp"

namespace strata::net {
namespace {

using interop::StrangePeer;
using interop::Stranger;
using nlohmann::json;
constexpr std::size_t kMebibyte = 1 << 20;

class StrangeLibp2p : public ::testing::TestWithParam<std::tuple<Stranger, KeyType>> {
  protected:
    void SetUp() override {
        if (!stranger().path()) GTEST_SKIP() << stranger().absence();
        crypto::SeededRandom random(as_bytes("interop"));
        auto key = std::get<KeyType>(GetParam()) == KeyType::ed25519
                       ? PrivateKey::ed25519(random.bytes<32>())
                       : PrivateKey::secp256k1(random.bytes<32>()).value();
        HostConfig config{.listen = {Multiaddr::parse("/ip4/127.0.0.1/tcp/0").value()}};
        config.swarm.agent = "strata-interop";
        host = Host::start(std::move(key), std::move(config), [](Swarm& swarm) {
                   swarm.support(std::string(testing::kEcho), [] { return std::make_unique<testing::Echo>(); });
               }).value();
    }

    static const Stranger& stranger() { return std::get<Stranger>(GetParam()); }
    Identify identified(const PeerId& peer) { return interop::identified(*host, peer); }

    std::unique_ptr<Host> host;
};

TEST_P(StrangeLibp2p, is_dialled_and_serves_and_asks_on_the_same_connection) {
    StrangePeer peer(stranger(), {"listen", "-seed", "7", "-listen", "/ip4/127.0.0.1/tcp/0", "-agent", "a-stranger"});
    const json ready = peer.next("ready");
    ASSERT_TRUE(ready.is_object());
    const auto address = Multiaddr::parse(ready["addrs"][0].get<std::string>()).value();
    const auto reached = host->dial(address);
    ASSERT_TRUE(reached) << reached.error().message();
    EXPECT_EQ(reached->to_string(), ready["peer"].get<std::string>());

    EXPECT_TRUE(testing::ping(*host, *reached));
    EXPECT_TRUE(testing::echo(*host, *reached, kMebibyte));
    const auto grown = testing::echo(*host, *reached, 32 * kMebibyte);
    EXPECT_TRUE(grown) << "windows grow on both sides: " << grown.error().message();

    const Identify known = identified(*reached);
    EXPECT_EQ(known.agent, "a-stranger");
    for (const auto& protocol : ready["protocols"])
        EXPECT_NE(std::ranges::find(known.protocols, protocol.get<std::string>()), known.protocols.end()) << protocol;
    ASSERT_EQ(known.signed_record.has_value(), stranger().has_signed_record());
    if (known.signed_record) {
        const auto record = open_peer_record(*known.signed_record);
        ASSERT_TRUE(record) << record.error().message();
        EXPECT_EQ(record->peer, *reached);
        EXPECT_EQ(record->addresses, known.listen);
    }

    const std::string own = host->id().to_string();
    const json pinged = peer.ask({{"cmd", "ping"}, {"peer", own}, {"count", 3}});
    EXPECT_TRUE(pinged.value("ok", false)) << pinged;
    const json echoed = peer.ask({{"cmd", "echo"}, {"peer", own}, {"size", kMebibyte}});
    EXPECT_TRUE(echoed.value("ok", false)) << echoed;
    const json large = peer.ask({{"cmd", "echo"}, {"peer", own}, {"size", 32 * kMebibyte}});
    EXPECT_TRUE(large.value("ok", false)) << large;
    const json identify = peer.ask({{"cmd", "identify"}, {"peer", own}});
    EXPECT_TRUE(identify.dump().contains("strata-interop")) << identify;
    EXPECT_TRUE(identify.dump().contains("/strata/echo/1.0.0")) << identify;
}

TEST_P(StrangeLibp2p, dials_pings_identifies_and_echoes) {
    StrangePeer peer(stranger(), {"dial", "-seed", "8", "-no-dht", host->addresses()[0].to_string(), "ping:3",
                                  "identify", "echo:" + std::to_string(kMebibyte)});
    EXPECT_EQ(peer.wait(), 0);
}

TEST_P(StrangeLibp2p, carries_many_streams_one_after_the_other) {
    StrangePeer peer(stranger(), {"listen", "-seed", "9", "-listen", "/ip4/127.0.0.1/tcp/0"});
    const json ready = peer.next("ready");
    ASSERT_TRUE(ready.is_object());
    const auto reached = host->dial(Multiaddr::parse(ready["addrs"][0].get<std::string>()).value());
    ASSERT_TRUE(reached) << reached.error().message();
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(testing::echo(*host, *reached, 100)) << i;
    const std::string own = host->id().to_string();
    for (int i = 0; i < 100; ++i) {
        const json echoed = peer.ask({{"cmd", "echo"}, {"peer", own}, {"size", 1000}});
        ASSERT_TRUE(echoed.value("ok", false)) << echoed;
    }
}

TEST_P(StrangeLibp2p, is_still_connected_after_a_minute_of_silence) {
    // Both sides ping inside Yamux every 30 s, and go-yamux gives up a peer that does not answer.
    StrangePeer peer(stranger(), {"listen", "-seed", "11", "-listen", "/ip4/127.0.0.1/tcp/0"});
    const json ready = peer.next("ready");
    ASSERT_TRUE(ready.is_object());
    const auto reached = host->dial(Multiaddr::parse(ready["addrs"][0].get<std::string>()).value());
    ASSERT_TRUE(reached) << reached.error().message();
    std::this_thread::sleep_for(std::chrono::seconds(65));
    const json peers = peer.ask({{"cmd", "peers"}});
    EXPECT_TRUE(peers.dump().contains(host->id().to_string())) << peers;
    EXPECT_TRUE(testing::ping(*host, *reached));
}

TEST_P(StrangeLibp2p, is_told_of_a_wrong_peer) {
    StrangePeer peer(stranger(), {"listen", "-seed", "10", "-listen", "/ip4/127.0.0.1/tcp/0"});
    const json ready = peer.next("ready");
    ASSERT_TRUE(ready.is_object());
    const auto address = Multiaddr::parse(ready["addrs"][0].get<std::string>()).value();
    const auto reached = host->dial(address.with_peer(host->id()));
    ASSERT_FALSE(reached);
    EXPECT_EQ(reached.error().code(), Errc::verification) << reached.error().message();
}

INSTANTIATE_TEST_SUITE_P(, StrangeLibp2p,
                         ::testing::Combine(::testing::Values(interop::kGo, interop::kJs, interop::kRust),
                                            ::testing::Values(KeyType::ed25519, KeyType::secp256k1)),
                         [](const auto& of) {
                             return interop::case_name(std::get<0>(of.param), std::get<1>(of.param));
                         });

}  // namespace
}  // namespace strata::net
