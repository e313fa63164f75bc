// Protects a node as its operator meets it: it starts, answers over HTTP, stops, and starts again in the same folder; a
// folder, description or port that does not fit is refused with a sentence. Sources: docs/operating.md ("Health and
// metrics"); the genesis of two networks of Lotus 1.36.2 (tests/vectors/lotus-devnet).
#include <strata/node/node.hpp>

#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include <strata/actors/table.hpp>
#include <strata/base/jobs.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/block_producer.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/chain/test_recorded_node.hpp>
#include <strata/http/client.hpp>
#include <strata/http/server.hpp>
#include <strata/node/shared.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::node {
namespace {

TEST(Node, insecure_keys_are_refused_by_public_networks_only) {
    const testing::TempFolder folder;
    proofs::ParameterStore parameters(folder.path());
    chain::Network network = chain::devnet_2k();
    const auto actors = actors::native_actors();
    chain::KeyedProofVerifier proofs(folder.path());
    chain::LocalBeacon beacon("test");
    Jobs jobs(Jobs::Time::virtual_time);
    const Shared shared{network, *actors, proofs, parameters, beacon, jobs, {}};

    network.name = "testnetnet";
    EXPECT_TRUE(refuse_insecure_keys(shared)) << "no keys, nothing to refuse";
    crypto::SeededRandom random(as_bytes("keys"));
    ASSERT_TRUE(parameters.make(proofs::CircuitKind::window_post, 2048, random));
    const auto refused = refuse_insecure_keys(shared);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::verification);
    const auto keys = *parameters.insecure_keys();
    EXPECT_NE(refused.error().message().find(keys[0].first), std::string::npos);
    EXPECT_NE(refused.error().message().find(keys[0].second), std::string::npos);
    network.name = "strata-devnet-7";
    EXPECT_TRUE(refuse_insecure_keys(shared));
}

/// A node without a miner on the genesis of one of Lotus' networks.
class ClientNode : public ::testing::Test {
  protected:
    static std::string vector(const std::string& name) {
        return testing::read_file(*testing::find_vectors("lotus-devnet/" + name));
    }
    NodeConfig config(const std::string& network = "real") const {
        NodeConfig out;
        out.folder = folder_ / "node";
        out.genesis_car = folder_ / (network + ".car");
        std::ofstream(out.genesis_car, std::ios::binary) << vector(network + "/genesis.car");
        return out;
    }
    Result<std::unique_ptr<Node>> open(NodeConfig config) {
        return Node::open(std::move(config), shared_, crypto::SeededRandom(as_bytes("node")));
    }
    static nlohmann::json ask(Node& node, const std::string& method) {
        const nlohmann::json call{
            {"jsonrpc", "2.0"}, {"id", 1}, {"method", "Filecoin." + method}, {"params", nlohmann::json::array()}};
        const auto answer = http::send("POST", node.url() + "/rpc/v1", "application/json", as_bytes(call.dump()));
        EXPECT_TRUE(answer) << answer.error().message();
        return answer ? nlohmann::json::parse(as_text(answer->body))["result"] : nlohmann::json();
    }

    testing::TempFolder folder_;
    chain::Network network_ = chain::parse_network(vector("real/network.json")).value();
    std::unique_ptr<vm::ActorTable> actors_ = actors::native_actors();
    chain::KeyedProofVerifier proofs_{folder_ / "keys"};
    proofs::ParameterStore parameters_{folder_ / "keys"};
    chain::LocalBeacon beacon_{"test"};
    Jobs jobs_{Jobs::Time::virtual_time};
    Shared shared_{network_, *actors_, proofs_, parameters_, beacon_, jobs_, {}};
};

