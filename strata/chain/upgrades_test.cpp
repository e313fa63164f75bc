// Expected values: lotus build/buildconstants/params_*.go and chain/stmgr/forks.go (GetNetworkVersion: an upgrade at H
// holds above H).
#include <strata/chain/upgrades.hpp>

#include <gtest/gtest.h>

#include <set>

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
    }
    EXPECT_EQ(devnet_2k_upgrades().version_at(1'000'000'000), 28U);
    EXPECT_EQ(devnet_2k_upgrades().version_at(1'000'000'001), 29U);
    // Liftoff comes before genesis too, but the other upgrades come after genesis (calibnet, epochs 1 to 31).
    EXPECT_EQ(calibnet_upgrades().version_at(30), 0U);
    EXPECT_EQ(calibnet_upgrades().version_at(31), 4U);
    EXPECT_EQ(calibnet_upgrades().version_at(3'694'535), 28U);
}

// forest 0.39.0 src/networks/{mainnet,calibnet,butterflynet}/mod.rs.
TEST(UpgradeSchedule, heights_of_solstice) {
    EXPECT_EQ(mainnet_upgrades().height_of("Xx"), 6'470'279);
    EXPECT_EQ(calibnet_upgrades().height_of("Xx"), 4'109'133);
    EXPECT_EQ(calibnet_upgrades().version_at(4'109'133), 28U);
    EXPECT_EQ(calibnet_upgrades().version_at(4'109'134), 29U);
    EXPECT_EQ(butterflynet_upgrades().height_of("Xx"), 5'220);
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

// The last epoch of each version and the first of the next, on mainnet (params_mainnet.go).
TEST(UpgradeSchedule, every_version_of_mainnet) {
    struct Row {
        ChainEpoch height;
        NetworkVersion before, after;
    };
    const auto mainnet = mainnet_upgrades();
    for (const auto& [height, before, after] :
         {Row{51'000, 1, 2},      Row{94'000, 2, 3},      Row{138'720, 3, 4},     Row{140'760, 4, 5},
          Row{170'000, 5, 6},     Row{265'200, 6, 7},     Row{272'400, 7, 8},     Row{336'458, 8, 9},
          Row{550'321, 9, 10},    Row{665'280, 10, 11},   Row{712'320, 11, 12},   Row{892'800, 12, 13},
          Row{1'231'620, 13, 14}, Row{1'594'680, 14, 15}, Row{1'960'320, 15, 16}, Row{2'383'680, 16, 17},
          Row{2'683'348, 17, 18}, Row{2'809'800, 18, 19}, Row{2'870'280, 19, 20}, Row{3'469'380, 20, 21},
          Row{3'855'360, 21, 22}, Row{4'154'640, 22, 23}, Row{4'461'240, 23, 24}, Row{4'878'840, 24, 25},
          Row{5'138'040, 25, 26}, Row{5'348'280, 26, 27}}) {
        EXPECT_EQ(mainnet.version_at(height), before) << height;
        EXPECT_EQ(mainnet.version_at(height + 1), after) << height;
    }
    // Some upgrades changed the rules but not the version.
    for (const auto* name : {"Refuel", "Liftoff", "Claus", "Phoenix"}) {
        const auto height = mainnet.height_of(name).value();
        EXPECT_EQ(mainnet.version_at(height), mainnet.version_at(height + 1)) << name;
    }
}

TEST(UpgradeSchedule, a_name_is_moved_and_an_unknown_one_is_not_there) {
    auto schedule = devnet_2k_upgrades();
    EXPECT_FALSE(schedule.height_of("firehorse"));
    EXPECT_FALSE(schedule.height_of(""));
    EXPECT_EQ(schedule.genesis_version(), kFireHorse);
    schedule.move("Xx", 0);
    EXPECT_EQ(schedule.version_at(0), 28U);
    EXPECT_EQ(schedule.version_at(1), 29U);
    schedule.move("Xx", -1);
    EXPECT_EQ(schedule.version_at(1), 28U) << "below genesis it never counts";
    EXPECT_EQ(UpgradeSchedule().version_at(1'000'000), kFireHorse) << "an empty schedule stays at its genesis";
}

// A private network may have several upgrades at one height: the later version applies.
TEST(UpgradeSchedule, upgrades_of_one_height) {
    const UpgradeSchedule schedule(0, {{"a", 10, 1}, {"b", 10, 2}, {"c", 20, 3}});
    EXPECT_EQ(schedule.version_at(10), 0U);
    EXPECT_EQ(schedule.version_at(11), 2U);
    EXPECT_EQ(schedule.version_at(21), 3U);
}

TEST(UpgradeSchedule, names_are_unique) {
    for (const auto& schedule :
         {mainnet_upgrades(), calibnet_upgrades(), butterflynet_upgrades(), devnet_2k_upgrades()}) {
        std::set<std::string_view> names;
        for (const auto& upgrade : schedule.upgrades()) EXPECT_TRUE(names.insert(upgrade.name).second) << upgrade.name;
    }
}

}  // namespace
}  // namespace strata::chain
