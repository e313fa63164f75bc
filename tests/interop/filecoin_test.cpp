// Our host with Filecoin's requests, and a Go peer that says hello and serves chain exchange over the chain that Lotus
// recorded (vectors/lotus-devnet/long). Each fetches the chain of the other. STRATA_GO_PEER names the program.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <strata/chain/test_recorded.hpp>
#include <strata/net/host.hpp>
#include <strata/p2p/service.hpp>
#include <strata/p2p/test_peers.hpp>

#include "go_peer.hpp"

namespace strata::p2p {
namespace {

using chain::ChainAnswer;
using chain::ChainRequest;
using chain::testing::RecordedChain;
using interop::GoPeer;
using nlohmann::json;

class GoFilecoin : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!interop::go_peer_path())
            GTEST_SKIP() << "STRATA_GO_PEER is not set: it is the path of the Go peer (oracle/net, `peer`)";
        crypto::SeededRandom random(as_bytes("filecoin"));
        net::HostConfig config{.listen = {net::Multiaddr::parse("/ip4/127.0.0.1/tcp/0").value()}};
        host = net::Host::start(net::PrivateKey::ed25519(random.bytes<32>()), std::move(config),
                                [this](net::Swarm& swarm) { serve(swarm); })
                   .value();
        known_host = host.get();
    }
    void serve(net::Swarm& swarm) {
        ServiceConfig config;
        config.post = [this](std::function<void()> work) {
            known_host.load()->post([work = std::move(work)](net::Swarm&) { work(); });
        };
        config.unix_time = [] {
            return std::chrono::duration_cast<std::chrono::nanoseconds>(
                std::chrono::system_clock::now().time_since_epoch());
        };
        service.emplace(swarm, peer, recorded.store.genesis()->cids()[0], std::move(config));
    }
    std::vector<std::string> go_arguments() const {
        const auto car = *strata::testing::find_vectors("lotus-devnet") / "long" / "chain.car.zst";
        return {"listen", "-seed", "21", "-listen", "/ip4/127.0.0.1/tcp/0", "-chain", car.string()};
    }
    /// Dials the peer and waits until both sides said hello.
    net::PeerId meet(GoPeer& go) {
        const json ready = go.next("ready");
        const auto reached = host->dial(net::Multiaddr::parse(ready["addrs"][0].get<std::string>()).value());
        EXPECT_TRUE(reached);
        for (int i = 0; i < 500 && peer.source()->peers().empty(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_EQ(peer.source()->peers(), std::vector{reached->to_string()});
        return *reached;
    }
    ChainAnswer fetch(const net::PeerId& from, const ChainRequest& request) {
        const auto promise = std::make_shared<std::promise<ChainAnswer>>();
        auto answer = promise->get_future();
        peer.source()->ask(from.to_string(), request,
                           [promise](ChainAnswer got) { promise->set_value(std::move(got)); });
        return answer.get();
    }

    RecordedChain& recorded = RecordedChain::with_long_history();
    testing::StorePeer peer{recorded.store};
    std::atomic<net::Host*> known_host = nullptr;
    std::optional<Service> service;
    std::unique_ptr<net::Host> host;  // ends first
};

TEST_F(GoFilecoin, says_hello_both_ways) {
    GoPeer go(go_arguments());
    meet(go);
    const json hello = go.next("hello");
    EXPECT_EQ(hello["genesis"]["/"], recorded.store.genesis()->cids()[0].to_string()) << hello;
    // It announces the parent of its head, whose weight it knows.
    for (int i = 0; i < 500 && peer.followed().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(peer.followed(), recorded.tipsets.at(recorded.tipsets.size() - 2)->key());
}

TEST_F(GoFilecoin, gives_its_chain) {
    GoPeer go(go_arguments());
    const auto id = meet(go);
    for (const auto what : {ChainRequest::What::headers, ChainRequest::What::blocks})
        for (const std::size_t length : {std::size_t{1}, std::size_t{8}, std::size_t{900}}) {
            const ChainRequest request{.top = recorded.head()->key(), .length = length, .what = what};
            const auto got = fetch(id, request);
            ASSERT_TRUE(got) << got.error().message();
            const auto expected = chain::serve_chain(recorded.store, request).value();
            ASSERT_EQ(got->size(), expected.size());
            for (std::size_t i = 0; i < expected.size(); ++i)
                EXPECT_EQ(exchange_tipset((*got)[i], 3), exchange_tipset(expected[i], 3)) << i;
        }
    const auto none = fetch(id, {.top = TipsetKey({Cid::hash_of(Codec::dag_cbor, {})}), .length = 1});
    EXPECT_EQ(none.error().code(), Errc::not_found) << none.error().message();
}

TEST_F(GoFilecoin, fetches_our_chain_and_finds_it_the_same) {
    GoPeer go(go_arguments());
    meet(go);
    json head = json::array();
    for (const auto& cid : recorded.head()->cids()) head.push_back(cid.to_string());
    for (const int options : {1, 2, 3})
        for (const int length : {1, 8, 900}) {
            json got = go.ask({{"cmd", "fetch"},
                               {"peer", host->id().to_string()},
                               {"head", head},
                               {"length", length},
                               {"options", options},
                               {"tag", "ours"}});
            if (got["tag"] != "ours") got = go.next("answer");  // the first one is of its hello
            EXPECT_TRUE(got.value("ok", false)) << got;
            EXPECT_TRUE(got.value("equals_own", false)) << got;
        }
}

}  // namespace
}  // namespace strata::p2p
