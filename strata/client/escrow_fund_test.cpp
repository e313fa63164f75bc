// Money goes into the escrow once, whatever happens to the message and to the process.
#include <gmock/gmock.h>

#include <strata/base/files.hpp>
#include <strata/client/test_network.hpp>

namespace strata::client {
namespace {

using ::testing::HasSubstr;

struct Escrow : testing::StorageNetwork {
    const Address key = Address::parse(testing::kWallet).value();
    Patience patience{std::chrono::seconds(5), std::chrono::milliseconds(1)};

    std::filesystem::path message() const { return temp_ / "escrow" / key.to_string().substr(1); }
    Result<EscrowFund> take() { return EscrowFund::take(temp_ / "escrow", calls_, patience, place().watch); }
    Result<Funded> raise(std::int64_t wanted) {
        auto fund = take();
        if (!fund) return fund.error();
        return fund->raise_to(key, fil(wanted), place().watch);
    }
};

TEST_F(Escrow, only_what_is_missing_is_added) {
    const auto first = raise(2);
    ASSERT_TRUE(first) << first.error().message();
    EXPECT_EQ(first->added, fil(2));
    EXPECT_TRUE(first->message);
    const auto second = raise(2);
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->message);
    EXPECT_EQ(raise(3)->added, fil(1));
    EXPECT_EQ(node_.escrow(), fil(3));
}

TEST_F(Escrow, a_message_whose_nonce_was_used_by_others_is_replaced) {
    node_.hold_messages(true);
    stop_at_ = "waits for a block";
    EXPECT_EQ(raise(2).error().code(), Errc::cancelled);
    stop_at_.clear();
    stop_ = false;
    node_.use_nonce();
    node_.hold_messages(false);
    const auto done = raise(2);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(node_.escrow(), fil(2));
    EXPECT_EQ(node_.deposits(), 1U);
}

TEST_F(Escrow, a_message_that_is_never_executed_ends_with_what_to_do) {
    patience.most = std::chrono::seconds(0);
    node_.hold_messages(true);
    const auto late = raise(2);
    ASSERT_FALSE(late);
    EXPECT_THAT(late.error().message(), HasSubstr("the same command again waits for it"));
}

TEST_F(Escrow, a_message_that_the_node_does_not_take_is_forgotten) {
    // The words of lotus chain/messagepool/messagepool.go, and of chain/message_pool.cpp.
    for (const auto* words : {"not enough funds to execute transaction",
                              "message pool: fee cap is 1 attoFIL per unit "
                              "of gas, expected at least 100"}) {
        node_.refuse_messages(words, false);
        const auto refused = raise(2);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Errc::verification);
        EXPECT_THAT(refused.error().message(), HasSubstr(words));
        EXPECT_FALSE(std::filesystem::exists(message())) << words;
    }
    node_.refuse_messages("", false);
    ASSERT_TRUE(raise(2));
    EXPECT_EQ(node_.deposits(), 1U);
}

TEST_F(Escrow, a_refused_message_that_the_node_may_have_is_not_made_again) {
    // Lotus keeps a message that it cannot publish (chain/messagepool/messagepool.go, Push).
    node_.refuse_messages("failed to publish message: no peers", true);
    const auto refused = raise(2);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), HasSubstr("no peers"));
    EXPECT_THAT(refused.error().message(), HasSubstr("the same command again looks for it"));
    EXPECT_TRUE(std::filesystem::exists(message()));
    node_.refuse_messages("", false);
    ASSERT_TRUE(raise(2));
    EXPECT_EQ(node_.escrow(), fil(2));
    EXPECT_EQ(node_.deposits(), 1U);
}

TEST_F(Escrow, a_message_that_the_pool_has_already_is_waited_for) {
    for (const auto* words :
         {"message with nonce already exists", "message pool: the message is already in the pool"}) {
        node_.refuse_messages(words, true);
        const auto wanted = node_.escrow() + fil(1);
        auto fund = take();
        ASSERT_TRUE(fund);
        const auto done = fund->raise_to(key, wanted, place().watch);
        ASSERT_TRUE(done) << done.error().message();
        EXPECT_EQ(node_.escrow(), wanted);
    }
    EXPECT_EQ(node_.deposits(), 2U);
}

TEST_F(Escrow, a_message_that_waits_in_vain_says_why_the_node_refuses_it) {
    patience.most = std::chrono::seconds(0);
    node_.hold_messages(true);
    EXPECT_FALSE(raise(2));
    node_.refuse_messages("validation failure", false);
    const auto late = raise(2);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), Errc::io);
    EXPECT_THAT(late.error().message(), HasSubstr("validation failure"));
    EXPECT_TRUE(std::filesystem::exists(message()));
}

TEST_F(Escrow, one_process_at_a_time_has_the_fund) {
    const auto held = take();
    ASSERT_TRUE(held);
    patience.most = std::chrono::seconds(0);
    EXPECT_EQ(take().error().code(), Errc::busy);
}

TEST_F(Escrow, a_damaged_message_stops_everything) {
    ASSERT_TRUE(make_folders(temp_ / "escrow"));
    ASSERT_TRUE(write_file(temp_ / "escrow" / key.to_string().substr(1), as_bytes("not a message")));
    const auto damaged = raise(1);
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().code(), Errc::malformed);
    EXPECT_EQ(node_.deposits(), 0U);
}

}  // namespace
}  // namespace strata::client
