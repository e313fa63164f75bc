// The expected values are Lotus' answers to StateVMCirculatingSupplyInternal at the heads of recorded chains, which are
// about the state before the head. The vestings are those of lotus chain/stmgr/supply.go, setupPostCalicoVesting.
#include <strata/chain/supply.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_recorded.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata::chain {
namespace {

using testing::RecordedChain;

constexpr ChainEpoch kDay = 2'880;

// Returns the amount that has vested `elapsed` epochs after the network's vesting began.
TokenAmount vested_after(ChainEpoch elapsed) {
    auto& real = RecordedChain::real();
    auto state = real.state_before(*real.head());
    return vm_supply(real.network, real.network.vesting_start() + elapsed, state).value().vested;
}

}  // namespace

TEST(Supply, is_what_lotus_answered) {
    struct Row {
        RecordedChain* chain;
        std::string_view vested, mined, burnt, locked, disbursed, circulating;
    };
    for (const auto& row :
         {Row{&RecordedChain::real(), "10679485158748677033001786", "7332958257204681328691", "5000824274217675526",
              "5499718743795125805947", "550050000000000000000000000", "560731313397437812370849004"},
          Row{&RecordedChain::with_long_history(), "10948417692894027961628356", "50993679930450062419057",
              "5000449335088147141", "38245395306852858614581", "550050000000000000000000000",
              "561011160977068290077285691"}}) {
        const auto& head = *row.chain->head();
        auto state = row.chain->state_before(head);
        const auto supply = vm_supply(row.chain->network, head.height(), state);
        ASSERT_TRUE(supply) << supply.error().message();
        EXPECT_EQ(supply->vested.to_string(), row.vested);
        EXPECT_EQ(supply->mined.to_string(), row.mined);
        EXPECT_EQ(supply->burnt.to_string(), row.burnt);
        EXPECT_EQ(supply->locked.to_string(), row.locked);
        EXPECT_EQ(supply->reserve_disbursed.to_string(), row.disbursed);
        EXPECT_EQ(supply->circulating().to_string(), row.circulating);
    }
}

// 10,632,000 FIL vest at once, and the last ones after six years, when all 599,822,557 FIL of the table have vested.
TEST(Supply, vests_over_six_years) {
    EXPECT_EQ(vested_after(6 * 365 * kDay), fil(599'822'557));
    EXPECT_EQ(vested_after(60 * 365 * kDay), fil(599'822'557));
    EXPECT_LT(vested_after(6 * 365 * kDay - 1), fil(599'822'557));
    // Each amount vests in equal parts, whose size is rounded down, so that the remainder is there from the beginning.
    EXPECT_GE(vested_after(0), fil(10'632'000));
    EXPECT_LT(vested_after(0), fil(10'632'000) + fil(1));
    TokenAmount last = vested_after(0);
    for (const ChainEpoch elapsed : {ChainEpoch{1}, kDay, 183 * kDay, 365 * kDay, 730 * kDay, 1'095 * kDay}) {
        const auto now = vested_after(elapsed);
        EXPECT_LT(last, now) << elapsed;
        last = now;
    }
    // Half of the longest vesting, and all of the three that are over by then.
    const auto at_three_years = vested_after(3 * 365 * kDay);
    const auto expected = fil(10'632'000) + fil(51'803'587) + fil(31'821'712) + fil(7'223'364) + fil(88'536'841) +
                          div_floor(fil(409'805'053), 2);
    EXPECT_LE(at_three_years - expected, fil(1));
    EXPECT_LE(expected - at_three_years, fil(1));
}

TEST(Supply, is_never_negative) {
    Supply supply;
    supply.burnt = fil(1);
    EXPECT_TRUE(supply.circulating().is_zero());
    supply.mined = fil(3);
    supply.locked = fil(1);
    EXPECT_EQ(supply.circulating(), fil(1));
}

// A state without one of the singletons is not a state of a network.
TEST(Supply, needs_every_singleton) {
    auto& real = RecordedChain::real();
    for (const ActorId id : {kRewardId, kPowerId, kBurntFundsId, kReserveId}) {
        auto state = real.state_before(*real.head());
        state.remove(id);
        const auto supply = vm_supply(real.network, 1, state);
        ASSERT_FALSE(supply) << id;
        EXPECT_EQ(supply.error().code(), Errc::not_found);
        EXPECT_EQ(supply.error().message(), "the state has no actor f0" + std::to_string(id));
    }
}

TEST(Supply, a_failing_disk_is_told_as_one) {
    auto& real = RecordedChain::real();
    for (const auto code : {Errc::io, Errc::missing_block}) {
        strata::testing::FailingBlockstore store(real.blocks);
        auto state = vm::StateTree::load(store, real.head()->parent_state_root()).value();
        store.fail_read(0, code);
        EXPECT_EQ(vm_supply(real.network, 1, state).error().code(), code);
    }
}

}  // namespace strata::chain
