#include <strata/chain/upgrades.hpp>

#include <algorithm>

namespace strata::chain {

NetworkVersion UpgradeSchedule::version_at(ChainEpoch epoch) const {
    NetworkVersion version = genesis_;
    ChainEpoch newest = -1;
    // The highest upgrade below the epoch decides; at equal heights, the last one in the list.
    for (const auto& upgrade : upgrades_) {
        if (upgrade.version == 0 || upgrade.height < 0 || upgrade.height >= epoch || upgrade.height < newest) continue;
        version = upgrade.version;
        newest = upgrade.height;
    }
    return version;
}

std::optional<ChainEpoch> UpgradeSchedule::height_of(std::string_view name) const {
    const auto at = std::ranges::find(upgrades_, name, &Upgrade::name);
    return at == upgrades_.end() ? std::nullopt : std::optional(at->height);
}

void UpgradeSchedule::move(std::string_view name, ChainEpoch height) {
    const auto at = std::ranges::find(upgrades_, name, &Upgrade::name);
    STRATA_CHECK(at != upgrades_.end());
    at->height = height;
}

// In the tables, a height below 0 means that the network began with the upgrade, and version 0 that the upgrade did not
// change the version.

// Lotus calls version 29 "Xx"; its name is Solstice. Lotus b835fab has no heights for it yet, so those of the public
// networks come from forest 0.39.0 (src/networks/*/mod.rs), whose other heights are the same as Lotus'.
UpgradeSchedule mainnet_upgrades() {
    return {0,
            {
                {"Breeze", 41'280, 1},         {"Smoke", 51'000, 2},         {"Ignition", 94'000, 3},
                {"Refuel", 130'800, 3},        {"Assembly", 138'720, 4},     {"Tape", 140'760, 5},
                {"Liftoff", 148'888, 5},       {"Kumquat", 170'000, 6},      {"Calico", 265'200, 7},
                {"Persian", 272'400, 8},       {"Orange", 336'458, 9},       {"Claus", 343'200, 0},
                {"Trust", 550'321, 10},        {"Norwegian", 665'280, 11},   {"Turbo", 712'320, 12},
                {"Hyperdrive", 892'800, 13},   {"Chocolate", 1'231'620, 14}, {"OhSnap", 1'594'680, 15},
                {"Skyr", 1'960'320, 16},       {"Shark", 2'383'680, 17},     {"Hygge", 2'683'348, 18},
                {"Lightning", 2'809'800, 19},  {"Thunder", 2'870'280, 20},   {"Watermelon", 3'469'380, 21},
                {"Dragon", 3'855'360, 22},     {"Phoenix", 3'855'480, 0},    {"Waffle", 4'154'640, 23},
                {"Tuktuk", 4'461'240, 24},     {"Teep", 4'878'840, 25},      {"Tock", 5'138'040, 26},
                {"GoldenWeek", 5'348'280, 27}, {"FireHorse", 6'052'800, 28}, {"Xx", 6'470'279, 29},
            }};
}

// WatermelonFix, WatermelonFix2, DragonFix
// and TockFix are left out: they repaired states of versions 21, 22 and 26 on this network alone.
UpgradeSchedule calibnet_upgrades() {
    return {0,
            {
                {"Breeze", -1, 1},
                {"Smoke", -2, 2},
                {"Ignition", -3, 3},
                {"Refuel", -4, 3},
                {"Assembly", 30, 4},
                {"Tape", 60, 5},
                {"Liftoff", -5, 5},
                {"Kumquat", 90, 6},
                {"Calico", 120, 7},
                {"Persian", 240, 8},
                {"Orange", 300, 9},
                {"Claus", 270, 0},
                {"Trust", 330, 10},
                {"Norwegian", 360, 11},
                {"Turbo", 390, 12},
                {"Hyperdrive", 420, 13},
                {"Chocolate", 450, 14},
                {"OhSnap", 480, 15},
                {"Skyr", 510, 16},
                {"Shark", 16'800, 17},
                {"Hygge", 322'354, 18},
                {"Lightning", 489'094, 19},
                {"Thunder", 492'214, 20},
                {"Watermelon", 1'013'134, 21},
                {"Dragon", 1'427'974, 22},
                {"Phoenix", 1'428'094, 0},
                {"Waffle", 1'779'094, 23},
                {"Tuktuk", 2'078'794, 24},
                {"Teep", 2'523'454, 25},
                {"Tock", 2'543'614, 26},
                {"GoldenWeek", 3'007'294, 27},
                {"FireHorse", 3'694'534, 28},
                {"Xx", 4'109'133, 29},
            }};
}

// Forest's heights below 0 differ from Lotus', which makes no difference: they are all part of the genesis.
UpgradeSchedule butterflynet_upgrades() {
    return {28,
            {
                {"Breeze", -1, 1},      {"Smoke", -2, 2},       {"Ignition", -3, 3},     {"Refuel", -4, 3},
                {"Assembly", -5, 4},    {"Tape", -6, 5},        {"Liftoff", -7, 5},      {"Kumquat", -8, 6},
                {"Calico", -9, 7},      {"Persian", -10, 8},    {"Orange", -12, 9},      {"Claus", -11, 0},
                {"Trust", -13, 10},     {"Norwegian", -14, 11}, {"Turbo", -15, 12},      {"Hyperdrive", -16, 13},
                {"Chocolate", -17, 14}, {"OhSnap", -18, 15},    {"Skyr", -19, 16},       {"Shark", -20, 17},
                {"Hygge", -21, 18},     {"Lightning", -22, 19}, {"Thunder", -23, 20},    {"Watermelon", -24, 21},
                {"Dragon", -25, 22},    {"Phoenix", -26, 0},    {"Waffle", -27, 23},     {"Tuktuk", -28, 24},
                {"Teep", -29, 25},      {"Tock", -30, 26},      {"GoldenWeek", -31, 27}, {"FireHorse", -32, 28},
                {"Xx", 5'220, 29},
            }};
}

// Version 29 begins at the height in the network description. Lotus' default is 200 (LOTUS_XX_HEIGHT sets it), and
// forest's is 9999999999 (FOREST_SOLSTICE_HEIGHT).
UpgradeSchedule devnet_2k_upgrades() {
    return {28,
            {
                {"Breeze", -1, 1},         {"Smoke", -1, 2},       {"Ignition", -2, 3},     {"Refuel", -3, 3},
                {"Assembly", -5, 4},       {"Tape", -4, 5},        {"Liftoff", -6, 5},      {"Kumquat", -7, 6},
                {"Calico", -9, 7},         {"Persian", -10, 8},    {"Orange", -11, 9},      {"Claus", -12, 0},
                {"Trust", -13, 10},        {"Norwegian", -14, 11}, {"Turbo", -15, 12},      {"Hyperdrive", -16, 13},
                {"Chocolate", -17, 14},    {"OhSnap", -18, 15},    {"Skyr", -19, 16},       {"Shark", -20, 17},
                {"Hygge", -21, 18},        {"Lightning", -22, 19}, {"Thunder", -23, 20},    {"Watermelon", -24, 21},
                {"Dragon", -25, 22},       {"Phoenix", -26, 0},    {"Waffle", -27, 23},     {"Tuktuk", -28, 24},
                {"Teep", -29, 25},         {"Tock", -30, 26},      {"GoldenWeek", -31, 27}, {"FireHorse", -32, 28},
                {"Xx", 1'000'000'000, 29},
            }};
}

}  // namespace strata::chain
