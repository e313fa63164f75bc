// Protects how a provider gets paid: one message for the deals that are named, its outcome read as the actor wrote it,
// and no second message while the first one can still land. Sources: builtin-actors v18 actors/market/src/lib.rs
// (settle_deal_payments; SettleDealPaymentsReturn is [BatchReturn, [[payment, completed]]]); FIP-0074.
#include <gmock/gmock.h>

#include <strata/base/hex.hpp>
#include <strata/market/test_lotus_market.hpp>

namespace strata::market {
namespace {

using ::testing::HasSubstr;

class SettlementTest : public testing::LotusMarket {
  protected:
    SignedMessage send(std::vector<DealId> deals) {
        const auto cid = market->settle(deals, kHead + 1);
        EXPECT_TRUE(cid) << cid.error().message();
        return cid ? chain.waiting.at(*cid) : SignedMessage{};
    }
    void land(const SignedMessage& message, std::uint32_t exit_code, std::string_view return_hex) {
        const auto in = chain.extend(chain.head()->height() + 1);
        chain.land(message, in, exit_code);
        chain.landed.at(message.cid()).receipt.return_data = from_hex(return_hex).value();
        work(in->height());
    }
    Settlement outcome() {
        const auto all = market->settlements();
        return all.empty() ? Settlement{} : all.back();
    }
};

TEST_F(SettlementTest, one_message_of_the_worker_names_each_deal_once) {
    const auto message = send({2, 0, 2});
    EXPECT_EQ(message.message.from, worker);
    EXPECT_EQ(message.message.to, Address::id(5));
    EXPECT_EQ(message.message.nonce, 50U);
    // RLE+ version 0 of the bits 0 and 2: 00, then 1 since the first run is of ones, and three runs of one (1 1 1).
    EXPECT_EQ(to_hex(message.message.params), "413c");
    EXPECT_EQ(outcome().deals, (std::vector<DealId>{0, 2}));
    EXPECT_FALSE(outcome().landed);
    EXPECT_TRUE(market->wants_block(kHead + 1));
    EXPECT_EQ(market->settle({}, kHead + 1).error().code(), Errc::invalid_argument);
}

TEST_F(SettlementTest, payments_are_summed_and_completed_deals_named) {
    land(send({0, 1}), 0,
         "82"
         "820280"
         "82"
         "82420007f5"
         "82420009f4");
    EXPECT_TRUE(outcome().landed);
    EXPECT_EQ(outcome().payment, TokenAmount(16));
    EXPECT_EQ(outcome().completed, std::vector<DealId>{0});
    EXPECT_EQ(outcome().failure, "");
}

TEST_F(SettlementTest, a_deal_that_the_actor_refuses_is_named_with_its_exit_code) {
    land(send({0, 1}), 0,
         "82"
         "820181820010"
         "81"
         "82420007f4");
    EXPECT_TRUE(outcome().landed);
    EXPECT_EQ(outcome().payment, TokenAmount(7));
    EXPECT_THAT(outcome().failure, HasSubstr("deal 0 was not settled: exit code 16"));
}

TEST_F(SettlementTest, an_answer_that_cannot_be_read_pays_nothing) {
    for (const char* wrong : {"", "f6",
                              "82"
                              "820280"
                              "80",
                              "82"
                              "820180"
                              "81"
                              "82420007f5",
                              "82"
                              "820280"
                              "81"
                              "82420007f5"}) {
        land(send({0, 1}), 0, wrong);
        EXPECT_TRUE(outcome().landed) << wrong;
        EXPECT_EQ(outcome().payment, TokenAmount(0)) << wrong;
        EXPECT_THAT(outcome().failure, HasSubstr("its return value is not that of SettleDealPayments")) << wrong;
    }
}

TEST_F(SettlementTest, a_message_that_failed_says_so_and_is_over) {
    land(send({0}), 16, "");
    EXPECT_TRUE(outcome().landed);
    EXPECT_THAT(outcome().failure, HasSubstr("exit code 16"));
    EXPECT_EQ(outcome().payment, TokenAmount(0));
}

TEST_F(SettlementTest, a_message_whose_nonce_was_taken_is_made_again) {
    const auto first = send({0});
    chain.replaced.insert(first.cid());
    chain.waiting.clear();
    chain.nonces[worker] = 51;
    work(kHead + 2);
    ASSERT_EQ(market->settlements().size(), 1U);
    EXPECT_FALSE(outcome().landed);
    EXPECT_NE(outcome().message, first.cid());
    const auto second = chain.waiting.at(outcome().message);
    EXPECT_EQ(second.message.nonce, 51U);
    EXPECT_EQ(second.message.params, first.message.params);
}

// The disk or the chain may fail at any epoch. Nothing is signed twice, and the outcome is found when it is possible.
TEST_F(SettlementTest, a_chain_that_fails_delays_the_outcome_only) {
    const auto message = send({0});
    chain.break_call("search_from", Errc::io, "the disk does not answer");
    static_cast<void>(market->on_epoch(kHead + 2));
    EXPECT_FALSE(outcome().landed);
    chain.mend("search_from");
    land(message, 0,
         "82"
         "820180"
         "81"
         "82420007f4");
    EXPECT_EQ(outcome().payment, TokenAmount(7));
    EXPECT_EQ(chain.asked("estimate_gas"), 1) << "one message was signed";
}

TEST_F(SettlementTest, a_restart_publishes_the_same_message_again) {
    const auto message = send({0});
    chain.waiting.clear();
    open();
    EXPECT_TRUE(chain.waiting.contains(message.cid()));
    EXPECT_EQ(chain.asked("estimate_gas"), 1);
    land(message, 0,
         "82"
         "820180"
         "81"
         "82420007f4");
    EXPECT_EQ(outcome().payment, TokenAmount(7));
}

TEST_F(SettlementTest, without_its_key_nothing_is_sent_or_remembered) {
    chain.break_call("estimate_gas", Errc::verification, "exit code 16");
    const std::vector<DealId> deals{0};
    EXPECT_EQ(market->settle(deals, kHead + 1).error().code(), Errc::verification);
    EXPECT_TRUE(market->settlements().empty());
}

}  // namespace
}  // namespace strata::market
