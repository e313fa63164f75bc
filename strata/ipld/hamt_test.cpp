// The roots are those of ref-fvm ipld/hamt/tests/hamt_tests.rs. Nodes as other implementations may have stored them are
// those of go-hamt-ipld hamt_test.go.
#include <strata/ipld/hamt.hpp>

#include <gtest/gtest.h>

#include <map>

#include <strata/base/hex.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata {
namespace {

// The root of every empty map.
constexpr std::string_view kEmptyRoot = "bafy2bzaceamp42wmmgr2g2ymg46euououzfyck7szknvfacqscohrvaikwfay";
// The root of a map of width 5 with the numbers 0 to 199 as strings, each as key and value.
constexpr std::string_view kRootOf200 = "bafy2bzaceczhz54xmmz3xqnbmvxfbaty3qprr6dq7xh5vzwqbirlsnbd36z7a";

Cid stored(MemoryBlockstore& store, std::string_view hex) {
    return store.put(Codec::dag_cbor, from_hex(hex).value()).value();
}

Bytes key(std::string_view text) {
    return to_bytes(as_bytes(text));
}
Bytes key(int number) {
    return key(std::to_string(number));
}
// A value in those tests is a byte string with these characters.
Bytes value(std::string_view text) {
    CborWriter w;
    w.bytes(as_bytes(text));
    return w.take();
}
Bytes value(int number) {
    return value(std::to_string(number));
}

std::string root_of(Hamt& map) {
    return map.flush().value().to_string();
}
Hamt map_of(Blockstore& store, int from, int to, unsigned width = 5) {
    Hamt map(store, width);
    for (int i = from; i < to; ++i) EXPECT_TRUE(map.set(key(i), value(i)));
    return map;
}
std::map<Bytes, Bytes> entries(const Hamt& map) {
    std::map<Bytes, Bytes> out;
    EXPECT_TRUE(map.for_each([&](BytesView k, BytesView v) -> Result<bool> {
        EXPECT_TRUE(out.emplace(to_bytes(k), to_bytes(v)).second);
        return true;
    }));
    return out;
}
Errc load_error(MemoryBlockstore& store, std::string_view hex, unsigned width,
                Hamt::Version version = Hamt::Version::v3) {
    const auto map = Hamt::load(store, stored(store, hex), width, nullptr, version);
    return map ? Errc::internal : map.error().code();
}

}  // namespace

// go-hamt-ipld hamt_test.go and ref-fvm ipld/hamt/src/bitfield.rs accept these roots.
TEST(Hamt, ReadsBitfieldsWithLeadingZerosAndWritesThemWithout) {
    MemoryBlockstore store;
    auto empty = Hamt::load(store, stored(store, "82410080"), 5).value();
    EXPECT_TRUE(empty.empty());
    auto one = Hamt::load(store, stored(store, "82420001818182410041ff"), 5).value();
    EXPECT_EQ(entries(one), (std::map<Bytes, Bytes>{{Bytes{0x00}, Bytes{0x41, 0xff}}}));
    // An unchanged root keeps its CID; a changed one is written as the references write it.
    ASSERT_TRUE(empty.set(Bytes{0x01}, Bytes{0x41, 0xaa}));
    const auto data = store.get(empty.flush().value()).value();
    Hamt plain(store, 5);
    ASSERT_TRUE(plain.set(Bytes{0x01}, Bytes{0x41, 0xaa}));
    EXPECT_EQ(data, store.get(plain.flush().value()).value());
}

