// A file goes to a provider: what is paid, what a stop at each point costs, and what is said if it cannot be. Node and
// provider are scripted (test_network.hpp); the root of the file is that of specs.ipfs.tech/unixfs: a raw block.
#include <gmock/gmock.h>

#include <functional>

#include <strata/base/folder_lock.hpp>
#include <strata/client/test_network.hpp>

namespace strata::client {
namespace {

using ::testing::HasSubstr;
using testing::kMiner;

struct PutFile : testing::StorageNetwork {
    /// The price of one of the small files, which is a piece of 128 bytes, the least (docs/protocol/storage.md): its
    /// part of the 0.01 FIL for a GiB, rounded up, for every epoch.
    static TokenAmount price() {
        return div_ceil(TokenAmount(10'000'000'000'000'000) * BigInt(128), BigInt(std::int64_t{1} << 30)) *
               BigInt(kDefaultDuration);
    }
    const Cid root = testing::root_of("a file that is worth keeping");
    PutRecord kept() const { return folder_.load(root, kMiner).value(); }

    /// Puts the file, and calls `act` each time when something with this text is awaited.
    Result<PutRecord> put_while(const std::string& awaited, const std::function<void()>& act) {
        auto where = place();
        where.watch.progress = [&](std::string_view step, double) {
            if (step.find(awaited) != std::string_view::npos) act();
        };
        facts_.clear();
        PutOptions options{.file = path("file"), .wait = true};
        options.patience = {std::chrono::seconds(5), std::chrono::milliseconds(1)};
        return put_file(where, options);
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
    EXPECT_FALSE(all->front().error);
    EXPECT_EQ(all->front().record.stage(), PutStage::stored);
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
    write("large", std::string(128 * 1932 + 1, 'x'));
    PutOptions large{.file = path("large")};
    const auto refused = put(large);
    EXPECT_EQ(refused.error().code(), Errc::too_large);
    EXPECT_THAT(refused.error().message(), HasSubstr("would take more than 128 deals"));
    EXPECT_THAT(refused.error().message(), HasSubstr("--sector 8MiB"));
    EXPECT_EQ(node_.deposits(), 0U);
    EXPECT_EQ(provider_.proposals(), 0U);
}

// The root is that of the JavaScript importer, as in retrieval/client_file_test.cpp: chunks of 1,932 bytes.
TEST_F(PutFile, a_file_larger_than_a_sector_gets_several_deals) {
    std::string large;
    std::uint32_t x = 1;
    for (int i = 0; i < 20'000; ++i) {
        x = x * 1664525 + 1013904223;
        large.push_back(static_cast<char>(x >> 24));
    }
    write("large", large);
    const PutOptions options{.file = path("large"), .wait = true};
    const auto done = put(options);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(done->root.to_string(), "bafybeibply64f325iqm36kdrhe7g4u5sn52sprneenew4mbdhvgfgonbua");
    EXPECT_EQ(done->stage(), PutStage::stored);
    EXPECT_EQ(done->deals.size(), 12U);
    EXPECT_THAT(facts_, HasSubstr("12, of at most 2048 bytes each"));
    EXPECT_THAT(facts_, HasSubstr("all 12 stored, the last proven at epoch"));
    EXPECT_EQ(node_.deposits(), 1U) << "all are paid for at once";
    for (std::size_t i = 1; i < done->deals.size(); ++i)
        EXPECT_GT(done->deals[i].deal->proposal.start_epoch, done->deals[i - 1].deal->proposal.start_epoch);
    const auto again = put(options);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_THAT(facts_, HasSubstr("all 12 stored already")) << "it is found by the way in which it was cut";
    EXPECT_EQ(provider_.proposals(), 12U);
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

TEST_F(PutFile, a_provider_that_is_busy_or_odd_is_put_up_with) {
    provider_.let_publish(false);
    ASSERT_TRUE(put({.wait = false}));
    for (const auto& [status, text] : std::vector<std::pair<unsigned, std::string>>{
             {503, "too many deals"}, {500, "no database"}, {200, "<html>a proxy</html>"}, {403, "not you"}}) {
        provider_.answer_about_deals(status, text);
        auto record = kept();
        const auto seen = refresh(calls_, folder_, record);
        ASSERT_TRUE(seen) << status << seen.error().message();
        EXPECT_EQ(record.stage(), PutStage::sent);
        EXPECT_NE(record.deals[0].failure, "") << status;
        EXPECT_EQ(to_cbor(kept()), to_cbor(record));
        PutOptions impatient{.file = path("file"), .wait = true};
        impatient.patience = {std::chrono::seconds(0), std::chrono::milliseconds(1)};
        const auto late = put_file(place(), impatient);
        ASSERT_FALSE(late);
        EXPECT_THAT(late.error().message(), HasSubstr("the deal did not go on for 0 seconds"));
    }
    provider_.answer_about_deals(0, "");
    provider_.let_publish(true);
    EXPECT_TRUE(put());
    EXPECT_EQ(provider_.proposals(), 1U);
}

TEST_F(PutFile, a_node_that_fails_is_not_a_failure_of_the_deal) {
    provider_.let_publish(false);
    ASSERT_TRUE(put({.wait = false}));
    provider_.let_publish(true);
    auto record = kept();
    api::Client nobody("http://127.0.0.1:1");
    NodeCalls away(nobody, 't');
    EXPECT_EQ(refresh(away, folder_, record).error().code(), Errc::io);
    EXPECT_EQ(kept().deals[0].failure, "");
}

TEST_F(PutFile, a_record_is_written_by_who_has_its_lock) {
    provider_.let_publish(false);
    ASSERT_TRUE(put({.wait = false}));
    provider_.let_publish(true);
    const auto before = to_cbor(kept());
    auto record = kept();
    {
        const auto lock = FolderLock::take(folder_.of(root, kMiner), FileAccess::owner_only);
        ASSERT_TRUE(lock);
        ASSERT_TRUE(refresh(calls_, folder_, record));
        EXPECT_EQ(record.stage(), PutStage::published);
        EXPECT_EQ(to_cbor(kept()), before) << "somebody else works on it";
        ASSERT_TRUE(refresh(calls_, folder_, record));
    }
    // Without the lock held, and from what is on disk, it is written.
    record = kept();
    ASSERT_TRUE(refresh(calls_, folder_, record));
    EXPECT_EQ(record.stage(), PutStage::stored);
    EXPECT_EQ(kept().stage(), PutStage::stored);

    // A record that was read long ago is not written over a newer one.
    auto old = from_cbor<PutRecord>(before).value();
    ASSERT_TRUE(refresh(calls_, folder_, old, "http://127.0.0.1:1"));
    EXPECT_EQ(to_cbor(old), to_cbor(kept()));
    EXPECT_EQ(kept().url, provider_.url());
}

TEST_F(PutFile, a_put_that_began_meanwhile_is_gone_on_with) {
    const auto first = put();
    ASSERT_TRUE(first);
    ASSERT_TRUE(remove_path(folder_.of(root, kMiner)));
    bool is_back = false;
    const auto second = put_while("is asked", [&] {
        if (!std::exchange(is_back, true)) EXPECT_TRUE(folder_.save(*first));
    });
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_TRUE(is_back);
    EXPECT_THAT(facts_, HasSubstr("stored already: sector 7"));
    EXPECT_EQ(provider_.proposals(), 1U);
    EXPECT_EQ(node_.deposits(), 1U);
}

TEST_F(PutFile, data_that_this_machine_lost_is_not_a_failure_of_the_deal) {
    const auto lost =
        put_while("the escrow is filled", [&] { EXPECT_TRUE(remove_path(folder_.of(root, kMiner) / "piece-0.car")); });
    ASSERT_FALSE(lost);
    EXPECT_THAT(lost.error().message(), HasSubstr("the same command again makes them anew"));
    EXPECT_EQ(kept().stage(), PutStage::accepted);
    const auto done = put();
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(provider_.proposals(), 1U);
    EXPECT_EQ(node_.deposits(), 1U);
}

TEST_F(PutFile, a_shortened_car_is_made_anew) {
    EXPECT_EQ(put_while("the escrow is filled",
                        [&] { std::filesystem::resize_file(folder_.of(root, kMiner) / "piece-0.car", 3); })
                  .error()
                  .code(),
              Errc::malformed);
    EXPECT_EQ(kept().stage(), PutStage::accepted);
    EXPECT_TRUE(put());
}

TEST_F(PutFile, a_duration_is_kept_with_the_file) {
    const ChainEpoch days = 200 * kEpochsInDay;
    provider_.refuse("not now");
    EXPECT_FALSE(put({.duration = days}));
    provider_.refuse("");
    ASSERT_TRUE(put());
    EXPECT_EQ(kept().duration, days);
    const auto& terms = kept().deals[0].deal->proposal;
    EXPECT_EQ(terms.end_epoch - terms.start_epoch, days);
}

TEST_F(PutFile, resume_goes_on_after_a_file_that_cannot) {
    provider_.let_publish(false);
    ASSERT_TRUE(put({.wait = false}));
    provider_.let_publish(true);
    // A file that a miner should get whom nobody can reach; it is the first one.
    auto stuck = kept();
    stuck.miner = Address::id(100);
    stuck.file = "/a/file/that/is/stuck";
    stuck.deals[0].stage = PutStage::planned;
    stuck.deals[0].deal.reset();
    ASSERT_TRUE(folder_.save(stuck));
    PutOptions options{.wait = true};
    options.patience = {std::chrono::seconds(5), std::chrono::milliseconds(1)};
    auto quiet = place();
    quiet.fact = nullptr;
    const auto ended = resume_puts(quiet, options);
    ASSERT_TRUE(ended);
    ASSERT_EQ(ended->size(), 2U);
    const auto stuck_one =
        std::ranges::find(*ended, "/a/file/that/is/stuck", [](const Resumed& one) { return one.record.file; });
    ASSERT_NE(stuck_one, ended->end());
    ASSERT_TRUE(stuck_one->error);
    EXPECT_THAT(stuck_one->error->message(), HasSubstr("no provider can be reached"));
    EXPECT_EQ(kept().stage(), PutStage::stored) << "the other one";
    const auto again = resume_puts(place(), options);
    ASSERT_TRUE(again);
    ASSERT_EQ(again->size(), 1U);
    EXPECT_TRUE(again->front().error);
    EXPECT_THAT(facts_, HasSubstr("could not go on: no provider"));
}

TEST_F(PutFile, resume_refuses_what_the_records_have) {
    for (const auto& options : std::vector<PutOptions>{
             {.file = path("file")}, {.miner = kMiner}, {.price_per_gib_epoch = fil(1)}, {.duration = 600'000}}) {
        const auto refused = resume_puts(place(), options);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Errc::invalid_argument);
        EXPECT_THAT(refused.error().message(), HasSubstr("takes no FILE, --miner, --price or --duration"));
    }
}

}  // namespace
}  // namespace strata::client
