// Protects a node among its peers: two nodes over TCP on the loopback, on a network of Lotus with stub proofs (vectors
// lotus-devnet/long, whose keys are public). One makes blocks, the other follows, is away, and comes back. The time is
// the test's. Timing: docs/protocol/node.md §13.
#include <strata/node/network.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include <strata/actors/table.hpp>
#include <strata/base/jobs.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/pool_entry.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/node/node.hpp>
#include <strata/node/runner.hpp>
#include <strata/node/shared.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::node {
namespace {

using namespace std::chrono_literals;

std::string vector_text(const std::string& name) {
    return testing::read_file(*testing::find_vectors("lotus-devnet/long/" + name));
}

class Networks : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (!testing::find_vectors("lotus-devnet/long/keys.json"))
            GTEST_SKIP() << "the vectors lotus-devnet/long are not here";
    }
    void SetUp() override {
        std::ofstream(folder / "genesis.car.zst", std::ios::binary) << vector_text("genesis.car.zst");
        move_to(1);
    }
    /// Moves the time of the network to the beginning of an epoch, and further by `seconds`.
    void move_to(ChainEpoch epoch, std::uint64_t seconds = 0) { now = network.timestamp_at(epoch) + seconds; }

    std::unique_ptr<Node> open(const std::string& name, bool mines, std::vector<net::Multiaddr> peers = {}) {
        NodeConfig config;
        config.name = name;
        config.folder = folder / name;
        config.genesis_car = folder / "genesis.car.zst";
        if (mines) {
            config.stub_miner = Address::id(1000);
            config.keys = {worker_key()};
        }
        config.network = NetworkConfig{.folder = folder / name,
                                       .listen = {net::Multiaddr::parse("/ip4/127.0.0.1/tcp/0").value()},
                                       .announce = {},
                                       .bootstrap = std::move(peers),
                                       .unix_time = [this] { return std::chrono::seconds(now); }};
        auto node = Node::open(std::move(config), shared, crypto::SeededRandom(as_bytes(name)));
        EXPECT_TRUE(node) << node.error().message();
        return std::move(*node);
    }
    static wallet::PrivateKey worker_key() {
        const auto keys = nlohmann::json::parse(vector_text("keys.json"))["keys"];
        const auto description = nlohmann::json::parse(vector_text("network.json"));
        const auto key = keys[description["addresses"]["owner"].get<std::string>()];
        const nlohmann::json lotus{{"Type", key["type"]}, {"PrivateKey", key["private_key_base64"]}};
        return wallet::parse_key(lotus.dump()).value();
    }
    static bool eventually(const std::function<bool()>& is_so) {
        for (int i = 0; i < 2'000; ++i) {
            if (is_so()) return true;
            std::this_thread::sleep_for(10ms);
        }
        return false;
    }
    /// Lets a miner go through some epochs, which take as long as its blocks do.
    void grow(Node& miner, Runner& runner, int epochs) {
        for (int i = 0; i < epochs; ++i) {
            const auto epoch = miner.chain().head()->height() + 1;
            move_to(epoch, propagation_delay(network));
            runner.step();
            move_to(epoch + 1);
            eventually([&] { return miner.chain().head()->height() == epoch + 1; });
        }
    }
    static bool same_head(Node& a, Node& b) { return a.chain().head()->key() == b.chain().head()->key(); }

    testing::TempFolder folder;
    chain::Network network = chain::parse_network(vector_text("network.json")).value();
    std::unique_ptr<vm::ActorTable> actors = actors::native_actors();
    chain::KeyedProofVerifier proofs{folder / "keys"};
    proofs::ParameterStore parameters{folder / "keys"};
    chain::LocalBeacon beacon{"strata long"};
    Jobs jobs{Jobs::Time::real};
    Shared shared{network, *actors, proofs, parameters, beacon, jobs, {}};
    std::atomic<std::uint64_t> now{};
};

