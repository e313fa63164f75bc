// A network of four nodes with real winning proofs: blocks reach every node, a seed repeats a chain, a restart
// continues it.
#include <strata/devnet/devnet.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include <strata/chain/api.hpp>
#include <strata/chain/weight.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/http/client.hpp>
#include <strata/http/server.hpp>
#include <strata/market/provider_market.hpp>
#include <strata/node/node.hpp>
#include <strata/p2p/memory_network.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/params/parameter_name.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/provider/api.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;

class DevnetTest : public ::testing::Test {
  protected:
    // Keys take seconds: one set for all tests.
    static void SetUpTestSuite() {
        temp_ = std::make_unique<testing::TempFolder>();
        root_ = temp_->path();
        proofs::ParameterStore store(root_ / "keys");
        crypto::SeededRandom random(as_bytes("keys"));
        ASSERT_TRUE(store.make(proofs::CircuitKind::winning_post, 2048, random));
        // These two keys only need to be readable, because the test makes no seal and no window proof.
        for (const auto kind : {proofs::CircuitKind::porep, proofs::CircuitKind::window_post})
            fs::copy_file(verifying_key(proofs::CircuitKind::winning_post), verifying_key(kind));
    }
    static void TearDownTestSuite() { temp_.reset(); }

    static fs::path verifying_key(proofs::CircuitKind kind) {
        return root_ / "keys" / (*proofs::parameter_name(kind, 2048) + ".vk");
    }
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
    /// Opens the network on ports that were free a moment ago. If one of them is in use by now, tries others.
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
            net.run_until([&]() -> Result<bool> { return net.client().chain().head()->height() >= height; }, 50, stop);
        ASSERT_TRUE(done) << done.error().message();
        for (const auto& node : net.nodes()) EXPECT_EQ(node->chain().head()->key(), net.client().chain().head()->key());
        EXPECT_EQ(net.mesh().counts().refused, 0U) << net.mesh().last_refusal();
    }

    static inline std::unique_ptr<testing::TempFolder> temp_;
    static inline fs::path root_;
};

TEST_F(DevnetTest, a_seed_repeats_a_chain_and_a_restart_goes_on_with_it) {
    TipsetKey head;
    {
        const auto net = open("a");
        ASSERT_TRUE(net);
        mine_to(*net, 2);
        head = net->client().chain().head()->key();
    }
    {
        const auto twin = open("b");
        ASSERT_TRUE(twin);
        mine_to(*twin, 2);
        EXPECT_EQ(twin->client().chain().head()->key(), head);
    }
    const auto again = open("a");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->client().chain().head()->key(), head);
    mine_to(*again, again->epoch());
}

TEST_F(DevnetTest, a_split_network_forks_and_agrees_again_on_the_heavier_chain) {
    const auto net = open("split");
    ASSERT_TRUE(net);
    mine_to(*net, 1);
    const auto head = [&](std::size_t node) { return net->nodes()[node]->chain().head(); };
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

    const auto weight = [&](std::size_t node) { return *net->nodes()[node]->chain().weight(*head(node)); };
    const bool first = weight(0) > weight(1) || (weight(0) == weight(1) && chain::wins_tie(*head(0), *head(1)));
    const auto heavier = head(first ? 0 : 1)->key();
    ASSERT_TRUE(net->mesh().heal());
    net->deliver(net->mesh().now());
    for (std::size_t node = 0; node < net->nodes().size(); ++node) EXPECT_EQ(head(node)->key(), heavier) << node;
    mine_to(*net, net->epoch());
}

// One byte in every 32 of a provider's files is damaged, so that each of its winning proofs fails.
TEST_F(DevnetTest, a_winner_that_cannot_prove_skips_its_block_and_names_sector_and_file) {
    const auto net = open("damaged");
    ASSERT_TRUE(net);
    for (const auto& entry : fs::recursive_directory_iterator(root_ / "damaged/provider-1/provider")) {
        if (!entry.is_regular_file()) continue;
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        for (std::uint64_t at = 0; at < entry.file_size(); at += 32) {
            file.seekp(static_cast<std::streamoff>(at));
            file.put('\x01');
        }
    }
    const auto failures_of = [&](std::size_t i) { return net->nodes()[i]->health().failures(); };
    net->wish([](std::size_t, const chain::Win&) { return true; });
    net->let_win(Devnet::Winners::all);
    const std::atomic<bool> stop = false;
    const auto failed = [&]() -> Result<bool> { return failures_of(0).contains(node::Part::mining); };
    const auto status = net->run_until(failed, 50, stop);
    ASSERT_TRUE(status) << status.error().message();
    const auto why = failures_of(0).at(node::Part::mining).why;
    EXPECT_NE(why.find("t01000 won epoch"), std::string::npos) << why;
    EXPECT_NE(why.find("sector "), std::string::npos) << why;
    EXPECT_NE(why.find((root_ / "damaged/provider-1/provider/sealed/s-t01000-").string()), std::string::npos) << why;
    EXPECT_TRUE(failures_of(1).empty());
    const auto before = net->client().chain().head()->height();
    mine_to(*net, before + 3);
    EXPECT_EQ(net->blocks_with(0, 0) + net->blocks_with(0, 1), 0U);
    const auto ready = http::get(net->provider(0).url() + "/health/readyz");
    ASSERT_TRUE(ready);
    EXPECT_EQ(ready->status, 503U);
    EXPECT_EQ(http::get(net->provider(1).url() + "/health/readyz")->status, 200U);
    const auto metrics = http::get(net->provider(0).url() + "/metrics");
    ASSERT_TRUE(metrics);
    const std::string text(as_text(metrics->body));
    EXPECT_NE(text.find("strata_failures_total{part=\"mining\"} "), std::string::npos) << text;
    EXPECT_NE(text.find("strata_sectors{state=\"Proving\"} 2"), std::string::npos) << text;
}

