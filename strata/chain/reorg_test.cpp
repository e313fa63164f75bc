// The rules are those of lotus chain/store/store.go: ReorgOps (reverted tipsets newest first, applied ones oldest
// first) and exceedsForkLength. The path between two tipsets of a recorded chain is an answer of ChainGetPath.
#include <strata/chain/reorg.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_chain.hpp>
#include <strata/chain/test_recorded.hpp>

namespace strata::chain {
namespace {

std::vector<ChainEpoch> heights(const std::vector<TipsetPtr>& tipsets) {
    std::vector<ChainEpoch> out;
    for (const auto& tipset : tipsets) out.push_back(tipset->height());
    return out;
}
using Heights = std::vector<ChainEpoch>;

// Two branches on a common chain: 1, 2, 3 and then 4 to 6 or, after a null round, 5 to 9.
class Reorg : public ::testing::Test {
  protected:
    Reorg() {
        common = chain.chain.genesis();
        for (int i = 0; i < 3; ++i) common = chain.extend(common);
        low = common;
        for (int i = 0; i < 3; ++i) low = chain.extend(low);
        auto header = common->min_ticket_block();
        header.height = 5;
        header.parents = common->cids();
        EXPECT_TRUE(chain.chain.put_header(header));
        high = chain.chain.tipset(TipsetKey({header.cid()})).value();
        for (int i = 0; i < 4; ++i) high = chain.extend(high);
    }
    HeadChange way(const TipsetPtr& from, const TipsetPtr& to) { return way_between(chain.chain, from, to).value(); }

    testing::TestChain chain{{}};
    TipsetPtr common, low, high;
};

TEST_F(Reorg, from_one_branch_to_the_other) {
    const auto up = way(low, high);
    EXPECT_EQ(heights(up.reverted), (Heights{6, 5, 4}));
    EXPECT_EQ(heights(up.applied), (Heights{5, 6, 7, 8, 9}));
    EXPECT_EQ(up.reverted.front()->key(), low->key());
    EXPECT_EQ(up.applied.back()->key(), high->key());
    EXPECT_EQ(up.reverted.back()->parents(), up.applied.front()->parents()) << "both begin on the common ancestor";
    const auto down = way(high, low);
    EXPECT_EQ(heights(down.reverted), (Heights{9, 8, 7, 6, 5}));
    EXPECT_EQ(heights(down.applied), (Heights{4, 5, 6}));
}

TEST_F(Reorg, along_one_branch) {
    EXPECT_TRUE(way(low, low).reverted.empty());
    EXPECT_TRUE(way(low, low).applied.empty());
    EXPECT_EQ(heights(way(low, common).reverted), (Heights{6, 5, 4}));
    EXPECT_TRUE(way(low, common).applied.empty());
    EXPECT_EQ(heights(way(common, low).applied), (Heights{4, 5, 6}));
    EXPECT_TRUE(way(common, low).reverted.empty());
    EXPECT_EQ(heights(way(chain.chain.genesis(), high).applied), (Heights{1, 2, 3, 5, 6, 7, 8, 9}));
}

// Two tipsets of one height: the path goes from one back to the common parents, and from there to the other.
TEST_F(Reorg, between_siblings) {
    const auto sibling = chain.extend(chain.chain.parent(*low).value());
    const auto change = way(low, sibling);
    EXPECT_EQ(heights(change.reverted), Heights{6});
    EXPECT_EQ(heights(change.applied), Heights{6});
    EXPECT_NE(change.reverted[0]->key(), change.applied[0]->key());
}

// Only reverted tipsets count towards the limit, and the limit itself is allowed.
TEST_F(Reorg, the_limit_is_of_reverted_tipsets) {
    EXPECT_TRUE(way_between(chain.chain, low, high, 3));
    const auto refused = way_between(chain.chain, low, high, 2);
    EXPECT_EQ(refused.error().code(), Errc::out_of_range);
    EXPECT_EQ(refused.error().message(),
              "the fork leaves the chain more than 2 tipsets below the head, where tipsets are final");
    EXPECT_TRUE(way_between(chain.chain, common, high, 0)) << "nothing is reverted";
    EXPECT_TRUE(way_between(chain.chain, high, low, kNoRevertLimit));
}

TEST_F(Reorg, over_a_lost_tipset) {
    auto header = high->min_ticket_block();
    header.parents = {Cid::hash_of(Codec::dag_cbor, Bytes{1})};
    const auto alone = Tipset::make({header}).value();
    EXPECT_EQ(way_between(chain.chain, low, alone).error().code(), Errc::missing_block);
    EXPECT_EQ(way_between(chain.chain, alone, low).error().code(), Errc::missing_block);
}

// Two chains with different beginnings have no common ancestor: the search ends below genesis.
TEST_F(Reorg, between_chains_that_never_met) {
    auto header = chain.chain.genesis()->min_ticket_block();
    header.timestamp += 1;
    ASSERT_TRUE(chain.chain.put_header(header));
    const auto foreign = chain.extend(Tipset::make({header}).value());
    EXPECT_FALSE(way_between(chain.chain, low, foreign));
}

// The answer reverts the head, epoch 205, and its parents; its last tipset is the first that stays.
TEST(ReorgRecorded, the_path_that_lotus_answered) {
    auto& real = testing::RecordedChain::real();
    const auto to =
        real.store.tipset(TipsetKey({Cid::constant("bafy2bzacedcodioqti6djjolzjsl6mnhddktxddl6werllbzi6aodjgfabgc2")}));
    ASSERT_TRUE(to) << to.error().message();
    const auto way = way_between(real.store, real.head(), *to).value();
    EXPECT_TRUE(way.applied.empty());
    ASSERT_EQ(way.reverted.size(), 3U);
    EXPECT_EQ(way.reverted.front()->key(), real.head()->key());
    EXPECT_EQ(way.reverted.back()->min_ticket_block().cid().to_string(),
              "bafy2bzacebcxtyeoga7snx3uy52kg45ywhljazlrgqc4gtayvot4tqeamy5pw");
}

}  // namespace
}  // namespace strata::chain
