// Our gossip and a peer of go-libp2p-pubsub 0.17 (the version that Lotus pins) over TCP, with strict signing and the
// meshes of Lotus: messages go both ways, and each side has the other in its mesh. STRATA_GO_PEER names the program.
#include <gtest/gtest.h>

#include <thread>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/net/gossip.hpp>
#include <strata/net/host.hpp>
#include <strata/net/test_echo.hpp>

#include "go_peer.hpp"

namespace strata::net {
namespace {

using interop::GoPeer;
using nlohmann::json;

const std::string kBlocks = "/fil/blocks/devnet";
const std::string kMessages = "/fil/msgs/devnet";

class GoGossip : public ::testing::TestWithParam<KeyType> {
  protected:
    void SetUp() override {
        if (!interop::go_peer_path())
            GTEST_SKIP() << "STRATA_GO_PEER is not set: it is the path of the Go peer (oracle/net, `peer`)";
        auto key = GetParam() == KeyType::ed25519 ? PrivateKey::ed25519(ByteArray<32>{1})
                                                  : PrivateKey::secp256k1(ByteArray<32>{1}).value();
        HostConfig config{.listen = {Multiaddr::parse("/ip4/127.0.0.1/tcp/0").value()}};
        host = Host::start(std::move(key), std::move(config), [this](Swarm& swarm) { start_gossip(swarm); }).value();
    }
    void TearDown() override {
        if (!host) return;
        // The gossip belongs to the host's thread.
        call<bool>([this](Swarm& swarm) {
            swarm.remove_listener(gossip.get());
            gossip.reset();
            return true;
        });
    }
    void start_gossip(Swarm& swarm) {
        gossip = std::make_unique<Gossip>(swarm, GossipConfig{.sequence = 1});
        swarm.add_listener(gossip.get());
        for (const auto& topic : {kBlocks, kMessages}) {
            gossip->add_topic(topic, {.name =
                                          [](const GossipMessage& message) {
                                              return to_bytes(crypto::blake2b_256(message.data.value_or(Bytes())));
                                          },
                                      .validate =
                                          [this](const GossipDelivery& delivery) {
                                              got.push_back(delivery.topic + " " + to_hex(delivery.data) + " " +
                                                            delivery.author.to_string());
                                              return GossipVerdict::accept;
                                          }});
            ASSERT_TRUE(gossip->subscribe(topic));
        }
    }
    template <class T>
    T call(const std::function<T(Swarm&)>& work) {
        return testing::wait_for<T>(
                   *host, [&](Swarm& swarm, const std::function<void(Result<T>)>& done) { done(work(swarm)); })
            .value();
    }
    bool becomes_true(const std::function<bool()>& condition) {
        for (int i = 0; i < 100; ++i) {
            if (call<bool>([&](Swarm&) { return condition(); })) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return false;
    }

    std::unique_ptr<Host> host;
    std::unique_ptr<Gossip> gossip;
    std::vector<std::string> got;
};

TEST_P(GoGossip, messages_go_both_ways_on_both_topics) {
    GoPeer go({"listen", "-seed", "12", "-listen", "/ip4/127.0.0.1/tcp/0", "-network", "devnet", "-topics",
               "blocks,msgs", "-no-dht"});
    const json ready = go.next("ready");
    ASSERT_TRUE(ready.is_object());
    const auto reached = host->dial(Multiaddr::parse(ready["addrs"][0].get<std::string>()).value());
    ASSERT_TRUE(reached) << reached.error().message();
    for (const auto& topic : {kBlocks, kMessages})
        EXPECT_TRUE(becomes_true([&] { return gossip->mesh(topic).contains(*reached); })) << topic;

    const std::string own = host->id().to_string();
    for (const auto& [topic, text] : {std::pair{kBlocks, "a block"}, std::pair{kMessages, "a message"}}) {
        const auto name = call<Bytes>([&](Swarm&) { return gossip->publish(topic, as_bytes(text)).value(); });
        const json heard = go.next("message");
        EXPECT_EQ(heard.value("data", ""), to_hex(as_bytes(text))) << heard;
        EXPECT_EQ(heard.value("topic", ""), topic) << heard;
        EXPECT_EQ(heard.value("id", ""), to_hex(name)) << heard;
        EXPECT_EQ(heard.value("from", ""), own) << heard;
        EXPECT_FALSE(heard.value("key_present", true)) << heard;
    }
    for (const auto& topic : {kBlocks, kMessages}) {
        const json sent = go.ask({{"cmd", "publish"}, {"topic", topic}, {"data", "010203"}, {"count", 1}});
        EXPECT_TRUE(sent.value("ok", false)) << sent;
        // The names are made from the data alone, so the second is seen already.
        if (topic == kMessages) break;
        EXPECT_TRUE(becomes_true([&] {
            return std::ranges::find(got, topic + " 010203 " + reached->to_string()) != got.end();
        })) << topic;
    }
    const std::string large(2 * 900'000, 'a');
    const json sent = go.ask({{"cmd", "publish"}, {"topic", kMessages}, {"data", large}, {"count", 1}});
    EXPECT_TRUE(sent.value("ok", false));
    EXPECT_TRUE(becomes_true(
        [&] { return std::ranges::find(got, kMessages + " " + large + " " + reached->to_string()) != got.end(); }));
    EXPECT_TRUE(call<bool>([&](Swarm&) { return gossip->score(*reached) >= 0; }));
}

TEST_P(GoGossip, a_message_passes_through_between_two_peers) {
    const std::vector<std::string> arguments{
        "-listen", "/ip4/127.0.0.1/tcp/0", "-network", "devnet", "-topics", "blocks", "-no-dht"};
    const auto with_seed = [&](const std::string& seed) {
        std::vector<std::string> all{"listen", "-seed", seed};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return all;
    };
    GoPeer first(with_seed("13")), second(with_seed("14"));
    for (auto* peer : {&first, &second}) {
        const json ready = peer->next("ready");
        ASSERT_TRUE(ready.is_object());
        ASSERT_TRUE(host->dial(Multiaddr::parse(ready["addrs"][0].get<std::string>()).value()));
    }
    ASSERT_TRUE(becomes_true([&] { return gossip->mesh(kBlocks).size() == 2; }));
    const json sent = first.ask({{"cmd", "publish"}, {"topic", kBlocks}, {"data", "beef"}, {"count", 1}});
    ASSERT_TRUE(sent.value("ok", false)) << sent;
    const json heard = second.next("message");
    EXPECT_EQ(heard.value("data", ""), "beef") << heard;
    EXPECT_EQ(heard.value("via", ""), host->id().to_string()) << heard;
    EXPECT_NE(heard.value("from", ""), host->id().to_string()) << heard;
}

INSTANTIATE_TEST_SUITE_P(Keys, GoGossip, ::testing::Values(KeyType::ed25519, KeyType::secp256k1),
                         [](const auto& key) { return key.param == KeyType::ed25519 ? "ed25519" : "secp256k1"; });

}  // namespace
}  // namespace strata::net
