// Tests nodes as other implementations may have stored them.
#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/ipld/hamt.hpp>

namespace strata {
namespace {

Cid stored(MemoryBlockstore& store, std::string_view hex) {
    return store.put(Codec::dag_cbor, from_hex(hex).value()).value();
}

// go-hamt-ipld hamt_test.go and ref-fvm ipld/hamt/src/bitfield.rs accept these roots.
TEST(Hamt, ReadsBitfieldsWithLeadingZerosAndWritesThemWithout) {
    MemoryBlockstore store;
    auto empty = Hamt::load(store, stored(store, "82410080"), 5).value();
    EXPECT_TRUE(empty.empty());
    auto one = Hamt::load(store, stored(store, "82420001818182410041ff"), 5).value();
    std::size_t entries = 0;
    EXPECT_TRUE(one.for_each([&](BytesView key, BytesView value) -> Result<bool> {
        ++entries;
        EXPECT_EQ(to_bytes(key), Bytes{0x00});
        EXPECT_EQ(to_bytes(value), (Bytes{0x41, 0xff}));
        return true;
    }));
    EXPECT_EQ(entries, 1U);
    // An unchanged root keeps its CID; a changed one is written as the references write it.
    ASSERT_TRUE(empty.set(Bytes{0x01}, Bytes{0x41, 0xaa}));
    const auto data = store.get(empty.flush().value()).value();
    Hamt plain(store, 5);
    ASSERT_TRUE(plain.set(Bytes{0x01}, Bytes{0x41, 0xaa}));
    EXPECT_EQ(data, store.get(plain.flush().value()).value());
}

// The reference is ref-fvm ipld/hamt/src/node.rs load.
TEST(Hamt, RefusesNodesThatTheReferenceRefuses) {
    MemoryBlockstore store;
    for (const auto* hex : {
             "82582100000000000000000000000000000000000000000000000000000000000000000080",  // 33 bytes
             "82410180",                                                                    // a bit without a pointer
             "824101818080",                                                                // trailing bytes
             "8241018180",                                                                  // an empty bucket
         })
        EXPECT_FALSE(Hamt::load(store, stored(store, hex), 5)) << hex;
}

}  // namespace
}  // namespace strata
