// Protects where nodes get their beacon's rounds: from the beacon process of a local network, also after it was away
// and answers at a different port, and from servers that a person names. The recorded network and its seed are those of
// vectors/lotus-devnet/real, whose beacon was drand's own library; quicknet's hash is that of docs/protocol/node.md
// §4.2.
#include <strata/devnet/network_beacon.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include <strata/base/hex.hpp>
#include <strata/devnet/beacon_process.hpp>
#include <strata/devnet/chosen_network.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/drand/drand_server.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* kRecorded = "lotus-devnet/real/network.json";

/// A beacon process, in a thread.
class Beacon {
  public:
    explicit Beacon(const fs::path& network)
        : thread_([this, network] {
              terminal::Report report(stdout);
              done = run_beacon_process({.network = network}, report, stop_);
          }) {}
    ~Beacon() { stop(); }
    void stop() {
        stop_ = true;
        if (thread_.joinable()) thread_.join();
    }
    Status done;

  private:
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

class NetworkBeacons : public ::testing::Test {
  protected:
    /// The folder of a local network, as far as its beacon needs it.
    fs::path local_network() {
        const auto seed = beacon_seed("7");
        const auto info = drand::info_of(chain::LocalBeacon(seed), seed, 1'692'803'367, 3);
        nlohmann::json description{{"network_name", "strata-devnet-7"},
                                   {"genesis_timestamp", 1'700'000'000},
                                   {"block_delay_s", 4},
                                   {"eth_chain_id", 31'415'926},
                                   {"upgrades", {{"genesis_network_version", 28}}},
                                   {"drand",
                                    {{"chain_info",
                                      {{"public_key", to_hex(info.chain.public_key)},
                                       {"genesis_time", info.chain.genesis_time},
                                       {"period", info.chain.period},
                                       {"schemeID", "bls-unchained-g1-rfc9380"}}}}},
                                   {"strata", {{"seed", "7"}}}};
        const fs::path out = folder / "net";
        fs::create_directories(out);
        std::ofstream(out / "network.json") << description;
        return out;
    }
    static std::string eventual_url(const fs::path& network) {
        for (int i = 0; i < 2'000; ++i) {
            if (auto url = beacon_url(network); !url.empty()) return url;
            std::this_thread::sleep_for(5ms);
        }
        return {};
    }

    testing::TempFolder folder;
};

TEST_F(NetworkBeacons, nodes_find_the_process_again_after_it_was_away) {
    const auto network = local_network();
    const auto own = own_beacon(network);
    ASSERT_TRUE(own) << own.error().message();
    const auto rounds = process_beacon(network, own->info, {});
    const auto missing = rounds->entry(1'000);
    EXPECT_EQ(missing.error().code(), Errc::busy);
    EXPECT_TRUE(missing.error().message().contains("strata beacon run --network " + network.string()))
        << missing.error().message();
    chain::LocalBeacon same(beacon_seed("7"));
    for (const std::uint64_t round : {1'000U, 1'001U}) {
        Beacon beacon(network);
        ASSERT_NE(eventual_url(network), "");
        EXPECT_EQ(rounds->entry(round)->data, same.entry(round)->data);
        // A second process for the same network is refused.
        terminal::Report report(stdout);
        const std::atomic<bool> stop = false;
        EXPECT_EQ(run_beacon_process({.network = network}, report, stop).error().code(), Errc::busy);
        beacon.stop();
        EXPECT_TRUE(beacon.done) << beacon.done.error().message();
        EXPECT_EQ(beacon_url(network), "");
    }
    EXPECT_TRUE(rounds->entry(1'000)) << "a round that was fetched is kept";
    EXPECT_EQ(rounds->entry(1'002).error().code(), Errc::busy);
}

TEST_F(NetworkBeacons, the_networks_time_decides_which_rounds_are_out) {
    const auto network = local_network();
    ASSERT_TRUE(std::ofstream(network / "time-lag") << "3000\n");
    const auto own = own_beacon(network);
    ASSERT_TRUE(own) << own.error().message();
    EXPECT_EQ(own->time_lag, 3'000U);
    const auto rounds = process_beacon(network, own->info, {.time_lag = own->time_lag});
    Beacon beacon(network);
    ASSERT_NE(eventual_url(network), "");
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    const auto newest = drand::round_at(own->info.chain, static_cast<std::uint64_t>(now.count()) - 3'000);
    EXPECT_TRUE(rounds->entry(newest));
    EXPECT_EQ(rounds->entry(newest + 100).error().code(), Errc::not_found);
}

TEST_F(NetworkBeacons, a_changed_description_is_refused) {
    const auto network = local_network();
    std::ifstream in(network / "network.json");
    auto description = nlohmann::json::parse(in);
    description["strata"]["seed"] = "8";
    std::ofstream(network / "network.json") << description;
    EXPECT_EQ(own_beacon(network).error().code(), Errc::verification);
    description["strata"].erase("seed");
    std::ofstream(network / "network.json") << description;
    EXPECT_EQ(own_beacon(network).error().code(), Errc::not_found);
}

TEST_F(NetworkBeacons, a_recorded_network_is_served_to_lotus) {
    const auto file = testing::find_vectors(kRecorded);
    if (!file) GTEST_SKIP() << "the vectors " << kRecorded << " are not here";
    const auto own = own_beacon(*file);
    ASSERT_TRUE(own) << own.error().message();
    const auto description = nlohmann::json::parse(testing::read_file(*file));
    EXPECT_EQ(to_hex(drand::chain_hash(own->info)), description["drand"]["chain_info"]["hash"].get<std::string>());
}

TEST_F(NetworkBeacons, rounds_come_from_where_the_network_has_them) {
    const auto file = testing::find_vectors(kRecorded);
    if (!file) GTEST_SKIP() << "the vectors " << kRecorded << " are not here";
    const auto recorded = choose_network({.name = file->string()});
    ASSERT_TRUE(recorded) << recorded.error().message();
    EXPECT_FALSE(recorded->remote_beacon) << "its seed is known";
    const auto named = choose_network({.name = file->string(), .drand = {"http://127.0.0.1:1"}});
    ASSERT_TRUE(named) << named.error().message();
    EXPECT_TRUE(named->remote_beacon);
    EXPECT_TRUE(named->beacon->entry(1'000).error().message().contains("http://127.0.0.1:1"));

    auto description = nlohmann::json::parse(testing::read_file(*file));
    const auto chosen = [&](std::vector<std::string> servers = {}) {
        std::ofstream(folder / "network.json") << description;
        return choose_network({.name = folder / "network.json", .drand = std::move(servers)});
    };
    description["drand"].erase("beacon_seed");
    EXPECT_EQ(chosen()->beacon, nullptr);
    EXPECT_TRUE(chosen({"http://127.0.0.1:1"})->remote_beacon);
    description["drand"]["chain_info"].erase("hash");
    EXPECT_EQ(chosen({"http://127.0.0.1:1"}).error().code(), Errc::invalid_argument);
    description["drand"] = {{"mock", true}};
    EXPECT_EQ(chosen()->beacon->entry(100)->data.size(), 32U);
    EXPECT_EQ(chosen({"http://127.0.0.1:1"}).error().code(), Errc::invalid_argument);
    EXPECT_TRUE(choose_network({.name = "calibnet"})->remote_beacon);
}

}  // namespace
}  // namespace strata::devnet
