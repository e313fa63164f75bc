// Tests a store on disk: it behaves as every store does, survives a restart, and refuses a second user and a damaged
// file.
#include <strata/store/rocks_store.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include <strata/base/files.hpp>
#include <strata/store/test_stores.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::store {
namespace {

namespace fs = std::filesystem;

using TemporaryFolder = strata::testing::TempFolder;

using testing::expect_blockstore;
using testing::expect_key_value;
using testing::keys;
using testing::text;

TEST(RocksStore, IsBoth) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path(), Content::records).value();
    expect_blockstore(store->blocks());
    expect_key_value(store->metadata());
    EXPECT_TRUE(store->verify());
}

TEST(RocksStore, KeepsItsContent) {
    const TemporaryFolder folder;
    Cid cid;
    {
        const auto store = RocksStore::open(folder.path(), Content::records).value();
        cid = store->blocks().put(Codec::dag_cbor, Bytes{0x80}).value();
        ASSERT_TRUE(store->metadata().put("head", cid.bytes()));
    }
    const auto again = RocksStore::open(folder.path(), Content::records).value();
    EXPECT_EQ(again->blocks().get(cid).value(), Bytes{0x80});
    EXPECT_EQ(again->metadata().get("head").value(), to_bytes(cid.bytes()));
}

TEST(RocksStore, RefusesASecondUser) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path(), Content::records).value();
    const auto second = RocksStore::open(folder.path(), Content::records);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code(), Errc::busy);
    EXPECT_TRUE(second.error().message().contains(folder.path().string()));
}

TEST(RocksStore, RefusesAFileInPlaceOfItsFolder) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "file") << "no folder";
    EXPECT_EQ(RocksStore::open(folder.path() / "file", Content::records).error().code(), Errc::io);
}

TEST(RocksStore, TellsThatItIsDamaged) {
    for (const auto content : {Content::records, Content::chain}) {
        const TemporaryFolder folder;
        {
            ASSERT_TRUE(RocksStore::open(folder.path(), content).value()->metadata().put("key", Bytes(100, 1)));
        }
        std::ofstream(folder.path() / "db" / "CURRENT") << "garbage\n";
        const auto damaged = RocksStore::open(folder.path(), content);
        ASSERT_FALSE(damaged.has_value());
        EXPECT_EQ(damaged.error().code(), Errc::io);
        const auto text = damaged.error().message();
        EXPECT_TRUE(text.contains(folder.path().string())) << text;
        EXPECT_TRUE(text.contains("damaged")) << text;
        // Only the chain, which can be fetched again, may be removed.
        EXPECT_EQ(text.contains("remove"), content == Content::chain) << text;
        EXPECT_EQ(text.contains("restore it from a copy"), content == Content::records) << text;
    }
}

TEST(RocksStore, TextsThatReachClientsNameNoPath) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path(), Content::records).value();
    const auto missing = store->blocks().get(Cid::constant("bafkqaaa"));
    EXPECT_EQ(missing.error().code(), Errc::missing_block);
    EXPECT_FALSE(missing.error().message().contains("/")) << missing.error().message();
    EXPECT_TRUE(missing.error().message().contains("bafkqaaa"));
}

class NearlyFull final : public Disk {
  public:
    int free_bytes(const fs::path&, std::uint64_t& bytes) override {
        bytes = left;
        return 0;
    }
    std::uint64_t left = 0;
};

TEST(RocksStore, StopsWritingBeforeTheDiskIsFullAndGoesOn) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path(), Content::records).value();
    ASSERT_TRUE(store->metadata().put("before", Bytes{1}));
    NearlyFull disk;
    const DiskInPlace in_place(disk);
    const auto refused = store->metadata().put("key", Bytes{1});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::no_space);
    EXPECT_FALSE(refused.error().message().contains(folder.path().string())) << refused.error().message();
    Status put;
    for (std::uint8_t i = 0; put && i < 200; ++i) put = store->blocks().put_block(Cid::constant("bafkqaaa"), Bytes{i});
    EXPECT_EQ(put.error().code(), Errc::no_space);
    EXPECT_EQ(store->metadata().get("before").value(), Bytes{1});
    disk.left = std::uint64_t{1} << 40;
    EXPECT_TRUE(store->metadata().put("key", Bytes{2}));
    EXPECT_EQ(store->metadata().get("key").value(), Bytes{2});
}

