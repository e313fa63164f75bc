// Tests nodes as other implementations may have stored them.
#include <gtest/gtest.h>

#include <strata/ipld/kamt.hpp>

namespace strata {
namespace {

// Stores the same root with `zeros` bytes of zero in front of its bitfield and returns its CID.
Cid padded(MemoryBlockstore& store, const Cid& root, std::size_t zeros) {
    const Bytes data = store.get(root).value();
    CborReader r(data);
    EXPECT_TRUE(r.tuple(2));
    const Bytes bitfield = to_bytes(r.bytes().value());
    const Bytes pointers = to_bytes(r.item().value());
    CborWriter w;
    w.array(2);
    Bytes longer(zeros);
    append(longer, bitfield);
    w.bytes(longer);
    w.raw(pointers);
    return store.put(Codec::dag_cbor, w.view()).value();
}

// The reference reads up to 32 bytes, leading zeros included (ref-fvm ipld/kamt/src/bitfield.rs).
TEST(Kamt, ReadsBitfieldsWithLeadingZeros) {
    MemoryBlockstore store;
    Kamt made(store);
    const Kamt::Word key{0x01};
    const Kamt::Word value{0x00, 0x02};
    ASSERT_TRUE(made.set(key, value));
    const Cid root = made.flush().value();
    EXPECT_EQ(Kamt::load(store, padded(store, root, 0)).value().get(key).value(), value);
    EXPECT_EQ(Kamt::load(store, padded(store, root, 3)).value().get(key).value(), value);
    EXPECT_EQ(Kamt::load(store, padded(store, root, 31)).value().get(key).value(), value);
    EXPECT_FALSE(Kamt::load(store, padded(store, root, 32)));
}

}  // namespace
}  // namespace strata