// The rules are those of ref-fvm ipld/hamt/src/node.rs load; the numbered ones are also in go-hamt-ipld's
// TestMalformedHamt.
TEST(Hamt, RefusesNodesThatTheReferenceRefuses) {
    MemoryBlockstore store;
    for (
        const auto* hex : {
            "82582100000000000000000000000000000000000000000000000000000000000000000080",  // 33 bytes
            "82410180",                                                                    // a bit without a pointer
            "824101818080",                                                                // trailing bytes
            "8241018180",                                                                  // 1: an empty bucket
            "82410381818241004101",                                                        // 2: two bits, one pointer
            "824101818482410041ff82410141ff82410241ff82410341ff",                          // 3: four in a bucket
            "82410181"
            "8282410141ff82410041ff",  // 4: keys not in order
            "82410181"
            "8382410041018241014"
            "1f082410141ff",  // 5: a key twice
            "82410181d82a5827000170a0e4022003faa8dd16f3347c81811b20edcd5492a172d654d485906a264d5686b9970534",  // 6:
                                                                                                               // DAG-PB
            "8141ff",  // one field
            "8260"
            "80",                  // the bitfield is a text string
            "82410181a0",          // a pointer is a map, as before version 3
            "8241018181820041ff",  // a key is a number
        })
        EXPECT_EQ(load_error(store, hex, 8), Errc::malformed) << hex;
    EXPECT_EQ(load_error(store, "824101", 8), Errc::truncated);
}

// go-hamt-ipld TestMalformedHamt: ten buckets fit into a node of width 4, but not of width 3.
TEST(Hamt, a_node_has_at_most_the_pointers_of_its_width) {
    MemoryBlockstore store;
    CborWriter w;
    w.array(2);
    w.bytes(Bytes{0x03, 0xff});
    w.array(10);
    for (std::uint8_t i = 0; i < 10; ++i) encode(w, std::vector{std::pair{Bytes{i}, value(i)}});
    const Cid root = store.put(Codec::dag_cbor, w.view()).value();
    EXPECT_EQ(entries(Hamt::load(store, root, 4).value()).size(), 10U);
    EXPECT_EQ(entries(Hamt::load(store, root, 8).value()).size(), 10U);
    EXPECT_EQ(Hamt::load(store, root, 3).error().code(), Errc::malformed);
}

// go-hamt-ipld TestMalformedHamt: a child without entries is found when it is first read.
TEST(Hamt, an_empty_node_below_the_root_is_refused) {
    MemoryBlockstore store;
    const Cid child = stored(store, "82410080");
    CborWriter w;
    w.array(2);
    w.bytes(Bytes{0xff, 0xff, 0xff, 0xff});
    w.array(32);
    for (int i = 0; i < 32; ++i) w.link(child);
    const Cid root = store.put(Codec::dag_cbor, w.view()).value();
    auto map = Hamt::load(store, root, 5).value();
    EXPECT_EQ(map.get(key(1)).error().code(), Errc::malformed);
    EXPECT_EQ(map.set(key(1), value(1)).error().code(), Errc::malformed);
    EXPECT_EQ(map.remove(key(1)).error().code(), Errc::malformed);
    EXPECT_FALSE(map.for_each([](BytesView, BytesView) -> Result<bool> { return true; }));
}

// These are the cases of ref-fvm's test_basics and test_load.
TEST(Hamt, a_value_is_set_and_set_again) {
    MemoryBlockstore store;
    Hamt map(store, 8);
    EXPECT_TRUE(map.empty());
    ASSERT_TRUE(map.set(key(1), value("world")));
    EXPECT_EQ(map.get(key(1)).value(), value("world"));
    ASSERT_TRUE(map.set(key(1), value("world2")));
    EXPECT_EQ(map.get(key(1)).value(), value("world2"));
    EXPECT_FALSE(map.get(key(2)).value());
    const Cid root = map.flush().value();
    EXPECT_EQ(entries(Hamt::load(store, root, 8).value()), entries(map));
    MemoryBlockstore other;
    EXPECT_EQ(Hamt::load(other, root, 8).error().code(), Errc::missing_block);
}

TEST(Hamt, the_root_of_the_empty_map) {
    MemoryBlockstore store;
    Hamt map(store, 8);
    EXPECT_EQ(root_of(map), kEmptyRoot);
    auto again = Hamt::load(store, map.flush().value(), 8).value();
    EXPECT_TRUE(again.empty());
    EXPECT_EQ(root_of(again), kEmptyRoot);
}

