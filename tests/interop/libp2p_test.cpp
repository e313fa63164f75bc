// Our host and a peer of go-libp2p (the version that Lotus pins) over TCP: each dials the other, and pings, identifies
// and echoes. The program is not part of the repository; STRATA_GO_PEER names it.
#include <gtest/gtest.h>

#include <strata/net/envelope.hpp>
#include <strata/net/host.hpp>
#include <strata/net/test_echo.hpp>

#include "go_peer.hpp"

namespace strata::net {
namespace {

using interop::GoPeer;
using nlohmann::json;
constexpr std::size_t kMebibyte = 1 << 20;

class GoLibp2p : public ::testing::TestWithParam<KeyType> {
  protected:
    void SetUp() override {
        if (!interop::go_peer_path())
            GTEST_SKIP() << "STRATA_GO_PEER is not set: it is the path of the Go peer (oracle/net, `peer`)";
        crypto::SeededRandom random(as_bytes("interop"));
        auto key = GetParam() == KeyType::ed25519 ? PrivateKey::ed25519(random.bytes<32>())
                                                  : PrivateKey::secp256k1(random.bytes<32>()).value();
        HostConfig config{.listen = {Multiaddr::parse("/ip4/127.0.0.1/tcp/0").value()}};
        config.swarm.agent = "strata-interop";
        host = Host::start(std::move(key), std::move(config), [](Swarm& swarm) {
                   swarm.support(std::string(testing::kEcho), [] { return std::make_unique<testing::Echo>(); });
               }).value();
    }

    /// Returns what the peer told of itself; waits until it did.
    Identify identified(const PeerId& peer) {
        for (int i = 0; i < 500; ++i) {
            auto got = testing::wait_for<Identify>(*host, [&](Swarm& swarm, const auto& done) {
                const auto* known = swarm.identified(peer);
                done(known != nullptr ? Result<Identify>(*known) : Result<Identify>(Errc::not_found));
            });
            if (got) return std::move(*got);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ADD_FAILURE() << "the peer was not identified";
        return {};
    }

    std::unique_ptr<Host> host;
};

TEST_P(GoLibp2p, is_dialled_and_serves_and_asks_on_the_same_connection) {
    GoPeer go({"listen", "-seed", "7", "-listen", "/ip4/127.0.0.1/tcp/0", "-agent", "go-interop"});
    const json ready = go.next("ready");
    ASSERT_TRUE(ready.is_object());
    const auto address = Multiaddr::parse(ready["addrs"][0].get<std::string>()).value();
    const auto reached = host->dial(address);
    ASSERT_TRUE(reached) << reached.error().message();
    EXPECT_EQ(reached->to_string(), ready["peer"].get<std::string>());

    EXPECT_TRUE(testing::ping(*host, *reached));
    EXPECT_TRUE(testing::echo(*host, *reached, kMebibyte));
    EXPECT_TRUE(testing::echo(*host, *reached, 32 * kMebibyte)) << "windows grow on both sides";

    const Identify known = identified(*reached);
    EXPECT_EQ(known.agent, "go-interop");
    for (const auto& protocol : ready["protocols"])
        EXPECT_NE(std::ranges::find(known.protocols, protocol.get<std::string>()), known.protocols.end()) << protocol;
    ASSERT_TRUE(known.signed_record);
    const auto record = open_peer_record(*known.signed_record);
    ASSERT_TRUE(record) << record.error().message();
    EXPECT_EQ(record->peer, *reached);
    EXPECT_EQ(record->addresses, known.listen);

    const std::string own = host->id().to_string();
    const json pinged = go.ask({{"cmd", "ping"}, {"peer", own}, {"count", 3}});
    EXPECT_TRUE(pinged.value("ok", false)) << pinged;
    const json echoed = go.ask({{"cmd", "echo"}, {"peer", own}, {"size", kMebibyte}});
    EXPECT_TRUE(echoed.value("ok", false)) << echoed;
    const json large = go.ask({{"cmd", "echo"}, {"peer", own}, {"size", 32 * kMebibyte}});
    EXPECT_TRUE(large.value("ok", false)) << large;
    const json identify = go.ask({{"cmd", "identify"}, {"peer", own}});
    EXPECT_TRUE(identify.dump().contains("strata-interop")) << identify;
    EXPECT_TRUE(identify.dump().contains("/strata/echo/1.0.0")) << identify;
}

TEST_P(GoLibp2p, dials_pings_identifies_and_echoes) {
    GoPeer go({"dial", "-seed", "8", "-no-dht", host->addresses()[0].to_string(), "ping:3", "identify",
               "echo:" + std::to_string(kMebibyte)});
    EXPECT_EQ(go.wait(), 0);
}

TEST_P(GoLibp2p, carries_many_streams_one_after_the_other) {
    GoPeer go({"listen", "-seed", "9", "-listen", "/ip4/127.0.0.1/tcp/0"});
    const json ready = go.next("ready");
    ASSERT_TRUE(ready.is_object());
    const auto reached = host->dial(Multiaddr::parse(ready["addrs"][0].get<std::string>()).value());
    ASSERT_TRUE(reached) << reached.error().message();
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(testing::echo(*host, *reached, 100)) << i;
    const std::string own = host->id().to_string();
    for (int i = 0; i < 100; ++i) {
        const json echoed = go.ask({{"cmd", "echo"}, {"peer", own}, {"size", 1000}});
        ASSERT_TRUE(echoed.value("ok", false)) << echoed;
    }
}

TEST_P(GoLibp2p, is_still_connected_after_a_minute_of_silence) {
    // Both sides ping inside Yamux every 30 s, and go-yamux gives up a peer that does not answer.
    GoPeer go({"listen", "-seed", "11", "-listen", "/ip4/127.0.0.1/tcp/0"});
    const json ready = go.next("ready");
    ASSERT_TRUE(ready.is_object());
    const auto reached = host->dial(Multiaddr::parse(ready["addrs"][0].get<std::string>()).value());
    ASSERT_TRUE(reached) << reached.error().message();
    std::this_thread::sleep_for(std::chrono::seconds(65));
    const json peers = go.ask({{"cmd", "peers"}});
    EXPECT_TRUE(peers.dump().contains(host->id().to_string())) << peers;
    EXPECT_TRUE(testing::ping(*host, *reached));
}

TEST_P(GoLibp2p, is_told_of_a_wrong_peer) {
    GoPeer go({"listen", "-seed", "10", "-listen", "/ip4/127.0.0.1/tcp/0"});
    const json ready = go.next("ready");
    ASSERT_TRUE(ready.is_object());
    const auto address = Multiaddr::parse(ready["addrs"][0].get<std::string>()).value();
    const auto reached = host->dial(address.with_peer(host->id()));
    ASSERT_FALSE(reached);
    EXPECT_EQ(reached.error().code(), Errc::verification) << reached.error().message();
}

INSTANTIATE_TEST_SUITE_P(Keys, GoLibp2p, ::testing::Values(KeyType::ed25519, KeyType::secp256k1),
                         [](const auto& key) { return key.param == KeyType::ed25519 ? "ed25519" : "secp256k1"; });

}  // namespace
}  // namespace strata::net
