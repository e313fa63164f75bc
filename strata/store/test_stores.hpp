#pragma once
// States what every store of blocks and every store of records does, whatever it is made of.
#include <gtest/gtest.h>

#include <strata/ipld/blockstore.hpp>
#include <strata/store/key_value.hpp>

namespace strata::store::testing {

inline Bytes text(std::string_view value) {
    return to_bytes(as_bytes(value));
}

inline void expect_blockstore(Blockstore& store) {
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

inline std::vector<std::string> keys(KeyValue& store, std::string_view prefix) {
    std::vector<std::string> found;
    EXPECT_TRUE(store.for_each(prefix, [&](std::string_view key, BytesView) -> Result<bool> {
        found.emplace_back(key);
        return true;
    }));
    return found;
}

inline void expect_key_value(KeyValue& store) {
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

}  // namespace strata::store::testing
