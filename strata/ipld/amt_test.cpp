// Tests nodes as other implementations may have stored them.
#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/ipld/amt.hpp>

namespace strata {
namespace {

// The reference reads as many bits as the width has slots: with width 2 the upper four are unused (ref-fvm
// ipld/amt/src/node.rs expand).
TEST(Amt, BitsBeyondTheWidthAreNotRead) {
    MemoryBlockstore store;
    const Cid root = store.put(Codec::dag_cbor, from_hex("8402000183411180810a").value()).value();
    const auto amt = Amt::load(store, root, 2).value();
    EXPECT_EQ(amt.get(0).value(), Bytes{0x0a});
    EXPECT_FALSE(amt.get(1).value());
}

TEST(Amt, ABitmapMustHaveTheLengthOfTheWidth) {
    MemoryBlockstore store;
    const Cid root = store.put(Codec::dag_cbor, from_hex("840200018342010080810a").value()).value();
    EXPECT_FALSE(Amt::load(store, root, 2));
}

}  // namespace
}  // namespace strata
