// A network of four nodes with real winning proofs: blocks reach everybody, a seed repeats a chain, a restart goes on.
#include <strata/devnet/devnet.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <strata/chain/weight.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/http/client.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;

class DevnetTest : public ::testing::Test {
  protected:
    // Keys take seconds: one set for all tests.
    static void SetUpTestSuite() {
        std::string pattern = (fs::temp_directory_path() / "strata_devnet_XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
        proofs::ParameterStore store(root_ / "keys");
        crypto::SeededRandom random(as_bytes("keys"));
        ASSERT_TRUE(store.make(proofs::CircuitKind::winning_post, 2048, random));
    }
    static void TearDownTestSuite() { fs::remove_all(root_); }

    static DevnetConfig config(const std::string& name) {
        DevnetConfig out;
        out.folder = root_ / name;
        out.parameters = root_ / "keys";
        out.seed = "7";
        out.genesis_timestamp = 1'700'000'000;
        return out;
    }
    static std::unique_ptr<Devnet> open(const std::string& name) {
        auto net = Devnet::open(config(name));
        EXPECT_TRUE(net) << net.error().message();
        return net ? std::move(*net) : nullptr;
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

    static inline fs::path root_;
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
    net->deliver(net->mesh().now());
    for (std::size_t node = 0; node < net->nodes().size(); ++node) EXPECT_EQ(head(node)->key(), heavier) << node;
    mine_to(*net, net->epoch());
}

TEST_F(DevnetTest, every_node_answers_over_http_and_a_taken_port_is_named) {
    auto first = config("c");
    first.first_port = 23471;
    const auto net = Devnet::open(first);
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
    second.first_port = 23471;
    const auto taken = Devnet::open(second);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code(), Errc::busy);
    EXPECT_NE(taken.error().message().find("23471"), std::string::npos) << taken.error().message();
}

}  // namespace
}  // namespace strata::devnet
