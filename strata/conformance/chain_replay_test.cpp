// Replays chains that Lotus made (vectors/lotus-devnet); the counts are pinned, so that no tipset is skipped unnoticed.
// The chain that crosses an upgrade is our own, since no recorded one does; the rules of the crossing are tested in
// chain/upgrade_crossing_test.cpp.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <strata/chain/chain_export.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/supply.hpp>
#include <strata/chain/test_nodes.hpp>
#include <strata/conformance/chain_replay.hpp>
#include <strata/ipld/car.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>
#include <strata/wasm/actor_table.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNoBundles =
    "STRATA_BUNDLES names no folder with the bundles of the official actors (v17 and v18/builtin-actors-devnet.car)";

class LotusChain : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto folder = testing::find_vectors("lotus-devnet");
        if (!folder) GTEST_SKIP() << testing::skip_reason("lotus-devnet");
        folder_ = *folder;
    }
    ChainReplay check(const char* name, std::size_t tamper, const fs::path& keys = {}, const fs::path& bundles = {}) {
        const auto result = replay_chain(
            {.car = folder_ / name / "chain.car.zst", .verifying_keys = keys, .bundles = bundles, .tamper = tamper});
        if (!result) ADD_FAILURE() << result.error().message();
        return result ? *result : ChainReplay{};
    }
    static ChainReplayOptions options_of(const fs::path& car, const fs::path& network) {
        ChainReplayOptions out;
        out.car = car;
        out.network = network;
        return out;
    }
    fs::path folder_;
};

TEST_F(LotusChain, EveryHeaderIsValidAndEveryChangeIsRefused) {
    const auto result = check("real", 20);
    EXPECT_EQ(result.errors, std::vector<std::string>{});
    EXPECT_EQ(result.tipsets, 205U);
    EXPECT_EQ(result.valid_blocks, 204U);
    EXPECT_EQ(result.refused_changes, 11U * 18U);  // every 20th header, 18 fields
    EXPECT_EQ(result.executed, 204U);              // the last one is not executed
    for (const auto& [why, count] : result.skipped) std::printf("not executed: %zu tipsets: %s\n", count, why.c_str());
}

// The official devnet actors, contracts among them, lead to the recorded states with the recorded gas.
TEST_F(LotusChain, TheOfficialActorsUseTheRecordedGas) {
    const char* bundles = std::getenv("STRATA_BUNDLES");
    if (bundles == nullptr) GTEST_SKIP() << kNoBundles;
    const auto result = check("real", 0, {}, bundles);
    EXPECT_EQ(result.errors, std::vector<std::string>{});
    EXPECT_TRUE(result.skipped.empty());
    EXPECT_EQ(result.executed, 204U);  // all but the last
    EXPECT_EQ(result.gas, "computed and compared");
}

// A person may have the CAR alone, and Lotus' snapshots have no receipts.
TEST_F(LotusChain, ACarWithoutADescriptionIsExecuted) {
    const testing::TempFolder folder;
    fs::copy_file(folder_ / "real/chain.car.zst", folder / "chain.car.zst");
    const auto result = replay_chain({.car = folder / "chain.car.zst"});
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_FALSE(result->described);
    EXPECT_EQ(result->network, "strata-main");
    EXPECT_EQ(result->errors, std::vector<std::string>{});
    EXPECT_EQ(result->executed, 204U);
    EXPECT_EQ(result->valid_blocks, 0U);

    std::ofstream(folder / "network.json") << "{}";
    const auto beside = replay_chain({.car = folder / "chain.car.zst", .from = 100, .to = 109});
    ASSERT_TRUE(beside) << beside.error().message();
    EXPECT_TRUE(beside->ignored.contains("network_name is missing")) << beside->ignored;
    EXPECT_EQ(beside->due, 10U);
    EXPECT_EQ(beside->executed, 10U);
}

TEST_F(LotusChain, ABundleOfADifferentVersionIsNamed) {
    const char* bundles = std::getenv("STRATA_BUNDLES");
    if (bundles == nullptr) GTEST_SKIP() << kNoBundles;
    const auto result = replay_chain({.car = folder_ / "real/chain.car.zst", .bundles = fs::path(bundles) / "v17"});
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().message().contains("builtin-actors-devnet.car of actors v18"))
        << result.error().message();
}

