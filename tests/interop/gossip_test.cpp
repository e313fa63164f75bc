// Our gossip and those of go-libp2p-pubsub, js-libp2p and rust-libp2p over TCP, with strict signing and the meshes of
// Lotus: messages go both ways, each side has the other in its mesh, and neither takes a message with a wrong
// signature.
#include <gtest/gtest.h>

#include <thread>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/net/gossip.hpp>

#include "stranger_host.hpp"

namespace strata::net {
namespace {

using interop::on_host;
using interop::StrangePeer;
using interop::Stranger;
using nlohmann::json;

const std::string kBlocks = "/fil/blocks/devnet";
const std::string kMessages = "/fil/msgs/devnet";

class StrangeGossip : public ::testing::TestWithParam<std::tuple<Stranger, KeyType>> {
  protected:
    void SetUp() override {
        if (!stranger().path()) GTEST_SKIP() << stranger().absence();
        auto key = std::get<KeyType>(GetParam()) == KeyType::ed25519 ? PrivateKey::ed25519(ByteArray<32>{1})
                                                                     : PrivateKey::secp256k1(ByteArray<32>{1}).value();
        HostConfig config{.listen = {Multiaddr::parse("/ip4/127.0.0.1/tcp/0").value()}};
        host = Host::start(std::move(key), std::move(config), [this](Swarm& swarm) { start_gossip(swarm); }).value();
    }
    void TearDown() override {
        if (!host) return;
        // The gossip belongs to the host's thread.
        on_host<bool>(*host, [this](Swarm& swarm) {
            swarm.remove_listener(gossip.get());
            gossip.reset();
            return true;
        });
    }
    static const Stranger& stranger() { return std::get<Stranger>(GetParam()); }
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
                                          },
                                      .score = TopicScoreConfig{.weight = 0.1, .invalid_weight = -1'000}});
            ASSERT_TRUE(gossip->subscribe(topic));
        }
    }
    /// Looks on the host's thread, to which the gossip belongs.
    bool becomes_true(const std::function<bool()>& condition) {
        return interop::becomes_true([&] { return on_host<bool>(*host, [&](Swarm&) { return condition(); }); });
    }

    std::unique_ptr<Host> host;
    std::unique_ptr<Gossip> gossip;
    std::vector<std::string> got;
};

