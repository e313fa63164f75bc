// Expected charges are lines of vectors/fvm-nv28/traces (the reference VM's own), unless another source is named.
#include <gtest/gtest.h>

#include <strata/vm/executor.hpp>

namespace strata::vm {
namespace {

const PriceList& kPrices = price_list(kNetworkVersion28);

struct Line {
    GasCharge charge;
    std::string_view name;
    Milligas compute;
    Milligas other;
};

TEST(Prices, AreTheReferencesByNameAndSplit) {
    const Line lines[] = {
        {kPrices.on_block_open_base(), "OnBlockOpenBase", 300'000, 187'440'000},
        {kPrices.on_block_open(194, 0), "OnBlockOpen", 0, 1'940'000},
        {kPrices.on_block_open(53, 1), "OnBlockOpen", 300'000, 230'000},
        {kPrices.on_block_create(194, 0), "OnBlockCreate", 465'600, 1'474'400},
        {kPrices.on_block_create(89, 0), "OnBlockCreate", 213'600, 676'400},
        {kPrices.on_block_create(53, 1), "OnBlockCreate", 427'200, 102'800},
        {kPrices.on_block_link(194), "OnBlockLink", 2'705'600, 1'153'960'000},
        {kPrices.on_block_link(0), "OnBlockLink", 300'000, 506'000'000},
        {kPrices.on_actor_lookup(), "OnActorLookup", 0, 500'000'000},
        {kPrices.on_actor_update(), "OnActorUpdate", 0, 475'000'000},
        {kPrices.on_create_actor(true), "OnCreateActor", 0, 2'700'000'000},
        {kPrices.on_create_actor(false), "OnCreateActor", 0, 650'000'000},
        {kPrices.on_value_transfer(), "OnValueTransfer", 6'000'000, 0},
        {kPrices.on_method_invocation(1), "OnMethodInvocation", 75'300'000, 0},
        {kPrices.on_method_return(1), "OnReturnValue", 300'000, 0},
        {kPrices.on_host_call(), "OnSyscall", 14'000'000, 0},
        {kPrices.on_get_randomness(0), "OnGetRandomness", 0, 146'200'000},
        {kPrices.on_get_randomness(95), "OnGetRandomness", 0, 153'325'000},
        {kPrices.on_tipset_cid(1), "OnTipsetCid", 0, 146'275'000},
        {kPrices.on_event_emit(0, 0, 0), "OnActorEvent", 2'557'600, 148'800},
    };
    for (const auto& line : lines) {
        EXPECT_EQ(line.charge.name, line.name);
        EXPECT_EQ(line.charge.compute, line.compute) << line.name;
        EXPECT_EQ(line.charge.other, line.other) << line.name;
    }
}

// The counts and sums of price_list.rs test_aggregate_porep_gas_charges and test_niporep_aggregate_gas_charges.
TEST(Prices, AggregateStepIsTheLastThatStartsAtOrBelowTheCount) {
    const auto price = [](std::int64_t proof, std::size_t count) {
        return kPrices.on_verify_aggregate_seals(static_cast<RegisteredSealProof>(proof), count).compute / 1000;
    };
    EXPECT_EQ(price(8, 1), 449'900U);  // fewer than the first step: no step
    EXPECT_EQ(price(8, 3), 449'900U * 3);
    EXPECT_EQ(price(8, 4), 449'900U * 4 + 103'994'170);
    EXPECT_EQ(price(8, 7), 449'900U * 7 + 112'356'810);
    EXPECT_EQ(price(8, 13), 449'900U * 13 + 122'912'610);
    EXPECT_EQ(price(8, 26), 449'900U * 26 + 137'559'930);
    EXPECT_EQ(price(8, 52), 449'900U * 52 + 162'039'100);
    EXPECT_EQ(price(8, 65), 449'900U * 65 + 162'039'100);
    EXPECT_EQ(price(9, 819), 359'272U * 819 + 509'880'640);
    EXPECT_EQ(price(18, 1), 118'025'550U);
    EXPECT_EQ(price(18, 2), 44'990U * 126 * 2 + 122'912'610);
    EXPECT_EQ(price(18, 8), 44'990U * 126 * 8 + 162'039'100);
    EXPECT_EQ(price(18, 65), 44'990U * 126 * 65 + 528'274'980);
    EXPECT_EQ(price(19, 1), 115'329'958U);
    EXPECT_EQ(price(19, 65), 35'928U * 126 * 65 + 509'880'640);
    EXPECT_EQ(price(0, 1), price(8, 1));  // unknown proofs: the table of 32 GiB
}

// ref-fvm price_list_by_network_version: 25 to 28 share one list, older ones have others.
TEST(Prices, AreChosenByNetworkVersion) {
    EXPECT_EQ(find_price_list(25), find_price_list(28));
    EXPECT_NE(find_price_list(25), nullptr);
    EXPECT_EQ(find_price_list(24), nullptr);
    EXPECT_EQ(find_price_list(29), nullptr);
}

TEST(Prices, AFutureEpochCostsMoreThanThereIs) {
    EXPECT_EQ(kPrices.on_get_randomness(-1).other, UINT64_MAX);
}

TEST(GasTracker, ChargeThatDoesNotFitUsesEverything) {
    GasTracker tracker(gas(10));
    EXPECT_TRUE(tracker.charge({"a", gas(4), 500}));
    EXPECT_EQ(tracker.gas_used(), 5U);  // 4.5, rounded up
    const auto failed = tracker.charge({"b", gas(5), 501});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, SyscallFailure::Kind::out_of_gas);
    EXPECT_EQ(tracker.used(), gas(10));
    EXPECT_EQ(tracker.available(), 0U);
}

TEST(GasTracker, SaturatesInsteadOfWrapping) {
    GasTracker tracker(gas(10));
    EXPECT_FALSE(tracker.charge({"a", UINT64_MAX, UINT64_MAX}));
    EXPECT_EQ(saturating_mul(1ULL << 40, 1ULL << 40), UINT64_MAX);
}

TEST(GasTracker, NarrowedLimitIsRelativeToWhatIsUsed) {
    GasTracker tracker(gas(100));
    ASSERT_TRUE(tracker.charge({"a", gas(50), 0}));
    const Milligas outer = tracker.narrow(gas(20));
    EXPECT_EQ(tracker.available(), gas(20));
    const Milligas inner = tracker.narrow(gas(1'000));  // never wider than the outer one
    EXPECT_EQ(tracker.available(), gas(20));
    EXPECT_FALSE(tracker.charge({"b", gas(21), 0}));
    tracker.restore(inner);
    tracker.restore(outer);
    EXPECT_EQ(tracker.available(), gas(30));
}

TEST(GasTracker, TracesEachChargeEvenTheOneThatFails) {
    GasTracker tracker(gas(1));
    std::vector<GasCharge> trace;
    tracker.trace_into(&trace);
    ASSERT_TRUE(tracker.charge({"a", 1, 2}));
    ASSERT_FALSE(tracker.charge({"b", gas(2), 0}));
    ASSERT_EQ(trace.size(), 2U);
    EXPECT_EQ(trace[1].name, "b");
}

// First message of vectors/fvm-nv28/transfers-1.json.
TEST(Settlement, OfARecordedTransfer) {
    const auto s =
        settle(752'563, 947'203, BigInt(234'636'410), BigInt::from_be(Bytes{0x1b, 0xf8, 0x8c, 0xdc}), BigInt(500));
    EXPECT_EQ(s.base_fee_burn.to_string(), "176578680618830");
    EXPECT_EQ(s.miner_tip.to_string(), "473601500");
    EXPECT_EQ(s.over_estimation_burn.to_string(), "7244868431570");
    EXPECT_EQ(s.refund.to_string(), "260673547473560");
    EXPECT_EQ(s.gas_burned, 30'877U);
    EXPECT_EQ(s.gas_refund, 163'763U);
    EXPECT_TRUE(s.penalty.is_zero());
}

// fvm.md §3.5: nothing used means that everything reserved is burned; a low fee cap falls on the miner.
TEST(Settlement, NothingUsedBurnsAllAndTheMinerPaysWhatTheCapDoesNot) {
    const auto s = settle(0, 1'000, BigInt(100), BigInt(60), BigInt(50));
    EXPECT_EQ(s.gas_burned, 1'000U);
    EXPECT_EQ(s.gas_refund, 0U);
    EXPECT_EQ(s.over_estimation_burn, BigInt(60'000));
    EXPECT_EQ(s.penalty, BigInt(40'000));
    EXPECT_TRUE(s.miner_tip.is_zero());
    EXPECT_TRUE(s.refund.is_zero());
}

}  // namespace
}  // namespace strata::vm
