#pragma once
// Gives the tests of this folder the start state and the native actors, which are made once.
#include <gtest/gtest.h>

#include <strata/actors/table.hpp>
#include <strata/differential/campaign.hpp>

namespace strata::differential::testing {

class CampaignTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (start_) return;
        auto made = make_start();
        ASSERT_TRUE(made) << made.error().message();
        start_ = std::make_unique<Start>(std::move(*made));
        natives_ = actors::native_actors();
    }
    static const Start& start() { return *start_; }
    static const vm::ActorTable& natives() { return *natives_; }
    static Implementations same() { return {*natives_, "native", *natives_, "native again"}; }
    static SeedResult run(const Implementations& both, std::uint64_t seed, std::size_t steps,
                          GeneratorOptions options = {}) {
        auto result = run_seed(start(), both, seed, steps, options, {});
        EXPECT_TRUE(result) << result.error().message();
        return result ? std::move(*result) : SeedResult{};
    }

  private:
    static inline std::unique_ptr<Start> start_;
    static inline std::unique_ptr<vm::ActorTable> natives_;
};

}  // namespace strata::differential::testing
