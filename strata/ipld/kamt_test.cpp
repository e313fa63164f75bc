// The roots come from the reference crate fvm_ipld_kamt 0.4.6 (vectors/ipld/kamt.json, the first sequence); the other
// cases are those of ref-fvm ipld/kamt/tests/kamt_tests.rs and ipld/kamt/src/node.rs.
#include <strata/ipld/kamt.hpp>

#include <gtest/gtest.h>

#include <map>

#include <strata/base/hex.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata {
namespace {

using Word = Kamt::Word;
using Words = std::map<Word, Word>;

Word word(std::string_view hex) {
    Word out{};
    EXPECT_EQ(hex.size(), 64U);
    std::ranges::copy(from_hex(hex).value(), out.begin());
    return out;
}
Word word(std::uint64_t number) {
    Word out{};
    store_be(out.data() + 24, number);
    return out;
}
Words entries(const Kamt& map) {
    Words out;
    EXPECT_TRUE(map.for_each([&](const Word& key, const Word& value) -> Result<bool> {
        EXPECT_TRUE(out.empty() || out.rbegin()->first < key) << "not in ascending order";
        EXPECT_TRUE(out.emplace(key, value).second);
        return true;
    }));
    return out;
}
Kamt map_of(Blockstore& store, std::uint64_t size) {
    Kamt map(store);
    for (std::uint64_t i = 0; i < size; ++i) EXPECT_TRUE(map.set(word(i), word(i + 1)));
    return map;
}
Result<Kamt> load(MemoryBlockstore& store, const CborWriter& node) {
    return Kamt::load(store, store.put(Codec::dag_cbor, node.view()).value());
}

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

// Begins a node with one pointer, at digit 0; the pointer follows.
CborWriter node_with(std::string_view kind) {
    CborWriter w;
    w.array(2);
    w.bytes(Bytes{1});
    w.array(1);
    w.map(1);
    w.text(kind);
    return w;
}
CborWriter link_node(const Cid& child, std::uint64_t bits, BytesView skipped) {
    auto w = node_with("l");
    w.array(3);
    w.link(child);
    w.uint(bits);
    w.bytes(skipped);
    return w;
}

}  // namespace

// The reference reads up to 32 bytes, leading zeros included (ref-fvm ipld/kamt/src/bitfield.rs).
TEST(Kamt, ReadsBitfieldsWithLeadingZeros) {
    MemoryBlockstore store;
    Kamt made(store);
    const Word key{0x01};
    const Word value{0x00, 0x02};
    ASSERT_TRUE(made.set(key, value));
    const Cid root = made.flush().value();
    EXPECT_EQ(Kamt::load(store, padded(store, root, 0)).value().get(key).value(), value);
    EXPECT_EQ(Kamt::load(store, padded(store, root, 3)).value().get(key).value(), value);
    EXPECT_EQ(Kamt::load(store, padded(store, root, 31)).value().get(key).value(), value);
    EXPECT_FALSE(Kamt::load(store, padded(store, root, 32)));
}

