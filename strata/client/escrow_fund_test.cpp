// Money goes into the escrow once, whatever happens to the message and to the process.
#include <strata/base/files.hpp>
#include <strata/client/test_network.hpp>

namespace strata::client {
namespace {

using ::testing::HasSubstr;

struct Escrow : testing::StorageNetwork {
    const Address key = Address::parse(testing::kWallet).value();
    Patience patience{std::chrono::seconds(5), std::chrono::milliseconds(1)};

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
