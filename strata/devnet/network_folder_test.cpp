#include <strata/devnet/network_folder.hpp>

#include <gtest/gtest.h>

#include <fstream>

#include <strata/actors/table.hpp>
#include <strata/chain/audit.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/chain/network.hpp>
#include <strata/node/repository.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;

class NetworkFolder : public ::testing::Test {
  protected:
    DevnetConfig config(const std::string& name, const std::string& seed) const {
        DevnetConfig out;
        out.folder = root_ / name;
        out.parameters = root_ / "no keys";
        out.seed = seed;
        out.genesis_timestamp = 1'700'000'000;
        return out;
    }
    static Status make(const DevnetConfig& config, const Watch& watch = {}) {
        const chain::LocalBeacon beacon("test");
        const auto network = describe_network(config, beacon);
        const auto actors = actors::native_actors();
        return make_network(config, network, make_accounts(config.seed), *actors, watch);
    }
    static std::string read(const fs::path& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    testing::TempFolder root_;
};

TEST_F(NetworkFolder, the_same_seed_makes_the_same_genesis) {
    for (const auto& [name, seed] : {std::pair("a", "7"), std::pair("b", "7"), std::pair("c", "8")}) {
        const auto made = make(config(name, seed));
        ASSERT_TRUE(made) << made.error().message();
    }
    EXPECT_EQ(read(root_ / "a/genesis.car"), read(root_ / "b/genesis.car"));
    EXPECT_NE(read(root_ / "a/genesis.car"), read(root_ / "c/genesis.car"));
}

TEST_F(NetworkFolder, what_was_stopped_goes_on_and_ends_the_same) {
    const auto whole = config("whole", "7");
    ASSERT_TRUE(make(whole));
    std::atomic<bool> stop = false;
    int steps = 0;
    const Watch watch{[&](std::string_view, double) {
                          if (++steps == 20) stop = true;
                      },
                      &stop};
    const auto cut = config("cut", "7");
    const auto stopped = make(cut, watch);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Errc::cancelled);
    EXPECT_FALSE(fs::exists(cut.folder / "network.json")) << "no network yet";
    ASSERT_TRUE(make(cut));
    EXPECT_EQ(read(whole.folder / "genesis.car"), read(cut.folder / "genesis.car"));
}

TEST_F(NetworkFolder, an_existing_network_is_taken_as_it_is) {
    const auto first = config("net", "7");
    ASSERT_TRUE(make(first));
    auto other = config("net", "8");
    other.sector_size = 8 << 20;
    other.genesis_timestamp = 1;
    const auto settled = settled_config(other);
    ASSERT_TRUE(settled);
    EXPECT_EQ(settled->seed, "7");
    EXPECT_EQ(settled->sector_size, 2048U);
    EXPECT_EQ(settled->genesis_timestamp, first.genesis_timestamp);
}

TEST_F(NetworkFolder, a_damaged_description_is_named_with_what_to_do) {
    const auto net = config("net", "7");
    fs::create_directories(net.folder);
    for (const auto* text : {"", "{", "{\"network_name\": 1}", "[]"}) {
        std::ofstream(net.folder / "network.json") << text;
        const auto settled = settled_config(net);
        ASSERT_FALSE(settled) << text;
        EXPECT_NE(settled.error().message().find("different folder"), std::string::npos) << settled.error().message();
    }
}

TEST_F(NetworkFolder, a_repository_begins_with_the_genesis_and_keeps_to_it) {
    const auto one = config("one", "1"), two = config("two", "2");
    ASSERT_TRUE(make(one));
    ASSERT_TRUE(make(two));
    const auto folder = root_ / "repository";
    for (int i = 0; i < 2; ++i) {
        auto opened = node::open_repository(folder, one.folder / "genesis.car");
        ASSERT_TRUE(opened) << opened.error().message();
        const auto again = node::open_repository(folder, one.folder / "genesis.car");
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().code(), Errc::busy);
    }
    const auto foreign = node::open_repository(folder, two.folder / "genesis.car");
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code(), Errc::verification);
    const auto missing = node::open_repository(root_ / "other", root_ / "nothing.car");
    ASSERT_FALSE(missing);
}

TEST_F(NetworkFolder, the_genesis_state_holds_all_fil) {
    const auto net = config("net", "7");
    ASSERT_TRUE(make(net));
    const auto repository = node::open_repository(root_ / "repository", net.folder / "genesis.car");
    ASSERT_TRUE(repository);
    chain::ChainStore chain((*repository)->blocks(), (*repository)->records());
    ASSERT_TRUE(chain.open());
    auto state = vm::StateTree::load(chain.blocks(), chain.genesis()->parent_state_root());
    ASSERT_TRUE(state);
    EXPECT_EQ(*chain::sum_of_balances(*state), fil(2'000'000'000));
    EXPECT_EQ(*chain::balance_of(*state, make_accounts("7").client.address), fil(10'000));
}

// Source: docs/formats/network.md.
TEST_F(NetworkFolder, a_folder_alone_tells_the_accounts) {
    const auto folder = config("net", "7").folder;
    const auto nothing = network_accounts(folder);
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code(), Errc::not_found);
    ASSERT_TRUE(make(config("net", "7")));
    const auto accounts = network_accounts(folder);
    ASSERT_TRUE(accounts) << accounts.error().message();
    EXPECT_EQ(accounts->faucet.address, make_accounts("7").faucet.address);
}

}  // namespace
}  // namespace strata::devnet
