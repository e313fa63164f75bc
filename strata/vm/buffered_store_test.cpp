#include <gtest/gtest.h>

#include <strata/testing/failing_blockstore.hpp>
#include <strata/vm/buffered_store.hpp>

namespace strata::vm {
namespace {

// Stores a block that holds `links` and a number, which makes it different from others.
Cid put_node(Blockstore& store, std::uint64_t number, std::initializer_list<Cid> links) {
    CborWriter w;
    w.array(links.size() + 1);
    w.uint(number);
    for (const auto& link : links) w.link(link);
    return store.put(Codec::dag_cbor, w.view()).value();
}

TEST(BufferedStore, WritesWhatTheRootReachesAndForgetsTheRest) {
    MemoryBlockstore base;
    BufferedStore store(base);
    const Cid leaf = put_node(store, 1, {});
    const Cid shared = put_node(store, 2, {leaf});
    const Cid left = put_node(store, 3, {shared});
    const Cid right = put_node(store, 4, {shared, leaf});
    const Cid unused = put_node(store, 5, {leaf});
    const Cid root = put_node(store, 6, {left, right});
    EXPECT_TRUE(store.has(unused).value());
    EXPECT_TRUE(base.blocks().empty());
    ASSERT_TRUE(store.flush(root));
    EXPECT_EQ(base.blocks().size(), 5U);
    EXPECT_FALSE(store.has(unused).value());
    for (const auto& cid : {leaf, shared, left, right, root}) EXPECT_TRUE(base.has(cid).value());
}

TEST(BufferedStore, WritesChildrenBeforeTheirParents) {
    const MemoryBlockstore complete;
    for (std::size_t n = 0; n < 4; ++n) {
        MemoryBlockstore base;
        strata::testing::FailingBlockstore failing(base);
        failing.fail_write(n, Errc::io);
        BufferedStore store(failing);
        const Cid leaf = put_node(store, 1, {});
        const Cid middle = put_node(store, 2, {leaf});
        const Cid other = put_node(store, 3, {});
        const Cid root = put_node(store, 4, {middle, other});
        EXPECT_EQ(store.flush(root).error().code(), Errc::io);
        EXPECT_EQ(base.blocks().size(), n);
        EXPECT_EQ(base.has(leaf).value(), n > 0);
        EXPECT_EQ(base.has(middle).value(), n > 1);
        EXPECT_FALSE(base.has(root).value());
    }
}

TEST(BufferedStore, NestingIsBoundedByMemoryOnly) {
    MemoryBlockstore base;
    BufferedStore store(base);
    constexpr std::uint64_t depth = 200'000;
    Cid top = put_node(store, 0, {});
    for (std::uint64_t i = 1; i < depth; ++i) top = put_node(store, i, {top});
    ASSERT_TRUE(store.flush(top));
    EXPECT_EQ(base.blocks().size(), depth);
}

TEST(BufferedStore, ARootOfTheBaseStoreNeedsNoWrites) {
    MemoryBlockstore base;
    const Cid root = put_node(base, 7, {});
    strata::testing::FailingBlockstore failing(base);
    failing.fail_write(0, Errc::io);
    BufferedStore store(failing);
    EXPECT_EQ(store.get(root).value(), base.get(root).value());
    EXPECT_TRUE(store.flush(root));
}

}  // namespace
}  // namespace strata::vm