fs::path newest_log(const fs::path& folder) {
    std::vector<fs::path> logs;
    for (const auto& entry : fs::directory_iterator(folder / "db"))
        if (entry.path().extension() == ".log") logs.push_back(entry.path());
    return *std::ranges::max_element(logs);
}

Bytes whole(const fs::path& path) {
    return read_file(path, std::uint64_t{1} << 30).value();
}

/// Makes a store whose records are only in the log, and closes it.
void fill_log(const fs::path& folder, std::uint8_t records) {
    const auto store = RocksStore::open(folder, Content::records).value();
    for (std::uint8_t i = 0; i < records; ++i)
        ASSERT_TRUE(store->metadata().put("deal/" + std::to_string(i), Bytes(std::size_t{20} * (i + 1U), i)));
}

class DamagedLog : public ::testing::Test {
  protected:
    /// Returns the number of records, or the error of opening.
    static Result<std::size_t> count(const fs::path& folder) {
        STRATA_TRY(const auto store, RocksStore::open(folder, Content::records));
        return keys(store->metadata(), "deal/").size();
    }
    /// Does the same as `count` for a copy whose log is `log`.
    Result<std::size_t> count_with(const Bytes& log) const {
        const TemporaryFolder copy;
        fs::copy(folder_.path(), copy.path(), fs::copy_options::recursive);
        std::ofstream(newest_log(copy.path()), std::ios::binary)
            .write(reinterpret_cast<const char*>(log.data()), static_cast<std::streamsize>(log.size()));
        return count(copy.path());
    }
    const TemporaryFolder folder_;
};

TEST_F(DamagedLog, EveryFlippedByteIsAnErrorOrHarmless) {
    constexpr std::size_t kRecords = 6;
    fill_log(folder_.path(), kRecords);
    const auto log = whole(newest_log(folder_.path()));
    ASSERT_GT(log.size(), 400U);
    std::size_t flips = 0, refused = 0;
    const auto flip = [&](std::size_t at) {
        auto damaged = log;
        damaged[at] ^= 0x41;
        ++flips;
        const auto found = count_with(damaged);
        if (found) {
            EXPECT_EQ(*found, kRecords) << "byte " << at << " was dropped without a word";
            return;
        }
        ++refused;
        EXPECT_EQ(found.error().code(), Errc::io);
        EXPECT_TRUE(found.error().message().contains("damaged")) << found.error().message();
    };
    // The damaged byte is, in each record, one of the checksum, both bytes of the length, the type, and a byte of the
    // content.
    for (std::size_t at = 0; at < log.size();) {
        const std::size_t length = load_le<std::uint16_t>(log.data() + at + 4);
        for (const std::size_t within :
             {std::size_t{0}, std::size_t{4}, std::size_t{5}, std::size_t{6}, 7 + length / 2})
            flip(at + within);
        at += 7 + length;
    }
    EXPECT_GE(flips, 5 * kRecords);
    EXPECT_EQ(refused, flips);
}

TEST_F(DamagedLog, ATornTailIsTolerated) {
    constexpr std::size_t kRecords = 4;
    fill_log(folder_.path(), kRecords);
    const auto log = whole(newest_log(folder_.path()));
    std::size_t least = kRecords;
    for (std::size_t cut = 1; cut < 120; cut += 7) {
        const auto found = count_with(Bytes(log.begin(), log.end() - static_cast<std::ptrdiff_t>(cut)));
        ASSERT_TRUE(found) << found.error().message();
        EXPECT_LE(*found, least);
        least = *found;
    }
    EXPECT_GE(least, kRecords - 2);
    // A file system that had reserved space leaves zeros at the end.
    auto zeros = log;
    zeros.resize(log.size() + 1000);
    EXPECT_EQ(count_with(zeros).value(), kRecords);
}

TEST_F(DamagedLog, AMissingLogIsNotTakenForAnEmptyOne) {
    {
        const auto store = RocksStore::open(folder_.path(), Content::records).value();
        ASSERT_TRUE(store->metadata().put("deal/0", Bytes(10)));
    }
    fs::resize_file(newest_log(folder_.path()), 3);
    EXPECT_EQ(count(folder_.path()).value(), 0U);  // this looks like a process killed in its first write
}

