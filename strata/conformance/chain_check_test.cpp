// Chains that Lotus made (vectors/lotus-devnet). Counts are pinned, so that nothing is skipped in silence.
#include <gtest/gtest.h>

#include <cstdio>

#include <strata/chain/chain_store.hpp>
#include <strata/chain/supply.hpp>
#include <strata/conformance/chain_check.hpp>
#include <strata/ipld/car.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::conformance {
namespace {

class LotusChain : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto vectors = testing::vectors_dir();
        if (!vectors) {
            std::puts("skipped: STRATA_VECTORS is not set");
            GTEST_SKIP();
        }
        folder_ = *vectors / "lotus-devnet";
    }
    ChainCheck check(const char* name, std::size_t tamper, const std::filesystem::path& keys = {}) {
        const auto result = check_chain({.car = folder_ / name / "chain.car.zst",
                                         .network = folder_ / name / "network.json",
                                         .verifying_keys = keys,
                                         .max_errors = 20,
                                         .tamper = tamper});
        if (!result) ADD_FAILURE() << result.error().message();
        return result ? *result : ChainCheck{};
    }
    std::filesystem::path folder_;
};

TEST_F(LotusChain, EveryHeaderIsValidAndEveryChangeIsRefused) {
    const auto result = check("real", 20);
    EXPECT_EQ(result.errors, std::vector<std::string>{});
    EXPECT_EQ(result.tipsets, 205U);
    EXPECT_EQ(result.valid_blocks, 204U);
    EXPECT_EQ(result.refused_changes, 11U * 18U);  // every 20th header, 18 fields
    EXPECT_EQ(result.executed, 184U);              // 20 call the EVM, the last one is executed by none
    for (const auto& [why, count] : result.skipped) std::printf("not executed: %zu tipsets: %s\n", count, why.c_str());
}

// Winning proofs of all blocks, and the proof of the one sector that is sealed on this chain.
TEST_F(LotusChain, ProofsVerify) {
    const auto result = check("real", 0, folder_ / "vk");
    EXPECT_EQ(result.errors, std::vector<std::string>{});
    EXPECT_EQ(result.winning_proofs, "verified");
    EXPECT_EQ(result.valid_blocks, 204U);
    EXPECT_EQ(result.executed, 184U);
}

// Keys that are not there accept nothing.
TEST_F(LotusChain, NoBlockIsValidWithoutItsKey) {
    const auto result = check("real", 0, folder_ / "none");
    EXPECT_EQ(result.valid_blocks, 0U);
    EXPECT_FALSE(result.errors.empty());
}

TEST_F(LotusChain, LongChain) {
    const auto result = check("long", 0);
    EXPECT_EQ(result.errors, std::vector<std::string>{});
    EXPECT_EQ(result.valid_blocks, 1390U);
    EXPECT_EQ(result.executed, 1364U);  // 26 call the EVM
}

// api_samples.json: StateVMCirculatingSupplyInternal at the head, of the state before it.
TEST_F(LotusChain, CirculatingSupplyIsWhatLotusAnswers) {
    const std::string car = testing::read_file(folder_ / "real" / "chain.car.zst");
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
