#include <gtest/gtest.h>

#include <strata/vm/gas.hpp>

namespace strata::vm {
namespace {

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

// Gas of generation 2 is signed (fvm@v2.12.2 gas/mod.rs).
TEST(GasTracker, WhatIsGivenBackCanBeUsedAndMayExceedTheLimit) {
    GasTracker tracker(gas(10));
    ASSERT_TRUE(tracker.charge({"a", gas(4), 0}));
    tracker.give_back("b", gas(1));
    EXPECT_EQ(tracker.used(), gas(3));
    tracker.give_back("b", gas(5));
    EXPECT_EQ(tracker.used(), 0U);
    EXPECT_EQ(tracker.available(), gas(12));
    EXPECT_TRUE(tracker.charge({"c", gas(12), 0}));
    EXPECT_FALSE(tracker.charge({"d", 1, 0}));
    EXPECT_EQ(tracker.gas_used(), 10U);
}

TEST(GasTracker, WhatIsGivenBackSaturates) {
    GasTracker tracker(gas(10));
    tracker.give_back("a", UINT64_MAX);
    tracker.give_back("a", UINT64_MAX);
    EXPECT_EQ(tracker.used(), 0U);
    EXPECT_EQ(tracker.available(), Milligas{INT64_MAX});
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

}  // namespace
}  // namespace strata::vm
