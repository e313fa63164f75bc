// The roots are those of ref-fvm ipld/amt/tests/amt_tests.rs; other cases are those of go-amt-ipld amt_test.go.
#include <strata/ipld/amt.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata {
namespace {

constexpr std::uint64_t kMaxIndex = UINT64_MAX - 1;
constexpr unsigned kWidth = 3;  // the default of both references
// The root of every empty array of this width.
constexpr std::string_view kEmptyRoot = "bafy2bzacedijw74yui7otvo63nfl3hdq2vdzuy7wx2tnptwed6zml4vvz7wee";
constexpr std::string_view kRootOf5000 = "bafy2bzacecfquuqzqzlox25aynodzw2qhxijdzfvno6tibyes3kb6nd3f7uxa";

// A value in those tests is a byte string with these characters.
Bytes value(std::string_view text) {
    CborWriter w;
    w.bytes(as_bytes(text));
    return w.take();
}
std::string root_of(Amt& array) {
    return array.flush().value().to_string();
}
Cid stored(MemoryBlockstore& store, std::string_view hex) {
    return store.put(Codec::dag_cbor, from_hex(hex).value()).value();
}
Errc load_error(std::string_view hex, unsigned width = kWidth, Amt::Version version = Amt::Version::v3) {
    MemoryBlockstore store;
    const auto array = Amt::load(store, stored(store, hex), width, version);
    return array ? Errc::internal : array.error().code();
}
std::vector<std::uint64_t> indices(const Amt& array, std::uint64_t start = 0) {
    std::vector<std::uint64_t> out;
    EXPECT_TRUE(array.for_each(
        [&](std::uint64_t index, BytesView) -> Result<bool> {
            out.push_back(index);
            return true;
        },
        start));
    return out;
}
Amt filled(Blockstore& store, const std::vector<std::uint64_t>& at, std::string_view text) {
    Amt array(store, kWidth);
    for (const auto index : at) EXPECT_TRUE(array.set(index, value(text)));
    return array;
}
std::vector<std::uint64_t> range(std::uint64_t size) {
    std::vector<std::uint64_t> out(size);
    for (std::uint64_t i = 0; i < size; ++i) out[i] = i;
    return out;
}

}  // namespace

// The reference reads as many bits as the width has slots: with width 2 the upper four are unused (ref-fvm
// ipld/amt/src/node.rs expand).
TEST(Amt, BitsBeyondTheWidthAreNotRead) {
    MemoryBlockstore store;
    const auto amt = Amt::load(store, stored(store, "8402000183411180810a"), 2).value();
    EXPECT_EQ(amt.get(0).value(), Bytes{0x0a});
    EXPECT_FALSE(amt.get(1).value());
}

TEST(Amt, ABitmapMustHaveTheLengthOfTheWidth) {
    EXPECT_EQ(load_error("840200018342010080810a", 2), Errc::malformed);
    EXPECT_EQ(load_error("84030001834080810a"), Errc::malformed);
}

// These are the cases of ref-fvm's basic_get_set and legacy_amtv0_basic_get_set.
TEST(Amt, one_value_in_both_versions) {
    MemoryBlockstore store;
    Amt array(store, kWidth);
    ASSERT_TRUE(array.set(2, value("foo")));
    EXPECT_EQ(array.get(2).value(), value("foo"));
    EXPECT_EQ(array.count(), 1U);
    EXPECT_EQ(root_of(array), "bafy2bzacedv5uu5za6oqtnozjvju5lhbgaybayzhw4txiojw7hd47ktgbv5wc");
    const auto again = Amt::load(store, array.flush().value(), 0).value();
    EXPECT_EQ(again.get(2).value(), value("foo"));

    using enum Amt::Version;
    Amt old(store, kWidth, v0);
    ASSERT_TRUE(old.set(2, value("foo")));
    EXPECT_EQ(root_of(old), "bafy2bzaceansvim5z2rzifilsbzsjuoul2adx7iad7x3b4paj3qsexqf6ovxk");
    EXPECT_EQ(Amt::load(store, old.flush().value(), kWidth, v0).value().get(2).value(), value("foo"));
    // A root of one version is not one of the other.
    EXPECT_EQ(Amt::load(store, old.flush().value(), kWidth, v3).error().code(), Errc::malformed);
    EXPECT_EQ(Amt::load(store, array.flush().value(), kWidth, v0).error().code(), Errc::malformed);
}