TEST(RocksStore, NobodyElseMayRead) {
    const TemporaryFolder folder;
    const auto repository = folder.path() / "repository";
    const auto expect_closed = [&] {
        std::size_t files = 0;
        EXPECT_EQ(fs::status(repository).permissions(), fs::perms::owner_all);
        for (const auto& entry : fs::recursive_directory_iterator(repository)) {
            const auto others = entry.status().permissions() & (fs::perms::group_all | fs::perms::others_all);
            EXPECT_EQ(others, fs::perms::none) << entry.path();
            ++files;
        }
        EXPECT_GT(files, 8U);
    };
    const mode_t before = ::umask(0);
    {
        const auto store = RocksStore::open(repository, Content::records).value();
        ASSERT_TRUE(store->metadata().put("wallet/key", Bytes(32, 1)));
        ASSERT_TRUE(store->forget_removed());  // makes a table
        expect_closed();
    }
    // A copy, or an earlier version, may have left the files open to others.
    for (const auto& entry : fs::recursive_directory_iterator(repository))
        fs::permissions(entry.path(), entry.is_directory() ? fs::perms(0755) : fs::perms(0644));
    {
        const auto store = RocksStore::open(repository, Content::records).value();
        expect_closed();
    }
    ::umask(before);
}

TEST(RocksStore, VerifyFindsABlockUnderAWrongCid) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path(), Content::records).value();
    ASSERT_TRUE(store->blocks().put_block(Cid::hash_of(Codec::raw, Bytes{1}), Bytes{2}));
    EXPECT_EQ(store->verify().error().code(), Errc::verification);
}

// Works like a node, endlessly: writes blocks, then a head that names the last of them.
[[noreturn]] void write_until_killed(const fs::path& folder) {
    const auto store = RocksStore::open(folder, Content::records);
    if (!store) ::_exit(1);
    for (std::uint32_t n = 0;; ++n) {
        Bytes data(200);
        store_le(data.data(), n);
        const auto cid = (*store)->blocks().put(Codec::raw, data);
        if (!cid || !(*store)->metadata().write({{"head", to_bytes(cid->bytes())}, {"count", data}})) ::_exit(1);
    }
}

TEST(RocksStore, SurvivesKills) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    GTEST_SKIP() << "ThreadSanitizer cannot follow the threads that a forked child starts";
#endif
#endif
    const TemporaryFolder folder;
    std::uint32_t last = 0;
    // On a slow machine the first children may be stopped before they write anything, so later ones get more time.
    for (int round = 0; round < 8 || (last == 0 && round < 100); ++round) {
        const pid_t child = ::fork();
        if (child == 0) write_until_killed(folder.path());
        std::this_thread::sleep_for(std::chrono::milliseconds(60 + 17 * round));
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status));
        const auto store = RocksStore::open(folder.path(), Content::records);
        ASSERT_TRUE(store.has_value()) << store.error().message();
        const auto head = (*store)->metadata().get("head").value();
        const auto count = (*store)->metadata().get("count").value();
        ASSERT_EQ(head.has_value(), count.has_value());  // a batch is written completely or not at all
        if (!head) continue;
        EXPECT_EQ((*store)->blocks().get(Cid::from_bytes(*head).value()).value(), *count);
        EXPECT_TRUE((*store)->verify());
        last = load_le<std::uint32_t>(count->data());
    }
    EXPECT_GT(last, 0U);
}

