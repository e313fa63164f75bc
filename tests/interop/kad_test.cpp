// Our DHT and those of go-libp2p-kad-dht, js-libp2p and rust-libp2p over TCP: each finds peers through the other.
#include <gtest/gtest.h>

#include <thread>

#include <strata/net/host.hpp>
#include <strata/net/kad.hpp>
#include <strata/net/test_echo.hpp>

#include "stranger.hpp"

namespace strata::net {
namespace {

using interop::StrangePeer;
using nlohmann::json;

class StrangeKad : public ::testing::TestWithParam<interop::Stranger> {
  protected:
    void SetUp() override {
        if (!GetParam().path()) GTEST_SKIP() << GetParam().absence();
        HostConfig config{.listen = {Multiaddr::parse("/ip4/127.0.0.1/tcp/0").value()}};
        host = Host::start(PrivateKey::ed25519(ByteArray<32>{7}), std::move(config), [this](Swarm& swarm) {
                   KadConfig with{.protocol = "/fil/kad/devnet/kad/1.0.0", .connect = connector()};
                   kad = std::make_unique<Kad>(swarm, std::move(with));
                   swarm.add_listener(kad.get());
               }).value();
    }
    void TearDown() override {
        if (!host) return;
        // The DHT belongs to the host's thread.
        (void)call<bool>([this](Swarm& swarm, const std::function<void(Result<bool>)>& done) {
            swarm.remove_listener(kad.get());
            kad.reset();
            done(true);
        });
    }
    KadConfig::Connect connector() {
        return [this](const PeerId& peer, const std::vector<Multiaddr>& at, const KadConfig::Connected& done) {
            host->dial(at.front().without_peer().with_peer(peer),
                       [done](const Result<PeerId>& got) { done(got ? Status() : Status(got.error())); });
        };
    }
    template <class T>
    Result<T> call(const std::function<void(Swarm&, std::function<void(Result<T>)>)>& work) {
        return testing::wait_for<T>(*host, work);
    }
    std::size_t table_size() {
        return call<std::size_t>([this](Swarm&, const auto& done) { done(kad->table().size()); }).value();
    }
    bool table_reaches(std::size_t size) {
        for (int i = 0; i < 100 && table_size() < size; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        return table_size() >= size;
    }

    std::unique_ptr<Host> host;
    std::unique_ptr<Kad> kad;
};

TEST_P(StrangeKad, peers_find_each_other_through_the_stranger_and_through_us) {
    const auto arguments = [](const std::string& seed) {
        return std::vector<std::string>{"listen",   "-seed", seed, "-listen", "/ip4/127.0.0.1/tcp/0",
                                        "-network", "devnet"};
    };
    StrangePeer first(GetParam(), arguments("21")), second(GetParam(), arguments("22")),
        third(GetParam(), arguments("23"));
    const json at_first = first.next("ready"), at_second = second.next("ready"), at_third = third.next("ready");
    ASSERT_TRUE(at_third.is_object());
    // The second knows the first only, and so do we.
    ASSERT_TRUE(second.ask({{"cmd", "dial"}, {"addr", at_first["addrs"][0]}}).value("ok", false));
    ASSERT_TRUE(host->dial(Multiaddr::parse(at_first["addrs"][0].get<std::string>()).value()));
    EXPECT_TRUE(table_reaches(1));
    const auto wanted = PeerId::parse(at_second["peer"].get<std::string>()).value();
    Result<KadPeer> found = Errc::not_found;
    // The first takes a moment until it has the second in its table.
    for (int i = 0; i < 50 && !found; ++i) {
        found = call<KadPeer>(
            [&](Swarm&, const std::function<void(Result<KadPeer>)>& done) { kad->find_peer(wanted, done); });
        if (!found) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_TRUE(found->is_connected);
    ASSERT_FALSE(found->addresses.empty());
    EXPECT_EQ(found->addresses[0].with_peer(wanted).to_string(), at_second["addrs"][0].get<std::string>());
    EXPECT_TRUE(table_reaches(2));

    // The third knows us only: it finds the second through our answers.
    ASSERT_TRUE(third.ask({{"cmd", "dial"}, {"addr", host->addresses().at(0).to_string()}}).value("ok", false));
    json answer = json::object();
    for (int i = 0; i < 50 && !answer.value("ok", false); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        answer = third.ask({{"cmd", "find"}, {"peer", at_second["peer"]}});
    }
    EXPECT_TRUE(answer.value("ok", false)) << answer;
    EXPECT_GE(answer.value("table", 0), 2) << "we are in its table, and who we told of";
    const auto closest = answer.value("closest", std::vector<std::string>());
    EXPECT_NE(std::ranges::find(closest, host->id().to_string()), closest.end()) << answer;
    EXPECT_TRUE(table_reaches(3));
}

INSTANTIATE_TEST_SUITE_P(, StrangeKad, ::testing::Values(interop::kGo, interop::kJs, interop::kRust),
                         [](const auto& stranger) { return stranger.param.name; });

}  // namespace
}  // namespace strata::net
