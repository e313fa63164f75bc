// The rule is that of lotus chain/stmgr/utils.go, GetLookbackTipSetForRound; the chain was made by Lotus, and has null
// rounds.
#include <strata/chain/lookback.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_chain.hpp>
#include <strata/chain/test_recorded.hpp>

namespace strata::chain {
namespace {

using testing::RecordedChain;

// Fails the test if it is called.
Result<Cid> nobody_asks(const TipsetPtr& tipset) {
    ADD_FAILURE() << "the state after epoch " << tipset->height() << " is asked for";
    return Errc::internal;
}

}  // namespace

// Below epoch 900 the lookback is genesis, and its state is the one that genesis names.
TEST(Lookback, of_a_young_chain_is_genesis) {
    auto& real = RecordedChain::real();
    const auto& genesis = real.tipsets.front();
    for (const ChainEpoch round : {ChainEpoch{1}, ChainEpoch{206}, ChainEpoch{900}}) {
        const auto lookback = lookback_for(real.store, real.head(), round, nobody_asks);
        ASSERT_TRUE(lookback) << lookback.error().message();
        EXPECT_EQ(lookback->tipset->key(), genesis->key()) << round;
        EXPECT_EQ(lookback->state_root, genesis->parent_state_root()) << round;
    }
    // On genesis itself the state is known, however far away the round is.
    EXPECT_EQ(lookback_for(real.store, genesis, 1).value().state_root, genesis->parent_state_root());
    EXPECT_EQ(lookback_for(real.store, genesis, 1'000'000).value().tipset, genesis);
}

// 900 epochs back, and the state after that tipset, which its child names.
TEST(Lookback, is_900_epochs_back) {
    auto& history = RecordedChain::with_long_history();
    for (const ChainEpoch round : {ChainEpoch{1'000}, ChainEpoch{1'200}, ChainEpoch{1'401}}) {
        const auto lookback = lookback_for(history.store, history.head(), round, nobody_asks);
        ASSERT_TRUE(lookback) << lookback.error().message();
        EXPECT_EQ(lookback->tipset->height(), round - 900);
        EXPECT_EQ(lookback->state_root, history.at(round - 899)->parent_state_root());
    }
}

// Epochs 17, 54 and 430 are null rounds: the lookback there is the tipset before, and the state after it is the one
// that the tipset after the null round names.
TEST(Lookback, in_a_null_round) {
    auto& history = RecordedChain::with_long_history();
    for (const ChainEpoch null_round : {17, 54, 430}) {
        const auto before = history.at(null_round), after = history.at(null_round + 1);
        ASSERT_EQ(before->height(), null_round - 1);
        ASSERT_EQ(after->height(), null_round + 1);
        const auto lookback = lookback_for(history.store, history.head(), null_round + 900, nobody_asks).value();
        EXPECT_EQ(lookback.tipset->key(), before->key());
        EXPECT_EQ(lookback.state_root, after->parent_state_root());
        // One round earlier and one later the tipset is there.
        EXPECT_EQ(lookback_for(history.store, history.head(), null_round + 899).value().tipset->key(), before->key());
        EXPECT_EQ(lookback_for(history.store, history.head(), null_round + 901).value().tipset->key(), after->key());
    }
}

// After more null rounds than the lookback the base itself decides, with the state after it.
TEST(Lookback, beyond_the_base_needs_its_result) {
    auto& history = RecordedChain::with_long_history();
    const auto& head = history.head();
    const Cid result = Cid::hash_of(Codec::dag_cbor, Bytes{1});
    const StateAfter state_after = [&](const TipsetPtr& tipset) -> Result<Cid> {
        EXPECT_EQ(tipset->key(), head->key());
        return result;
    };
    const ChainEpoch far = head->height() + 900;
    EXPECT_EQ(lookback_for(history.store, head, far - 1, nobody_asks).value().state_root, head->parent_state_root());
    const auto lookback = lookback_for(history.store, head, far, state_after).value();
    EXPECT_EQ(lookback.tipset->key(), head->key());
    EXPECT_EQ(lookback.state_root, result);
    const auto unknown = lookback_for(history.store, head, far);
    EXPECT_EQ(unknown.error().code(), Errc::out_of_range);
    EXPECT_EQ(unknown.error().message(),
              "the lookback of epoch 2300 is epoch 1400, expected less than 1400, the height of its base");
    const StateAfter failing = [](const TipsetPtr&) -> Result<Cid> { return Errc::io; };
    EXPECT_EQ(lookback_for(history.store, head, far, failing).error().code(), Errc::io);
}

// A tipset that is not in the store is a failure of this node.
TEST(Lookback, over_a_lost_tipset) {
    testing::TestChain chain({});
    auto header = chain.chain.genesis()->min_ticket_block();
    header.height = 1'000;
    header.parents = {Cid::hash_of(Codec::dag_cbor, Bytes{1})};
    const auto base = Tipset::make({header}).value();
    EXPECT_EQ(lookback_for(chain.chain, base, 1'001).error().code(), Errc::missing_block);
}

}  // namespace strata::chain
