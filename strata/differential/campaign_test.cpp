// Protects the generator and the campaign: the same seed makes the same steps, whatever the number of threads, and the
// steps reach the actors. The native actors are compared with themselves, so a difference is a fault of the comparison.
#include <gmock/gmock.h>

#include <set>

#include <strata/differential/test_campaign.hpp>
#include <strata/vm/machine.hpp>

namespace strata::differential {
namespace {

using testing::CampaignTest;

TEST_F(CampaignTest, an_implementation_does_not_differ_from_itself) {
    const auto result = run(same(), 1, 400);
    ASSERT_FALSE(result.difference) << result.difference->text;
    EXPECT_EQ(result.steps, 400U);
    EXPECT_EQ(result.work.out_of_gas, 0U);
}

// The system actor has no method that a message could call.
TEST_F(CampaignTest, the_steps_reach_every_actor) {
    using enum vm::ActorType;
    Coverage coverage;
    for (const std::uint64_t seed : {1U, 2U, 3U}) add_to(coverage, run(same(), seed, 300).coverage);
    std::set<vm::ActorType> reached;
    for (const auto& [method, ends] : coverage)
        if (ends.contains(0)) reached.insert(method.type);
    for (const auto type : {init, cron, account, power, miner, market, payment_channel, multisig, reward,
                            verified_registry, datacap, eam, evm, ethaccount})
        EXPECT_TRUE(reached.contains(type)) << vm::actor_type_name(type);
}

TEST_F(CampaignTest, a_seed_makes_the_same_steps_each_time) {
    const auto steps_of = [&](std::uint64_t seed) {
        Pair pair(start(), natives(), "native", natives(), "native again");
        Generator generator(start(), seed, {});
        Sequence out{seed, start().root, {}};
        for (int i = 0; i < 60; ++i) {
            out.steps.push_back(generator.next(pair.store(), pair.root()).value());
            EXPECT_FALSE(pair.apply(out.steps.back()).value());
        }
        return std::pair(to_json(out), pair.root());
    };
    EXPECT_EQ(steps_of(5), steps_of(5));
    EXPECT_NE(steps_of(5), steps_of(6));
}

TEST_F(CampaignTest, results_do_not_depend_on_the_number_of_threads) {
    const auto with_jobs = [&](std::size_t jobs) {
        const auto results = run_seeds(start(), same(), 10, 3, 40, jobs, {}, {}, {});
        EXPECT_TRUE(results);
        std::vector<Coverage> out;
        for (const auto& one : *results) out.push_back(one.coverage);
        return out;
    };
    EXPECT_EQ(with_jobs(1), with_jobs(3));
}

TEST_F(CampaignTest, a_stopped_campaign_ends_without_a_result) {
    const std::atomic<bool> stop = true;
    Watch watch;
    watch.stop = &stop;
    const auto results = run_seeds(start(), same(), 1, 2, 40, 1, {}, watch, {});
    ASSERT_TRUE(results);
    EXPECT_TRUE(results->empty());
}

TEST_F(CampaignTest, a_replay_ends_in_the_same_state) {
    Pair pair(start(), natives(), "native", natives(), "native again");
    Generator generator(start(), 3, {});
    std::vector<Step> steps;
    for (int i = 0; i < 80; ++i) {
        steps.push_back(generator.next(pair.store(), pair.root()).value());
        ASSERT_FALSE(pair.apply(steps.back()).value());
    }
    const auto read = parse_sequence(to_json({3, start().root, steps}));
    ASSERT_TRUE(read);
    Pair again(start(), natives(), "native", natives(), "native again");
    for (const auto& step : read->steps) ASSERT_FALSE(again.apply(step).value());
    EXPECT_EQ(again.root(), pair.root());
}

}  // namespace
}  // namespace strata::differential
