// One behaviour for every store, and what only a store on disk has: it is still there after a restart, refuses a second
// user and a damaged file.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <strata/store/rocks_store.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::store {
namespace {

namespace fs = std::filesystem;

using TemporaryFolder = testing::TempFolder;

Bytes text(std::string_view value) {
    return to_bytes(as_bytes(value));
}

void expect_blockstore(Blockstore& store) {
    const auto data = text("a block");
    const Cid cid = Cid::hash_of(Codec::raw, data);
    EXPECT_EQ(store.get(cid).error().code(), Errc::missing_block);
    EXPECT_FALSE(store.has(cid).value());
    EXPECT_EQ(store.put(Codec::raw, data).value(), cid);
    EXPECT_TRUE(store.has(cid).value());
    EXPECT_EQ(store.get(cid).value(), data);
    const Cid foreign = Cid::constant("bafkqabiaaebagba");
    ASSERT_TRUE(store.put_block(foreign, Bytes{0, 1, 2, 3, 4}));
    EXPECT_EQ(store.get(foreign).value(), (Bytes{0, 1, 2, 3, 4}));
    EXPECT_EQ(store.get(store.put(Codec::raw, {}).value()).value(), Bytes{});
}

std::vector<std::string> keys(KeyValue& store, std::string_view prefix) {
    std::vector<std::string> found;
    EXPECT_TRUE(store.for_each(prefix, [&](std::string_view key, BytesView) -> Result<bool> {
        found.emplace_back(key);
        return true;
    }));
    return found;
}

void expect_key_value(KeyValue& store) {
    EXPECT_FALSE(store.get("a/1").value());
    ASSERT_TRUE(store.write({{"a/2", text("two")}, {"a/1", text("one")}, {"b/1", Bytes{}}, {"a", text("x")}}));
    EXPECT_EQ(store.get("a/1").value(), text("one"));
    EXPECT_EQ(store.get("b/1").value(), Bytes{});
    EXPECT_EQ(keys(store, "a/"), (std::vector<std::string>{"a/1", "a/2"}));
    EXPECT_EQ(keys(store, ""), (std::vector<std::string>{"a", "a/1", "a/2", "b/1"}));
    // Within a batch the later write counts.
    ASSERT_TRUE(store.write({{"a/1", std::nullopt}, {"a/3", text("old")}, {"a/3", text("new")}}));
    EXPECT_EQ(keys(store, "a/"), (std::vector<std::string>{"a/2", "a/3"}));
    EXPECT_EQ(store.get("a/3").value(), text("new"));

    int seen = 0;
    ASSERT_TRUE(store.for_each("a/", [&](std::string_view key, BytesView) -> Result<bool> {
        ++seen;
        STRATA_OK(store.remove(key));  // a visitor may write
        return false;
    }));
    EXPECT_EQ(seen, 1);
    const auto refused =
        store.for_each("a", [](std::string_view, BytesView) -> Result<bool> { return Errc::cancelled; });
    EXPECT_EQ(refused.error().code(), Errc::cancelled);
}

TEST(MemoryStore, IsABlockstore) {
    MemoryBlockstore store;
    expect_blockstore(store);
}
TEST(MemoryStore, IsAKeyValue) {
    MemoryKeyValue store;
    expect_key_value(store);
}

TEST(RocksStore, IsBoth) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path()).value();
    expect_blockstore(store->blocks());
    expect_key_value(store->metadata());
    EXPECT_TRUE(store->verify());
}

TEST(RocksStore, KeepsItsContent) {
    const TemporaryFolder folder;
    Cid cid;
    {
        const auto store = RocksStore::open(folder.path()).value();
        cid = store->blocks().put(Codec::dag_cbor, Bytes{0x80}).value();
        ASSERT_TRUE(store->metadata().put("head", cid.bytes()));
    }
    const auto again = RocksStore::open(folder.path()).value();
    EXPECT_EQ(again->blocks().get(cid).value(), Bytes{0x80});
    EXPECT_EQ(again->metadata().get("head").value(), to_bytes(cid.bytes()));
}

TEST(RocksStore, RefusesASecondUser) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path()).value();
    const auto second = RocksStore::open(folder.path());
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code(), Errc::busy);
    EXPECT_TRUE(second.error().message().contains(folder.path().string()));
}

TEST(RocksStore, RefusesAFileInPlaceOfItsFolder) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "file") << "no folder";
    EXPECT_EQ(RocksStore::open(folder.path() / "file").error().code(), Errc::io);
}

TEST(RocksStore, TellsThatItIsDamaged) {
    const TemporaryFolder folder;
    {
        ASSERT_TRUE(RocksStore::open(folder.path()).value()->metadata().put("key", Bytes(100, 1)));
    }
    std::ofstream(folder.path() / "db" / "CURRENT") << "garbage\n";
    const auto damaged = RocksStore::open(folder.path());
    ASSERT_FALSE(damaged.has_value());
    EXPECT_EQ(damaged.error().code(), Errc::io);
    EXPECT_TRUE(damaged.error().message().contains("damaged")) << damaged.error().message();
}

TEST(RocksStore, VerifyFindsABlockUnderAWrongCid) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path()).value();
    ASSERT_TRUE(store->blocks().put_block(Cid::hash_of(Codec::raw, Bytes{1}), Bytes{2}));
    EXPECT_EQ(store->verify().error().code(), Errc::verification);
}

// Endless work of a node: blocks, then a head that names the last of them.
[[noreturn]] void write_until_killed(const fs::path& folder) {
    const auto store = RocksStore::open(folder);
    if (!store) ::_exit(1);
    for (std::uint32_t n = 0;; ++n) {
        Bytes data(200);
        store_le(data.data(), n);
        const auto cid = (*store)->blocks().put(Codec::raw, data);
        if (!cid || !(*store)->metadata().write({{"head", to_bytes(cid->bytes())}, {"count", data}})) ::_exit(1);
    }
}

TEST(RocksStore, SurvivesKills) {
    const TemporaryFolder folder;
    std::uint32_t last = 0;
    // On a slow machine the first children may not come to write anything: later ones have longer.
    for (int round = 0; round < 8 || (last == 0 && round < 100); ++round) {
        const pid_t child = ::fork();
        if (child == 0) write_until_killed(folder.path());
        std::this_thread::sleep_for(std::chrono::milliseconds(60 + 17 * round));
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status));
        const auto store = RocksStore::open(folder.path());
        ASSERT_TRUE(store.has_value()) << store.error().message();
        const auto head = (*store)->metadata().get("head").value();
        const auto count = (*store)->metadata().get("count").value();
        ASSERT_EQ(head.has_value(), count.has_value());  // a batch is whole
        if (!head) continue;
        EXPECT_EQ((*store)->blocks().get(Cid::from_bytes(*head).value()).value(), *count);
        EXPECT_TRUE((*store)->verify());
        last = load_le<std::uint32_t>(count->data());
    }
    EXPECT_GT(last, 0U);
}

TEST(RocksStore, ServesThreads) {
    const TemporaryFolder folder;
    const auto store = RocksStore::open(folder.path()).value();
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

}  // namespace
}  // namespace strata::store