TEST(RocksStore, ServesThreads) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path(), Content::records).value();
    std::vector<std::thread> threads;
    for (std::uint8_t t = 0; t < 4; ++t)
        threads.emplace_back([&store, t] {
            for (std::uint8_t i = 0; i < 100; ++i) {
                const Bytes data{t, i};
                const auto cid = store->blocks().put(Codec::raw, data);
                EXPECT_EQ(store->blocks().get(*cid).value(), data);
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(store->verify());
}

// Keys and values are bytes of any kind, in the order of their bytes, also after a restart.
// The space of what is given back is free as soon as whole files hold it, and everything behind it stays.
TEST(RocksStore, GivesBackTheSpaceOfAFamilysBeginning) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path(), Content::chain).value();
    const auto family = store->families().family("states-1").value();
    std::vector<Cid> cids;
    for (std::uint64_t i = 0; i < 12'000; ++i) {
        Bytes block(8'192, 0);
        std::memcpy(block.data(), &i, sizeof i);
        cids.push_back(Cid::hash_of(Codec::raw, block));
        ASSERT_TRUE(family->put(cids.back(), block));
    }
    std::ranges::sort(cids);
    const auto before = family->bytes();
    const auto middle = cids.begin() + 6'000;
    // Blocks that were written a moment ago are put in order in the background; only then do files of their own hold
    // them.
    for (int i = 0; i < 200 && family->bytes() >= before * 4 / 5; ++i) {
        ASSERT_TRUE(family->drop_until(*middle));
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    EXPECT_LT(family->bytes(), before * 4 / 5);
    for (auto it = middle + 1; it != cids.end(); ++it) ASSERT_TRUE(family->has(*it).value());
    // The visit of all others begins behind what was given back.
    std::size_t visited = 0;
    ASSERT_TRUE(family->for_each(*middle, [&](const Cid& cid, BytesView) -> Result<bool> {
        EXPECT_EQ(cid, middle[static_cast<std::ptrdiff_t>(++visited)]);
        return true;
    }));
    EXPECT_EQ(visited, 5'999U);
}

TEST(RocksStore, KeysAreOrderedByTheirBytes) {
    const TemporaryFolder folder;
    const std::vector<std::string> sorted{std::string("a\0", 2), "a\x01", "ab", "a\x7f", "a\x80", "a\xff",
                                          "a\xff\xff",           "b"};
    {
        const auto store = RocksStore::open(folder.path(), Content::records).value();
        for (const auto& key : {sorted[4], sorted[0], sorted[7], sorted[6], sorted[2], sorted[5], sorted[1], sorted[3]})
            ASSERT_TRUE(store->metadata().put(key, text(key)));
        EXPECT_EQ(keys(store->metadata(), ""), sorted);
    }
    const auto store = RocksStore::open(folder.path(), Content::records).value();
    EXPECT_EQ(keys(store->metadata(), "a").size(), 7U);
    EXPECT_EQ(keys(store->metadata(), "a\xff"), (std::vector<std::string>{"a\xff", "a\xff\xff"}));
    EXPECT_EQ(keys(store->metadata(), "\xff"), std::vector<std::string>{});
    for (const auto& key : sorted) EXPECT_EQ(store->metadata().get(key).value(), text(key));
}

// Values larger than RocksDB's write buffer, and many small ones in one batch.
TEST(RocksStore, LargeBatchesAndValues) {
    const TemporaryFolder folder;
    const Bytes large(20'000'000, 7);
    {
        const auto store = RocksStore::open(folder.path(), Content::records).value();
        std::vector<Write> batch;
        for (int i = 0; i < 10'000; ++i) batch.push_back({"many/" + std::to_string(i), Bytes{1}});
        batch.push_back({"large", large});
        ASSERT_TRUE(store->metadata().write(batch));
        ASSERT_TRUE(store->metadata().write({}));
        EXPECT_TRUE(store->verify());
    }
    const auto store = RocksStore::open(folder.path(), Content::records).value();
    EXPECT_EQ(keys(store->metadata(), "many/").size(), 10'000U);
    EXPECT_EQ(store->metadata().get("large").value(), large);
    EXPECT_FALSE(store->metadata().get("absent").value());
}

// Blocks and records with equal names are different things, and a block is not a record.
TEST(RocksStore, BlocksAndRecordsAreApart) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path(), Content::records).value();
    const Cid cid = store->blocks().put(Codec::raw, Bytes{1}).value();
    const std::string name(as_text(cid.bytes()));
    EXPECT_FALSE(store->metadata().get(name).value());
    ASSERT_TRUE(store->metadata().put(name, Bytes{2}));
    EXPECT_EQ(store->blocks().get(cid).value(), Bytes{1});
    ASSERT_TRUE(store->metadata().remove(name));
    EXPECT_TRUE(store->blocks().has(cid).value());
    EXPECT_TRUE(keys(store->metadata(), "").empty());
}

}  // namespace
}  // namespace strata::store
