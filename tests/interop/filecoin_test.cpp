// Our host with Filecoin's requests, and a stranger that says hello and serves chain exchange over the chain that Lotus
// recorded (vectors/lotus-devnet/long). Each fetches the chain of the other.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <strata/chain/test_recorded.hpp>
#include <strata/net/host.hpp>
#include <strata/p2p/service.hpp>
#include <strata/p2p/test_peers.hpp>

#include "stranger.hpp"

namespace strata::p2p {
namespace {

using chain::ChainAnswer;
using chain::ChainRequest;
using chain::testing::RecordedChain;
using interop::StrangePeer;
using nlohmann::json;

class StrangeFilecoin : public ::testing::TestWithParam<interop::Stranger> {
  protected:
    void SetUp() override {
        if (!GetParam().path()) GTEST_SKIP() << GetParam().absence();
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
    std::vector<std::string> arguments() const {
        const auto car = *strata::testing::find_vectors("lotus-devnet") / "long" / "chain.car.zst";
        return {"listen", "-seed", "21", "-listen", "/ip4/127.0.0.1/tcp/0", "-chain", car.string()};
    }
    /// Dials the peer and waits until both sides said hello.
    net::PeerId meet(StrangePeer& stranger) {
        const json ready = stranger.next("ready");
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

TEST_P(StrangeFilecoin, says_hello_both_ways) {
    StrangePeer stranger(GetParam(), arguments());
    meet(stranger);
    const json hello = stranger.next("hello");
    EXPECT_EQ(hello["genesis"]["/"], recorded.store.genesis()->cids()[0].to_string()) << hello;
    // It announces the parent of its head, whose weight it knows.
    for (int i = 0; i < 500 && peer.followed().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(peer.followed(), recorded.tipsets.at(recorded.tipsets.size() - 2)->key());
}

TEST_P(StrangeFilecoin, gives_its_chain) {
    StrangePeer stranger(GetParam(), arguments());
    const auto id = meet(stranger);
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

TEST_P(StrangeFilecoin, fetches_our_chain_and_finds_it_the_same) {
    StrangePeer stranger(GetParam(), arguments());
    meet(stranger);
    json head = json::array();
    for (const auto& cid : recorded.head()->cids()) head.push_back(cid.to_string());
    for (const int options : {1, 2, 3})
        for (const int length : {1, 8, 900}) {
            json got = stranger.ask({{"cmd", "fetch"},
                                     {"peer", host->id().to_string()},
                                     {"head", head},
                                     {"length", length},
                                     {"options", options},
                                     {"tag", "ours"}});
            if (got["tag"] != "ours") got = stranger.next("answer");  // the first one is of its hello
            EXPECT_TRUE(got.value("ok", false)) << got;
            EXPECT_TRUE(got.value("equals_own", false)) << got;
        }
}

INSTANTIATE_TEST_SUITE_P(, StrangeFilecoin, ::testing::Values(interop::kGo, interop::kJs),
                         [](const auto& stranger) { return stranger.param.name; });

}  // namespace
}  // namespace strata::p2p