TEST(Kamt, roots_of_the_reference) {
    MemoryBlockstore store;
    Kamt map(store);
    const auto expect_root = [&](std::string_view root) { EXPECT_EQ(map.flush().value().to_string(), root); };
    expect_root("bafy2bzaceamp42wmmgr2g2ymg46euououzfyck7szknvfacqscohrvaikwfay");
    ASSERT_TRUE(map.set(word("6d1c170cf5c1183c860763b281385e96737a74e5f8908fafafcc5252147fbc5b"),
                        word("0008080967baf52a59453dc5aeb009555a81ecd7139260b27e785ceedecc0abc")));
    expect_root("bafy2bzaceducgys4piiotc2meofu3bknqtmjsh6zxfddcyw6sqk3xjcswwzh4");
    ASSERT_TRUE(map.set(word("8190f25101535b92250b6fd66c7b5a265ea217122fc402bb22de9f7070d39e44"),
                        word("00000000000000000000000000000000000000000000000574b291404a274ffa")));
    ASSERT_TRUE(map.set(word("0100000000000000000000000000000000000000000000000000000000000000"),
                        word("0000000000e30d6ffbe71d14d622eaee401e6dea89863112190482e8d196bfe1")));
    EXPECT_FALSE(map.remove(word("6d1c170cf5c1183c8e0763b281385e96737a74e5f8908fafafcc5252147fbc5b")).value());
    expect_root("bafy2bzacedaswf5vgxutseipepsuacowvasqbfwhvlaf6nel6z4yp5yp5o3us");
    // This key shares its first digit with an earlier key, so a node comes below the root.
    ASSERT_TRUE(map.set(word("85f8ed96704095d6d213ecf2eab323158de4bd7f04969fb1c6ec68964da9f724"),
                        word("000000000000000000000000000000000000356edf4beca6f81f05768ec3214d")));
    expect_root("bafy2bzaceccxia4fbmyxvwmkaqb7pyvnrm4vfdcgdhtojifjjontgngaue3hu");
    map = Kamt::load(store, map.flush().value()).value();
    EXPECT_FALSE(map.get(word("8190f25101535b92250b6fd66c7b5a265ea217122fc402bb22de9f7070d39d4b")).value());
    // This key shares all but its last digits with an earlier key, so a link skips digits.
    ASSERT_TRUE(map.set(word("8190f25101535b92250b6fd66c7b5a265ea217122fc402bb22de9f7070d39d48"),
                        word("00005c98b621a58e38d3b41d906efd9e1ef3e11ed85c9be5785b9d6bcb0702b3")));
    expect_root("bafy2bzacean5mjo4nymovbwt64dglipcyangwfuq2dg2blvxgdaiqyp5jm4es");
    map = Kamt::load(store, map.flush().value()).value();
    const auto last = word("8190f25101535b92250b6fd66c7b5a265ea217122fc402bb22de9f7070d39d4b");
    ASSERT_TRUE(map.set(last, word("00000000000000000000000000000008cc35b686692221e5b3157fe67b7268a7")));
    ASSERT_TRUE(map.set(word("0000020000000000000000000000000000000000000000000000000000000000"),
                        word("00000000000000000000000000000000000000000000000000000000d608d587")));
    EXPECT_TRUE(map.remove(word("8190f25101535b92250b6fd66c7b5a265ea217122fc402bb22de9f7070d39d48")).value());
    ASSERT_TRUE(map.set(last, word("000000000047a3667035763dff2bcd21c5a0dac5e40cb093277320b2fdfe0e30")));
    expect_root("bafy2bzacedstlwbewavjsfufjqtgxboq45m5sz6emxs6vrvybxztbjuc2ac6q");
    EXPECT_FALSE(map.remove(word(1)).value());
    expect_root("bafy2bzacedstlwbewavjsfufjqtgxboq45m5sz6emxs6vrvybxztbjuc2ac6q");
}

// These are the cases of ref-fvm's test_basics and test_load.
TEST(Kamt, a_value_is_set_and_set_again) {
    MemoryBlockstore store;
    Kamt map(store);
    EXPECT_TRUE(map.empty());
    ASSERT_TRUE(map.set(word(1), word(10)));
    EXPECT_EQ(map.get(word(1)).value(), word(10));
    ASSERT_TRUE(map.set(word(1), word(11)));
    EXPECT_EQ(map.get(word(1)).value(), word(11));
    EXPECT_FALSE(map.get(word(2)).value());
    const Cid root = map.flush().value();
    EXPECT_EQ(entries(Kamt::load(store, root).value()), (Words{{word(1), word(11)}}));
    ASSERT_TRUE(map.set(word(1), word(11)));
    EXPECT_EQ(map.flush().value(), root);
    MemoryBlockstore other;
    EXPECT_EQ(Kamt::load(other, root).error().code(), Errc::missing_block);
}

// As in ref-fvm's test_n_keys: sequential keys, with the map written and read again on the way.
TEST(Kamt, sequential_keys) {
    MemoryBlockstore store;
    for (const std::uint64_t size : {0U, 1U, 2U, 31U, 32U, 33U, 300U}) {
        Kamt map(store);
        for (std::uint64_t i = 0; i < size; ++i) {
            if (i == size / 3) ASSERT_TRUE(map.flush());
            if (i == 2 * size / 3) map = Kamt::load(store, map.flush().value()).value();
            ASSERT_TRUE(map.set(word(i), word(i + 1)));
        }
        const auto again = Kamt::load(store, map.flush().value()).value();
        EXPECT_EQ(entries(again), entries(map));
        EXPECT_EQ(entries(again).size(), size);
        for (std::uint64_t i = 0; i < size; ++i) EXPECT_EQ(again.get(word(i)).value(), word(i + 1)) << i;
        EXPECT_FALSE(again.get(word(size)).value());
    }
}