TEST_F(DevnetTest, every_changed_field_of_the_description_is_refused_and_named) {
    {
        ASSERT_TRUE(open("changed"));
    }
    const auto path = root_ / "changed/network.json";
    const auto original = nlohmann::json::parse(std::ifstream(path));
    const auto refusal = [&](const std::function<void(nlohmann::json&)>& change) {
        auto changed = original;
        change(changed);
        std::ofstream(path) << changed.dump(1);
        const auto opened = Devnet::open(config("changed"));
        EXPECT_FALSE(opened) << changed.dump();
        return opened ? std::string() : opened.error().message();
    };
    const auto expect = [&](const std::string& part, const std::function<void(nlohmann::json&)>& change) {
        const auto message = refusal(change);
        EXPECT_NE(message.find(part), std::string::npos) << message;
    };
    expect("network_name is mine, but the seed \"7\" gives strata-devnet-7",
           [](auto& d) { d["network_name"] = "mine"; });
    expect("network_name is strata-devnet-7, but the seed \"8\" gives strata-devnet-8",
           [](auto& d) { d["strata"]["seed"] = "8"; });
    expect("eth_chain_id is 1, but local networks have 31415926", [](auto& d) { d["eth_chain_id"] = 1; });
    expect("genesis_timestamp 1700000001, but the genesis block's timestamp is 1700000000",
           [](auto& d) { d["genesis_timestamp"] = 1'700'000'001; });
    expect("block_delay_s", [](auto& d) { d["block_delay_s"] = 0; });
    expect("block_delay_s is 3601, expected 1 to 3600", [](auto& d) { d["block_delay_s"] = 3601; });
    expect("genesis is bafkqaaa, but the chain begins with bafy", [](auto& d) { d["genesis"] = "bafkqaaa"; });
    expect("strata.sector_size is 4096, expected 2048 or 8388608", [](auto& d) { d["strata"]["sector_size"] = 4096; });
    for (const auto& [name, value] : original.items()) expect("network.json", [&](auto& d) { d.erase(name); });
    for (const auto& [name, value] : original.items()) expect("network.json", [&](auto& d) { d[name] = -1; });
    std::ofstream(path) << original.dump(1);
    EXPECT_TRUE(Devnet::open(config("changed")));
}

TEST_F(DevnetTest, a_block_delay_that_does_not_fit_the_head_is_refused) {
    {
        const auto net = open("delay");
        ASSERT_TRUE(net);
        mine_to(*net, 2);
    }
    const auto path = root_ / "delay/network.json";
    auto description = nlohmann::json::parse(std::ifstream(path));
    description["block_delay_s"] = 5;
    std::ofstream(path) << description.dump(1);
    const auto opened = Devnet::open(config("delay"));
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message().find("block_delay_s 5, but the head at epoch"), std::string::npos)
        << opened.error().message();
}

TEST_F(DevnetTest, a_lost_repository_beside_sealed_sectors_is_named) {
    {
        ASSERT_TRUE(open("lost"));
    }
    fs::rename(root_ / "lost/provider-2/repository/records", root_ / "lost/elsewhere");
    const auto opened = Devnet::open(config("lost"));
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message().find((root_ / "lost/provider-2/repository/records").string()), std::string::npos)
        << opened.error().message();
    fs::rename(root_ / "lost/elsewhere", root_ / "lost/provider-2/repository/records");
    EXPECT_TRUE(Devnet::open(config("lost")));
}

TEST_F(DevnetTest, a_missing_verifying_key_is_named) {
    const auto key = verifying_key(proofs::CircuitKind::window_post);
    fs::rename(key, root_ / "aside");
    const auto opened = Devnet::open(config("keyless"));
    fs::rename(root_ / "aside", key);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), Errc::not_found);
    EXPECT_NE(opened.error().message().find(key.string()), std::string::npos) << opened.error().message();
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
