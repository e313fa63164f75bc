// The logs are written by RocksDB itself. The record by hand has the checksum of RFC 3720, appendix B.4 ("123456789"
// has e3069283), masked as in rocksdb util/crc32c.h.
#include <strata/store/log_check.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include <strata/base/files.hpp>
#include <strata/base/hex.hpp>
#include <strata/store/rocks_store.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::store {
namespace {

namespace fs = std::filesystem;

// Returns the log of a database that was closed with all its records in it. `sizes` are those of the values.
Bytes log_of(const std::vector<std::size_t>& sizes) {
    const strata::testing::TempFolder folder;
    {
        const auto store = RocksStore::open(folder.path(), Content::records).value();
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            Bytes value(sizes[i]);
            for (std::size_t k = 0; k < value.size(); ++k) value[k] = static_cast<std::uint8_t>(k * 7 + i);
            EXPECT_TRUE(store->metadata().put("key/" + std::to_string(i), value));
        }
    }
    fs::path newest;
    for (const auto& entry : fs::directory_iterator(folder.path() / "db"))
        if (entry.path().extension() == ".log") newest = std::max(newest, entry.path());
    return read_file(newest, std::uint64_t{1} << 30).value();
}
// Returns where the log's records begin. Only for logs of less than one block of 32 KiB.
std::vector<std::size_t> records_of(const Bytes& log) {
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at < log.size(); at += 7 + load_le<std::uint16_t>(log.data() + at + 4)) out.push_back(at);
    return out;
}

}  // namespace

TEST(LogDamage, WholeAndEmptyLogsHaveNone) {
    EXPECT_FALSE(find_log_damage({}));
    EXPECT_FALSE(find_log_damage(log_of({})));
    EXPECT_FALSE(find_log_damage(log_of({10, 0, 1'000, 5})));
    // A value of several blocks is stored in parts, and the space at the end of a block may be too small for a record.
    EXPECT_FALSE(find_log_damage(log_of({100'000, 3, 40'000, 32'700, 10})));
    for (std::size_t size = 32'690; size < 32'770; size += 5) EXPECT_FALSE(find_log_damage(log_of({size, 20}))) << size;
}

// A killed process leaves a log that ends anywhere, or in zeros where the file system had reserved space.
TEST(LogDamage, ALogThatEndsEarlyHasNone) {
    const auto small = log_of({10, 300, 50}), large = log_of({70'000, 20});
    for (std::size_t size = 0; size < small.size(); ++size)
        EXPECT_FALSE(find_log_damage(BytesView(small).first(size))) << size;
    for (std::size_t size = 0; size < large.size(); size += 97)
        EXPECT_FALSE(find_log_damage(BytesView(large).first(size))) << size;
    for (const auto size : records_of(small)) {
        Bytes zeros(small.begin(), small.begin() + static_cast<std::ptrdiff_t>(size));
        zeros.resize(size + 500);
        EXPECT_FALSE(find_log_damage(zeros)) << size;
    }
}

// Each changed byte is reported with the offset of its record, since complete records may follow it.
TEST(LogDamage, AChangedByteIsFoundInItsRecord) {
    const auto log = log_of({10, 300, 50, 7});
    const auto starts = records_of(log);
    ASSERT_EQ(starts.size(), 4U);
    for (std::size_t at = 0; at < log.size(); ++at) {
        auto damaged = log;
        damaged[at] ^= 0x41;
        const auto found = find_log_damage(damaged);
        const auto record = *(std::ranges::upper_bound(starts, at) - 1);
        ASSERT_TRUE(found) << at;
        EXPECT_EQ(*found, record) << at;
    }
}

TEST(LogDamage, InAPartOfALongRecord) {
    const auto log = log_of({100'000, 20});
    for (const std::size_t at : {std::size_t{100}, std::size_t{32'768 + 3}, std::size_t{2 * 32'768 + 1'000}}) {
        auto damaged = log;
        damaged[at] ^= 1;
        EXPECT_EQ(find_log_damage(damaged), at / 32'768 * 32'768) << at;
    }
}

// A hole in the middle, as a disk that lost a write leaves it: the zeros are not the end.
TEST(LogDamage, ZerosInTheMiddle) {
    auto log = log_of({10, 300, 50});
    const auto starts = records_of(log);
    std::fill(log.begin() + static_cast<std::ptrdiff_t>(starts[1]),
              log.begin() + static_cast<std::ptrdiff_t>(starts[2]), std::uint8_t{0});
    EXPECT_EQ(find_log_damage(log), starts[1]);
}

// Checksum, length and type of a record by hand; the type is the character 1, so that the sum is over "123456789".
TEST(LogDamage, ARecordByHand) {
    const Bytes record = *from_hex("e5b08ac70800313233343536373839");
    EXPECT_FALSE(find_log_damage(record));
    auto wrong = record;
    wrong[7] ^= 1;
    EXPECT_EQ(find_log_damage(wrong), 0U);
    Bytes two = record;
    append(two, wrong);
    EXPECT_EQ(find_log_damage(two), record.size());
}

}  // namespace strata::store
