// Protects a node among its peers: two nodes over TCP on the loopback, on a network of Lotus with stub proofs (vectors
// lotus-devnet/long, whose keys are public). One makes blocks, the other follows, is away, and comes back. The time is
// the test's. Timing: docs/protocol/node.md §13.
#include <strata/node/network.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include <strata/actors/bundle.hpp>
#include <strata/actors/table.hpp>
#include <strata/base/jobs.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/pool_entry.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/chain/sync_status.hpp>
#include <strata/http/client.hpp>
#include <strata/node/network_api.hpp>
#include <strata/node/node.hpp>
#include <strata/node/runner.hpp>
#include <strata/node/shared.hpp>
#include <strata/p2p/exchange_messages.hpp>
#include <strata/p2p/hello.hpp>
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

    /// `around` takes the place of `shared` for a node whose beacon answers over a network.
    std::unique_ptr<Node> open(const std::string& name, bool mines, std::vector<net::Multiaddr> peers = {},
                               const Shared* around = nullptr, const net::TxtLookup& txt_records = {}) {
        NodeConfig config;
        config.remote_beacon = around != nullptr;
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
                                       .txt_records = txt_records ? txt_records : no_names,
                                       .unix_time = [this] { return std::chrono::seconds(now); }};
        auto node =
            Node::open(std::move(config), around == nullptr ? shared : *around, crypto::SeededRandom(as_bytes(name)));
        EXPECT_TRUE(node) << node.error().message();
        return std::move(*node);
    }
    static Result<std::vector<std::string>> no_names(const std::string& name) {
        return fail(Errc::not_found, "there is no name " + name);
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
    EXPECT_TRUE(eventually([&] { return client->network()->waits_for().empty(); }))
        << "the head moves before the task ends: " << client->network()->waits_for();

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

/// Serves a protocol and says nothing.
class Silent final : public net::StreamHandler {
  public:
    void on_readable(net::Stream& stream) override { stream.read(); }
};

TEST_F(Networks, a_peer_that_claims_a_heavier_chain_does_not_stop_a_miner) {
    const auto miner = open("miner", true);
    Runner runner(*miner, network, [this] { return std::chrono::seconds(now); });
    const auto client = open("client", false, miner->network()->addresses());
    ASSERT_TRUE(eventually([&] { return miner->network()->is_settled(); }));
    grow(*miner, runner, 1);

    const auto genesis = miner->chain().genesis()->cids().front();
    const p2p::HelloHooks hooks{.genesis = genesis,
                                .unix_time = [] { return std::chrono::nanoseconds(1); },
                                .on_hello = [](const auto&, const auto&) {},
                                .on_bad = [](const auto&, const auto&) {},
                                .on_answer = [](const auto&, auto) {}};
    crypto::SeededRandom random(as_bytes("liar"));
    const auto liar = net::Host::start(net::PrivateKey::ed25519(random.bytes<32>()), {}, [](net::Swarm& on) {
        on.support(std::string(p2p::kExchangeProtocol), [] { return std::make_unique<Silent>(); });
    });
    ASSERT_TRUE((*liar)->dial(miner->network()->addresses()[0]));
    const p2p::HelloMessage lie{
        {Cid::hash_of(Codec::dag_cbor, as_bytes("nothing"))}, 1'000'000, BigInt(1'000'000'000'000'000), genesis};
    (*liar)->post([&](net::Swarm& on) {
        EXPECT_TRUE(
            on.open(miner->network()->id(), {std::string(p2p::kHelloProtocol)}, p2p::say_hello(hooks, lie), on.now()));
    });
    EXPECT_TRUE(eventually([&] { return !miner->chain().sync_status().tasks.empty(); }));
    const auto before = miner->chain().head()->height();
    grow(*miner, runner, 2);
    EXPECT_GE(miner->chain().head()->height(), before + 2);
}

// The two disagree from epoch 3 on, where one of them upgrades.
TEST_F(Networks, a_refused_chain_is_told_when_the_node_is_asked_for_what_it_waits) {
    const auto miner = open("miner", true);
    Runner runner(*miner, network, [this] { return std::chrono::seconds(now); });
    auto text = nlohmann::json::parse(vector_text("network.json"));
    text["upgrades"]["xx_nv29_height"] = 3;
    const auto upgraded = chain::parse_network(text.dump()).value();
    const Shared around{upgraded, *actors, proofs, parameters, beacon, jobs, {}};
    const auto client = open("client", false, miner->network()->addresses(), &around);
    ASSERT_TRUE(eventually([&] { return miner->network()->is_settled(); })) << "they said hello";
    grow(*miner, runner, 6);
    EXPECT_TRUE(eventually([&] { return client->network()->waits_for().contains("was refused: "); }))
        << client->network()->waits_for();
    EXPECT_TRUE(client->network()->waits_for().contains("state root is ")) << client->network()->waits_for();
    EXPECT_LT(client->chain().head()->height(), 6);
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

// Lotus' miner does so, too (lotus miner/miner.go, mine). A recorded network is far behind the clock.
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

// docs/protocol/node.md §13: two seconds on public networks, in which blocks of equivocating miners may still come.
TEST_F(Networks, a_miner_looks_at_its_base_again_before_it_makes_a_block) {
    EXPECT_EQ(equivocation_delay(network), 0U);
    auto public_network = network;
    public_network.use_bundles(actors::ActorBundle::calibnet);
    EXPECT_EQ(equivocation_delay(public_network), 2U);
    const auto miner = open("miner", true);
    Runner runner(*miner, network, [this] { return std::chrono::seconds(now); }, 2);
    const auto client = open("client", false, miner->network()->addresses());
    ASSERT_TRUE(eventually([&] { return miner->network()->is_settled(); }));
    const auto delay = propagation_delay(network);
    ChainEpoch epoch = 0;
    // A miner may not win each epoch.
    while (miner->chain().head()->height() == 0 && ++epoch < 20) {
        move_to(epoch, delay);
        runner.step();
        move_to(epoch, delay + 1);
        runner.step();
        move_to(epoch + 1);
        std::this_thread::sleep_for(300ms);
        EXPECT_EQ(miner->chain().head()->height(), 0) << "no block is made before the delay has passed";
        move_to(epoch, delay + 2);
        runner.step();
        move_to(epoch + 1);
        std::this_thread::sleep_for(300ms);
    }
    EXPECT_EQ(miner->chain().head()->height(), epoch + 1);
    EXPECT_TRUE(eventually([&] { return same_head(*miner, *client); }));
}

/// Stands for drand's servers.
class SwitchedBeacon final : public chain::BeaconSource {
  public:
    Result<BeaconEntry> entry(std::uint64_t round) override {
        if (is_away) return fail(Errc::io, "no drand server answers");
        return beacon.entry(round);
    }
    chain::LocalBeacon beacon{"strata long"};
    std::atomic<bool> is_away = false;
};

TEST_F(Networks, a_miner_without_its_beacon_says_so_and_goes_on_when_it_is_back) {
    SwitchedBeacon servers;
    servers.is_away = true;
    const Shared around{network, *actors, proofs, parameters, servers, jobs, {}};
    const auto miner = open("miner", true, {}, &around);
    Runner runner(*miner, network, [this] { return std::chrono::seconds(now); });
    const auto client = open("client", false, miner->network()->addresses());
    ASSERT_TRUE(eventually([&] { return miner->network()->is_settled(); }));
    const auto status = [&] {
        const auto answer = http::get(miner->url() + "/health/status").value();
        return nlohmann::json::parse(as_text(answer.body));
    };
    move_to(1, propagation_delay(network));
    EXPECT_TRUE(eventually([&] {
        runner.step();
        return status()["WaitsFor"].get<std::string>().contains("round ");
    }));
    EXPECT_TRUE(status()["Failures"].empty()) << "the epoch is not lost yet";
    move_to(2);
    runner.step();
    EXPECT_TRUE(status()["Failures"].empty()) << "the epoch has just begun: " << status();
    move_to(3);
    runner.step();
    EXPECT_EQ(status()["Failures"].size(), 1U) << status();
    servers.is_away = false;
    // A miner may not win each epoch.
    for (ChainEpoch epoch = 3; miner->chain().head()->height() == 0 && epoch < 20; ++epoch) {
        move_to(epoch, propagation_delay(network));
        for (int i = 0; i < 100; ++i) {
            runner.step();
            std::this_thread::sleep_for(10ms);
        }
        move_to(epoch + 1);
        std::this_thread::sleep_for(500ms);
    }
    EXPECT_GT(miner->chain().head()->height(), 0);
    EXPECT_TRUE(eventually([&] { return same_head(*miner, *client); })) << "a node that has no beacon follows";
    EXPECT_TRUE(status()["Failures"].empty()) << status();
}

TEST_F(Networks, a_round_that_comes_after_its_epoch_began_still_makes_a_block_of_that_epoch) {
    SwitchedBeacon servers;
    const Shared around{network, *actors, proofs, parameters, servers, jobs, {}};
    const auto miner = open("miner", true, {}, &around);
    Runner runner(*miner, network, [this] { return std::chrono::seconds(now); });
    const auto client = open("client", false, miner->network()->addresses());
    ASSERT_TRUE(eventually([&] { return miner->network()->is_settled(); }));
    ChainEpoch epoch = 1;
    // A miner may not win each epoch. The round after the one that is waited for is fetched beside it, so they are left
    // out.
    for (; miner->chain().head()->height() == 0 && epoch < 40; epoch += 3) {
        servers.is_away = true;
        move_to(epoch, propagation_delay(network));
        runner.step();
        move_to(epoch + 1);
        runner.step();
        servers.is_away = false;
        for (int i = 0; i < 100 && miner->chain().head()->height() == 0; ++i) {
            runner.step();
            std::this_thread::sleep_for(10ms);
        }
    }
    EXPECT_EQ(miner->chain().head()->height(), epoch - 2) << "the epoch that had begun";
}

// The limits are those of net::SwarmConfig and YamuxLimits; a stream costs a window of 256 KiB. The form is that of
// lotus api/types.go (NetLimit).
TEST_F(Networks, the_api_shows_the_limits_that_hold) {
    const auto node = open("node", false);
    NetworkApi shown(*node->network());
    using Scope = api::NetworkUsage::Scope;
    const auto system = shown.limit(Scope::system);
    EXPECT_EQ(system.memory, 512 << 20);
    EXPECT_EQ(system.connections, 256);
    EXPECT_EQ(system.connections_in, 192) << "strangers leave a quarter to peers that are dialled";
    EXPECT_EQ(system.connections_out, 256);
    EXPECT_EQ(system.files, 256);
    EXPECT_EQ(system.streams, 2'048);
    EXPECT_EQ(system.streams_in, 2'048);
    EXPECT_EQ(system.streams_out, 2'048);
    const auto transient = shown.limit(Scope::transient);
    EXPECT_EQ(transient.connections_in, 64);
    EXPECT_EQ(transient.connections_out, 256) << "dials are limited by the number of connections alone";
    EXPECT_EQ(transient.connections, 256);
    EXPECT_EQ(transient.files, 256);
    EXPECT_EQ(transient.streams + transient.streams_in + transient.streams_out, 0) << "before the handshake ends";
    const auto peer = shown.limit(Scope::peer);
    EXPECT_EQ(peer.memory, 16 << 20);
    EXPECT_EQ(peer.connections, 4);
    EXPECT_EQ(peer.streams, 64);
    EXPECT_EQ(peer.streams_in, 64);
    for (const auto scope : {Scope::protocol, Scope::service}) {
        EXPECT_EQ(shown.limit(scope).streams, api::ScopeLimit::kUnlimited);
        EXPECT_EQ(shown.limit(scope).connections_in, api::ScopeLimit::kUnlimited);
    }
}

TEST_F(Networks, what_the_owner_blocks_is_not_dialled) {
    const auto a = open("a", false), b = open("b", false);
    const auto there = b->network()->addresses()[0];
    const api::PeerAddresses peer{b->network()->id().to_string(), {there.without_peer().to_string()}};
    NetworkApi api(*a->network());
    for (const auto& wish : {api::BlockList{{peer.id}, {}, {}}, api::BlockList{{}, {"127.0.0.1"}, {}},
                             api::BlockList{{}, {}, {"::ffff:127.0.0.0/104"}}}) {
        ASSERT_TRUE(api.block(wish));
        EXPECT_EQ(api.connect(peer).error().code(), Errc::cancelled);
        EXPECT_TRUE(b->network()->peers()->empty());
        ASSERT_TRUE(api.unblock(wish));
    }
    EXPECT_TRUE(api.connect(peer));
}

TEST_F(Networks, all_addresses_behind_a_name_are_tried_for_a_peer) {
    const auto known = open("known", false);
    const auto there = known->network()->addresses()[0].to_string();
    const auto id = known->network()->id().to_string();
    const auto seeker = open("seeker", false, {net::Multiaddr::parse("/dnsaddr/peers.example").value()}, nullptr,
                             [=](const std::string& name) -> Result<std::vector<std::string>> {
                                 if (name != "_dnsaddr.peers.example") return fail(Errc::not_found, "no such name");
                                 return std::vector<std::string>{
                                     "dnsaddr=/ip4/127.0.0.1/udp/1/quic-v1/p2p/" + id,  // cannot be dialled here
                                     "dnsaddr=/ip4/127.0.0.1/tcp/1/p2p/" + id,          // nobody listens there
                                     "dnsaddr=" + there};
                             });
    EXPECT_TRUE(eventually([&] { return seeker->network()->peers()->size() == 1; }));
}

TEST_F(Networks, a_name_server_that_does_not_answer_holds_up_no_stop) {
    const auto release = std::make_shared<std::promise<void>>();
    const auto asked = std::make_shared<std::atomic<bool>>(false);
    auto node = open("node", false, {net::Multiaddr::parse("/dnsaddr/peers.example").value()}, nullptr,
                     [asked, released = release->get_future().share()](const std::string&) {
                         *asked = true;
                         released.wait();
                         return Result<std::vector<std::string>>(fail(Errc::io, "too late"));
                     });
    ASSERT_TRUE(eventually([&] { return asked->load(); }));
    const auto began = std::chrono::steady_clock::now();
    node.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    release->set_value();
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