TEST_P(StrangeGossip, messages_go_both_ways_on_both_topics) {
    StrangePeer peer(stranger(), {"listen", "-seed", "12", "-listen", "/ip4/127.0.0.1/tcp/0", "-network", "devnet",
                                  "-topics", "blocks,msgs", "-no-dht"});
    const json ready = peer.next("ready");
    ASSERT_TRUE(ready.is_object());
    const auto reached = host->dial(Multiaddr::parse(ready["addrs"][0].get<std::string>()).value());
    ASSERT_TRUE(reached) << reached.error().message();
    for (const auto& topic : {kBlocks, kMessages})
        EXPECT_TRUE(becomes_true([&] { return gossip->mesh(topic).contains(*reached); })) << topic;

    const std::string own = host->id().to_string();
    for (const auto& [topic, text] : {std::pair{kBlocks, "a block"}, std::pair{kMessages, "a message"}}) {
        const auto name = on_host<Bytes>(*host, [&](Swarm&) { return gossip->publish(topic, as_bytes(text)).value(); });
        const json heard = peer.next("message");
        EXPECT_EQ(heard.value("data", ""), to_hex(as_bytes(text))) << heard;
        EXPECT_EQ(heard.value("topic", ""), topic) << heard;
        EXPECT_EQ(heard.value("id", ""), to_hex(name)) << heard;
        EXPECT_EQ(heard.value("from", ""), own) << heard;
        EXPECT_FALSE(heard.value("key_present", false)) << heard;
    }
    for (const auto& [topic, data] : {std::pair{kBlocks, "010203"}, std::pair{kMessages, "040506"}}) {
        const json sent = peer.ask({{"cmd", "publish"}, {"topic", topic}, {"data", data}, {"count", 1}});
        EXPECT_TRUE(sent.value("ok", false)) << sent;
        EXPECT_TRUE(becomes_true([&] {
            return std::ranges::find(got, topic + " " + data + " " + reached->to_string()) != got.end();
        })) << topic;
    }
    const std::string large(2 * 900'000, 'a');
    const json sent = peer.ask({{"cmd", "publish"}, {"topic", kMessages}, {"data", large}, {"count", 1}});
    EXPECT_TRUE(sent.value("ok", false));
    EXPECT_TRUE(becomes_true(
        [&] { return std::ranges::find(got, kMessages + " " + large + " " + reached->to_string()) != got.end(); }));
    EXPECT_TRUE(on_host<bool>(*host, [&](Swarm&) { return gossip->score(*reached) >= 0; }));
}

TEST_P(StrangeGossip, a_message_passes_through_between_two_peers) {
    const std::vector<std::string> arguments{
        "-listen", "/ip4/127.0.0.1/tcp/0", "-network", "devnet", "-topics", "blocks", "-no-dht"};
    const auto with_seed = [&](const std::string& seed) {
        std::vector<std::string> all{"listen", "-seed", seed};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return all;
    };
    StrangePeer first(stranger(), with_seed("13")), second(stranger(), with_seed("14"));
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

/// Writes one RPC on a stream of gossip and leaves the stream open.
class RawGossip final : public StreamHandler {
  public:
    RawGossip() = default;
    explicit RawGossip(const GossipRpc& rpc) : frame_(framed(encode_gossip(rpc))) {}
    void on_open(Stream& stream) override {
        if (!frame_.empty()) stream.write(frame_);
    }
    void on_readable(Stream& stream) override { stream.read(); }

  private:
    Bytes frame_;
};

GossipMessage signed_message(const PrivateKey& key, std::string_view text) {
    GossipMessage out{.data = to_bytes(as_bytes(text)), .sequence = Bytes{0, 0, 0, 0, 0, 0, 0, 9}, .topic = kBlocks};
    sign_gossip(out, key);
    return out;
}

TEST_P(StrangeGossip, strangers_do_not_take_a_wrong_signature_or_author) {
    StrangePeer peer(stranger(), {"listen", "-seed", "15", "-listen", "/ip4/127.0.0.1/tcp/0", "-network", "devnet",
                                  "-topics", "blocks", "-no-dht"});
    // js-libp2p before version 3 drops the gossip of a peer whose identify, which may come after it, lists no gossip
    // protocol (libp2p src/registrar.ts, _onPeerUpdate).
    const auto plain = Host::start(PrivateKey::ed25519(ByteArray<32>{2}), {}, [](Swarm& swarm) {
                           swarm.support("/meshsub/1.1.0", [] { return std::make_unique<RawGossip>(); });
                       }).value();
    const auto reached = interop::meet(*plain, peer.next("ready"));
    ASSERT_TRUE(reached) << reached.error().message();
    const auto key = std::get<KeyType>(GetParam()) == KeyType::ed25519
                         ? PrivateKey::ed25519(ByteArray<32>{2})
                         : PrivateKey::secp256k1(ByteArray<32>{2}).value();
    GossipRpc rpc;
    rpc.messages.push_back(signed_message(key, "a wrong signature"));
    rpc.messages.back().signature[8] ^= 1;
    rpc.messages.push_back(signed_message(key, "a wrong author"));
    rpc.messages.back().from = to_bytes(PeerId::of(PrivateKey::ed25519(ByteArray<32>{4}).public_key()).bytes());
    rpc.messages.push_back(signed_message(key, "no signature"));
    rpc.messages.back().signature.clear();
    rpc.messages.push_back(signed_message(key, "a right one"));
    plain->post([&](Swarm& swarm) {
        EXPECT_TRUE(swarm.open(*reached, {"/meshsub/1.1.0"}, std::make_unique<RawGossip>(rpc), swarm.now()));
    });
    const json heard = peer.next("message");
    EXPECT_EQ(heard.value("data", ""), to_hex(as_bytes("a right one"))) << heard;
}

TEST_P(StrangeGossip, a_wrong_signature_of_a_stranger_costs_it_score) {
    StrangePeer peer(stranger(), {"listen", "-seed", "16", "-listen", "/ip4/127.0.0.1/tcp/0", "-network", "devnet",
                                  "-topics", "blocks", "-no-dht"});
    const auto reached = interop::meet(*host, peer.next("ready"));
    ASSERT_TRUE(reached) << reached.error().message();
    ASSERT_TRUE(becomes_true([&] { return gossip->mesh(kBlocks).contains(*reached); }));
    const json sent =
        peer.ask({{"cmd", "publish"}, {"topic", kBlocks}, {"data", "bad0"}, {"count", 1}, {"wrong", "signature"}});
    if (!sent.value("ok", false) && sent.value("error", "").contains("not offered")) GTEST_SKIP() << sent;
    ASSERT_TRUE(sent.value("ok", false)) << sent;
    EXPECT_TRUE(becomes_true([&] { return gossip->score(*reached) < 0; }));
    ASSERT_TRUE(peer.ask({{"cmd", "publish"}, {"topic", kBlocks}, {"data", "900d"}, {"count", 1}}).value("ok", false));
    EXPECT_TRUE(on_host<bool>(*host, [&](Swarm&) {
        return std::ranges::none_of(got, [](const auto& text) { return text.contains("bad0"); });
    }));
}

INSTANTIATE_TEST_SUITE_P(, StrangeGossip,
                         ::testing::Combine(::testing::Values(interop::kGo, interop::kJs, interop::kRust),
                                            ::testing::Values(KeyType::ed25519, KeyType::secp256k1)),
                         [](const auto& of) {
                             return interop::case_name(std::get<0>(of.param), std::get<1>(of.param));
                         });

}  // namespace
}  // namespace strata::net
