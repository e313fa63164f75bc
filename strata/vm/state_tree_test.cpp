#include <gtest/gtest.h>

#include <strata/vm/state_tree.hpp>

namespace strata::vm {
namespace {

ActorState actor(std::int64_t balance) {
    const Cid empty = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
    return {.code = Cid::hash_of(Codec::raw, Bytes{1}),
            .head = empty,
            .sequence = 0,
            .balance = balance,
            .delegated_address = {}};
}

class StateTreeTest : public ::testing::Test {
  protected:
    void SetUp() override {
        HamtMap<Address, ActorId> map(store_);
        const InitState init{.address_map = map.flush().value(), .next_id = 100, .network_name = "test"};
        auto record = actor(0);
        record.head = put_cbor(store_, init).value();
        tree_.set(kInitId, record);
    }
    TokenAmount balance(ActorId id) { return tree_.get(id).value().value().balance; }
    bool exists(ActorId id) { return tree_.get(id).value().has_value(); }

    MemoryBlockstore store_;
    StateTree tree_{store_};
    const Address key_ = Address::actor(as_bytes("somebody"));
};

TEST_F(StateTreeTest, KeepsWhatIsSetThroughAFlush) {
    tree_.set(5, actor(7));
    const Cid root = tree_.flush().value();
    auto loaded = StateTree::load(store_, root).value();
    EXPECT_EQ(loaded.get(5).value(), actor(7));
    EXPECT_EQ(loaded.get(6).value(), std::nullopt);
    EXPECT_EQ(loaded.flush().value(), root);
}

// Versions 3 and 4 have records of four fields, and keep their version (fvm@v2.12.2 state_tree.rs).
TEST_F(StateTreeTest, EarlierVersionsHaveRecordsWithoutDelegatedAddresses) {
    for (const auto version : {StateTreeVersion::three, StateTreeVersion::four}) {
        StateTree earlier(store_, version);
        earlier.set(5, actor(7));
        earlier.set(6, actor(8));
        const Cid root = earlier.flush().value();
        auto loaded = StateTree::load(store_, root).value();
        EXPECT_EQ(loaded.version(), version);
        EXPECT_EQ(loaded.get(5).value(), actor(7));
        loaded.remove(6);
        ASSERT_TRUE(loaded.flush());
        std::size_t seen = 0;
        ASSERT_TRUE(loaded.for_each([&](ActorId id, const ActorState& state) -> Status {
            EXPECT_EQ(id, 5U);
            EXPECT_EQ(state, actor(7));
            ++seen;
            return {};
        }));
        EXPECT_EQ(seen, 1U);
        EXPECT_EQ(to_cbor(EarlierActorState::of(actor(7))).at(0), 0x84);
    }
}

TEST_F(StateTreeTest, RootDoesNotTellTheOrderOfEdits) {
    StateTree other(store_);
    for (ActorId id = 1; id <= 200; ++id) tree_.set(id, actor(static_cast<std::int64_t>(id)));
    for (ActorId id = 300; id >= 1; --id) other.set(id, actor(static_cast<std::int64_t>(id)));
    ASSERT_TRUE(other.flush());
    for (ActorId id = 201; id <= 300; ++id) other.remove(id);
    EXPECT_EQ(tree_.flush().value(), other.flush().value());
}

TEST_F(StateTreeTest, RevertBringsBackEveryKindOfEdit) {
    tree_.set(5, actor(7));
    tree_.set(6, actor(8));
    const Cid root = tree_.flush().value();
    tree_.begin();
    tree_.set(5, actor(1));
    tree_.remove(6);
    tree_.set(7, actor(2));
    tree_.begin();
    tree_.set(5, actor(3));
    tree_.commit();
    EXPECT_EQ(balance(5), BigInt(3));
    tree_.revert();
    EXPECT_EQ(balance(5), BigInt(7));
    EXPECT_EQ(balance(6), BigInt(8));
    EXPECT_FALSE(exists(7));
    EXPECT_EQ(tree_.flush().value(), root);
}

TEST_F(StateTreeTest, InnerRevertLeavesTheOuterEdits) {
    tree_.begin();
    tree_.set(5, actor(1));
    tree_.begin();
    tree_.set(5, actor(2));
    tree_.revert();
    EXPECT_EQ(balance(5), BigInt(1));
    tree_.commit();
    EXPECT_EQ(balance(5), BigInt(1));
}

TEST_F(StateTreeTest, AddressesGetTheNextIdAndAreForgottenOnRevert) {
    EXPECT_EQ(tree_.resolve(key_).value(), std::nullopt);
    EXPECT_EQ(tree_.resolve(Address::id(77)).value(), 77U);  // the ID itself, whether the actor exists or not
    tree_.begin();
    EXPECT_EQ(tree_.register_address(key_).value(), 100U);
    EXPECT_EQ(tree_.resolve(key_).value(), 100U);
    tree_.revert();
    EXPECT_EQ(tree_.resolve(key_).value(), std::nullopt);
    EXPECT_EQ(tree_.register_address(Address::actor(as_bytes("another"))).value(), 100U);
    EXPECT_EQ(tree_.register_address(key_).value(), 101U);
    auto loaded = StateTree::load(store_, tree_.flush().value()).value();
    EXPECT_EQ(loaded.resolve(key_).value(), 101U);
}

TEST_F(StateTreeTest, RefusesOtherVersionsAndLostBlocks) {
    const Cid empty = store_.put(Codec::dag_cbor, Bytes{0x80}).value();
    for (const std::uint64_t version : {2UL, 6UL}) {
        CborWriter w;
        w.array(3);
        w.uint(version);
        w.link(empty);
        w.link(empty);
        const Cid other = store_.put(Codec::dag_cbor, w.view()).value();
        EXPECT_EQ(StateTree::load(store_, other).error().code(), Errc::unsupported);
    }
    const Cid lost = Cid::hash_of(Codec::dag_cbor, Bytes{0xf6});
    EXPECT_EQ(StateTree::load(store_, lost).error().code(), Errc::missing_block);
}

}  // namespace
}  // namespace strata::vm
