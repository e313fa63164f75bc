// Searches for executed messages over a chain that is long enough for every kind of step back.
#include <gtest/gtest.h>

#include <strata/chain/execution.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::chain {
namespace {

class MessageSearchTest : public ::testing::Test {
  protected:
    static constexpr Nonce kMessages = 6;

    MessageSearchTest() : node(nodes[0]) {
        for (Nonce nonce = 0; nonce < kMessages; ++nonce) {
            included.push_back(
                nodes.extend(node, {.messages = {nodes.transfer(nonce, fil(static_cast<std::int64_t>(nonce) + 1))}}));
            for (Nonce i = 0; i <= nonce; ++i) nodes.extend(node, {.miner = 1});
        }
    }
    Cid message(Nonce nonce) { return included.at(nonce).messages.bls.at(0).cid(); }

    testing::Nodes nodes{1};
    testing::TestNode& node;
    std::vector<FullBlock> included;
};

TEST_F(MessageSearchTest, every_message_is_found_in_the_tipset_above_the_one_that_has_it) {
    for (Nonce nonce = 0; nonce < kMessages; ++nonce) {
        const auto found = node->search(message(nonce));
        ASSERT_TRUE(found && *found) << nonce;
        EXPECT_EQ((*found)->message, message(nonce));
        EXPECT_EQ((*found)->receipt.exit_code, 0U);
        EXPECT_EQ((*found)->executed_in->parents(), TipsetKey({included[nonce].header.cid()}));
    }
}

TEST_F(MessageSearchTest, the_search_ends_at_its_limit_and_above_the_chain) {
    const auto wanted = message(2);
    const ChainEpoch executed = node->search(wanted).value()->height;
    const ChainEpoch depth = node->head()->height() - executed;
    EXPECT_TRUE(*node->search(wanted, depth + 1));
    EXPECT_FALSE(*node->search(wanted, depth));
    // The tipset that includes the message has not executed it.
    const auto including = node->chain().find_tipset(TipsetKey({included[2].header.cid()})).value();
    EXPECT_FALSE(*node->search_from(including, wanted, LocalChain::kNoLimit, true));
    EXPECT_FALSE(*node->search_from(node->chain().genesis(), wanted, LocalChain::kNoLimit, true));
    EXPECT_EQ(node->search(node->head()->cids()[0]).error().code(), Errc::not_found);
}

}  // namespace
}  // namespace strata::chain
