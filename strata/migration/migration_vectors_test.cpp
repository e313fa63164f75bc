// Protects what splits a node from the network at the height of an upgrade: the state root after it, and which states
// an upgrade refuses. Expected values: forest 0.39.0, whose own migrations (src/state_migration) ran on these states
// (tests/vectors/migration-nv29): states of the Lotus devnet, and states made up from one of them.
#include <strata/migration/migration.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/ipld/car.hpp>
#include <strata/testing/own_vectors.hpp>
#include <strata/testing/vectors.hpp>
#include <strata/vm/buffered_store.hpp>

namespace strata::migration {
namespace {

namespace fs = std::filesystem;
using actors::ActorBundle;

struct Counts {
    std::size_t migrated = 0;
    std::size_t refused = 0;
    std::size_t refused_here = 0;
};

// States that forest migrates and this program refuses. Lotus refuses the first too (go-state-types
// builtin/v19/migration/top.go). No chain has one of the others: cron calls f02 and f05 in every epoch.
constexpr std::array<std::string_view, 3> kRefusedHere{"a manifest with an unknown actor", "no actor f02",
                                                       "no actor f05"};

Result<Cid> migrate(Blockstore& blocks, const nlohmann::json& row) {
    static const std::map<std::string, ActorBundle> networks{{"mainnet", ActorBundle::mainnet},
                                                             {"calibnet", ActorBundle::calibnet},
                                                             {"butterflynet", ActorBundle::butterflynet},
                                                             {"devnet", ActorBundle::devnet}};
    const auto from = row.at("from").get<NetworkVersion>();
    const auto* const to = actors::find_bundle(networks.at(row.at("network")), actors::actors_of(from + 1).value());
    const Cid root = Cid::parse(row.at("root").get<std::string>()).value();
    NodeCache cache;
    if (from == kFireHorse) return to_solstice(blocks, root, row.at("height").get<ChainEpoch>(), *to, cache);
    return to_fire_horse(blocks, root, *to, cache);
}

// A file is {"car": NAME, "cases": [{"name", "network", "from": 27 or 28, "height", "root", and either "expected", the
// new state root, or "refused", forest's words}...]}. The CAR has the blocks that forest read.
Counts compare(const fs::path& file) {
    Counts out;
    const auto vectors = nlohmann::json::parse(strata::testing::read_file(file));
    const fs::path car = file.parent_path() / vectors.at("car").get<std::string>();
    MemoryBlockstore before;
    EXPECT_TRUE(load_car(as_bytes(strata::testing::read_file(car)), before)) << car;
    for (const auto& row : vectors.at("cases")) {
        const auto name = row.at("name").get<std::string>();
        vm::BufferedStore blocks(before);
        const auto result = migrate(blocks, row);
        if (std::ranges::find(kRefusedHere, name) != kRefusedHere.end()) {
            EXPECT_FALSE(result) << name;
            ++out.refused_here;
        } else if (row.contains("refused")) {
            EXPECT_FALSE(result) << name << ": forest refuses this state: " << row.at("refused");
            ++out.refused;
        } else {
            EXPECT_TRUE(result) << name << ": " << result.error().message();
            if (result) EXPECT_EQ(result->to_string(), row.at("expected").get<std::string>()) << name;
            ++out.migrated;
        }
    }
    return out;
}

TEST(MigrationVectors, forest_agrees) {
    const auto counts = compare(strata::testing::own_vectors("migration-nv29/forest.json"));
    EXPECT_EQ(counts.migrated, 100U);
    EXPECT_EQ(counts.refused, 58U);
    EXPECT_EQ(counts.refused_here, 3U);
}

// A whole set of vectors may have more such files.
TEST(MigrationVectors, those_of_the_whole_set) {
    const auto folder = strata::testing::find_vectors("migration-nv29");
    if (!folder || !fs::is_directory(*folder) || *folder == strata::testing::own_vectors("migration-nv29"))
        GTEST_SKIP() << "the whole set of vectors has no folder migration-nv29";
    for (const auto& entry : fs::directory_iterator(*folder))
        if (entry.path().filename().string().contains(".json")) compare(entry.path());
}

}  // namespace
}  // namespace strata::migration
