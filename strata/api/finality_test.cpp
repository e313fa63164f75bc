// FRC-0089's calculator behind the tags. Where it has no answer, finality is 900 epochs below the head. The depths are
// those of the calculator, whose values ec_finality_test.cpp holds against the reference; the rules are those of lotus
// chain/ecfinality/cache.go, node/impl/full/{chain,chain_v2}.go and node/impl/eth/tipsetresolver.go.
#include <strata/api/ec_finality.hpp>
#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

constexpr std::size_t kWindow = 905;

class Finality : public ::testing::Test {
  protected:
    /// Adds epochs with this number of blocks each.
    void grow(ChainEpoch epochs, std::size_t blocks) {
        for (ChainEpoch i = 0; i < epochs; ++i) chain.extend(chain.head()->height() + 1, blocks);
    }
    Json tag(const char* word) { return api.result("ChainGetTipSet", {Json{{"tag", word}}}, "/rpc/v2"); }
    Json status() { return api.result("ChainGetTipSetFinalityStatus", {}, "/rpc/v2"); }
    ChainEpoch depth_of_five() const {
        return static_cast<ChainEpoch>(finality_depth(std::vector<std::size_t>(kWindow, 5)).value());
    }

    chain::testing::FakeChain chain;
    testing::Asker api{chain, nullptr};
};

// Lotus' calculator fails on a chain of less than 905 epochs, and its callers fall back.
TEST_F(Finality, AShortChainHasTheFixedRule) {
    grow(903, 5);
    EXPECT_EQ(status()["ecFinalityThresholdDepth"], -1);
    EXPECT_EQ(status()["ecFinalizedTipSet"], Json());
    EXPECT_EQ(tag("finalized")["Height"], 3);
    EXPECT_EQ(tag("safe")["Height"], 703);
    grow(1, 5);
    EXPECT_EQ(status()["ecFinalityThresholdDepth"], depth_of_five());
}

TEST_F(Finality, AHealthyChainIsFinalizedSoon) {
    grow(1'000, 5);
    const ChainEpoch expected = 1'000 - depth_of_five();
    EXPECT_LT(depth_of_five(), 35);
    const auto at = status();
    EXPECT_EQ(at["ecFinalityThresholdDepth"], depth_of_five());
    EXPECT_EQ(at["ecFinalizedTipSet"]["Height"], expected);
    EXPECT_EQ(at["finalizedTipSet"], at["ecFinalizedTipSet"]);
    EXPECT_EQ(at["f3FinalizedTipSet"], Json());
    EXPECT_EQ(at["head"]["Height"], 1'000);
    EXPECT_EQ(tag("finalized"), at["finalizedTipSet"]);
    // The finalized tipset is newer than the one 200 epochs below the head, so it is the safe one too.
    EXPECT_EQ(tag("safe"), at["finalizedTipSet"]);
    // This method of /rpc/v1 knows F3 and the fixed rule alone.
    EXPECT_EQ(api.result("ChainGetFinalizedTipSet", {})["Height"], 100);
}

TEST_F(Finality, AChainWithFewBlocksHasTheFixedRule) {
    grow(1'000, 1);
    EXPECT_EQ(status()["ecFinalityThresholdDepth"], -1);
    EXPECT_EQ(tag("finalized")["Height"], 100);
    EXPECT_EQ(tag("safe")["Height"], 800);
}

// The tipsets that two heads have in common are read once; the answer is that of a fresh calculation.
TEST_F(Finality, FollowsTheHead) {
    grow(950, 5);
    const auto old = chain.head();
    EXPECT_EQ(tag("finalized")["Height"], 950 - depth_of_five());
    const int asked = chain.asked("tipset");
    grow(2, 5);
    EXPECT_EQ(tag("finalized")["Height"], 952 - depth_of_five());
    EXPECT_LT(chain.asked("tipset") - asked, 20);

    grow(30, 1);  // the chain becomes poor
    const auto poor = chain.head();
    const ChainEpoch with_poor_end = status()["ecFinalityThresholdDepth"];
    EXPECT_GT(with_poor_end, depth_of_five());
    // A reorganization to a lower head, and back: each answer is that of its own chain.
    chain.move_head(old);
    EXPECT_EQ(status()["ecFinalityThresholdDepth"], depth_of_five());
    chain.move_head(poor);
    EXPECT_EQ(status()["ecFinalityThresholdDepth"], with_poor_end);
}

// A null round is an epoch without blocks.
TEST_F(Finality, NullRoundsCountAsEpochsWithoutBlocks) {
    grow(950, 5);
    chain.extend(960, 5);
    std::vector<std::size_t> blocks(kWindow, 5);
    for (std::size_t i = 1; i < 10; ++i) blocks[kWindow - 1 - i] = 0;
    EXPECT_EQ(status()["ecFinalityThresholdDepth"], static_cast<ChainEpoch>(finality_depth(blocks).value()));
}

}  // namespace
}  // namespace strata::api