TEST_F(Networks, a_node_follows_the_blocks_of_its_peer_and_catches_up_after_it_was_away) {
    const auto miner = open("miner", true);
    Runner runner(*miner, network, [this] { return std::chrono::seconds(now); });
    auto client = open("client", false, miner->network()->addresses());
    ASSERT_TRUE(eventually([&] { return miner->network()->is_settled(); })) << "they said hello";
    grow(*miner, runner, 5);
    EXPECT_GE(miner->chain().head()->height(), 5);
    EXPECT_TRUE(eventually([&] { return same_head(*miner, *client); }));
    const auto peers = client->network()->peers().value();
    ASSERT_EQ(peers.size(), 1U);
    EXPECT_EQ(peers[0].id, miner->network()->id());
    EXPECT_TRUE(peers[0].agent.starts_with("strata/")) << peers[0].agent;
    EXPECT_EQ(client->network()->waits_for(), "");

    const auto id = client->network()->id();
    client.reset();
    EXPECT_TRUE(eventually([&] { return miner->network()->peers().value().empty(); }));
    grow(*miner, runner, 5);
    client = open("client", false, miner->network()->addresses());
    EXPECT_EQ(client->network()->id(), id) << "the key is kept";
    EXPECT_TRUE(eventually([&] { return same_head(*miner, *client); }));
}

TEST_F(Networks, a_message_pushed_at_one_node_is_mined_by_the_other) {
    const auto miner = open("miner", true);
    Runner runner(*miner, network, [this] { return std::chrono::seconds(now); });
    const auto client = open("client", false, miner->network()->addresses());
    ASSERT_TRUE(eventually([&] { return miner->network()->is_settled(); }));
    grow(*miner, runner, 2);
    ASSERT_TRUE(eventually([&] { return same_head(*miner, *client); }));
    SignedMessage message;
    message.message.from = wallet::address_of(worker_key()).value();
    message.message.to = Address::id(99);
    message.message.value = TokenAmount(1);
    message.message.nonce = client->chain().next_nonce(message.message.from).value();
    message.message.gas_limit = 10'000'000;
    message.message.gas_fee_cap = BigInt(10'000'000'000);
    message.message.gas_premium = BigInt(100'000);
    message.signature = wallet::sign_with(worker_key(), message.message.cid().bytes()).value();
    // Gossip meshes form with the first heartbeats.
    std::this_thread::sleep_for(2s);
    ASSERT_TRUE(client->chain().push(message, chain::AddKind::local));
    EXPECT_TRUE(eventually([&] { return miner->chain().pending_count() == 1; }));
    grow(*miner, runner, 2);
    EXPECT_TRUE(eventually([&] { return same_head(*miner, *client) && client->chain().pending_count() == 0; }));
}

TEST_F(Networks, a_miner_without_peers_waits_before_it_makes_blocks) {
    const auto miner = open("miner", true);
    Runner runner(*miner, network, [this] { return std::chrono::seconds(now); });
    move_to(1, propagation_delay(network));
    runner.step();
    EXPECT_FALSE(miner->network()->is_settled()) << "its peers may have a heavier chain";
    EXPECT_EQ(miner->network()->waits_for(), "the node has no peers");
    move_to(3);
    std::this_thread::sleep_for(500ms);
    EXPECT_EQ(miner->chain().head()->height(), 0);
}

// What Lotus' miner does (lotus miner/miner.go, mine). A recorded network is far behind the clock.
TEST_F(Networks, a_head_far_behind_the_clock_is_continued_epoch_by_epoch) {
    const auto miner = open("miner", true);
    Runner runner(*miner, network, [this] { return std::chrono::seconds(now); });
    const auto client = open("client", false, miner->network()->addresses());
    ASSERT_TRUE(eventually([&] { return miner->network()->is_settled(); }));
    move_to(100'000);
    const auto grows_to = [&](ChainEpoch height) {
        ++now;
        runner.step();
        return miner->chain().head()->height() >= height;
    };
    EXPECT_TRUE(eventually([&] { return grows_to(20); }));
    EXPECT_LT(miner->chain().head()->height(), 100) << "without tens of thousands of empty epochs";
    EXPECT_TRUE(eventually([&] { return same_head(*miner, *client); }));
}

TEST_F(Networks, stub_blocks_are_refused_where_proofs_are_real) {
    network.stub_winning_post = false;
    NodeConfig config;
    config.folder = folder / "node";
    config.genesis_car = folder / "genesis.car.zst";
    config.stub_miner = Address::id(1000);
    const auto node = Node::open(std::move(config), shared, crypto::SeededRandom(as_bytes("node")));
    EXPECT_EQ(node.error().code(), Errc::invalid_argument) << node.error().message();
}

}  // namespace
}  // namespace strata::node
