// The record of a put survives on disk, and a damaged one is refused by its name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <strata/base/files.hpp>
#include <strata/client/put_record.hpp>
#include <strata/client/test_names.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::client {
namespace {

using ::testing::HasSubstr;

struct PutRecords : ::testing::Test {
    strata::testing::TempFolder temp;
    PutFolder folder{temp / "files"};

    static PutRecord record() {
        PutRecord out;
        out.file = "/somewhere/file";
        out.root = testing::root_of("x");
        out.genesis = out.root;
        out.miner = testing::kMiner;
        out.wallet = Address::parse(testing::kWallet).value();
        out.price_per_gib_epoch = TokenAmount(std::int64_t{1} << 30);
        out.duration = 100;
        for (const std::uint64_t size : {2048U, 1024U}) {
            out.deals.emplace_back().piece = {size, out.root};
            out.deals.back().car_size = 5;
        }
        return out;
    }
};

TEST_F(PutRecords, a_record_is_read_as_it_was_written) {
    const auto written = record();
    ASSERT_TRUE(folder.save(written));
    const auto read = folder.load(written.root, written.miner);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(to_cbor(*read), to_cbor(written));
    const auto all = folder.all();
    ASSERT_TRUE(all);
    EXPECT_EQ(all->size(), 1U);
    EXPECT_EQ(PutFolder(temp / "nothing").all()->size(), 0U);
}

TEST_F(PutRecords, the_slowest_deal_is_the_stage_of_the_file) {
    auto one = record();
    EXPECT_EQ(one.stage(), PutStage::planned);
    one.deals[0].stage = PutStage::stored;
    one.deals[1].stage = PutStage::sent;
    EXPECT_EQ(one.stage(), PutStage::sent);
    one.deals[1].stage = PutStage::failed;
    EXPECT_EQ(one.stage(), PutStage::failed);
    EXPECT_EQ(stage_name(PutStage::failed), "failed");
}

TEST_F(PutRecords, a_deal_costs_its_padded_size_for_every_epoch) {
    // One attoFIL for a byte and an epoch.
    EXPECT_EQ(record().cost(record().deals[0]), TokenAmount(2048 * 100));
}

TEST_F(PutRecords, a_damaged_record_is_named) {
    const auto written = record();
    ASSERT_TRUE(folder.save(written));
    const auto file = folder.of(written.root, written.miner) / "record";
    ASSERT_TRUE(write_file(file, as_bytes("not a record")));
    const auto read = folder.all();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), Errc::malformed);
    EXPECT_THAT(read.error().message(), HasSubstr(file.string()));
}

}  // namespace
}  // namespace strata::client
