// Cases of builtin-actors v18: actors/miner/tests/{fip0081_initial_pledge, pledge_penalty_for_termination, monies_test,
// policy_test, precommit_deposit_and_initial_pledge_positive_test}.rs and src/internal_tests.rs.
#include <strata/actors/miner/monies.hpp>

#include <gtest/gtest.h>

#include <strata/actors/miner/quality.hpp>

namespace strata::actors::miner {
namespace {

const FilterEstimate kNoReward = FilterEstimate::of(0, 0);
const FilterEstimate kSmallNetwork = FilterEstimate::of(1 << 10, 1 << 10);

TokenAmount pledge(std::int64_t epochs_since_ramp_start, std::uint64_t ramp_duration) {
    return initial_pledge_for_power(BigInt::pow2(36), BigInt::pow2(37), kNoReward, kSmallNetwork, fil(1),
                                    epochs_since_ramp_start, ramp_duration);
}

TEST(Monies, InitialPledgeAlongTheRamp) {
    struct Case {
        std::int64_t epochs_since_ramp_start;
        std::uint64_t ramp_duration;
        std::int64_t pledge_in_ten_thousandths;
    };
    for (const auto& [epochs, duration, expected] : std::initializer_list<Case>{{-100, 100, 1500},
                                                                                {0, 0, 1950},
                                                                                {10, 0, 1950},
                                                                                {0, 100, 1500},
                                                                                {50, 100, 1725},
                                                                                {150, 100, 1950},
                                                                                {10, 100, 1545},
                                                                                {1, 10, 1545},
                                                                                {-1, 10, 1500},
                                                                                {0, 10, 1500},
                                                                                {500, 100, 1950}}) {
        EXPECT_EQ(pledge(epochs, duration), div_floor(fil(expected), 10'000) + 1) << epochs << " of " << duration;
    }
}

TEST(Monies, PledgeAndDepositAreNeverZero) {
    const auto nothing =
        initial_pledge_for_power(BigInt::pow2(36), BigInt::pow2(10), kNoReward, kSmallNetwork, 0, 0, 0);
    EXPECT_EQ(nothing, TokenAmount(1));
    EXPECT_EQ(pre_commit_deposit_for_power(kNoReward, kSmallNetwork, BigInt::pow2(36)), TokenAmount(1));
}

TEST(Monies, TerminationFee) {
    const TokenAmount initial_pledge(1 << 10);
    const ChainEpoch cap = kTerminationLifetimeCap * kEpochsInDay;
    EXPECT_EQ(pledge_penalty_for_termination(initial_pledge, cap + kEpochsInDay, 0), TokenAmount(1024 * 85 / 1000));
    EXPECT_EQ(pledge_penalty_for_termination(initial_pledge, cap / 2, 0), TokenAmount(1024 * 85 / 1000 * 70 / 140));
    EXPECT_EQ(pledge_penalty_for_termination(initial_pledge, cap + kEpochsInDay, 1 << 10),
              TokenAmount(1024 * 105 / 100));
    EXPECT_EQ(pledge_penalty_for_termination(initial_pledge, 0, 0), TokenAmount(1024 * 2 / 100));
}

// With constant estimates the reward is one product and one division.
TEST(Monies, ExpectedRewardOfConstantEstimates) {
    const auto reward = FilterEstimate::of(fil(50), 0);
    for (const auto* const network : {"10000000000000000000", "600000000000000000000", "20000000000000000000000"}) {
        const auto network_power = BigInt::constant(network);
        for (const unsigned bits : {35U, 60U}) {
            const auto power = BigInt::pow2(bits);
            EXPECT_EQ(expected_reward_for_power(reward, FilterEstimate::of(network_power, 0), power, kEpochsInDay),
                      div_floor(power * kEpochsInDay * fil(50), network_power));
        }
    }
}

TEST(Monies, ExpectedRewardIsNotNegative) {
    const auto reward = FilterEstimate::of(BigInt::pow2(50), 0);
    const auto shrinking = FilterEstimate::of(1 << 10, -(1 << 10));
    EXPECT_TRUE(expected_reward_for_power(reward, shrinking, BigInt::pow2(36), 4).is_zero());
    EXPECT_TRUE(pledge_penalty_for_continued_fault(reward, kSmallNetwork, 0).is_zero());
}

TEST(Monies, FaultPenaltiesAddUp) {
    const auto reward = FilterEstimate::of(BigInt::pow2(50), 0);
    for (const std::int64_t sectors : {10, 1000}) {
        for (const unsigned bits : {6U, 36U, 50U}) {
            const auto power = BigInt::pow2(bits);
            const auto together = pledge_penalty_for_continued_fault(reward, kSmallNetwork, power * sectors);
            const auto alone = pledge_penalty_for_continued_fault(reward, kSmallNetwork, power) * sectors;
            EXPECT_GT(together, TokenAmount(0));
            EXPECT_LE((together - alone).abs(), BigInt(sectors));
        }
    }
}

// The FIP's reference: 3,873,652,000,000 attoFIL a day for 32 GiB at 696.7 million FIL, rounded down by at most 10^7.
TEST(Monies, DailyFeeNearTheReference) {
    const auto fee = daily_proof_fee(fil(696'700'000), BigInt::pow2(35));
    const auto below = TokenAmount(3'873'652'000'000) - fee;
    EXPECT_GT(below, TokenAmount(0));
    EXPECT_LE(below, TokenAmount(10'000'000));
}

// Since network version 29 a sector with the flag 2 has full power whatever it holds (FIP-0118; crate
// fil_actor_miner_state 27.2.0 src/v19/policy.rs).
TEST(Quality, SectorsOfVersion19) {
    SectorOnChainInfo sector;
    sector.expiration = 1'000'000;
    sector.flags = kSimpleQaPower;
    EXPECT_EQ(qa_power_for_sector(SectorSize::size_2KiB, sector), BigInt(2048));
    sector.flags = kSimpleQaPower | 2;
    EXPECT_EQ(qa_power_for_sector(SectorSize::size_2KiB, sector), BigInt(20'480));
}

TEST(Quality, EmptyFullAndHalfVerifiedSectors) {
    for (const auto size : {SectorSize::size_2KiB, SectorSize::size_8MiB, SectorSize::size_512MiB,
                            SectorSize::size_32GiB, SectorSize::size_64GiB}) {
        const BigInt raw = raw_power_for_sector(size);
        for (const ChainEpoch duration : {ChainEpoch{1}, ChainEpoch{10}, ChainEpoch{1000}, 1000 * kEpochsInDay}) {
            const BigInt full = raw * duration;
            EXPECT_EQ(qa_power_for_weight(size, duration, 0), raw);
            EXPECT_EQ(qa_power_for_weight(size, duration, full), raw * 10);
            EXPECT_EQ(qa_power_for_weight(size, duration, div_floor(full, 2)), div_floor(raw * 11, 2));
        }
        EXPECT_EQ(qa_power_max(size), raw * 10);
    }
}

}  // namespace
}  // namespace strata::actors::miner
