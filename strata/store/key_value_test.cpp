#include <strata/store/key_value.hpp>

#include <gtest/gtest.h>

#include <strata/store/test_stores.hpp>

namespace strata::store {
namespace {

using testing::keys;
using testing::text;

TEST(MemoryStore, IsABlockstore) {
    MemoryBlockstore store;
    testing::expect_blockstore(store);
}
TEST(MemoryStore, IsAKeyValue) {
    MemoryKeyValue store;
    testing::expect_key_value(store);
}

// The writes of a batch count in their order, and one that removes what is not there does no harm.
TEST(KeyValueBatch, LaterWritesCount) {
    MemoryKeyValue store;
    ASSERT_TRUE(store.write({{"a", text("1")}, {"a", std::nullopt}, {"b", std::nullopt}, {"b", text("2")}}));
    EXPECT_EQ(keys(store, ""), std::vector<std::string>{"b"});
    ASSERT_TRUE(store.write({{"b", std::nullopt}, {"b", text("3")}, {"b", std::nullopt}, {"absent", std::nullopt}}));
    EXPECT_TRUE(keys(store, "").empty());
    EXPECT_TRUE(store.write({}));
}

// A prefix is not a key of its own: it ends where the next name begins.
TEST(KeyValuePrefix, VisitsWhatBeginsWithIt) {
    MemoryKeyValue store;
    for (const auto* key : {"chain", "chain/", "chain/a", "chain/b/c", "chain0", "chai", "wallet/a"})
        ASSERT_TRUE(store.put(key, {}));
    EXPECT_EQ(keys(store, "chain/"), (std::vector<std::string>{"chain/", "chain/a", "chain/b/c"}));
    EXPECT_EQ(keys(store, "chain").size(), 5U);
    EXPECT_EQ(keys(store, "x"), std::vector<std::string>{});
    EXPECT_EQ(keys(store, "").size(), 7U);
}

// A visitor sees the records as they were when the visit began, and may change them.
TEST(KeyValueVisit, MayChangeWhatItVisits) {
    MemoryKeyValue store;
    for (const auto* key : {"a", "b", "c"}) ASSERT_TRUE(store.put(key, text(key)));
    std::vector<std::string> seen;
    ASSERT_TRUE(store.for_each("", [&](std::string_view key, BytesView value) -> Result<bool> {
        seen.emplace_back(key);
        EXPECT_EQ(as_text(value), key);
        STRATA_OK(store.remove(key));
        STRATA_OK(store.put("z" + std::string(key), value));
        return true;
    }));
    EXPECT_EQ(seen, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(keys(store, ""), (std::vector<std::string>{"za", "zb", "zc"}));
}

}  // namespace
}  // namespace strata::store
