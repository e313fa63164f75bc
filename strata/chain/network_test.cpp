// Tests upgrade schedules and the values read from them. Expected values: lotus build/buildconstants/params_*.go and
// chain/stmgr/forks.go (GetNetworkVersion: an upgrade at H holds above H).
#include <strata/chain/network.hpp>

#include <gtest/gtest.h>

namespace strata::chain {
namespace {

TEST(UpgradeSchedule, versions_begin_above_the_height) {
    const auto mainnet = mainnet_upgrades();
    EXPECT_EQ(mainnet.version_at(0), 0U);
    EXPECT_EQ(mainnet.version_at(41'280), 0U);
    EXPECT_EQ(mainnet.version_at(41'281), 1U);
    EXPECT_EQ(mainnet.version_at(343'201), 9U);  // Claus changed no version
    EXPECT_EQ(mainnet.version_at(6'052'800), 27U);
    EXPECT_EQ(mainnet.version_at(6'052'801), 28U);
    EXPECT_EQ(mainnet.version_at(6'470'279), 28U);
    EXPECT_EQ(mainnet.version_at(6'470'280), 29U);
    EXPECT_EQ(mainnet.height_of("Tock"), 4'878'840 + 90 * 2'880);
    EXPECT_EQ(mainnet.height_of("Thunder"), 2'809'800 + 21 * 2'880);
}

TEST(UpgradeSchedule, heights_below_genesis_are_part_of_it) {
    for (const auto& schedule : {devnet_2k_upgrades(), butterflynet_upgrades()}) {
        EXPECT_EQ(schedule.version_at(0), 28U);
        EXPECT_EQ(schedule.version_at(1), 28U);
        EXPECT_EQ(schedule.version_at(999'999'999), 28U);
    }
    EXPECT_EQ(devnet_2k_upgrades().version_at(1'000'000'001), 29U);
    // Liftoff lies before genesis too, but the other upgrades come after genesis (calibnet, epochs 1 to 31).
    EXPECT_EQ(calibnet_upgrades().version_at(30), 0U);
    EXPECT_EQ(calibnet_upgrades().version_at(31), 4U);
    EXPECT_EQ(calibnet_upgrades().version_at(3'694'535), 28U);
}

TEST(UpgradeSchedule, names_every_height_once) {
    for (const auto& schedule :
         {mainnet_upgrades(), calibnet_upgrades(), butterflynet_upgrades(), devnet_2k_upgrades()}) {
        EXPECT_EQ(schedule.upgrades().size(), 33U);
        for (const auto& upgrade : schedule.upgrades())
            EXPECT_EQ(schedule.height_of(upgrade.name), upgrade.height) << upgrade.name;
    }
    EXPECT_FALSE(devnet_2k_upgrades().height_of("Solstice"));
}

class CountingMigration final : public StateMigration {
  public:
    Result<Cid> migrate(Blockstore&, const Cid& root, ChainEpoch height) const override {
        return Cid::hash_of(Codec::raw, to_bytes(as_bytes(root.to_string() + std::to_string(height))));
    }
};

TEST(NetworkMigration, runs_at_the_height_of_its_upgrade_only) {
    MemoryBlockstore blocks;
    Network network = devnet_2k();
    network.upgrades.move("Xx", 10);
    const Cid root = Cid::hash_of(Codec::raw, Bytes{1});
    EXPECT_EQ(network.migrate(blocks, root, 9).value(), root);
    EXPECT_EQ(network.migrate(blocks, root, 11).value(), root);

    const auto missing = network.migrate(blocks, root, 10);
    ASSERT_FALSE(missing);
    // The error is fatal, so the node stops: the blocks above are not wrong.
    EXPECT_TRUE(missing.error().is_fatal());
    EXPECT_EQ(missing.error().message(),
              "this program has no migration from network version 28 to 29, which is due at epoch 10: run one that "
              "knows this upgrade");

    network.migrations[kSolstice] = std::make_shared<CountingMigration>();
    EXPECT_NE(network.migrate(blocks, root, 10).value(), root);
}

TEST(NetworkVersions, a_version_that_is_not_known_stops_the_node) {
    Network network = devnet_2k();
    network.upgrades.move("Xx", 10);
    EXPECT_EQ(network.executable_version_at(10).value(), 28U);
    const auto later = network.executable_version_at(11);
    ASSERT_FALSE(later);
    EXPECT_TRUE(later.error().is_fatal());
    EXPECT_EQ(
        later.error().message(),
        "network version 29 holds at epoch 11, but this program executes 28..28: run one that knows this upgrade");
}

// Source: params_2k.go, UpgradeLiftoffHeight.
TEST(Network, the_vesting_of_the_2k_network_starts_before_genesis) {
    EXPECT_EQ(devnet_2k().vesting_start(), -6);
}

}  // namespace
}  // namespace strata::chain
