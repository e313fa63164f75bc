// The data of deals: the bytes that were sent are the ones that are checked. One piece in two lengths: FRC-0069.
#include <strata/market/deal_data.hpp>

#include <gtest/gtest.h>

#include <strata/market/test_deals.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::market {
namespace {

using testing::cid_of;
using testing::deal_of;
using testing::piece_of;

struct Data : ::testing::Test {
    strata::testing::TempFolder folder;
    store::MemoryKeyValue store;
    std::unique_ptr<retrieval::PieceStore> pieces = retrieval::PieceStore::open(folder / "pieces", store).value();
    DealRecords records{store};
    DealData data{records, *pieces};
    testing::PieceData piece = piece_of(Bytes(1933, 9));

    Cid add(const std::string& label, std::size_t size) {
        auto record = deal_of(piece, label);
        record.data_size = size;
        EXPECT_TRUE(records.add(record, record.deal.proposal.client, {100, 100, 100}));
        return cid_of(record);
    }
    DealStage stage(const Cid& cid) const { return records.find(cid)->stage; }
    void fail(const Cid& cid) {
        auto record = *records.find(cid);
        const auto from = std::exchange(record.stage, DealStage::failed);
        ASSERT_TRUE(*records.advance(std::span(&record, 1), from));
    }
};

TEST_F(Data, in_two_lengths) {
    Bytes padded = piece.bytes;
    padded.resize(2032);
    for (const bool padded_first : {false, true}) {
        const auto a = add(padded_first ? "1" : "2", padded_first ? 2032 : 1933);
        const auto b = add(padded_first ? "3" : "4", padded_first ? 1933 : 2032);
        const auto& first = padded_first ? padded : piece.bytes;
        const auto& second = padded_first ? piece.bytes : padded;
        ASSERT_TRUE(data.receive(a, memory_source(first), 5));
        const auto taken = data.receive(b, memory_source(second), 6);
        ASSERT_TRUE(taken) << taken.error().message();
        EXPECT_EQ(stage(a), DealStage::received);
        EXPECT_EQ(stage(b), DealStage::received);
        EXPECT_EQ(records.find(b)->since, 6);
        for (const auto& cid : {a, b}) fail(cid);
        ASSERT_TRUE(data.drop_unless_needed(piece.info.cid));
        EXPECT_FALSE(*pieces->find(piece.info.cid));
    }
}

TEST_F(Data, of_a_known_piece_is_judged) {
    const auto a = add("a", 1933), b = add("b", 700);
    ASSERT_TRUE(data.receive(a, memory_source(piece.bytes), 1));
    EXPECT_EQ(data.receive(b, memory_source(Bytes(700, 3)), 1).error().code(), Errc::verification);
    EXPECT_EQ(stage(b), DealStage::accepted);
    EXPECT_EQ(data.receive(a, memory_source(Bytes(1933, 3)), 1).error().code(), Errc::verification)
        << "also when no data is awaited";
    EXPECT_TRUE(data.receive(a, memory_source(piece.bytes), 1)) << "the same again";
}

TEST_F(Data, of_deals_that_are_over) {
    const auto a = add("a", 1933);
    fail(a);
    EXPECT_EQ(data.receive(a, memory_source(piece.bytes), 1).error().code(), Errc::invalid_argument);
    EXPECT_EQ(data.receive(piece.info.cid, memory_source(piece.bytes), 1).error().code(), Errc::not_found);
    // The deal fails while its data arrives, so no deal needs the piece.
    const auto b = add("b", 1933);
    const ByteSource slow = [&, source = memory_source(piece.bytes)](std::span<std::uint8_t> out) {
        if (stage(b) == DealStage::accepted) fail(b);
        return source(out);
    };
    EXPECT_EQ(data.receive(b, slow, 1).error().code(), Errc::invalid_argument);
    EXPECT_FALSE(*pieces->find(piece.info.cid));
}

TEST_F(Data, stays_while_a_deal_needs_it) {
    const auto a = add("a", 1933), b = add("b", 1933);
    ASSERT_TRUE(data.receive(a, memory_source(piece.bytes), 1));
    fail(a);
    ASSERT_TRUE(data.drop_unless_needed(piece.info.cid));
    EXPECT_TRUE(*pieces->find(piece.info.cid)) << "the other deal waits for it";
    fail(b);
    ASSERT_TRUE(data.drop_unless_needed(piece.info.cid));
    EXPECT_FALSE(*pieces->find(piece.info.cid));
}

}  // namespace
}  // namespace strata::market