TEST_F(ClientNode, starts_answers_stops_and_starts_again_in_the_same_folder) {
    const auto genesis = nlohmann::json::parse(vector("real/network.json")).at("genesis").get<std::string>();
    for (int start = 0; start < 3; ++start) {
        auto node = open(config());
        ASSERT_TRUE(node) << node.error().message();
        EXPECT_EQ(ask(**node, "ChainGetGenesis")["Cids"][0]["/"].get<std::string>(), genesis);
        EXPECT_EQ(ask(**node, "StateNetworkName").get<std::string>(), network_.name);
        EXPECT_EQ((*node)->chain().head()->height(), 0);
        EXPECT_EQ((*node)->provider(), nullptr);
        EXPECT_EQ((*node)->market(), nullptr);
        (*node)->on_epoch(1);
        EXPECT_FALSE((*node)->wants_block(1)) << "nothing waits";
        const auto win = (*node)->check_win(1);
        ASSERT_TRUE(win);
        EXPECT_FALSE(*win) << "a node without a miner makes no blocks";
    }
}

// The index is a file of its own, so that a node without it, or with a new one, has the same chain.
TEST_F(ClientNode, keeps_an_index_of_its_chain_unless_it_is_told_not_to) {
    const auto file = folder_ / "node" / "index.sqlite";
    const auto index_of = [](Node& node) {
        for (int i = 0; i < 200; ++i) {
            const std::string metrics(as_text(http::get(node.url() + "/metrics")->body));
            if (metrics.contains("strata_index_highest_epoch 0")) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
        }
        return false;
    };
    for (const bool rebuild : {false, false, true}) {
        auto some = config();
        some.rebuild_index = rebuild;
        const auto node = open(some);
        ASSERT_TRUE(node) << node.error().message();
        EXPECT_TRUE(index_of(**node));
        EXPECT_EQ(ask(**node, "EthBlockNumber").get<std::string>(), "0x0");
    }
    ASSERT_TRUE(std::filesystem::remove(file));
    auto without = config();
    without.index = NodeConfig::Index::off;
    const auto node = open(without);
    ASSERT_TRUE(node) << node.error().message();
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(ClientNode, says_over_http_how_it_is) {
    auto opened = open(config());
    ASSERT_TRUE(opened) << opened.error().message();
    auto& node = **opened;
    const auto status = [&](const std::string& path) { return http::get(node.url() + path)->status; };
    EXPECT_EQ(status("/health/livez"), 200U);
    EXPECT_EQ(status("/health/readyz"), 503U) << "no epoch has begun";
    node.on_epoch(1);
    EXPECT_EQ(status("/health/readyz"), 200U);
    // "200 if the head is at most 20 epochs old" (docs/operating.md); the head is at epoch 0.
    node.on_epoch(20);
    EXPECT_EQ(status("/health/readyz"), 200U);
    node.on_epoch(21);
    EXPECT_EQ(status("/health/readyz"), 503U);
    node.on_epoch(2);
    node.health().ran(Part::network, fail(Errc::io, "/secret/folder: broken"));
    const auto ready = http::get(node.url() + "/health/readyz");
    EXPECT_EQ(ready->status, 503U);
    EXPECT_THAT(std::string(as_text(ready->body)), ::testing::HasSubstr("network part has failed"));
    EXPECT_THAT(std::string(as_text(ready->body)), ::testing::Not(::testing::HasSubstr("/secret")));
    const auto metrics = http::get(node.url() + "/metrics");
    EXPECT_THAT(std::string(as_text(metrics->body)), ::testing::HasSubstr("strata_epoch 2"));
    EXPECT_EQ(status("/health/other"), 404U);
    EXPECT_EQ(status("/"), 404U);
    EXPECT_EQ(status("/market/ask"), 404U) << "a node without a miner takes no deals";
    EXPECT_EQ(http::send("POST", node.url() + "/metrics", "text/plain", {})->status, 405U);
}

TEST_F(ClientNode, serves_the_explorer_and_the_facts_of_its_pages) {
    auto opened = open(config());
    ASSERT_TRUE(opened) << opened.error().message();
    const auto url = (*opened)->url();
    const auto page = http::get(url + "/explorer/");
    ASSERT_TRUE(page) << page.error().message();
    EXPECT_EQ(page->status, 200U);
    EXPECT_THAT(std::string(as_text(page->body)), ::testing::HasSubstr("<title>Strata</title>"));
    const auto answer = http::get(url + "/explorer/?json");
    ASSERT_TRUE(answer) << answer.error().message();
    const auto json = nlohmann::json::parse(as_text(answer->body));
    const auto& facts = json["facts"];
    EXPECT_EQ(facts["name"], network_.name);
    EXPECT_EQ(facts["head"]["Height"], 0);
    EXPECT_EQ(facts["status"]["Head"], 0);
    EXPECT_EQ(facts["finality"]["finalizedTipSet"]["Height"], 0) << "a method of /rpc/v2";
    EXPECT_EQ(http::get(url + "/provider/sectors")->status, 404U) << "a node without a miner has no pipeline";
}

TEST_F(ClientNode, tells_what_its_states_take) {
    auto some = config();
    some.keep_epochs = 2'000;
    auto opened = open(some);
    ASSERT_TRUE(opened) << opened.error().message();
    const auto metrics = http::get((*opened)->url() + "/metrics");
    EXPECT_THAT(std::string(as_text(metrics->body)), ::testing::HasSubstr("strata_states_bytes "));
    EXPECT_THAT(std::string(as_text(metrics->body)), ::testing::HasSubstr("strata_collecting 0"));
}

// Lotus' first block after the genesis becomes the head; the upgrade is an hour ahead.
TEST_F(ClientNode, prepares_an_upgrade_that_is_near) {
    chain::testing::RecordedNode lotus("long");
    network_ = lotus.network;
    network_.upgrades.move("Xx", 60);
    auto opened = open(config("long"));
    ASSERT_TRUE(opened) << opened.error().message();
    auto& node = **opened;
    const auto first = lotus.node->tipset_at(1, lotus.head, chain::NullRound::next).value();
    const auto& header = first->blocks()[0];
    ASSERT_TRUE(node.peer().receive_block({header, lotus.node->messages(header).value()}, header.timestamp, "lotus"));
    ASSERT_TRUE(node.peer().advance(header.timestamp));
    ASSERT_EQ(node.chain().head()->height(), first->height());
    std::string metrics;
    for (int i = 0; i < 600 && !metrics.contains("strata_prepared_upgrade_height 60"); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        metrics = as_text(http::get(node.url() + "/metrics")->body);
    }
    EXPECT_THAT(metrics, ::testing::HasSubstr("strata_prepared_upgrade_height 60"));
}

TEST_F(ClientNode, a_folder_belongs_to_one_node_at_a_time) {
    auto first = open(config());
    ASSERT_TRUE(first) << first.error().message();
    EXPECT_EQ(open(config()).error().code(), Errc::busy);
    first->reset();
    EXPECT_TRUE(open(config())) << "it is free again after a stop";
}

TEST_F(ClientNode, a_taken_port_is_named_and_can_be_changed) {
    const auto server = http::Server::start("127.0.0.1", 0, [](const http::Request&) { return http::Response{}; });
    ASSERT_TRUE(server);
    auto wanted = config();
    wanted.settings.api_port = (*server)->port();
    const auto refused = open(wanted);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::busy);
    EXPECT_THAT(refused.error().message(), ::testing::HasSubstr(std::to_string(wanted.settings.api_port)));
    wanted.settings.api_port = 0;
    EXPECT_TRUE(open(wanted));
}

TEST_F(ClientNode, a_chain_and_a_description_that_do_not_belong_together_are_refused) {
    const auto foreign = open(config("long"));
    ASSERT_FALSE(foreign) << "the genesis of a different network";
    EXPECT_EQ(foreign.error().code(), Errc::verification);
    std::filesystem::remove_all(folder_ / "node");
    ASSERT_TRUE(open(config()));
    network_.block_delay += 1;
    network_.genesis_timestamp += 1;
    const auto changed = open(config());
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().code(), Errc::verification);
    network_ = chain::parse_network(vector("real/network.json")).value();
    EXPECT_TRUE(open(config())) << "a refusal changes nothing";
}

TEST_F(ClientNode, a_folder_that_cannot_be_used_is_named) {
    auto wanted = config();
    std::ofstream(folder_ / "plain") << "x";
    wanted.folder = folder_ / "plain";
    const auto refused = open(wanted);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), ::testing::HasSubstr((folder_ / "plain").string()));
}

}  // namespace
}  // namespace strata::node