// These are the cases of ref-fvm's prop_cid_indep_of_insert_order and prop_cid_ops_reduced.
TEST(Kamt, equal_maps_have_equal_roots) {
    MemoryBlockstore store;
    auto forwards = map_of(store, 200);
    const Cid root = forwards.flush().value();
    Kamt backwards(store);
    for (std::uint64_t i = 200; i-- > 0;) ASSERT_TRUE(backwards.set(word(i), word(i + 1)));
    EXPECT_EQ(backwards.flush().value(), root);
    // Keys that are set and removed leave no trace, wherever they branch off.
    for (std::size_t byte = 0; byte < 31; ++byte) {
        Word key = word(7);
        key[byte] ^= 0x80;
        ASSERT_TRUE(forwards.set(key, word(1)));
        ASSERT_NE(forwards.flush().value(), root);
        EXPECT_TRUE(forwards.remove(key).value());
        EXPECT_EQ(forwards.flush().value(), root) << byte;
    }
    for (std::uint64_t i = 0; i < 200; ++i) EXPECT_TRUE(forwards.remove(word(i)).value()) << i;
    EXPECT_TRUE(forwards.empty());
    EXPECT_EQ(forwards.flush().value(), Kamt(store).flush().value());
}

// This is ref-fvm's for_each, with changes between the visits.
TEST(Kamt, visiting) {
    MemoryBlockstore store;
    auto map = map_of(store, 200);
    map = Kamt::load(store, map.flush().value()).value();
    ASSERT_TRUE(map.set(word(80), word(83)));
    EXPECT_TRUE(map.remove(word(30)).value());
    EXPECT_FALSE(map.remove(word(900)).value());
    const auto seen = entries(map);
    EXPECT_EQ(seen.size(), 199U);
    EXPECT_EQ(seen.at(word(80)), word(83));
    EXPECT_FALSE(seen.contains(word(30)));
    int count = 0;
    ASSERT_TRUE(map.for_each([&](const Word&, const Word&) -> Result<bool> { return ++count < 5; }));
    EXPECT_EQ(count, 5);
    const auto refuse = [](const Word&, const Word&) -> Result<bool> { return Errc::cancelled; };
    EXPECT_EQ(map.for_each(refuse).error().code(), Errc::cancelled);
}

// The rules are those of ref-fvm ipld/kamt/src/{node,pointer,ext}.rs.
TEST(Kamt, nodes_that_the_reference_refuses) {
    MemoryBlockstore store;
    const Cid leaf = map_of(store, 2).flush().value();
    const auto refused = [&](const CborWriter& node) {
        const auto map = load(store, node);
        return map ? Errc::internal : map.error().code();
    };
    auto entry = node_with("v");
    entry.raw(*from_hex("81824101410a"));
    EXPECT_EQ(refused(entry), Errc::internal) << "a valid node";
    auto unknown = node_with("x");
    unknown.raw(*from_hex("81824101410a"));
    EXPECT_EQ(refused(unknown), Errc::malformed);
    auto empty_bucket = node_with("v");
    empty_bucket.raw(*from_hex("80"));
    EXPECT_EQ(refused(empty_bucket), Errc::malformed);
    auto two = node_with("v");
    two.raw(*from_hex("82824101410a824102410b"));
    EXPECT_EQ(refused(two), Errc::malformed) << "a bucket has one entry";
    auto long_word = node_with("v");
    long_word.raw(
        *from_hex("8182"
                  "5821"
                  "00000000000000000000000000000000000000000000000000000000000000000041"
                  "0a"));
    EXPECT_EQ(refused(long_word), Errc::malformed) << "33 bytes";
    EXPECT_EQ(refused(link_node(leaf, 4, Bytes{0})), Errc::malformed) << "not a multiple of 5 bits";
    EXPECT_EQ(refused(link_node(leaf, 5, Bytes{})), Errc::malformed) << "too few bytes";
    EXPECT_EQ(refused(link_node(leaf, 5, Bytes{0, 0})), Errc::malformed) << "too many bytes";
    EXPECT_EQ(refused(link_node(leaf, 260, Bytes(33))), Errc::malformed) << "longer than a key";
    EXPECT_EQ(refused(link_node(leaf, 5, Bytes{0x01})), Errc::non_canonical) << "an unused bit is set";
    const Cid wrong_codec = Cid::v1(Codec::dag_pb, HashCode::blake2b_256, leaf.digest());
    EXPECT_EQ(refused(link_node(wrong_codec, 5, Bytes{0})), Errc::malformed) << "the link is not DAG-CBOR";

    auto trailing = node_with("v");
    trailing.raw(*from_hex("81824101410a00"));
    EXPECT_EQ(refused(trailing), Errc::trailing);
    CborWriter few, many, high;
    few.raw(
        *from_hex("824103"
                  "81a1617681824101410a"));
    EXPECT_EQ(refused(few), Errc::malformed) << "two bits, one pointer";
    many.raw(
        *from_hex("824101"
                  "82a1617681824101410aa1617681824102410b"));
    EXPECT_EQ(refused(many), Errc::malformed) << "one bit, two pointers";
    high.raw(
        *from_hex("82450100000000"
                  "81a1617681824101410a"));
    EXPECT_EQ(refused(high), Errc::malformed) << "a digit above 31";
}

