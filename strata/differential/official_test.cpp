// The native actors against the official ones (WASM), which say what is right: exit codes, returned values, events and
// states of random messages. Needs the official bundle in the folder that STRATA_BUNDLES names.
#include <cstdlib>

#include <strata/differential/gas.hpp>
#include <strata/differential/official.hpp>
#include <strata/differential/test_campaign.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::differential {
namespace {

class Official : public testing::CampaignTest {
  protected:
    void SetUp() override {
        const char* folder = std::getenv("STRATA_BUNDLES");
        if (folder == nullptr) GTEST_SKIP() << "STRATA_BUNDLES names no folder with the bundles of the official actors";
        auto opened = official_devnet_actors(std::filesystem::path(folder) / "v18/builtin-actors-devnet.car",
                                             cache_ / "compiled");
        ASSERT_TRUE(opened) << opened.error().message();
        official_ = std::move(*opened);
    }
    Implementations both() const { return {natives(), "native", *official_, "official"}; }
    void compare(std::uint64_t first_seed, std::size_t seeds, std::size_t steps) {
        for (std::size_t i = 0; i < seeds; ++i) {
            const auto result = run(both(), first_seed + i, steps);
            EXPECT_EQ(result.steps, steps);
            EXPECT_EQ(result.work.out_of_gas, 0U);
            ASSERT_FALSE(result.difference) << "seed " << first_seed + i << ", step " << result.steps << ", "
                                            << describe(result.sequence.steps.back()) << "\n"
                                            << result.difference->text;
        }
    }

  private:
    strata::testing::TempFolder cache_;
    std::unique_ptr<vm::ActorTable> official_;
};

TEST_F(Official, native_actors_do_the_same) {
    compare(1, 2, 120);
}

class OfficialSlow : public Official {};

TEST_F(OfficialSlow, native_actors_do_the_same_for_many_steps) {
    compare(100, 6, 1500);
}

// The seeds are not among those from which the costs of the native actors were made.
TEST_F(OfficialSlow, native_gas_is_near_official_gas) {
    GasSamples samples;
    for (const std::uint64_t seed : {20'000U, 20'001U})
        ASSERT_TRUE(sample_gas(start(), both(), seed, 600, {}, {}, samples));
    std::vector<MessageGas> messages;
    std::ranges::copy_if(samples.messages, std::back_inserter(messages),
                         [](const MessageGas& message) { return !message.is_cron; });
    const auto found = distribution_of(messages);
    EXPECT_GT(found.count, 400U);
    EXPECT_GE(found.within_fifth * 100, found.count * 97);
    EXPECT_EQ(samples.unlike, 0U);
}

}  // namespace
}  // namespace strata::differential
