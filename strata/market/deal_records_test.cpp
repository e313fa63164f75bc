// The records of the market, and which deals give way when there are too few places.
#include <strata/market/deal_records.hpp>

#include <gtest/gtest.h>

#include <future>

#include <strata/market/test_deals.hpp>

namespace strata::market {
namespace {

using testing::cid_of;
using testing::deal_of;
using testing::itself;
using testing::piece_of;

const Address kFlood = Address::id(1), kHonest = Address::id(2), kThird = Address::id(3);

// Asks for something from a different thread while a batch is on its way to the disk.
struct SlowStore final : store::KeyValue {
    store::MemoryKeyValue inner;
    std::function<void()> ask;
    bool answered_meanwhile = true;

    Result<std::optional<Bytes>> get(std::string_view key) override { return inner.get(key); }
    Status for_each(std::string_view prefix, const Visit& visit) override { return inner.for_each(prefix, visit); }
    Status write(const std::vector<store::Write>& batch) override {
        if (ask) {
            answer = std::async(std::launch::async, ask);
            answered_meanwhile = answer.wait_for(std::chrono::seconds(30)) == std::future_status::ready;
        }
        return inner.write(batch);
    }

  private:
    std::future<void> answer;
};

struct Records : ::testing::Test {
    store::MemoryKeyValue store;
    DealRecords records{store};
    DealLimits limits{.waiting = 4, .waiting_per_client = 3, .failed = 1};
    const testing::PieceData piece = piece_of(Bytes(100, 1));

    Result<bool> add(const Address& client, const std::string& label, ChainEpoch since) {
        return records.add(deal_of(piece, label, since), client, limits);
    }
    std::optional<DealStage> stage(const std::string& label) {
        const auto found = records.find(cid_of(deal_of(piece, label)));
        return found ? std::optional(found->stage) : std::nullopt;
    }
    void set(const std::string& label, DealStage stage) {
        auto record = *records.find(cid_of(deal_of(piece, label)));
        const auto from = std::exchange(record.stage, stage);
        ASSERT_TRUE(*records.advance(std::span(&record, 1), from));
    }
};

TEST_F(Records, a_client_has_its_own_places) {
    for (const char* label : {"a", "b", "c"}) ASSERT_TRUE(add(kFlood, label, 1));
    EXPECT_EQ(add(kFlood, "d", 1).error().code(), Errc::busy);
    EXPECT_TRUE(add(kHonest, "e", 1).value());
    EXPECT_FALSE(add(kFlood, "a", 1).value()) << "known already";
}

TEST_F(Records, the_oldest_of_the_greediest_gives_way) {
    ASSERT_TRUE(add(kHonest, "honest", 1));
    ASSERT_TRUE(add(kFlood, "newer", 3));
    ASSERT_TRUE(add(kFlood, "older", 2));
    ASSERT_TRUE(add(kFlood, "newest", 4));
    ASSERT_TRUE(add(kThird, "third", 5));
    EXPECT_EQ(stage("older"), DealStage::failed);
    EXPECT_EQ(stage("honest"), DealStage::accepted) << "older, but its client has one deal only";
    EXPECT_EQ(stage("third"), DealStage::accepted);
    // One failed deal is remembered; the next one that gives way is forgotten.
    ASSERT_TRUE(add(kThird, "fourth", 6));
    EXPECT_EQ(stage("newer"), std::nullopt);
    EXPECT_EQ(records.deals().size(), 5U);
}

TEST_F(Records, deals_with_data_keep_their_places) {
    for (const char* label : {"a", "b"}) ASSERT_TRUE(add(kFlood, label, 1));
    for (const char* label : {"c", "d"}) ASSERT_TRUE(add(kHonest, label, 1));
    for (const char* label : {"a", "b", "c"}) set(label, DealStage::received);
    ASSERT_TRUE(add(kThird, "e", 2));
    EXPECT_EQ(stage("d"), DealStage::failed) << "the only one that could go";
    set("e", DealStage::received);
    EXPECT_EQ(add(kThird, "f", 2).error().code(), Errc::busy);
}

TEST_F(Records, come_back_after_a_restart) {
    ASSERT_TRUE(add(kFlood, "a", 1));
    ASSERT_TRUE(add(kHonest, "b", 1));
    DealRecords again(store);
    ASSERT_TRUE(again.load(itself));
    EXPECT_EQ(again.deals().size(), 2U);
    EXPECT_EQ(to_cbor(*again.find(cid_of(deal_of(piece, "a")))), to_cbor(deal_of(piece, "a", 1)));
    // The store asks again whose places they are: all belong to one client now.
    limits.waiting_per_client = 2;
    EXPECT_EQ(again.add(deal_of(piece, "c", 2), Address::id(100), limits).error().code(), Errc::busy);
}

TEST_F(Records, change_only_from_the_stage_that_was_meant) {
    ASSERT_TRUE(add(kFlood, "a", 1));
    auto record = deal_of(piece, "a", 1);
    record.stage = DealStage::active;
    EXPECT_FALSE(*records.advance(std::span(&record, 1), DealStage::received));
    EXPECT_EQ(stage("a"), DealStage::accepted);
    ASSERT_TRUE(records.forget(cid_of(record)));
    EXPECT_FALSE(*records.advance(std::span(&record, 1), DealStage::accepted));
}

TEST_F(Records, of_wrong_form_are_an_error) {
    ASSERT_TRUE(store.put("deals/deal/x", Bytes{0x80}));
    const auto loaded = DealRecords(store).load(itself);
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().message().find("deals/deal/x"), std::string::npos) << loaded.error().message();
}

TEST(SlowRecords, are_read_while_a_batch_is_written) {
    SlowStore store;
    DealRecords records{store};
    const auto piece = piece_of(Bytes(100, 1));
    std::size_t seen = 99;
    store.ask = [&] { seen = records.deals().size(); };
    ASSERT_TRUE(records.add(deal_of(piece, "a", 1), kHonest, {.waiting = 4, .waiting_per_client = 3, .failed = 1}));
    EXPECT_TRUE(store.answered_meanwhile);
    EXPECT_EQ(seen, 0U) << "a deal is there when the disk has it";
    auto record = records.deals().at(0);
    record.stage = DealStage::received;
    ASSERT_TRUE(*records.advance(std::span(&record, 1), DealStage::accepted));
    EXPECT_TRUE(store.answered_meanwhile);
    ASSERT_TRUE(records.forget(cid_of(record)));
    EXPECT_TRUE(store.answered_meanwhile);
    EXPECT_EQ(seen, 1U);
    EXPECT_TRUE(records.deals().empty());
}

}  // namespace
}  // namespace strata::market
