// A network of four nodes with real winning proofs: blocks reach everybody, a seed repeats a chain, a restart goes on.
#include <strata/devnet/devnet.hpp>

#include <gtest/gtest.h>

#include <strata/chain/weight.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/http/client.hpp>
#include <strata/http/server.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::devnet {
namespace {

class DevnetTest : public ::testing::Test {
  protected:
    // Keys take seconds: one set for all tests.
    static void SetUpTestSuite() {
        root_ = std::make_unique<testing::TempFolder>();
        proofs::ParameterStore store(*root_ / "keys");
        crypto::SeededRandom random(as_bytes("keys"));
        ASSERT_TRUE(store.make(proofs::CircuitKind::winning_post, 2048, random));
    }
    static void TearDownTestSuite() { root_.reset(); }

    static DevnetConfig config(const std::string& name) {
        DevnetConfig out;
        out.folder = *root_ / name;
        out.parameters = *root_ / "keys";
        out.seed = "7";
        out.genesis_timestamp = 1'700'000'000;
        return out;
    }
    static std::unique_ptr<Devnet> open(const std::string& name) {
        auto net = Devnet::open(config(name));
        EXPECT_TRUE(net) << net.error().message();
        return net ? std::move(*net) : nullptr;
    }
    /// Opens it on ports that the system had free just now; where somebody takes one of the next three, on others.
    static Result<std::unique_ptr<Devnet>> open_on_free_ports(DevnetConfig& config) {
        constexpr int kTries = 20;
        Result<std::unique_ptr<Devnet>> out = Errc::busy;
        for (int i = 0; i < kTries && !out && out.error().code() == Errc::busy; ++i) {
            const auto refuse = [](const http::Request&) { return http::Response{}; };
            STRATA_TRY(config.first_port, free_port(refuse));
            out = Devnet::open(config);
        }
        return out;
    }
    static Result<std::uint16_t> free_port(const http::Handler& handler) {
        STRATA_TRY(const auto server, http::Server::start("127.0.0.1", 0, handler));
        return server->port();
    }
    static void mine_to(Devnet& net, ChainEpoch height) {
        net.wish([](std::size_t, const chain::Win&) { return true; });
        const std::atomic<bool> stop = false;
        const auto done =
            net.run_until([&]() -> Result<bool> { return net.client().full().head()->height() >= height; }, 50, stop);
        ASSERT_TRUE(done) << done.error().message();
        for (const auto& node : net.nodes()) EXPECT_EQ(node->full().head()->key(), net.client().full().head()->key());
        EXPECT_EQ(net.mesh().counts().refused, 0U) << net.mesh().last_refusal();
    }

    static inline std::unique_ptr<testing::TempFolder> root_;
};

TEST_F(DevnetTest, a_seed_repeats_a_chain_and_a_restart_goes_on_with_it) {
    TipsetKey head;
    {
        const auto net = open("a");
        ASSERT_TRUE(net);
        mine_to(*net, 2);
        head = net->client().full().head()->key();
    }
    {
        const auto twin = open("b");
        ASSERT_TRUE(twin);
        mine_to(*twin, 2);
        EXPECT_EQ(twin->client().full().head()->key(), head);
    }
    const auto again = open("a");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->client().full().head()->key(), head);
    mine_to(*again, again->epoch());
}

TEST_F(DevnetTest, a_split_network_forks_and_agrees_again_on_the_heavier_chain) {
    const auto net = open("split");
    ASSERT_TRUE(net);
    mine_to(*net, 1);
    const auto head = [&](std::size_t node) { return net->nodes()[node]->full().head(); };
    const auto common = head(0)->height();
    net->mesh().partition({{0, 3}, {1, 2}});
    net->wish([](std::size_t, const chain::Win&) { return true; });
    const std::atomic<bool> stop = false;
    const auto both_grew = [&]() -> Result<bool> { return head(0)->height() > common && head(1)->height() > common; };
    ASSERT_TRUE(net->run_until(both_grew, 50, stop));
    EXPECT_EQ(head(0)->key(), head(3)->key());
    EXPECT_EQ(head(1)->key(), head(2)->key());
    EXPECT_NE(head(0)->key(), head(1)->key());
    EXPECT_GT(net->mesh().counts().lost, 0U);

    const auto weight = [&](std::size_t node) {
        return *chain::chain_weight(net->nodes()[node]->full().chain(), *head(node));
    };
    const bool first = weight(0) > weight(1) || (weight(0) == weight(1) && chain::wins_tie(*head(0), *head(1)));
    const auto heavier = head(first ? 0 : 1)->key();
    ASSERT_TRUE(net->mesh().heal());
    ASSERT_TRUE(net->deliver(net->mesh().now()));
    for (std::size_t node = 0; node < net->nodes().size(); ++node) EXPECT_EQ(head(node)->key(), heavier) << node;
    mine_to(*net, net->epoch());
}

TEST_F(DevnetTest, every_node_answers_over_http_and_a_taken_port_is_named) {
    auto first = config("c");
    const auto net = open_on_free_ports(first);
    ASSERT_TRUE(net) << net.error().message();
    const std::string call = R"({"jsonrpc":"2.0","id":1,"method":"Filecoin.ChainHead","params":[]})";
    for (const auto& node : (*net)->nodes()) {
        const auto answer = http::send("POST", node->url() + "/rpc/v1", "application/json", as_bytes(call));
        ASSERT_TRUE(answer) << answer.error().message();
        EXPECT_EQ(answer->status, 200U);
    }
    EXPECT_EQ(http::get((*net)->provider(0).url() + "/market/ask")->status, 200U);
    EXPECT_EQ(http::get((*net)->client().url() + "/market/ask")->status, 404U);

    auto second = config("d");
    second.first_port = first.first_port;
    const auto taken = Devnet::open(second);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code(), Errc::busy);
    EXPECT_NE(taken.error().message().find(std::to_string(first.first_port)), std::string::npos)
        << taken.error().message();
}

}  // namespace
}  // namespace strata::devnet
