// Expected values: a state root that Lotus wrote; the rule that a map of the state depends on its entries alone
// (docs/protocol/fvm.md §1.6), so that a map made entry by entry is the expectation for one with new values in the old
// nodes.
#include <strata/migration/code_swap.hpp>

#include <strata/migration/test_devnet.hpp>

namespace strata::migration {
namespace {

class CodeSwap : public testing::Devnet {
  protected:
    const testing::Bundle& from_ = testing::devnet(18);
    const testing::Bundle& to_ = testing::devnet(19);
    const CodeMap codes_ = testing::codes(from_, to_);

    /// Returns the root of the same actors with the new code, in a map that is made anew.
    Cid made_anew(const Cid& root) {
        vm::StateTree out(blocks_);
        for (auto [id, actor] : all(root)) {
            actor.code = codes_.at(actor.code);
            out.set(id, actor);
        }
        return out.flush().value();
    }
};

TEST_F(CodeSwap, gives_the_map_that_the_entries_give) {
    NodeCache cache;
    EXPECT_EQ(swap_codes(blocks_, root(), codes_, cache).value(), made_anew(root()));
    EXPECT_GT(cache.size(), 0U);
}

TEST_F(CodeSwap, there_and_back_is_the_same_state) {
    NodeCache cache;
    const Cid there = swap_codes(blocks_, root(), codes_, cache).value();
    EXPECT_EQ(swap_codes(blocks_, there, testing::codes(to_, from_), cache).value(), root());
}

TEST_F(CodeSwap, a_map_of_many_levels) {
    vm::StateTree tree(blocks_);
    for (ActorId id = 0; id < 5'000; ++id) {
        const auto type = id % 2 == 0 ? vm::ActorType::account : vm::ActorType::multisig;
        tree.set(id * 7, {.code = from_.manifest.codes.at(type),
                          .head = Cid::hash_of(Codec::dag_cbor, Bytes{static_cast<std::uint8_t>(id)}),
                          .sequence = id,
                          .balance = fil(static_cast<std::int64_t>(id)),
                          .delegated_address = id % 3 == 0 ? std::optional(Address::id(id)) : std::nullopt});
    }
    const Cid before = tree.flush().value();
    NodeCache cache;
    EXPECT_EQ(swap_codes(blocks_, before, codes_, cache).value(), made_anew(before));

    // A few later changes: the cache has the rest.
    for (const ActorId id : {7U, 700U, 34'993U, 50'000U})
        tree.set(id, {from_.manifest.codes.at(vm::ActorType::evm), before, /*sequence=*/0, /*balance=*/1, {}});
    tree.remove(14);
    const Cid after = tree.flush().value();
    NodeCache cold;
    NodeCache small(10);
    const Cid expected = made_anew(after);
    EXPECT_EQ(swap_codes(blocks_, after, codes_, cache).value(), expected);
    EXPECT_EQ(swap_codes(blocks_, after, codes_, cold).value(), expected);
    EXPECT_EQ(swap_codes(blocks_, after, codes_, small).value(), expected);
    EXPECT_EQ(small.size(), 10U);
}

// The nodes in the cache may be those of a different node's store.
TEST_F(CodeSwap, a_cache_without_its_blocks_is_not_trusted) {
    NodeCache cache;
    const Cid expected = swap_codes(blocks_, root(), codes_, cache).value();
    MemoryBlockstore other;
    ASSERT_TRUE(load_car(
        as_bytes(strata::testing::read_file(*strata::testing::find_vectors("lotus-devnet/long/chain.car"))), other));
    EXPECT_EQ(swap_codes(other, root(), codes_, cache).value(), expected);
    EXPECT_TRUE(vm::StateTree::load(other, expected).value().get(1000).value());
}

TEST_F(CodeSwap, a_cache_of_other_codes_is_emptied) {
    NodeCache cache;
    ASSERT_TRUE(swap_codes(blocks_, root(), codes_, cache));
    const CodeMap to_v17 = testing::codes(from_, testing::devnet(17));
    NodeCache cold;
    EXPECT_EQ(swap_codes(blocks_, root(), to_v17, cache).value(), swap_codes(blocks_, root(), to_v17, cold).value());
    const auto filling = cache.use_for(to_v17);
    cache.use_for(codes_);
    cache.put(filling, root(), root());
    EXPECT_FALSE(cache.find(filling, root())) << "a filling that is over";
    EXPECT_EQ(cache.size(), 0U);
}

TEST_F(CodeSwap, code_that_the_manifest_does_not_name) {
    CodeMap codes = codes_;
    codes.erase(from_.manifest.codes.at(vm::ActorType::miner));
    NodeCache cache;
    const auto refused = swap_codes(blocks_, root(), codes, cache);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::internal);
    EXPECT_TRUE(refused.error().message().ends_with(
        " has the code bafk2bzacedhvcxgdz2w75izwa5s5dwvsrxsnzkjcbpbresziyrrjrsvjzwvxe, which the manifest of the state "
        "does not name"))
        << refused.error().message();
}

TEST_F(CodeSwap, a_store_that_fails_at_any_step_gives_no_state) {
    const NodeCache counting;
    for (const auto code : {Errc::missing_block, Errc::io}) {
        for (std::size_t step = 0;; ++step) {
            strata::testing::FailingBlockstore failing(blocks_);
            failing.fail_read(step, code);
            NodeCache cache;
            const auto result = swap_codes(failing, root(), codes_, cache);
            if (!failing.failed()) {
                EXPECT_TRUE(result);
                break;
            }
            ASSERT_FALSE(result) << step;
            EXPECT_EQ(result.error().code(), code);
        }
    }
}

TEST_F(CodeSwap, damaged_maps_are_refused) {
    NodeCache cache;
    const auto root_of = [&](const Bytes& node) {
        const Cid actors = blocks_.put(Codec::dag_cbor, node).value();
        CborWriter w;
        w.array(3);
        w.uint(5);
        w.link(actors);
        w.link(actors);
        return blocks_.put(Codec::dag_cbor, w.take()).value();
    };
    EXPECT_TRUE(swap_codes(blocks_, root_of({0x82, 0x40, 0x80}), codes_, cache)) << "an empty map";
    EXPECT_FALSE(swap_codes(blocks_, root_of({0x82, 0x40}), codes_, cache));
    EXPECT_FALSE(swap_codes(blocks_, root_of({0x82, 0x40, 0x80, 0x00}), codes_, cache));
    EXPECT_FALSE(swap_codes(blocks_, root_of({0x82, 0x41, 0x01, 0x81, 0x81, 0x82, 0x41, 0x00, 0x80}), codes_, cache))
        << "an actor without fields";

    // A chain of nodes that is longer than any hash.
    Cid node = blocks_.put(Codec::dag_cbor, Bytes{0x82, 0x40, 0x80}).value();
    Bytes last;
    for (int i = 0; i < 60; ++i) {
        CborWriter w;
        w.array(2);
        w.bytes(Bytes{1});
        w.array(1);
        w.link(node);
        last = w.take();
        node = blocks_.put(Codec::dag_cbor, last).value();
    }
    EXPECT_EQ(swap_codes(blocks_, root_of(last), codes_, cache).error().code(), Errc::malformed);

    CborWriter w;
    w.array(3);
    w.uint(4);
    w.link(node);
    w.link(node);
    EXPECT_EQ(swap_codes(blocks_, blocks_.put(Codec::dag_cbor, w.take()).value(), codes_, cache).error().code(),
              Errc::unsupported);
}

}  // namespace
}  // namespace strata::migration
