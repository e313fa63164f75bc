// ChainValidateIndex compares the index with the chain. Texts and members are those of lotus chain/index/api.go and
// chain/types/index.go.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include <strata/api/test_ethereum_node.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;

class ApiIndex : public testing::EthereumNode {
  protected:
    /// Executes a call of the contract, which emits one log, and returns the epoch of its tipset.
    ChainEpoch called() {
        push(call(2, contract_address, kMethodInvokeEvm));
        mine();
        const auto epoch = height();
        mine();
        mine();
        EXPECT_TRUE(index::follow(*node, *index));
        EXPECT_TRUE(index::extend_down(*node, *index, UINT64_MAX));
        return epoch;
    }
};

TEST_F(ApiIndex, AnIndexThatIsRight) {
    const auto epoch = called();
    const auto key = result("ChainGetTipSetByHeight", {epoch, nullptr})["Cids"];
    EXPECT_EQ(result("ChainValidateIndex", {epoch, false}), Json({{"TipSetKey", key},
                                                                  {"Height", epoch},
                                                                  {"IndexedMessagesCount", 1},
                                                                  {"IndexedEventsCount", 1},
                                                                  {"IndexedEventEntriesCount", 1},
                                                                  {"Backfilled", false},
                                                                  {"IsNullRound", false}}));
    for (ChainEpoch at = 0; at < height() - 1; ++at) EXPECT_EQ(code("ChainValidateIndex", {at, false}), 0) << at;
}

TEST_F(ApiIndex, ANullRound) {
    const auto last = height();
    mine_at(last + 3);
    mine();
    ASSERT_TRUE(index::follow(*node, *index));
    const auto found = result("ChainValidateIndex", {last + 1, false});
    EXPECT_EQ(found["IsNullRound"], true);
    EXPECT_EQ(found["TipSetKey"], Json::array());
    EXPECT_EQ(found["Height"], last + 1);
}

TEST_F(ApiIndex, WhatIsWrongIsSaidAndMended) {
    const auto epoch = called();
    const auto tipset = node->tipset_at(epoch, node->head(), chain::NullRound::previous).value();
    chain::ExecutedTipset wrong = chain::executed_tipset(*node, tipset).value();
    ASSERT_TRUE(index->replace(wrong, {}));  // its event is lost
    EXPECT_EQ(message("ChainValidateIndex", {epoch, false}),
              "failed to verify indexed data at height " + std::to_string(epoch) +
                  ": event count mismatch: chainstore has 1, index has 0");
    EXPECT_EQ(result("ChainValidateIndex", {epoch, true})["Backfilled"], true);
    EXPECT_EQ(result("ChainValidateIndex", {epoch, false})["IndexedEventsCount"], 1);
    ASSERT_TRUE(index->revert(*tipset, *node->tipset(tipset->parents()).value()));
    EXPECT_THAT(message("ChainValidateIndex", {epoch, false}), HasSubstr("only has reverted tipsets"));
}

TEST_F(ApiIndex, WhatCannotBeCompared) {
    called();
    EXPECT_EQ(message("ChainValidateIndex", {height(), false}),
              "cannot validate index at epoch " + std::to_string(height()) +
                  ", can only validate at an epoch less than chain head epoch " + std::to_string(height()));
    EXPECT_EQ(code("ChainValidateIndex", {-1, false}), 1);
    ASSERT_TRUE(index->clear());
    EXPECT_THAT(message("ChainValidateIndex", {1, false}), HasSubstr("missing tipset at height 1 in the chain index"));
    open();
    EXPECT_EQ(message("ChainValidateIndex", {1, false}), "chain indexer is disabled");
}

}  // namespace
}  // namespace strata::api