// These are the cases of ref-fvm's test_set_if_absent.
TEST(Hamt, a_key_that_is_there_stays) {
    MemoryBlockstore store;
    Hamt map(store, 8);
    EXPECT_TRUE(map.set_if_absent(key("favorite-animal"), value("owl bear")).value());
    EXPECT_FALSE(map.set_if_absent(key("favorite-animal"), value("bright green bear")).value());
    EXPECT_FALSE(map.set_if_absent(key("favorite-animal"), value("owl bear")).value());
    EXPECT_EQ(root_of(map), "bafy2bzaced2tgnlsq4n2ioe6ldy75fw3vlrrkyfv4bq6didbwoob2552zvpuk");
    auto again = Hamt::load(store, map.flush().value(), 8).value();
    EXPECT_FALSE(again.set_if_absent(key("favorite-animal"), value("bright green bear")).value());
    EXPECT_EQ(again.get(key("favorite-animal")).value(), value("owl bear"));
}

// These are the cases of ref-fvm's set_with_no_effect_does_not_put.
TEST(Hamt, setting_an_equal_value_writes_nothing) {
    MemoryBlockstore store;
    Hamt map(store, 1);
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(map.set(key(i), value("filler")));
    EXPECT_EQ(root_of(map), "bafy2bzacebjilcrsqa4uyxuh36gllup4rlgnvwgeywdm5yqq2ks4jrsj756qq");
    ASSERT_TRUE(map.set(key("favorite-animal"), value("bright green bear")));
    constexpr std::string_view after = "bafy2bzacea7biyabzk7v7le2rrlec5tesjbdnymh5sk4lfprxibg4rtudwtku";
    EXPECT_EQ(root_of(map), after);
    const auto blocks = store.blocks().size();
    ASSERT_TRUE(map.set(key("favorite-animal"), value("bright green bear")));
    EXPECT_EQ(root_of(map), after);
    EXPECT_EQ(store.blocks().size(), blocks);
}

// These are the cases of ref-fvm's delete and delete_case.
TEST(Hamt, removing) {
    MemoryBlockstore store;
    Hamt map(store, 8);
    ASSERT_TRUE(map.set(key("foo"), value("cat dog bear")));
    ASSERT_TRUE(map.set(key("bar"), value("cat dog")));
    ASSERT_TRUE(map.set(key("baz"), value("cat")));
    EXPECT_EQ(root_of(map), "bafy2bzacebql36crv4odvxzstx2ubaczmawy2tlljxezvorcsoqeyyojxkrom");
    auto again = Hamt::load(store, map.flush().value(), 8).value();
    EXPECT_EQ(again.remove(key("foo")).value(), value("cat dog bear"));
    EXPECT_FALSE(again.get(key("foo")).value());
    EXPECT_FALSE(again.remove(key("nonexistent")).value());
    EXPECT_EQ(root_of(again), "bafy2bzaced7up7wkm7cirieh5bs4iyula5inrprihmjzozmku3ywvekzzmlyi");

    Hamt single(store, 8);
    ASSERT_TRUE(single.set(Bytes{0}, value("Test data")));
    EXPECT_EQ(root_of(single), "bafy2bzaceb2hikcc6tfuuuuehjstbiq356oruwx6ejyse77zupq445unranv6");
    EXPECT_TRUE(single.remove(Bytes{0}).value());
    EXPECT_EQ(root_of(single), kEmptyRoot);
}

// This is ref-fvm's set_delete_many with 200 keys.
TEST(Hamt, removing_leads_back_to_the_tree_before) {
    MemoryBlockstore store;
    auto map = map_of(store, 0, 200);
    EXPECT_EQ(root_of(map), kRootOf200);
    for (int i = 200; i < 400; ++i) ASSERT_TRUE(map.set(key(i), value(i)));
    EXPECT_EQ(root_of(map), "bafy2bzacecxcp736xkl2mcyjlors3tug6vdlbispbzxvb75xlrhthiw2xwxvw");
    for (int i = 200; i < 400; ++i) EXPECT_TRUE(map.remove(key(i)).value()) << i;
    for (int i = 0; i < 200; ++i) EXPECT_EQ(map.get(key(i)).value(), value(i)) << i;
    EXPECT_EQ(root_of(map), kRootOf200);
    for (int i = 0; i < 200; ++i) EXPECT_TRUE(map.remove(key(i)).value()) << i;
    EXPECT_TRUE(map.empty());
    EXPECT_EQ(root_of(map), kEmptyRoot);
}

