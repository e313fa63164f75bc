// A file goes to a provider: what is paid, what a stop at each point costs, and what is said if it cannot be. Node and
// provider are scripted (test_network.hpp); the root of the file is that of specs.ipfs.tech/unixfs: a raw block.
#include <strata/client/test_network.hpp>

namespace strata::client {
namespace {

using ::testing::HasSubstr;
using testing::kMiner;

struct PutFile : testing::StorageNetwork {
    /// The price of the file's only deal: 2 KiB of the 0.01 FIL for a GiB, rounded up, for every epoch.
    /// The price of one of the small files, which is a piece of 128 bytes, the least (docs/protocol/storage.md).
    static TokenAmount price() {
        return div_ceil(TokenAmount(10'000'000'000'000'000) * BigInt(128), BigInt(std::int64_t{1} << 30)) *
               BigInt(kDefaultDuration);
    }
};

TEST_F(PutFile, stores_a_file_and_says_each_step_once) {
    const auto done = put();
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(done->stage(), PutStage::stored);
    EXPECT_EQ(done->root, testing::root_of("a file that is worth keeping"));
    EXPECT_EQ(done->miner, kMiner);
    ASSERT_EQ(done->deals.size(), 1U);
    EXPECT_EQ(done->deals[0].sector, 7U);
    EXPECT_EQ(node_.escrow().to_string(), price().to_string());
    for (const auto* part :
         {"escrow 0.0", "accepted", "bytes sent", "on the chain", "stored: sector 7, proven at epoch"}) {
        const auto at = facts_.find(part);
        EXPECT_NE(at, std::string::npos) << part << "\n" << facts_;
        EXPECT_EQ(facts_.find(part, at + 1), std::string::npos) << part << "\n" << facts_;
    }
    EXPECT_FALSE(std::filesystem::exists(folder_.car(*done, 0))) << "nobody needs the CAR any more";
}

TEST_F(PutFile, without_waiting_it_ends_when_the_provider_has_the_data) {
    provider_.let_publish(false);
    const auto done = put({.wait = false});
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(done->stage(), PutStage::sent);
    EXPECT_THAT(next_step(*done), HasSubstr("--resume --wait"));
    provider_.let_publish(true);
    PutOptions wait{.wait = true};
    wait.patience = {std::chrono::seconds(5), std::chrono::milliseconds(1)};
    const auto all = resume_puts(place(), wait);
    ASSERT_TRUE(all) << all.error().message();
    ASSERT_EQ(all->size(), 1U);
    EXPECT_EQ(all->front().stage(), PutStage::stored);
    EXPECT_EQ(node_.deposits(), 1U);
}

TEST_F(PutFile, the_same_command_again_changes_nothing) {
    ASSERT_TRUE(put());
    const auto again = put();
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_THAT(facts_, HasSubstr("stored already: sector 7"));
    EXPECT_EQ(node_.deposits(), 1U);
    EXPECT_EQ(provider_.proposals(), 1U);
}

TEST_F(PutFile, a_stop_while_the_escrow_is_filled_pays_once) {
    node_.hold_messages(true);
    const auto stopped = put_until("waits for a block");
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Errc::cancelled);
    node_.hold_messages(false);
    const auto done = put();
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(node_.deposits(), 1U);
    EXPECT_EQ(node_.escrow().to_string(), price().to_string());
}

TEST_F(PutFile, a_stop_while_the_deal_is_published_and_sealed_makes_no_second_deal) {
    provider_.let_publish(false);
    EXPECT_EQ(put_until("publishes the deal").error().code(), Errc::cancelled);
    provider_.let_publish(true);
    provider_.let_prove(false);
    EXPECT_EQ(put_until("seals the data").error().code(), Errc::cancelled);
    provider_.let_prove(true);
    const auto done = put();
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(done->stage(), PutStage::stored);
    EXPECT_EQ(provider_.proposals(), 1U);
    EXPECT_EQ(node_.deposits(), 1U);
}

TEST_F(PutFile, too_little_money_names_the_sum_and_who_has_some) {
    node_.set_balance(TokenAmount(1));
    const auto poor = put();
    ASSERT_FALSE(poor);
    EXPECT_EQ(poor.error().code(), Errc::verification);
    EXPECT_THAT(poor.error().message(), HasSubstr("nothing was sent"));
    EXPECT_THAT(poor.error().message(), HasSubstr(std::string("strata send ") + testing::kWallet));
    EXPECT_THAT(poor.error().message(), HasSubstr(std::string("--from ") + testing::kFaucet));
    EXPECT_EQ(provider_.proposals(), 0U);
    node_.set_balance(fil(10));
    EXPECT_TRUE(put());
}

TEST_F(PutFile, a_refusal_has_the_providers_reason_and_the_money_is_used_later) {
    provider_.refuse("no more room here");
    const auto refused = put();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::verification);
    EXPECT_THAT(refused.error().message(), HasSubstr("no more room here"));
    const auto record = folder_.load(testing::root_of("a file that is worth keeping"), kMiner);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->stage(), PutStage::failed);
    EXPECT_THAT(next_step(*record), HasSubstr("tries again"));
    provider_.refuse("");
    const auto done = put();
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(node_.deposits(), 1U) << "the first deposit pays for the second try";
}

TEST_F(PutFile, a_deal_that_the_provider_gave_up_fails_unless_the_chain_has_it) {
    provider_.let_publish(false);
    EXPECT_EQ(put_until("publishes the deal").error().code(), Errc::cancelled);
    provider_.give_up("the disk is full");
    const auto failed = put();
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().message(), HasSubstr("the disk is full"));

