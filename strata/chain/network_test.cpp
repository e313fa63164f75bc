// Expected values: lotus build/buildconstants/params_2k.go and chain/stmgr/forks.go.
#include <strata/actors/bundle.hpp>
#include <strata/chain/network.hpp>
#include <strata/ipld/blockstore.hpp>

#include <gtest/gtest.h>

namespace strata::chain {
namespace {

class NamedMigration final : public StateMigration {
  public:
    Result<Cid> migrate(Blockstore&, const Cid& root, ChainEpoch height) const override {
        return Cid::hash_of(Codec::raw, to_bytes(as_bytes(root.to_string() + std::to_string(height))));
    }
    Status prepare(Blockstore&, const Cid& root) const override {
        prepared.push_back(root);
        return {};
    }
    mutable std::vector<Cid> prepared;
};

TEST(NetworkMigration, runs_at_the_height_of_its_upgrade_only) {
    MemoryBlockstore blocks;
    Network network = devnet_2k();
    network.upgrades.move("Xx", 10);
    network.migrations.clear();
    const Cid root = Cid::hash_of(Codec::raw, Bytes{1});
    EXPECT_EQ(network.migrate(blocks, root, 9).value(), root);
    EXPECT_EQ(network.migrate(blocks, root, 11).value(), root);

    const auto missing = network.migrate(blocks, root, 10);
    ASSERT_FALSE(missing);
    // The error is fatal, so the node stops: the blocks above are not wrong.
    EXPECT_TRUE(missing.error().is_fatal());
    EXPECT_EQ(missing.error().message(),
              "this program has no migration from network version 28 to 29, which is due at epoch 10; run a "
              "version of Strata that knows this upgrade");

    network.migrations[kSolstice] = std::make_shared<NamedMigration>();
    EXPECT_NE(network.migrate(blocks, root, 10).value(), root);
}

// lotus chain/consensus/filcns/upgrades.go: StartWithin 120, DontStartWithin 15; the second is excluded
// (chain/stmgr/forks.go, preMigrationWorker).
TEST(NetworkMigration, is_prepared_within_the_hour_before) {
    MemoryBlockstore blocks;
    Network network = devnet_2k();
    network.upgrades.move("Xx", 1'000);
    const auto migration = std::make_shared<NamedMigration>();
    network.migrations[kSolstice] = migration;
    const auto prepared_at = [&](ChainEpoch epoch) {
        migration->prepared.clear();
        EXPECT_TRUE(network.prepare_upgrade(blocks, Cid::hash_of(Codec::raw, Bytes{1}), epoch));
        return migration->prepared.size() == 1;
    };
    EXPECT_FALSE(prepared_at(879));
    EXPECT_TRUE(prepared_at(880));
    EXPECT_TRUE(prepared_at(950));
    EXPECT_TRUE(prepared_at(984));
    EXPECT_FALSE(prepared_at(985));
    EXPECT_FALSE(prepared_at(1'000));
    EXPECT_FALSE(prepared_at(1'001));
    network.migrations.clear();
    EXPECT_FALSE(prepared_at(950)) << "nothing to prepare, and no error";
}

TEST(NetworkBundles, policy_and_migrations_go_with_them) {
    Network network = devnet_2k();
    EXPECT_EQ(network.policy, &actors::policy_of(actors::ActorBundle::devnet));
    EXPECT_TRUE(network.migrations.contains(28));
    EXPECT_TRUE(network.migrations.contains(29));
    network.use_bundles(actors::ActorBundle::calibnet);
    EXPECT_EQ(network.policy, &actors::policy_of(actors::ActorBundle::calibnet));
    EXPECT_EQ(network.bundle, actors::ActorBundle::calibnet);
    EXPECT_EQ(network.migrations.size(), 2U);
}

TEST(NetworkVersions, a_version_that_is_not_known_stops_the_node) {
    Network network = devnet_2k();
    network.upgrades.move("Xx", 10);
    EXPECT_EQ(network.executable_version_at(10).value(), 28U);
    EXPECT_EQ(network.executable_version_at(11).value(), 29U);
    network.upgrades = UpgradeSchedule(29, {{"Later", 10, 30}});
    EXPECT_EQ(network.executable_version_at(10).value(), 29U);
    const auto later = network.executable_version_at(11);
    ASSERT_FALSE(later);
    EXPECT_TRUE(later.error().is_fatal());
    EXPECT_EQ(later.error().message(),
              "network version 30 applies at epoch 11, but this program executes 27 to 29; run a version of Strata "
              "that knows this upgrade");
}

// Source: params_2k.go, UpgradeLiftoffHeight.
TEST(Network, the_vesting_of_the_2k_network_starts_before_genesis) {
    EXPECT_EQ(devnet_2k().vesting_start(), -6);
    const Network unnamed;
    EXPECT_EQ(unnamed.vesting_start(), 0) << "a schedule without Liftoff";
}

// docs/protocol/node.md §22: mainnet's genesis has the name "testnetnet".
TEST(Network, public_ones_have_their_names_in_genesis) {
    Network network;
    for (const auto* name : {"testnetnet", "calibrationnet"}) {
        network.name = name;
        EXPECT_TRUE(is_public(network)) << name;
    }
    for (const auto* name : {"", "mainnet", "butterflynet", "strata-main", "testnetnet "}) {
        network.name = name;
        EXPECT_FALSE(is_public(network)) << name;
    }
}

// Mainnet: genesis at 1598306400, 30 seconds (params_mainnet.go). Epoch 6,052,800 is FireHorse.
TEST(Network, the_time_of_an_epoch) {
    Network mainnet;
    mainnet.genesis_timestamp = 1'598'306'400;
    mainnet.block_delay = 30;
    EXPECT_EQ(mainnet.timestamp_at(0), 1'598'306'400U);
    EXPECT_EQ(mainnet.timestamp_at(1), 1'598'306'430U);
    EXPECT_EQ(mainnet.timestamp_at(6'052'800), 1'779'890'400U);
}

// params_2k.go: Eip155ChainId and UpgradeTeepInitialFilReserved.
TEST(Network, values_of_the_2k_network) {
    EXPECT_EQ(devnet_2k().chain_id, 31'415'926U);
    EXPECT_EQ(devnet_2k().initial_reserve.to_string(), "1400000000000000000000000000");
}

}  // namespace
}  // namespace strata::chain