// These are the cases of ref-fvm's out_of_range and go-amt-ipld's TestMaxRange.
TEST(Amt, indices_end_below_the_largest_number) {
    MemoryBlockstore store;
    Amt array(store, kWidth);
    ASSERT_TRUE(array.set(kMaxIndex, value("what is up")));
    EXPECT_EQ(array.height(), 21U);
    EXPECT_EQ(array.set(UINT64_MAX, value("what is up")).error().code(), Errc::out_of_range);
    EXPECT_EQ(array.get(UINT64_MAX).error().code(), Errc::out_of_range);
    EXPECT_EQ(array.remove(UINT64_MAX).error().code(), Errc::out_of_range);
    ASSERT_TRUE(array.set(kMaxIndex - 1, value("what is up")));
    EXPECT_EQ(array.height(), 21U);
    EXPECT_EQ(root_of(array), "bafy2bzacecl3zuubhdvkojg6uhbu4mebaehx554q6algfjitqiivvnrqprkxo");
    EXPECT_EQ(indices(array), (std::vector{kMaxIndex - 1, kMaxIndex}));
    EXPECT_EQ(indices(array, kMaxIndex), std::vector{kMaxIndex});
    const auto again = Amt::load(store, array.flush().value(), kWidth).value();
    EXPECT_EQ(indices(again, kMaxIndex), std::vector{kMaxIndex});
    EXPECT_TRUE(again.get(kMaxIndex).value());
    EXPECT_FALSE(again.get(0).value());
}

// go-amt-ipld runs its tests with every width.
TEST(Amt, every_width_reaches_the_largest_index) {
    for (unsigned width = 1; width <= 8; ++width) {
        MemoryBlockstore store;
        Amt array(store, width);
        ASSERT_TRUE(array.set(kMaxIndex, value("far"))) << width;
        ASSERT_TRUE(array.set(0, value("near"))) << width;
        auto again = Amt::load(store, array.flush().value(), width).value();
        EXPECT_EQ(indices(again), (std::vector<std::uint64_t>{0, kMaxIndex})) << width;
        EXPECT_TRUE(again.remove(kMaxIndex).value()) << width;
        EXPECT_EQ(again.height(), 0U) << width;
        Amt near(store, width);
        ASSERT_TRUE(near.set(0, value("near")));
        EXPECT_EQ(root_of(again), root_of(near)) << width;
    }
}

