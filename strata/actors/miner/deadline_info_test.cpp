// Cases of builtin-actors v18 actors/miner/tests/{deadlines, deadline_assignment}.rs.
#include <strata/actors/miner/deadline_info.hpp>

#include <gtest/gtest.h>

#include <map>

#include <strata/actors/miner/assignment.hpp>

namespace strata::actors::miner {
namespace {

TEST(DeadlineInfo, QuantizationRoundsToTheNextDeadline) {
    const auto deadline = DeadlineInfo::at(2, 10, 2 + kWPoStProvingPeriod);
    EXPECT_EQ(deadline.next_not_elapsed().last(), deadline.quant_spec().quantize_up(2 + kWPoStProvingPeriod));
}

TEST(DeadlineInfo, NextNotElapsedIsTheFirstThatHasNotElapsed) {
    constexpr ChainEpoch kStart = 12345;
    for (std::uint64_t index = 0; index < kWPoStPeriodDeadlines; ++index) {
        const ChainEpoch open = kStart + static_cast<ChainEpoch>(index) * kWPoStChallengeWindow;
        for (ChainEpoch now = open - 1; now < open + kWPoStChallengeWindow + 2 * kWPoStProvingPeriod; ++now) {
            auto naive = DeadlineInfo::at(kStart, index, now);
            const auto next = naive.next_not_elapsed();
            while (naive.has_elapsed()) naive = DeadlineInfo::at(naive.period_start + kWPoStProvingPeriod, index, now);
            ASSERT_EQ(next.open, naive.open) << index << ' ' << now;
            ASSERT_EQ(next.close, naive.close) << index << ' ' << now;
        }
    }
}

TEST(DeadlineInfo, OnlyTheOffsetOfThePeriodMatters) {
    for (const ChainEpoch now : {4, 2'000, 400'000, 5'000'000}) {
        const auto expected = DeadlineInfo::current(1972, now);
        for (const ChainEpoch periods : {3, 1'000'000}) {
            const auto same = DeadlineInfo::current(1972 + kWPoStProvingPeriod * periods, now);
            EXPECT_EQ(same.index, expected.index);
            EXPECT_EQ(same.open, expected.open);
        }
    }
}

TEST(DeadlineInfo, CurrentDeadline) {
    const ChainEpoch start = kWPoStProvingPeriod * 103 + 7;
    for (const auto& [epochs, index] : std::map<ChainEpoch, std::uint64_t>{
             {0, 0}, {59, 0}, {60, 1}, {2399, 39}, {2400, 40}, {2401, 40}, {2879, 47}, {2880, 0}}) {
        const auto deadline = DeadlineInfo::current(7, start + epochs);
        EXPECT_EQ(deadline.index, index) << epochs;
        EXPECT_EQ(deadline.period_start, epochs < kWPoStProvingPeriod ? start : start + kWPoStProvingPeriod);
    }
}

struct Spec {
    std::uint64_t dead;
    std::uint64_t live;
    std::vector<std::uint64_t> expected;
    bool open = true;
};

void expect_assignment(std::size_t sectors, const std::vector<Spec>& deadlines) {
    std::vector<DeadlineLoad> loads;
    for (std::size_t i = 0; i < deadlines.size(); ++i)
        if (deadlines[i].open) loads.push_back({i, deadlines[i].live, deadlines[i].live + deadlines[i].dead});
    const auto places = assign_deadlines(100, 4, loads, sectors).value();
    std::map<std::uint64_t, std::vector<std::uint64_t>> assigned;
    for (std::size_t sector = 0; sector < places.size(); ++sector) assigned[places[sector]].push_back(sector);
    for (std::size_t i = 0; i < deadlines.size(); ++i) EXPECT_EQ(assigned[i], deadlines[i].expected) << i;
}

TEST(Assignment, FollowsTheOrderOfPreferences) {
    expect_assignment(10, {{0, 0, {0, 1, 2, 3, 8, 9}}, {0, 0, {4, 5, 6, 7}}});
    expect_assignment(5, {{0, 0, {3, 4}}, {0, 0, {}, false}, {0, 0, {}, false}, {0, 1, {0, 1, 2}}});
    expect_assignment(1, {{0, 8, {}}, {5, 7, {0}}});
    expect_assignment(1, {{4, 4, {}}, {0, 4, {0}}});
    expect_assignment(1, {{0, 1, {}}, {0, 2, {0}}});
    expect_assignment(1, {{0, 1, {}}, {2, 0, {0}}});
    expect_assignment(1, {{1, 0, {}}, {2, 0, {0}}});
    expect_assignment(1, {{1, 1, {}}, {2, 0, {0}}});
}

// As builtin-actors v18 actors/miner/src/lib.rs: current_proving_period_start.
TEST(QuantSpec, FindsThePeriodThatContainsAnEpoch) {
    const QuantSpec periods{kWPoStProvingPeriod, 100};
    EXPECT_EQ(periods.quantize_down(100), 100);
    EXPECT_EQ(periods.quantize_down(2979), 100);
    EXPECT_EQ(periods.quantize_down(2980), 2980);
    EXPECT_EQ(periods.quantize_down(99), 100 - kWPoStProvingPeriod);
    EXPECT_EQ(periods.quantize_down(0), 100 - kWPoStProvingPeriod);
}

TEST(Assignment, StopsWhereAllDeadlinesAreFull) {
    std::vector<DeadlineLoad> empty;
    std::vector<DeadlineLoad> begun;
    for (std::uint64_t i = 0; i < kWPoStPeriodDeadlines; ++i) {
        empty.push_back({i, 0, 0});
        begun.push_back({i, 1, 2});
    }
    EXPECT_TRUE(assign_deadlines(5, 5, empty, 1200));
    EXPECT_FALSE(assign_deadlines(5, 5, empty, 1201));
    EXPECT_TRUE(assign_deadlines(5, 5, begun, 1104));
    EXPECT_FALSE(assign_deadlines(5, 5, begun, 1105));
}

}  // namespace
}  // namespace strata::actors::miner