    // The provider lies: the deal was published. It must not be paid a second time.
    const auto root = testing::root_of("a file that is worth keeping");
    const auto record = folder_.load(root, kMiner);
    ASSERT_TRUE(record);
    node_.prove(node_.publish(record->deals[0].deal->proposal), 3);
    const auto done = put();
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(done->deals[0].sector, 3U);
    EXPECT_EQ(provider_.proposals(), 1U);
    EXPECT_EQ(node_.deposits(), 1U);
}

TEST_F(PutFile, a_deal_whose_start_has_passed_without_a_sector_fails) {
    provider_.let_publish(false);
    EXPECT_EQ(put_until("publishes the deal").error().code(), Errc::cancelled);
    node_.jump_to(1000);
    const auto failed = put();
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().message(), HasSubstr("was not published before its start at epoch"));
}

TEST_F(PutFile, terms_that_cannot_be_are_refused_before_money_moves) {
    PutOptions cheap{.price_per_gib_epoch = TokenAmount(1)};
    EXPECT_THAT(put(cheap).error().message(), HasSubstr("it asks 0.01 FIL per epoch and GiB"));
    PutOptions brief{.duration = 10};
    EXPECT_EQ(put(brief).error().code(), Errc::invalid_argument);
    EXPECT_THAT(put(brief).error().message(), HasSubstr("expected 518400 to"));
    PutOptions stranger{.miner = Address::id(1001)};
    EXPECT_EQ(put(stranger).error().code(), Errc::not_found);
    PutOptions missing{.file = path("nothing")};
    EXPECT_EQ(put(missing).error().code(), Errc::invalid_argument);
    write("large", std::string(3000, 'x'));
    PutOptions large{.file = path("large")};
    const auto refused = put(large);
    EXPECT_EQ(refused.error().code(), Errc::too_large);
    EXPECT_THAT(refused.error().message(), HasSubstr("--sector 8MiB"));
    EXPECT_EQ(node_.deposits(), 0U);
    EXPECT_EQ(provider_.proposals(), 0U);
}

TEST_F(PutFile, no_provider_says_whom_it_asked) {
    search_.urls = {"http://127.0.0.1:1"};
    const auto refused = put();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::not_found);
    EXPECT_THAT(refused.error().message(), HasSubstr("http://127.0.0.1:1"));
    EXPECT_THAT(refused.error().message(), HasSubstr("strata devnet up"));
}

TEST_F(PutFile, records_of_a_different_network_are_refused) {
    ASSERT_TRUE(put());
    EXPECT_TRUE(check_network(calls_, folder_));
    auto record = folder_.all()->front();
    record.genesis = testing::root_of("a different genesis");
    ASSERT_TRUE(folder_.save(record));
    EXPECT_THAT(check_network(calls_, folder_).error().message(), HasSubstr("--records"));
}

TEST_F(PutFile, two_files_of_one_wallet_are_both_paid_for) {
    provider_.let_publish(false);
    ASSERT_TRUE(put({.wait = false}));
    write("other", "and one more");
    ASSERT_TRUE(put({.file = path("other"), .wait = false}));
    EXPECT_EQ(node_.escrow().to_string(), (price() * BigInt(2)).to_string());
    EXPECT_EQ(node_.deposits(), 2U);
}

}  // namespace
}  // namespace strata::client
