// Protects the provider's memory of its sectors: what is written is what is read after a restart, a write that fails
// leaves what was there, and pieces start where the network says. Sources: docs/formats/provider.md;
// docs/protocol/storage.md §1.3 (a piece starts at a multiple of its size), §6.1 (names that Lotus shows).
#include <strata/provider/sector_record.hpp>

#include <gtest/gtest.h>

#include <strata/provider/context.hpp>

namespace strata::provider {
namespace {

/// Fails each write while `full` is set.
class FailingStore final : public store::KeyValue {
  public:
    bool full = false;
    Result<std::optional<Bytes>> get(std::string_view key) override { return inner_.get(key); }
    Status write(const std::vector<store::Write>& batch) override {
        if (full) return fail(Errc::no_space, "the disk is full");
        return inner_.write(batch);
    }
    Status for_each(std::string_view prefix, const Visit& visit) override { return inner_.for_each(prefix, visit); }

  private:
    store::MemoryKeyValue inner_;
};

SectorRecord record_of(SectorNumber number, SectorState state = SectorState::accepting) {
    SectorRecord out;
    out.number = number;
    out.state = state;
    return out;
}
SectorPiece piece_at(std::uint64_t offset, std::uint64_t size, bool filler = false) {
    return {{size, Cid::hash_of(Codec::raw, {})}, offset, std::nullopt, filler};
}

TEST(SectorRecords, a_restart_finds_every_field_again) {
    store::MemoryKeyValue store;
    auto record = record_of(3, SectorState::wait_seed);
    record.proof = RegisteredSealProof{5};
    record.since = 17;
    record.pieces = {piece_at(0, 1024), piece_at(1024, 1024, true)};
    record.pieces[0].deal = PieceDeal{77, 2000, 3000, std::pair<ActorId, std::uint64_t>(102, 9)};
    record.data_number = 2;
    record.ticket_epoch = 5;
    record.ticket.fill(1);
    record.comm_d.fill(2);
    record.comm_r.fill(3);
    record.expiration = 10101;
    record.pre_commit_epoch = 21;
    record.seed.fill(4);
    record.seal_proof = Bytes(192, 7);
    record.message = SignedMessage{};
    record.message->message.from = record.message->message.to = Address::id(1000);
    record.message->signature = {Signature::Type::bls, Bytes(96)};
    record.failures = 2;
    record.restarts = 1;
    record.reason = "why";
    {
        SectorRecords records(store, 1000);
        ASSERT_TRUE(records.save(record));
    }
    SectorRecords records(store, 1000);
    ASSERT_TRUE(records.load());
    ASSERT_EQ(records.all().size(), 1U);
    const auto* found = records.find(3);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(to_cbor(*found), to_cbor(record));
    EXPECT_EQ(found->pieces.at(0).deal->allocation->second, 9U);
    EXPECT_EQ(found->message->cid(), record.message->cid());
}

TEST(SectorRecords, each_miner_has_its_own_in_the_order_of_numbers) {
    store::MemoryKeyValue store;
    SectorRecords ours(store, 1000), theirs(store, 1001), tenfold(store, 10000);
    for (const SectorNumber number : {10U, 9U, 100U}) ASSERT_TRUE(ours.save(record_of(number)));
    ASSERT_TRUE(theirs.save(record_of(7)));
    ASSERT_TRUE(tenfold.save(record_of(8)));
    SectorRecords again(store, 1000);
    ASSERT_TRUE(again.load());
    std::vector<SectorNumber> numbers;
    for (const auto& [number, record] : again.all()) numbers.push_back(number);
    EXPECT_EQ(numbers, (std::vector<SectorNumber>{9, 10, 100}));
    EXPECT_EQ(again.find(7), nullptr);
}

// Several sectors share one message: all of their records name it, or none does.
TEST(SectorRecords, a_write_that_fails_changes_none_of_them) {
    FailingStore store;
    SectorRecords records(store, 1000);
    const std::vector before{record_of(1), record_of(2)};
    ASSERT_TRUE(records.save(before));
    store.full = true;
    const std::vector after{record_of(1, SectorState::proving), record_of(2, SectorState::proving), record_of(3)};
    EXPECT_EQ(records.save(after).error().code(), Errc::no_space);
    EXPECT_EQ(records.find(1)->state, SectorState::accepting);
    EXPECT_EQ(records.find(3), nullptr);
    store.full = false;
    ASSERT_TRUE(records.save(after));
    EXPECT_EQ(records.find(2)->state, SectorState::proving);
}

TEST(SectorRecords, a_damaged_record_is_an_error_and_no_lost_sector) {
    store::MemoryKeyValue store;
    SectorRecords records(store, 1000);
    ASSERT_TRUE(records.save(record_of(1)));
    ASSERT_TRUE(store.put("provider/1000/sector/00000000000000000002", Bytes{0x81, 0x01}));
    SectorRecords again(store, 1000);
    EXPECT_FALSE(again.load());
}

TEST(SectorRecord, a_piece_starts_at_a_multiple_of_its_size) {
    auto record = record_of(1);
    EXPECT_EQ(record.next_offset(128), 0U);
    record.pieces = {piece_at(0, 128)};
    EXPECT_EQ(record.next_offset(128), 128U);
    EXPECT_EQ(record.next_offset(256), 256U);
    EXPECT_EQ(record.next_offset(1024), 1024U);
    record.pieces.push_back(piece_at(256, 256));
    EXPECT_EQ(record.next_offset(128), 512U);
    EXPECT_EQ(record.next_offset(1024), 1024U);
}

TEST(SectorRecord, fillers_are_no_data) {
    auto record = record_of(1);
    EXPECT_FALSE(record.has_data());
    record.pieces = {piece_at(0, 2048, true)};
    EXPECT_FALSE(record.has_data());
    record.pieces = {piece_at(0, 1024), piece_at(1024, 1024, true)};
    EXPECT_TRUE(record.has_data());
    EXPECT_EQ(record.piece_infos().size(), 2U) << "CommD is about all of them";
}

// The names are those that lotus-miner shows (docs/protocol/storage.md §6.1), where it has such a state.
TEST(SectorState, names_are_those_that_lotus_shows) {
    using enum SectorState;
    for (const auto& [state, name] :
         std::initializer_list<std::pair<SectorState, std::string_view>>{{packing, "Packing"},
                                                                         {pre_commit_1, "PreCommit1"},
                                                                         {pre_commit_2, "PreCommit2"},
                                                                         {wait_seed, "WaitSeed"},
                                                                         {commit, "Committing"},
                                                                         {finalizing, "FinalizeSector"},
                                                                         {proving, "Proving"}})
        EXPECT_EQ(sector_state_name(state), name);
    std::set<std::string_view> names;
    for (int state = 0; state <= static_cast<int>(ended); ++state)
        names.insert(sector_state_name(static_cast<SectorState>(state)));
    EXPECT_EQ(names.size(), static_cast<std::size_t>(ended) + 1) << "no two states have one name";
}

// "Wait at least a minute since the last log entry, then re-enter; never spin" (docs/protocol/storage.md §6.2): an
// epoch has 30 seconds.
TEST(RetryDelay, is_a_minute_at_least_and_grows_to_an_hour) {
    EXPECT_EQ(retry_delay(0), 2);
    EXPECT_EQ(retry_delay(1), 2);
    for (std::uint32_t failures = 2; failures < 200; ++failures) {
        EXPECT_GE(retry_delay(failures), retry_delay(failures - 1));
        EXPECT_LE(retry_delay(failures), 128);
    }
    EXPECT_EQ(retry_delay(UINT32_MAX), 128);
}

TEST(Wakeups, the_earliest_wish_counts) {
    Wakeups wakeups;
    EXPECT_FALSE(wakeups.wake());
    EXPECT_FALSE(wakeups.wants_block(INT64_MAX));
    wakeups.wake_at(20);
    EXPECT_FALSE(wakeups.wants_block(30)) << "time alone is enough";
    wakeups.needs_tipset_at(15);
    wakeups.needs_tipset_at(18);
    wakeups.wake_at(40);
    EXPECT_EQ(wakeups.wake(), 15);
    EXPECT_FALSE(wakeups.wants_block(14));
    EXPECT_TRUE(wakeups.wants_block(15));
    EXPECT_TRUE(wakeups.wants_block(16));
}

}  // namespace
}  // namespace strata::provider