// A chain that begins with version 27 and crosses to 28, as `strata chain export` writes it: without later states.
class CrossingChain : public ::testing::Test {
  protected:
    static constexpr ChainEpoch kUpgrade = 6;

    fs::path export_chain(std::unique_ptr<vm::ActorTable> actors) {
        chain::UpgradeSchedule upgrades(27, chain::devnet_2k_upgrades().upgrades());
        upgrades.move("FireHorse", kUpgrade);
        chain::testing::Nodes nodes(1, upgrades, std::move(actors));
        auto& node = nodes[0];
        for (Nonce nonce = 0; node->head()->height() < kUpgrade + 6; ++nonce)
            nodes.extend(node, {.messages = {chain::testing::Nodes::transfer(nonce, 1'000)}});
        Bytes car;
        const auto done = chain::export_chain(node->chain(), node->head(), [&](BytesView bytes) {
            append(car, bytes);
            return Status();
        });
        EXPECT_TRUE(done) << done.error().message();
        std::ofstream(folder_ / "chain.car", std::ios::binary) << as_text(car);
        return folder_ / "chain.car";
    }
    static void expect_all(const Result<ChainReplay>& result) {
        ASSERT_TRUE(result) << result.error().message();
        EXPECT_EQ(result->errors, std::vector<std::string>{});
        EXPECT_EQ(result->executed, result->tipsets - 1);
        EXPECT_EQ(result->gas, "computed and compared");
        ASSERT_EQ(result->upgrades.size(), 1U);
        EXPECT_EQ(result->upgrades[0].version, 28U);
    }
    testing::TempFolder folder_;
};

TEST_F(CrossingChain, TheHeightIsFoundOrTold) {
    const auto car = export_chain(actors::native_actors());
    const auto found = replay_chain({.car = car});
    expect_all(found);
    EXPECT_EQ(found->found.size(), 1U);
    const auto told = replay_chain({.car = car, .upgrades = {{28, kUpgrade}}});
    expect_all(told);
    EXPECT_TRUE(told->found.empty());
    EXPECT_EQ(told->upgrades[0].height, kUpgrade);
    const auto unknown = replay_chain({.car = car, .upgrades = {{27, 3}}});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().message(),
              "there is no upgrade to network version 27: the network begins with version 27, and this program knows "
              "upgrades up to version 29");
}

TEST_F(CrossingChain, OfficialActorsOfBothVersionsAreFound) {
    const char* bundles = std::getenv("STRATA_BUNDLES");
    if (bundles == nullptr) GTEST_SKIP() << kNoBundles;
    std::vector<std::shared_ptr<const wasm::Bundle>> both;
    for (const char* version : {"v17", "v18"}) {
        auto read = wasm::read_bundles(fs::path(bundles) / version / "builtin-actors-devnet.car");
        ASSERT_TRUE(read) << read.error().message();
        both.push_back(std::make_shared<const wasm::Bundle>(std::move(read->front().bundle)));
    }
    const auto car = export_chain(wasm::wasm_actors(wasm::Engine::make({.cache = {}}).value(), both));
    expect_all(replay_chain({.car = car, .bundles = bundles}));
    // Without the later bundle the replay says which file is missing.
    const auto half = replay_chain({.car = car, .bundles = fs::path(bundles) / "v17"});
    ASSERT_TRUE(half) << half.error().message();
    ASSERT_FALSE(half->errors.empty());
    EXPECT_TRUE(half->errors[0].contains("builtin-actors-devnet.car of actors v18")) << half->errors[0];
}

// Verifies the winning proofs of all blocks, and the proof of the only sector that is sealed on this chain.
TEST_F(LotusChain, ProofsVerify) {
    const auto result = check("real", 0, folder_ / "vk");
    EXPECT_EQ(result.errors, std::vector<std::string>{});
    EXPECT_EQ(result.winning_proofs, "verified");
    EXPECT_EQ(result.valid_blocks, 204U);
    EXPECT_EQ(result.executed, 204U);
}

// Without verifying keys no proof is accepted.
TEST_F(LotusChain, NoBlockIsValidWithoutItsKey) {
    const auto result = check("real", 0, folder_ / "none");
    EXPECT_EQ(result.valid_blocks, 0U);
    EXPECT_FALSE(result.errors.empty());
}

// Every refusal names the file and the next step. The chain is wrapped as CAR version 2
// (ipld.io/specs/transport/car/carv2: pragma, 16 bytes of characteristics, offset and size of the data, offset of the
// index, which is 0 if there is none).
TEST_F(LotusChain, IsReadFromCarOfVersion2) {
    const std::string car = testing::read_file(folder_ / "real/chain.car");
    std::string wrapped("\x0a\xa1gversion\x02", 11);
    wrapped.append(16, '\0');
    for (const std::uint64_t number : {std::uint64_t{51}, std::uint64_t{car.size()}, std::uint64_t{0}})
        for (unsigned shift = 0; shift < 64; shift += 8) wrapped += static_cast<char>(number >> shift);
    const testing::TempFolder folder;
    std::ofstream(folder / "chain.bin", std::ios::binary) << wrapped << car;
    const auto result = replay_chain(options_of(folder / "chain.bin", folder_ / "real/network.json"));
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->valid_blocks, 204U);
}

// A zero-length section is the end of a CAR in go-car (ZeroLengthSectionAsEOF), which Boost sets for padded pieces.
TEST_F(LotusChain, IsReadFromAPaddedCar) {
    const std::string car = testing::read_file(folder_ / "real/chain.car") + std::string(1'000, '\0');
    const testing::TempFolder folder;
    std::ofstream(folder / "chain.car", std::ios::binary) << car;
    const auto result = replay_chain(options_of(folder / "chain.car", folder_ / "real/network.json"));
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->valid_blocks, 204U);
}

TEST_F(LotusChain, WhatIsNotAChainIsRefusedByName) {
    const auto network = folder_ / "real/network.json", chain = folder_ / "real/chain.car.zst";
    const auto why = [](const fs::path& car, const fs::path& description, std::size_t max_errors = 20) {
        auto options = options_of(car, description);
        options.max_errors = max_errors;
        const auto result = replay_chain(options);
        return result ? "accepted" : result.error().message();
    };
    EXPECT_EQ(why("/", network), "/: is a folder, expected a file");
    EXPECT_EQ(why("/dev/zero", network), "/dev/zero: is a device, expected a file");
    EXPECT_EQ(why(chain, "/dev/null"), "/dev/null: is a device, expected a file");
    EXPECT_TRUE(why(network, network).starts_with(network.string() + ": ")) << why(network, network);
    EXPECT_TRUE(why(folder_ / "long/chain.car.zst", network).contains("the chain begins at "));
    EXPECT_EQ(why(chain, network, 0), "the number of errors after which the replay stops is 0, expected at least 1");
}

TEST_F(LotusChain, LongChain) {
    const auto result = check("long", 0);
    EXPECT_EQ(result.errors, std::vector<std::string>{});
    EXPECT_EQ(result.valid_blocks, 1390U);
    EXPECT_EQ(result.executed, 1390U);
}

// Lotus' answer is StateVMCirculatingSupplyInternal at the head in api_samples.json; it is about the state before the
// head.
TEST_F(LotusChain, CirculatingSupplyIsWhatLotusAnswers) {
    const std::string car = testing::read_file(folder_ / "real" / "chain.car");
    MemoryBlockstore blocks;
    store::MemoryKeyValue meta;
    chain::ChainStore store(blocks, meta);
    const auto header = load_car(as_bytes(car), blocks).value();
    const auto head = store.tipset(TipsetKey(header.roots)).value();
    const auto network = chain::parse_network(testing::read_file(folder_ / "real" / "network.json")).value();
    auto state = vm::StateTree::load(blocks, head->parent_state_root()).value();
    const auto supply = chain::vm_supply(network, head->height(), state).value();
    EXPECT_EQ(supply.vested.to_string(), "10679485158748677033001786");
    EXPECT_EQ(supply.mined.to_string(), "7332958257204681328691");
    EXPECT_EQ(supply.burnt.to_string(), "5000824274217675526");
    EXPECT_EQ(supply.locked.to_string(), "5499718743795125805947");
    EXPECT_EQ(supply.reserve_disbursed.to_string(), "550050000000000000000000000");
    EXPECT_EQ(supply.circulating().to_string(), "560731313397437812370849004");
}

}  // namespace
}  // namespace strata::conformance
