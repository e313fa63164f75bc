// Cases: builtin-actors v18 actors/miner/tests/{deadline_assignment,sector_map_test}.rs, and of batches
// runtime/tests/batch_return_test.rs.
#include <strata/actors/miner/assignment.hpp>

#include <gtest/gtest.h>

#include <strata/actors/batch_return.hpp>
#include <strata/actors/miner/sectors.hpp>

namespace strata::actors::miner {
namespace {

struct Load {
    std::uint64_t dead = 0;
    std::uint64_t live = 0;
};

std::vector<std::uint64_t> assigned(const std::vector<std::optional<Load>>& deadlines, std::size_t sectors) {
    std::vector<DeadlineLoad> loads;
    for (std::size_t i = 0; i < deadlines.size(); ++i)
        if (deadlines[i]) loads.push_back({i, deadlines[i]->live, deadlines[i]->live + deadlines[i]->dead});
    return assign_deadlines(100, 4, loads, sectors).value();
}

TEST(Assignment, FillsPartitionsAndThenStripes) {
    using Indexes = std::vector<std::uint64_t>;
    EXPECT_EQ(assigned({Load{}, Load{}}, 10), (Indexes{0, 0, 0, 0, 1, 1, 1, 1, 0, 0}));
    EXPECT_EQ(assigned({Load{}, {}, {}, Load{0, 1}}, 5), (Indexes{3, 3, 3, 0, 0}));
}

TEST(Assignment, ChoosesOneDeadline) {
    const struct {
        const char* what;
        Load left;
        Load right;
    } cases[] = {
        {"fewer live partitions", {0, 8}, {5, 7}},        {"fewer partitions before compaction", {4, 4}, {0, 4}},
        {"the fuller open partition", {0, 1}, {0, 2}},    {"dead sectors count as full", {0, 1}, {2, 0}},
        {"dead sectors alone count too", {1, 0}, {2, 0}}, {"fewer live sectors if equally full", {1, 1}, {2, 0}},
    };
    for (const auto& [what, left, right] : cases)
        EXPECT_EQ(assigned({left, right}, 1), std::vector<std::uint64_t>{1}) << what;
}

TEST(Assignment, EndsWhenAllDeadlinesAreFull) {
    const auto all = [](std::uint64_t live, std::uint64_t total) {
        std::vector<DeadlineLoad> out;
        for (std::uint64_t i = 0; i < 48; ++i) out.push_back({i, live, total});
        return out;
    };
    const auto full = assign_deadlines(5, 5, all(0, 0), 1200);
    ASSERT_TRUE(full);
    for (std::uint64_t i = 0; i < 48; ++i) EXPECT_EQ(std::ranges::count(*full, i), 25);
    EXPECT_FALSE(assign_deadlines(5, 5, all(0, 0), 1201));
    EXPECT_FALSE(assign_deadlines(5, 5, all(1, 2), 1105));
    EXPECT_TRUE(assign_deadlines(5, 5, all(1, 2), 1104));
    EXPECT_FALSE(assign_deadlines(5, 5, {}, 1));
}

TEST(SectorMap, CountsPartitionsAndSectors) {
    DeadlineSectorMap map;
    for (std::uint64_t deadline = 0; deadline < 10; ++deadline)
        for (std::uint64_t partition = 0; partition < 5; ++partition)
            ASSERT_TRUE(map.add(deadline, partition, {deadline * 5 + partition}));
    EXPECT_FALSE(map.check(1, 1));
    EXPECT_FALSE(map.check(100, 1));
    EXPECT_FALSE(map.check(1, 100));
    EXPECT_TRUE(map.check(50, 50));
    ASSERT_TRUE(map.add(0, 0, {1000}));
    EXPECT_EQ(map.by_deadline().at(0).at(0), (BitField{0, 1000}));
    EXPECT_FALSE(map.check(50, 50));
    EXPECT_TRUE(map.check(50, 51));
    EXPECT_EQ(map.add(48, 0, {1}).error().code, ExitCode::illegal_argument);
}

TEST(SectorMap, ASumAboveAllNumbersIsRefused) {
    DeadlineSectorMap map;
    for (std::uint64_t deadline = 0; deadline < 10; ++deadline)
        ASSERT_TRUE(map.add(deadline, 0, BitField::range(0, UINT64_MAX)));
    EXPECT_FALSE(map.check(10, UINT64_MAX));
    EXPECT_TRUE(DeadlineSectorMap().check(0, 0));
}

}  // namespace
}  // namespace strata::actors::miner

namespace strata::actors {
namespace {

using Codes = std::vector<ExitCode>;

TEST(BatchReturn, KeepsTheCodesOfFailures) {
    BatchReturn batch;
    batch.add_success();
    batch.add_fail(ExitCode::sys_out_of_gas);
    batch.add_fail(ExitCode::illegal_state);
    batch.add_success();
    batch.add_fail(ExitCode::illegal_argument);
    EXPECT_EQ(batch.size(), 5U);
    EXPECT_FALSE(batch.all_ok());
    EXPECT_EQ(batch.codes(), (Codes{ExitCode::ok, ExitCode::sys_out_of_gas, ExitCode::illegal_state, ExitCode::ok,
                                    ExitCode::illegal_argument}));
    const std::vector<std::string> items{"first", "second", "third", "fourth", "fifth"};
    EXPECT_EQ(batch.successes(items), (std::vector<std::string>{"first", "fourth"}));
    EXPECT_TRUE(BatchReturn().all_ok());
    EXPECT_TRUE(BatchReturn().codes().empty());
}

// stack() in runtime/src/util/batch_return.rs: the later step saw only what succeeded before.
TEST(BatchReturn, StepsFollowOneAnother) {
    BatchReturn first;
    for (const auto code : {ExitCode::ok, ExitCode::not_found, ExitCode::ok, ExitCode::ok}) first.add(code);
    BatchReturn second;
    for (const auto code : {ExitCode::ok, ExitCode::forbidden, ExitCode::ok}) second.add(code);
    EXPECT_EQ(first.then(second).codes(),
              (Codes{ExitCode::ok, ExitCode::not_found, ExitCode::forbidden, ExitCode::ok}));
}

}  // namespace
}  // namespace strata::actors
