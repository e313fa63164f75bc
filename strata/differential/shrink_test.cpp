// Protects shrinking: what is left still differs in the same way, and nothing can be taken away.
#include <gtest/gtest.h>

#include <strata/differential/planted_table.hpp>
#include <strata/differential/test_campaign.hpp>

namespace strata::differential {
namespace {

using testing::PlantedTable;

// A sequence differs if it contains these labels in this order.
RunSequence differs_with(std::vector<std::string> needed) {
    return [needed = std::move(needed)](const std::vector<Step>& steps) -> Result<std::optional<FoundAt>> {
        std::size_t at = 0;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (steps[i].label == needed[at]) ++at;
            if (at == needed.size()) return std::optional(FoundAt{i, {{}, 0, "sort", "", {}}});
        }
        return std::optional<FoundAt>{};
    };
}

std::vector<Step> numbered(int count) {
    std::vector<Step> out(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) out[static_cast<std::size_t>(i)].label = std::to_string(i);
    return out;
}

TEST(Shrink, only_the_steps_that_matter_are_left) {
    const auto left = shrink(numbered(200), "sort", differs_with({"3", "77", "150"}), {});
    ASSERT_TRUE(left);
    ASSERT_EQ(left->size(), 3U);
    EXPECT_EQ((*left)[0].label, "3");
    EXPECT_EQ((*left)[1].label, "77");
    EXPECT_EQ((*left)[2].label, "150");
}

TEST(Shrink, one_step_may_be_all) {
    const auto left = shrink(numbered(50), "sort", differs_with({"20"}), {});
    ASSERT_TRUE(left);
    EXPECT_EQ(left->size(), 1U);
}

TEST(Shrink, a_sequence_without_that_difference_is_refused) {
    EXPECT_EQ(shrink(numbered(5), "a different sort", differs_with({"2"}), {}).error().code(), Errc::invalid_argument);
    EXPECT_EQ(shrink(numbered(5), "sort", differs_with({"9"}), {}).error().code(), Errc::invalid_argument);
}

TEST(Shrink, a_stop_leaves_a_sequence_that_differs) {
    const std::atomic<bool> stop = true;
    Watch watch;
    watch.stop = &stop;
    const auto run = differs_with({"3", "4"});
    const auto left = shrink(numbered(9), "sort", run, watch);
    ASSERT_TRUE(left);
    EXPECT_TRUE(run(*left).value());
}

// With real actors: approvals of a multisig return a wrong code. The wallet, its proposal and the approval are needed.
class ShrinkActors : public testing::CampaignTest {};

TEST_F(ShrinkActors, a_planted_fault_is_reduced_to_what_leads_to_it) {
    constexpr MethodNumber cancel = 4;
    const PlantedTable planted(natives(), vm::ActorType::multisig, cancel, [](vm::Kernel&, vm::ActorExit exit) {
        if (exit.code == vm::ExitCode::ok) exit.code = vm::ExitCode::unspecified;
        return exit;
    });
    const Implementations both{natives(), "right", planted, "wrong"};
    SeedResult found;
    for (std::uint64_t seed = 1; seed < 20 && !found.difference; ++seed) found = run(both, seed, 100);
    ASSERT_TRUE(found.difference);
    const auto again = [&](const std::vector<Step>& steps) { return run_steps(start(), both, steps); };
    const auto left = shrink(found.sequence.steps, found.difference->sort, again, {});
    ASSERT_TRUE(left) << left.error().message();
    EXPECT_LT(left->size(), 12U);
    EXPECT_EQ(left->back(), found.sequence.steps.back());
    const auto last = again(*left).value();
    ASSERT_TRUE(last);
    EXPECT_EQ(last->difference.sort, found.difference->sort);
}

}  // namespace
}  // namespace strata::differential
