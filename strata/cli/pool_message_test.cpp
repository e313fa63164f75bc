// Protects what is said of messages in the pool. Source: docs/protocol/node.md §14 (lotus chain/messagepool: nonce
// gaps, funds, ComputeRBF of 1.36.2 with its default of 125 %).
#include <strata/cli/pool_message.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace strata::cli {
namespace {

PoolMessage message(Nonce nonce, std::int64_t fee_cap, std::int64_t value = 0) {
    PoolMessage out;
    out.content.message.nonce = nonce;
    out.content.message.gas_fee_cap = fee_cap;
    out.content.message.gas_limit = 10;
    out.content.message.value = value;
    return out;
}

std::vector<std::string> causes(const std::vector<PoolMessage>& messages, Nonce next, std::int64_t balance) {
    std::vector<std::string> out;
    for (const auto& one : waits_of(messages, next, balance, /*base_fee=*/100)) out.emplace_back(one.cause);
    return out;
}

using Names = std::vector<std::string>;

TEST(PoolMessage, a_message_that_may_go_in_waits_for_a_block) {
    EXPECT_EQ(causes({message(4, 100), message(5, 200)}, 4, 3'000), (Names{"block", "block"}));
}

TEST(PoolMessage, a_gap_in_the_nonces_holds_up_all_that_come_after_it) {
    EXPECT_EQ(causes({message(4, 100), message(6, 100), message(7, 100)}, 4, 9'000),
              (Names{"block", "nonce", "earlier"}));
    EXPECT_NE(waits_of({message(6, 100)}, 4, 9'000, 100)[0].text.find("the nonce 4"), std::string::npos);
}

TEST(PoolMessage, a_fee_cap_below_the_base_fee_holds_up_its_successors) {
    EXPECT_EQ(causes({message(4, 99), message(5, 500)}, 4, 9'000), (Names{"base_fee", "earlier"}));
}

TEST(PoolMessage, the_balance_must_cover_the_messages_before_it_too) {
    EXPECT_EQ(causes({message(4, 100), message(5, 100, 1)}, 4, 2'000), (Names{"block", "balance"}));
    EXPECT_EQ(causes({message(4, 100), message(5, 100)}, 4, 2'000), (Names{"block", "block"}));
}

TEST(PoolMessage, a_message_that_was_executed_is_not_counted_against_the_next_nonce) {
    EXPECT_EQ(causes({message(3, 100), message(4, 100)}, 4, 9'000), (Names{"block", "block"}));
}

TEST(PoolMessage, a_replacement_bids_a_quarter_more_and_one) {
    EXPECT_EQ(replacement_premium(100'000, 1.25), BigInt(125'001));
    EXPECT_EQ(replacement_premium(1'000, 1.1), BigInt(1'101));
    EXPECT_EQ(replacement_premium(0, 1.25), BigInt(1));
}

}  // namespace
}  // namespace strata::cli