// These are the cases of ref-fvm's expand and bulk_insert.
TEST(Amt, it_grows_with_its_indices) {
    MemoryBlockstore store;
    Amt array(store, kWidth);
    ASSERT_TRUE(array.set(2, value("foo")));
    ASSERT_TRUE(array.set(11, value("bar")));
    ASSERT_TRUE(array.set(79, value("baz")));
    EXPECT_EQ(root_of(array), "bafy2bzacecughjbclx3lbqwibrwc6pe7nttlc3qewedsrayghsvh5j5lpofiq");
    const auto again = Amt::load(store, array.flush().value(), kWidth).value();
    EXPECT_EQ(again.get(11).value(), value("bar"));
    EXPECT_FALSE(again.get(10).value());
    EXPECT_FALSE(again.get(1'000'000).value()) << "above the capacity";

    auto many = filled(store, range(5'000), "foo foo bar");
    EXPECT_EQ(many.count(), 5'000U);
    EXPECT_EQ(root_of(many), kRootOf5000);
    EXPECT_EQ(indices(Amt::load(store, many.flush().value(), kWidth).value()), range(5'000));
}

// These are the cases of ref-fvm's delete.
TEST(Amt, removing_leads_to_the_array_that_never_had_them) {
    MemoryBlockstore store;
    auto array = filled(store, range(4), "cat");
    EXPECT_TRUE(array.remove(1).value());
    EXPECT_FALSE(array.get(1).value());
    EXPECT_FALSE(array.remove(1).value());
    EXPECT_EQ(array.count(), 3U);
    for (const std::uint64_t i : {0U, 2U, 3U}) EXPECT_TRUE(array.remove(i).value()) << i;
    EXPECT_EQ(array.count(), 0U);
    EXPECT_EQ(root_of(array), kEmptyRoot);
    ASSERT_TRUE(array.set(23, value("dog")));
    ASSERT_TRUE(array.set(24, value("dog")));
    EXPECT_TRUE(array.remove(23).value());
    EXPECT_EQ(root_of(array), "bafy2bzacebnnxpurpb3zqqr22i7ch4uruz6hgykn3ryzoo4hh3ox2m2kufsvg");
    auto direct = filled(store, {24}, "dog");
    EXPECT_EQ(root_of(direct), root_of(array));
}

// These are the cases of ref-fvm's delete_first_entry, delete_reduce_height and delete_bug_test.
TEST(Amt, removing_lowers_the_tree) {
    MemoryBlockstore store;
    auto array = filled(store, {0, 27}, "cat");
    EXPECT_EQ(array.height(), 1U);
    EXPECT_TRUE(array.remove(27).value());
    EXPECT_EQ(array.height(), 0U);
    EXPECT_EQ(root_of(array), "bafy2bzacecmxrjeri2ojuy3riae2mpbnztx2hqggqgkcrxao2nwpga77j2vqe");

    auto low = filled(store, {1}, "thing");
    EXPECT_EQ(root_of(low), "bafy2bzacebmkyah6kppbszluix3g332hntzx6wfdcqcr5hjdsaxri5jhgrdmo");
    const Cid before = low.flush().value();
    ASSERT_TRUE(low.set(37, value("other")));
    EXPECT_EQ(low.height(), 1U);
    auto again = Amt::load(store, low.flush().value(), kWidth).value();
    EXPECT_TRUE(again.remove(37).value());
    EXPECT_EQ(again.height(), 0U);
    EXPECT_EQ(again.flush().value(), before);

    Amt far(store, kWidth);
    EXPECT_EQ(root_of(far), kEmptyRoot);
    ASSERT_TRUE(far.set(100'000, value("foo")));
    EXPECT_TRUE(far.remove(100'000).value());
    EXPECT_EQ(root_of(far), kEmptyRoot);
}

// These are the cases of ref-fvm's for_each.
TEST(Amt, a_sparse_array_is_visited_in_order) {
    MemoryBlockstore store;
    std::vector<std::uint64_t> at;
    for (std::uint64_t i = 0; i < 10'000; ++i)
        if ((i + 1) % 3 == 0) at.push_back(i);
    auto array = filled(store, at, "value");
    EXPECT_EQ(indices(array), at);
    EXPECT_EQ(root_of(array), "bafy2bzaceanqxtbsuyhqgxubiq6vshtbhktmzp2if4g6kxzttxmzkdxmtipcm");
    const auto again = Amt::load(store, array.flush().value(), kWidth).value();
    EXPECT_EQ(again.count(), at.size());
    EXPECT_EQ(indices(again), at);
    auto few = filled(store, {1, 9, 66, 74, 82, 515}, "value");
    EXPECT_EQ(root_of(few), "bafy2bzaced44wtasbcukqjqicvxzcyn5up6sorr5khzbdkl6zjeo736f377ew");
}

// These are the cases of ref-fvm's for_each_ranged and go-amt-ipld's TestForEachAt.
TEST(Amt, a_visit_may_begin_anywhere) {
    MemoryBlockstore store;
    auto array = filled(store, range(1'000), "value");
    const auto again = Amt::load(store, array.flush().value(), kWidth).value();
    for (const std::uint64_t start : {0U, 1U, 7U, 8U, 9U, 63U, 64U, 511U, 512U, 998U, 999U}) {
        const auto seen = indices(again, start);
        ASSERT_EQ(seen.size(), 1'000 - start) << start;
        EXPECT_EQ(seen.front(), start);
        EXPECT_EQ(seen.back(), 999U);
    }
    for (const std::uint64_t start : {std::uint64_t{1'000}, std::uint64_t{8'000}, kMaxIndex, UINT64_MAX})
        EXPECT_TRUE(indices(again, start).empty()) << start;
    // A visit ends when the visitor says so, and an error of the visitor is passed on.
    std::vector<std::uint64_t> seen;
    const auto first_two = [&](std::uint64_t index, BytesView) -> Result<bool> {
        seen.push_back(index);
        return seen.size() < 2;
    };
    ASSERT_TRUE(again.for_each(first_two, 100));
    EXPECT_EQ(seen, (std::vector<std::uint64_t>{100, 101}));
    const auto refuse = [](std::uint64_t, BytesView) -> Result<bool> { return Errc::cancelled; };
    EXPECT_EQ(again.for_each(refuse).error().code(), Errc::cancelled);
}

// go-amt-ipld TestCidStability: each root on the way up is met again on the way down.
TEST(Amt, roots_on_the_way_down_are_those_on_the_way_up) {
    MemoryBlockstore store;
    Amt array(store, kWidth);
    std::vector<Cid> roots;
    for (std::uint64_t i = 0; i < 200; ++i) {
        roots.push_back(array.flush().value());
        ASSERT_TRUE(array.set(i, value(std::to_string(i))));
    }
    auto again = Amt::load(store, array.flush().value(), kWidth).value();
    for (std::uint64_t i = 200; i-- > 0;) {
        EXPECT_TRUE(again.remove(i).value()) << i;
        EXPECT_EQ(again.flush().value(), roots[i]) << i;
    }
}

// These are the cases of go-amt-ipld's TestSetOrderIndependent and TestDeleteOrderIndependent.
TEST(Amt, the_order_of_changes_does_not_matter) {
    MemoryBlockstore store;
    auto at = range(300);
    std::ranges::reverse(at);
    auto backwards = filled(store, at, "value");
    auto forwards = filled(store, range(300), "value");
    EXPECT_EQ(root_of(backwards), root_of(forwards));
    for (std::uint64_t i = 0; i < 300; i += 7) EXPECT_TRUE(forwards.remove(i).value());
    for (std::uint64_t i = 294 + 7; i > 0;) {
        i -= 7;
        EXPECT_TRUE(backwards.remove(i).value());
    }
    EXPECT_EQ(root_of(backwards), root_of(forwards));
}

TEST(Amt, setting_an_equal_value_writes_nothing) {
    MemoryBlockstore memory;
    testing::FailingBlockstore store(memory);
    auto array = filled(store, range(100), "value");
    const Cid root = array.flush().value();
    store.fail_write(0, Errc::io);
    ASSERT_TRUE(array.set(50, value("value")));
    EXPECT_EQ(array.flush().value(), root);
    EXPECT_EQ(array.count(), 100U);
}

// The rules are those of ref-fvm ipld/amt/src/{root,node}.rs and go-amt-ipld's TestBadBitfield.
TEST(Amt, nodes_that_the_reference_refuses) {
    EXPECT_EQ(load_error("8403000183410180"
                         "80"),
              Errc::malformed)
        << "a bit without a value";
    EXPECT_EQ(load_error("84030001834100"
                         "80"
                         "810a"),
              Errc::malformed)
        << "a value without a bit";
    EXPECT_EQ(load_error("8403000283410381"
                         "0a"
                         "820a0b"),
              Errc::malformed)
        << "links are not numbers";
    EXPECT_EQ(load_error("84030101834101"
                         "80"
                         "810a"),
              Errc::malformed)
        << "a value above the lowest level";
    EXPECT_EQ(load_error("8403000183410180810a00"), Errc::trailing);
    EXPECT_EQ(load_error("8303000183410180810a"), Errc::malformed) << "three fields";
    EXPECT_EQ(load_error("840300018341018081"), Errc::truncated);
    EXPECT_EQ(load_error("8400000183410180810a", 0), Errc::malformed) << "width 0";
    EXPECT_EQ(load_error("8409000083404080"
                         "80",
                         0),
              Errc::malformed)
        << "width 9";
    EXPECT_EQ(load_error("8403000183410180810a", 5), Errc::malformed) << "a different width than expected";
    EXPECT_EQ(load_error("840318400083410080"
                         "80"),
              Errc::too_large)
        << "64 levels (MAX_HEIGHT)";
    EXPECT_EQ(load_error("840317008341008080"), Errc::too_large) << "more levels than an index has bits";
    EXPECT_EQ(load_error("8403200083410080"
                         "80"),
              Errc::malformed)
        << "the height is -1";
    // A link to a block that is not DAG-CBOR (go-amt-ipld node.go).
    EXPECT_EQ(
        load_error("8403010183410181d82a5827000170a0e4022003faa8dd16f3347c81811b20edcd5492a172d654d485906a264d5686"
                   "b997053480"),
        Errc::malformed);
}

// A child is checked when it is first read.
TEST(Amt, an_empty_node_below_the_root_is_refused) {
    MemoryBlockstore store;
    const Cid child = stored(store, "8341008080");
    CborWriter w;
    w.array(4);
    for (const std::uint64_t number : {3U, 1U, 1U}) w.uint(number);
    w.array(3);
    w.bytes(Bytes{0x01});
    w.array(1);
    w.link(child);
    w.array(0);
    auto array = Amt::load(store, store.put(Codec::dag_cbor, w.view()).value(), kWidth).value();
    EXPECT_EQ(array.get(0).error().code(), Errc::malformed);
    EXPECT_EQ(array.set(0, value("x")).error().code(), Errc::malformed);
    EXPECT_EQ(array.remove(0).error().code(), Errc::malformed);
    EXPECT_FALSE(array.get(8).value()) << "that slot is not used";
}

// A root may have more values than its count says; removing is then refused before the count falls below zero.
TEST(Amt, a_root_that_counts_too_little) {
    MemoryBlockstore store;
    auto array = Amt::load(store, stored(store, "8403000083410180810a"), kWidth).value();
    EXPECT_EQ(array.remove(0).error().code(), Errc::malformed);
}

TEST(Amt, a_lost_block_is_not_an_absent_index) {
    MemoryBlockstore good;
    const Cid root = filled(good, range(100), "value").flush().value();
    for (const auto code : {Errc::io, Errc::missing_block}) {
        testing::FailingBlockstore store(good);
        store.fail_read(0, code);
        EXPECT_EQ(Amt::load(store, root, kWidth).error().code(), code);
        testing::FailingBlockstore after_root(good);
        after_root.fail_read(1, code);
        auto array = Amt::load(after_root, root, kWidth).value();
        EXPECT_EQ(array.get(50).error().code(), code);
        EXPECT_EQ(array.set(50, value("x")).error().code(), code);
        EXPECT_EQ(array.remove(50).error().code(), code);
        EXPECT_EQ(array.for_each([](std::uint64_t, BytesView) -> Result<bool> { return true; }).error().code(), code);
        EXPECT_FALSE(array.get(5'000).value()) << "the root alone shows that";
        EXPECT_EQ(array.flush().value(), root);
    }
}

// ref-fvm counts 16 writes for 100 values (flush_read).
TEST(Amt, a_failed_flush_can_be_tried_again) {
    MemoryBlockstore other;
    const Cid expected = filled(other, range(100), "foo foo bar").flush().value();
    for (std::size_t n = 0; n < 16; ++n) {
        MemoryBlockstore memory;
        testing::FailingBlockstore store(memory);
        auto array = filled(store, range(100), "foo foo bar");
        store.fail_write(n, Errc::no_space);
        EXPECT_EQ(array.flush().error().code(), Errc::no_space) << n;
        store.fail_write(testing::FailingBlockstore::kNever, Errc::io);
        EXPECT_EQ(array.flush().value(), expected) << n;
    }
    EXPECT_EQ(other.blocks().size(), 5U) << "equal nodes are one block";
}

// A value of a wrong type is an error of the typed array, not an absent value.
TEST(AmtArrayTest, wrong_types_are_errors) {
    MemoryBlockstore store;
    const Cid root = stored(store,
                            "84030001834101808161"
                            "78");
    auto array = AmtArray<std::uint64_t>::load(store, root, kWidth).value();
    EXPECT_EQ(array.get(0).error().code(), Errc::malformed);
    EXPECT_FALSE(array.get(1).value());
    const auto ignore = [](std::uint64_t, std::uint64_t) -> Status { return {}; };
    EXPECT_EQ(array.for_each(ignore).error().code(), Errc::malformed);
    const auto go_on = [](std::uint64_t, std::uint64_t) -> Result<bool> { return true; };
    EXPECT_EQ(array.for_each_while(go_on).error().code(), Errc::malformed);
}

// The empty list of a block without messages (vectors/lotus-devnet, tipsets.jsonl: parent_message_receipts).
TEST(AmtArrayTest, pushing_fills_a_list) {
    MemoryBlockstore store;
    AmtArray<std::uint64_t> list(store, kWidth, Amt::Version::v0);
    EXPECT_EQ(list.flush().value().to_string(), "bafy2bzacedswlcz5ddgqnyo3sak3jmhmkxashisnlpq6ujgyhe4mlobzpnhs6");
    for (std::uint64_t i = 0; i < 20; ++i) ASSERT_TRUE(list.push(i * i));
    EXPECT_EQ(list.count(), 20U);
    EXPECT_EQ(list.get(19).value(), 361U);
    std::uint64_t sum = 0;
    ASSERT_TRUE(list.for_each_while([&](std::uint64_t, std::uint64_t number) -> Result<bool> {
        sum += number;
        return number < 16;
    }));
    EXPECT_EQ(sum, 0U + 1 + 4 + 9 + 16);
}

}  // namespace strata
