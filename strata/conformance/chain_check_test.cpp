// Checks chains that Lotus made (vectors/lotus-devnet). The counts are pinned, so that no tipset is skipped unnoticed.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <strata/chain/chain_store.hpp>
#include <strata/chain/supply.hpp>
#include <strata/conformance/chain_check.hpp>
#include <strata/ipld/car.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;

class LotusChain : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto folder = testing::find_vectors("lotus-devnet");
        if (!folder) GTEST_SKIP() << testing::skip_reason("lotus-devnet");
        folder_ = *folder;
    }
    ChainCheck check(const char* name, std::size_t tamper, const fs::path& keys = {}, const fs::path& bundle = {}) {
        const auto result = check_chain({.car = folder_ / name / "chain.car.zst",
                                         .network = folder_ / name / "network.json",
                                         .verifying_keys = keys,
                                         .bundle = bundle,
                                         .wasm_cache = {},
                                         .max_errors = 20,
                                         .tamper = tamper});
        if (!result) ADD_FAILURE() << result.error().message();
        return result ? *result : ChainCheck{};
    }
    static ChainCheckOptions options_of(const fs::path& car, const fs::path& network) {
        ChainCheckOptions out;
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
    if (bundles == nullptr)
        GTEST_SKIP() << "STRATA_BUNDLES names no folder with the bundles of the official actors "
                        "(v18/builtin-actors-devnet.car)";
    const auto result = check("real", 0, {}, fs::path(bundles) / "v18/builtin-actors-devnet.car");
    EXPECT_EQ(result.errors, std::vector<std::string>{});
    EXPECT_TRUE(result.skipped.empty());
    EXPECT_EQ(result.executed, 204U);  // all but the last
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
    const auto result = check_chain(options_of(folder / "chain.bin", folder_ / "real/network.json"));
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->valid_blocks, 204U);
}

// A zero-length section is the end of a CAR in go-car (ZeroLengthSectionAsEOF), which Boost sets for padded pieces.
TEST_F(LotusChain, IsReadFromAPaddedCar) {
    const std::string car = testing::read_file(folder_ / "real/chain.car") + std::string(1'000, '\0');
    const testing::TempFolder folder;
    std::ofstream(folder / "chain.car", std::ios::binary) << car;
    const auto result = check_chain(options_of(folder / "chain.car", folder_ / "real/network.json"));
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->valid_blocks, 204U);
}

TEST_F(LotusChain, WhatIsNotAChainIsRefusedByName) {
    const auto network = folder_ / "real/network.json", chain = folder_ / "real/chain.car.zst";
    const auto why = [](const fs::path& car, const fs::path& description, std::size_t max_errors = 20) {
        auto options = options_of(car, description);
        options.max_errors = max_errors;
        const auto result = check_chain(options);
        return result ? "accepted" : result.error().message();
    };
    EXPECT_EQ(why("/", network), "/: is a folder, expected a file");
    EXPECT_EQ(why("/dev/zero", network), "/dev/zero: is a device, expected a file");
    EXPECT_EQ(why(chain, "/dev/null"), "/dev/null: is a device, expected a file");
    EXPECT_TRUE(why(network, network).starts_with(network.string() + ": ")) << why(network, network);
    EXPECT_TRUE(why(folder_ / "long/chain.car.zst", network).contains("the chain begins at "));
    EXPECT_EQ(why(chain, network, 0), "the number of errors after which the check stops is 0, expected at least 1");
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