// This is ref-fvm's for_each, with changes between the visits.
TEST(Hamt, visiting_sees_every_entry_once) {
    MemoryBlockstore store;
    auto map = map_of(store, 0, 200);
    EXPECT_EQ(entries(map).size(), 200U);
    auto again = Hamt::load(store, map.flush().value(), 5).value();
    EXPECT_EQ(entries(again), entries(map));
    ASSERT_TRUE(again.set(key(10), value("modified-10")));
    ASSERT_TRUE(again.set(key(80), value("modified-80")));
    ASSERT_TRUE(again.set(key(81), value("modified-81")));
    EXPECT_TRUE(again.remove(key(30)).value());
    EXPECT_FALSE(again.remove(key(300)).value());
    const auto seen = entries(again);
    EXPECT_EQ(seen.size(), 199U);
    EXPECT_EQ(seen.at(key(80)), value("modified-80"));
    EXPECT_FALSE(seen.contains(key(30)));
    EXPECT_EQ(root_of(again), "bafy2bzacebln5j7tdfavh2qqhio6mgaoq6mm2jbmcex2ngcmi3uqlx5k3mov4");
}

// As in ref-fvm's for_each_ranged, a map from memory and one from the store are visited in the same order, that of the
// hashes.
TEST(Hamt, the_order_of_a_visit_is_that_of_the_tree) {
    MemoryBlockstore store;
    auto map = map_of(store, 0, 200);
    const auto order = [](const Hamt& from, std::size_t most) {
        std::vector<Bytes> out;
        EXPECT_TRUE(from.for_each([&](BytesView k, BytesView) -> Result<bool> {
            out.push_back(to_bytes(k));
            return out.size() < most;
        }));
        return out;
    };
    const auto whole = order(map, 1'000);
    auto again = Hamt::load(store, map.flush().value(), 5).value();
    EXPECT_EQ(order(again, 1'000), whole);
    auto front = order(again, 17);
    EXPECT_EQ(front.size(), 17U) << "a visit ends when the visitor says so";
    EXPECT_TRUE(std::ranges::equal(front, std::span(whole).first(17)));
    // The order of insertion does not matter (prop_cid_indep_of_insert_order).
    Hamt backwards(store, 5);
    for (int i = 200; i-- > 0;) ASSERT_TRUE(backwards.set(key(i), value(i)));
    EXPECT_EQ(order(backwards, 1'000), whole);
    EXPECT_EQ(root_of(backwards), kRootOf200);
}

TEST(Hamt, an_error_of_the_visitor_ends_the_visit) {
    MemoryBlockstore store;
    const auto map = map_of(store, 0, 50);
    int seen = 0;
    const auto visited = map.for_each([&](BytesView, BytesView) -> Result<bool> {
        if (++seen == 3) return Errc::cancelled;
        return true;
    });
    EXPECT_EQ(visited.error().code(), Errc::cancelled);
    EXPECT_EQ(seen, 3);
}

// As in ref-fvm's clean_child_ordering, keys are LEB128 numbers, and every value is 42.
TEST(Hamt, a_bucket_that_moves_up_is_sorted) {
    MemoryBlockstore store;
    HamtMap<std::uint64_t, std::uint64_t> map(store);
    for (std::uint64_t i = 100; i < 195; ++i) ASSERT_TRUE(map.set(i, 42));
    const Cid root = map.flush().value();
    EXPECT_EQ(root.to_string(), "bafy2bzacebqox3gtng4ytexyacr6zmaliyins3llnhbnfbcrqmhzuhmuuawqk");
    auto again = HamtMap<std::uint64_t, std::uint64_t>::load(store, root).value();
    EXPECT_EQ(again.remove(104).value(), 42U);
    EXPECT_EQ(again.remove(108).value(), 42U);
    const Cid after = again.flush().value();
    EXPECT_EQ(after.to_string(), "bafy2bzacedlyeuub3mo4aweqs7zyxrbldsq2u4a2taswubudgupglu2j4eru6");
    EXPECT_TRUE((HamtMap<std::uint64_t, std::uint64_t>::load(store, after)));
}

// A hostile tree has 60 nodes; each has only links to the next. A key's hash has 256 bits, so
// with a width of 5 it ends at level 52 (ref-fvm Error::MaxDepth).
TEST(Hamt, a_tree_that_is_deeper_than_the_hash_is_refused) {
    MemoryBlockstore store;
    Cid below = stored(store, "824101818182410041ff");
    for (int level = 0; level < 60; ++level) {
        CborWriter w;
        w.array(2);
        w.bytes(Bytes{0xff, 0xff, 0xff, 0xff});
        w.array(32);
        for (int i = 0; i < 32; ++i) w.link(below);
        below = store.put(Codec::dag_cbor, w.view()).value();
    }
    auto map = Hamt::load(store, below, 5).value();
    EXPECT_EQ(map.get(key(1)).error().code(), Errc::too_large);
    EXPECT_EQ(map.set(key(1), value(1)).error().code(), Errc::too_large);
    EXPECT_EQ(map.set_if_absent(key(1), value(1)).error().code(), Errc::too_large);
    EXPECT_EQ(map.remove(key(1)).error().code(), Errc::too_large);
    const auto visited = map.for_each([](BytesView, BytesView) -> Result<bool> { return true; });
    EXPECT_EQ(visited.error().code(), Errc::malformed);
}

// A block that cannot be read is never an absent key (docs/architecture.md, "Errors").
TEST(Hamt, a_lost_block_is_not_an_absent_key) {
    MemoryBlockstore good;
    const Cid root = map_of(good, 0, 200).flush().value();
    for (const auto code : {Errc::io, Errc::missing_block}) {
        testing::FailingBlockstore store(good);
        store.fail_read(0, code);
        EXPECT_EQ(Hamt::load(store, root, 5).error().code(), code);
        testing::FailingBlockstore after_root(good);
        after_root.fail_read(1, code);
        auto map = Hamt::load(after_root, root, 5).value();
        // Some keys are in the root; all others need a second block.
        std::size_t failed = 0;
        for (int i = 0; i < 200; ++i) {
            const auto got = map.get(key(i));
            if (got) {
                EXPECT_EQ(*got, value(i)) << i;
                continue;
            }
            EXPECT_EQ(got.error().code(), code) << i;
            EXPECT_EQ(map.set(key(i), value("x")).error().code(), code) << i;
            EXPECT_EQ(map.remove(key(i)).error().code(), code) << i;
            ++failed;
        }
        EXPECT_GT(failed, 100U);
        EXPECT_EQ(map.for_each([](BytesView, BytesView) -> Result<bool> { return true; }).error().code(), code);
        EXPECT_EQ(map.flush().value(), root) << "nothing has changed";
    }
}

TEST(Hamt, a_failed_flush_can_be_tried_again) {
    const MemoryBlockstore good;
    for (std::size_t n = 0; n < 30; ++n) {
        MemoryBlockstore memory;
        testing::FailingBlockstore store(memory);
        auto map = map_of(store, 0, 200);
        store.fail_write(n, Errc::no_space);
        const auto flushed = map.flush();
        ASSERT_FALSE(flushed) << n << ": the tree has 30 nodes (ref-fvm counts the writes)";
        EXPECT_EQ(flushed.error().code(), Errc::no_space);
        store.fail_write(testing::FailingBlockstore::kNever, Errc::io);
        EXPECT_EQ(root_of(map), kRootOf200) << n;
        EXPECT_EQ(entries(Hamt::load(memory, map.flush().value(), 5).value()).size(), 200U);
    }
}

// The encoding before version 3: each pointer is a map of one entry, "0" for a link and "1" for a bucket (go-hamt-ipld
// v2 pointer_cbor.go; docs/protocol/fvm.md §8.8).
TEST(HamtV2, pointers_are_maps) {
    using enum Hamt::Version;
    MemoryBlockstore store;
    Hamt map(store, 5, nullptr, v2);
    ASSERT_TRUE(map.set(Bytes{0}, Bytes{0x01}));
    const auto node = to_hex(store.get(map.flush().value()).value());
    // The SHA-256 of one zero byte begins with 6e, so the entry is in slot 01101 = 13.
    EXPECT_EQ(node,
              "82422000"
              "81a16131"
              "81"
              "82410001");
    EXPECT_EQ(load_error(store, "8242200081a161318182410001", 5), Errc::malformed) << "not of version 3";
    EXPECT_EQ(load_error(store, "82422000818182410001", 5, v2), Errc::malformed) << "not of version 2";
    EXPECT_EQ(load_error(store, "8242200081a161328182410001", 5, v2), Errc::malformed) << "an unknown key";
    EXPECT_EQ(load_error(store, "8242200081a26130f66131f6", 5, v2), Errc::malformed) << "two entries";

    for (int i = 0; i < 200; ++i) ASSERT_TRUE(map.set(key(i), value(i)));
    const Cid root = map.flush().value();
    auto again = Hamt::load(store, root, 5, nullptr, v2).value();
    EXPECT_EQ(entries(again).size(), 201U);
    for (int i = 0; i < 200; ++i) EXPECT_EQ(again.remove(key(i)).value(), value(i));
    EXPECT_EQ(to_hex(store.get(again.flush().value()).value()), node);
}

// The keys of the actors' maps (docs/protocol/fvm.md §1.6): LEB128, zig-zag LEB128 and the bytes themselves.
TEST(HamtKeys, have_the_bytes_of_the_actors) {
    EXPECT_EQ(to_hex(KeyCodec<std::uint64_t>::encode(300)), "ac02");
    EXPECT_EQ(to_hex(KeyCodec<std::int64_t>::encode(300)), "d804");
    EXPECT_EQ(to_hex(KeyCodec<std::int64_t>::encode(-1)), "01");
    EXPECT_EQ(KeyCodec<std::int64_t>::decode(Bytes{0x01}).value(), -1);
    EXPECT_FALSE(KeyCodec<std::uint64_t>::decode(Bytes{0x80}));
    EXPECT_FALSE(KeyCodec<std::uint64_t>::decode(Bytes{0x80, 0x00}));
    EXPECT_FALSE(KeyCodec<Cid>::decode(Bytes{1}));
}

// A value of a wrong type is an error of the typed map, not an absent entry; so is a key.
TEST(HamtMapTest, wrong_types_are_errors) {
    MemoryBlockstore store;
    Hamt raw(store, 5);
    ASSERT_TRUE(raw.set(Bytes{0x07}, Bytes{0x61, 'x'}));
    const Cid root = raw.flush().value();
    auto map = HamtMap<std::uint64_t, std::uint64_t>::load(store, root).value();
    EXPECT_EQ(map.get(7).error().code(), Errc::malformed);
    EXPECT_TRUE(map.contains(7).value());
    const auto ignore = [](std::uint64_t, std::uint64_t) -> Status { return {}; };
    EXPECT_EQ(map.for_each(ignore).error().code(), Errc::malformed);
    EXPECT_EQ(map.remove(7).error().code(), Errc::malformed);

    // A set's members have the value null (checked against mainnet, docs/protocol/fvm.md §1.6).
    HamtSet<std::uint64_t> set(store);
    ASSERT_TRUE(set.set(7, {}));
    EXPECT_TRUE(to_hex(store.get(set.flush().value()).value()).ends_with("824107f6"));
}

}  // namespace strata