// A hostile tree: nodes that each have a link to the next, without end. A key has 52 digits.
TEST(Kamt, a_tree_that_is_deeper_than_a_key_is_refused) {
    MemoryBlockstore store;
    Cid below = map_of(store, 1).flush().value();
    for (int level = 0; level < 60; ++level) below = store.put(Codec::dag_cbor, link_node(below, 0, {}).view()).value();
    auto map = Kamt::load(store, below).value();
    EXPECT_EQ(map.get(Word{}).error().code(), Errc::malformed);
    EXPECT_EQ(map.set(Word{}, word(1)).error().code(), Errc::malformed);
    EXPECT_EQ(map.remove(Word{}).error().code(), Errc::malformed);
    EXPECT_EQ(map.for_each([](const Word&, const Word&) -> Result<bool> { return true; }).error().code(),
              Errc::malformed);
    // The same with one link that skips nearly all digits of a key.
    const Cid deep = store.put(Codec::dag_cbor, link_node(below, 255, Bytes(32)).view()).value();
    EXPECT_EQ(Kamt::load(store, deep).value().get(Word{}).error().code(), Errc::malformed);
}

TEST(Kamt, a_lost_block_is_not_an_absent_key) {
    MemoryBlockstore good;
    const Cid root = map_of(good, 100).flush().value();
    for (const auto code : {Errc::io, Errc::missing_block}) {
        testing::FailingBlockstore store(good);
        store.fail_read(1, code);
        auto map = Kamt::load(store, root).value();
        EXPECT_EQ(map.get(word(50)).error().code(), code);
        EXPECT_EQ(map.set(word(50), word(1)).error().code(), code);
        EXPECT_EQ(map.remove(word(50)).error().code(), code);
        EXPECT_EQ(map.for_each([](const Word&, const Word&) -> Result<bool> { return true; }).error().code(), code);
        EXPECT_EQ(map.flush().value(), root);
        const Word elsewhere{0xff};
        EXPECT_FALSE(map.get(elsewhere).value()) << "the root alone shows that";
    }
}

TEST(Kamt, a_failed_flush_can_be_tried_again) {
    MemoryBlockstore other;
    const Cid expected = map_of(other, 100).flush().value();
    for (std::size_t n = 0; n < other.blocks().size(); ++n) {
        MemoryBlockstore memory;
        testing::FailingBlockstore store(memory);
        auto map = map_of(store, 100);
        store.fail_write(n, Errc::no_space);
        EXPECT_EQ(map.flush().error().code(), Errc::no_space) << n;
        store.fail_write(testing::FailingBlockstore::kNever, Errc::io);
        EXPECT_EQ(map.flush().value(), expected) << n;
    }
}

}  // namespace strata
