// The cases are those of the two references: ref-fvm ipld/bitfield (src/rleplus/mod.rs, tests/bitfield_tests.rs) and
// go-bitfield bitfield_test.go.
#include <strata/ipld/bitfield.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {
namespace {

using Positions = std::vector<std::uint64_t>;
using Ranges = std::vector<BitField::Range>;

Result<BitField> decoded(std::string_view hex) {
    return BitField::decode(*from_hex(hex));
}
Positions all(const BitField& field) {
    return field.positions(100'000).value();
}

// A fixed sequence of sets: two of three positions, as the random sets of go-bitfield's tests have.
Positions scattered(std::uint64_t size, std::uint32_t seed) {
    Positions out;
    std::uint32_t x = seed;
    for (std::uint64_t i = 0; i < size; ++i) {
        x = x * 1664525 + 1013904223;
        if ((x >> 16) % 3 != 0) out.push_back(i);
    }
    return out;
}

}  // namespace

// The rows were given to the reference's decoder (oracle/fvm `ipld`); these are small ones of each kind.
TEST(BitField, OneSpellingOnly) {
    EXPECT_TRUE(decoded("")->empty());
    // A run of ones is announced, but missing.
    EXPECT_EQ(decoded("04").error().code(), Errc::non_canonical);
    // The last run is of zeros.
    EXPECT_EQ(decoded("0042").error().code(), Errc::non_canonical);
    EXPECT_EQ(decoded("f0").error().code(), Errc::non_canonical);
    // There is a zero byte at the end.
    EXPECT_EQ(decoded("7071530200").error().code(), Errc::non_canonical);
    EXPECT_EQ(decoded("61").error().code(), Errc::malformed);
}

// The rows that ref-fvm's decoder accepts.
TEST(BitField, rows_of_the_reference_that_are_sets) {
    struct Row {
        std::string_view hex;
        Ranges ranges;
    };
    for (const auto& [hex, ranges] : {Row{"1401", {{0, 8}}}, Row{"943a", {{0, 4}, {5, 8}}}, Row{"2403", {{0, 25}}},
                                      Row{"2402", {{0, 17}}}, Row{"e4ffffffffffffffff3f", {{0, UINT64_MAX}}}}) {
        const auto field = decoded(hex);
        ASSERT_TRUE(field) << hex << ": " << field.error().message();
        EXPECT_EQ(field->ranges(), ranges) << hex;
        EXPECT_EQ(to_hex(field->to_rle_plus()), hex);
    }
}

// The rows that ref-fvm's decoder refuses, with its reason.
TEST(BitField, rows_of_the_reference_that_are_refused) {
    EXPECT_EQ(decoded("1501").error().code(), Errc::malformed) << "unsupported version";
    for (const auto* hex : {
             "2c04", "0c40",                // a run of zero ones, with more runs after it
             "b400",                        // a zero byte at the end
             "64e0", "24e0", "34fe",        // a run in a longer form than it needs
             "08", "9000", "9402", "2849",  // a run of zeros at the end
         })
        EXPECT_EQ(decoded(hex).error().code(), Errc::non_canonical) << hex;
    EXPECT_FALSE(decoded("6410e0")) << "a varint that is not in its shortest form";
    EXPECT_FALSE(decoded("04101010101010101050")) << "a varint of more than 64 bits";
    EXPECT_EQ(decoded("e4ffffffffffffffff8fffffffffffffffff3f05").error().code(), Errc::out_of_range)
        << "the runs add up to more than 2^64 positions";
}

// These are the cases of ref-fvm's bit_vec_unset_vector.
TEST(BitField, cbor_of_a_set_with_a_hole) {
    BitField field{1, 2, 3, 4, 5};
    field.unset(3);
    EXPECT_FALSE(field.contains(3));
    EXPECT_EQ(field.count(), 4U);
    EXPECT_EQ(to_hex(to_cbor(field)), "42a854");
    EXPECT_EQ(from_cbor<BitField>(*from_hex("42a854")).value(), field);
    EXPECT_EQ(to_hex(to_cbor(BitField())), "40") << "go-bitfield TestUninitializedBitField: one byte";
    EXPECT_EQ(from_cbor<BitField>(*from_hex("62a854")).error().code(), Errc::malformed) << "a text string";
}

// These are the cases of ref-fvm's iter_last and exceeds_bitfield_range: the largest member is 2^64 - 2.
TEST(BitField, the_largest_position) {
    const auto field = decoded("e4ffffffffffffffff2fffffffffffffffff7f").value();
    EXPECT_EQ(field.last(), UINT64_MAX - 1);
    BitField one;
    one.set(UINT64_MAX - 1);
    EXPECT_EQ(BitField::decode(one.to_rle_plus()).value(), one);
    EXPECT_TRUE(one.contains(UINT64_MAX - 1));
    EXPECT_FALSE(one.contains(UINT64_MAX));
    EXPECT_FALSE(one.contains(UINT64_MAX - 2));
}

// These are the cases of ref-fvm's test_unset_last, test_unset_max, test_zero_last, len_unset_never_set and
// len_range_entirely_unset.
TEST(BitField, unsetting) {
    BitField field{0, 1, 2, 3};
    field.unset(UINT64_MAX);
    EXPECT_EQ(field.ranges(), (Ranges{{0, 4}}));
    field.unset(42);
    EXPECT_EQ(field.count(), 4U);
    field.unset(3);
    EXPECT_EQ(field.last(), 2U);
    for (std::uint64_t i = 0; i < 3; ++i) field.unset(i);
    EXPECT_TRUE(field.empty());
    EXPECT_FALSE(field.first());
    EXPECT_FALSE(field.last());
    EXPECT_TRUE(field.to_rle_plus().empty());
    field.set(0);
    EXPECT_EQ(field.first(), 0U);
    EXPECT_EQ(field.last(), 0U);
}

// These are the cases of ref-fvm's len_multiple_ranges_mixed_dirty and ranges.
TEST(BitField, counts_and_ranges_follow_changes) {
    BitField field = BitField::range(10, 20) | BitField::range(30, 40) | BitField::range(50, 60);
    for (const std::uint64_t i : {10U, 19U, 35U}) field.unset(i);
    for (const std::uint64_t i : {25U, 45U}) field.set(i);
    EXPECT_EQ(field.count(), 29U);

    BitField ranges{2, 3, 4, 6, 7, 9, 12, 13};
    EXPECT_EQ(ranges.ranges().size(), 4U);
    ranges.set(5);
    EXPECT_EQ(ranges.ranges().size(), 3U);
    ranges.unset(4);
    EXPECT_EQ(ranges.ranges().size(), 4U);
    ranges.unset(2);
    EXPECT_EQ(ranges.ranges().size(), 4U);
}

// This is the case of go-bitfield's TestBitfieldJson: the runs of 1, 5, 6, 7, 10, 11, 12, 15.
TEST(BitField, members_in_any_order_make_the_same_runs) {
    const BitField field = BitField::of({12, 1, 15, 5, 7, 6, 10, 11, 5});
    EXPECT_EQ(field.ranges(), (Ranges{{1, 2}, {5, 8}, {10, 13}, {15, 16}}));
    EXPECT_EQ(field, (BitField{1, 5, 6, 7, 10, 11, 12, 15}));
    EXPECT_EQ(BitField::from_ranges({{1, 1}, {2, 4}, {4, 6}}).ranges(), (Ranges{{2, 6}})) << "touching runs are one";
    EXPECT_TRUE(BitField::range(5, 5).empty());
    EXPECT_TRUE(BitField::range(6, 5).empty());
}

// These are the cases of go-bitfield's TestBitfieldSetUnset.
TEST(BitField, a_run_grows_and_shrinks_at_its_ends) {
    BitField field{5, 6, 8, 10, 11, 13, 14, 17};
    for (const std::uint64_t i : {3U, 4U, 5U}) field.set(i);
    for (const std::uint64_t i : {3U, 6U, 7U}) field.unset(i);
    EXPECT_EQ(all(field), (Positions{4, 5, 8, 10, 11, 13, 14, 17}));
}

// These are the cases of ref-fvm's bit_ops.
TEST(BitField, set_operations) {
    const BitField a{1, 2, 3}, b{1, 3, 4}, empty;
    EXPECT_EQ(all(a & b), (Positions{1, 3}));
    EXPECT_EQ(all(a | b), (Positions{1, 2, 3, 4}));
    EXPECT_EQ(all(a - b), Positions{2});
    EXPECT_EQ(a & empty, empty);
    EXPECT_EQ(a | empty, a);
    EXPECT_EQ(a - empty, a);
    EXPECT_EQ(empty - a, empty);
    EXPECT_EQ(empty & empty, empty);
    EXPECT_EQ(a - a, empty);
}

// These are the cases of go-bitfield's TestBitfieldSubtractMore and TestBitfieldSubtractLargeElement.
TEST(BitField, differences_and_unions) {
    const BitField have{5, 6, 8, 10, 11, 13, 14, 17};
    for (const auto& part : {BitField{5, 6}, BitField{8, 10}, BitField{11, 13}, BitField{14, 17}})
        EXPECT_TRUE((part - have).empty());
    EXPECT_EQ(all(BitField{1, 2, UINT64_MAX - 1} - BitField{1}), (Positions{2, UINT64_MAX - 1}));
    EXPECT_EQ((BitField{7, 8} | BitField{1, 2, 3} | BitField{3, 4, 8, 9}), (BitField{1, 2, 3, 4, 7, 8, 9}));
}

// These are the cases of ref-fvm's contains_any and contains_all.
TEST(BitField, containment) {
    EXPECT_FALSE((BitField{0, 4}).contains_any(BitField{1, 3, 5}));
    EXPECT_TRUE((BitField{0, 2, 5, 6}).contains_any(BitField{1, 3, 5}));
    EXPECT_TRUE((BitField{1, 2, 3}).contains_any(BitField{1, 2, 3}));
    EXPECT_FALSE((BitField{0, 2, 4}).contains_all(BitField{0, 2, 4, 5}));
    EXPECT_TRUE((BitField{0, 2, 4, 5}).contains_all(BitField{0, 2, 4}));
    EXPECT_TRUE((BitField{1, 2, 3}).contains_all(BitField{1, 2, 3}));
    EXPECT_TRUE((BitField{1}).contains_all(BitField{}));
    EXPECT_FALSE((BitField{1}).contains_any(BitField{}));
}

// These are all combinations of go-bitfield's TestBitfieldSliceSmall.
TEST(BitField, every_slice_of_a_small_set) {
    const Positions values{1, 5, 6, 7, 10, 11, 12, 15};
    const BitField field = BitField::of(values);
    for (std::size_t start = 0; start <= values.size(); ++start) {
        for (std::size_t count = 0; start + count <= values.size(); ++count) {
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>(start);
            const Positions expected(begin, begin + static_cast<std::ptrdiff_t>(count));
            EXPECT_EQ(all(field.slice(start, count).value()), expected) << start << " " << count;
        }
        EXPECT_EQ(field.slice(start, values.size() - start + 1).error().code(), Errc::out_of_range) << start;
    }
    EXPECT_EQ(field.slice(9, 1).error().code(), Errc::out_of_range);
    EXPECT_TRUE(field.slice(100, 0).value().empty());
}

// go-bitfield testBitFieldCut: a member moves down by the number of removed positions below it.
TEST(BitField, cutting_closes_the_gaps) {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        const Positions a = scattered(100, seed), b = scattered(100, seed + 100);
        Positions expected;
        for (const auto position : a) {
            if (std::ranges::binary_search(b, position)) continue;
            const auto below = std::ranges::lower_bound(b, position) - b.begin();
            expected.push_back(position - static_cast<std::uint64_t>(below));
        }
        EXPECT_EQ(all(BitField::of(a).cut(BitField::of(b))), expected) << seed;
    }
    const BitField same{1, 2, 5};
    EXPECT_TRUE(same.cut(same).empty());
    EXPECT_EQ(same.cut({}), same);
    EXPECT_EQ(BitField{}.cut(same), BitField{});
}

// The operations are compared with those of the standard library on sorted lists (go-bitfield compares with maps).
TEST(BitField, operations_agree_with_lists) {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        const Positions a = scattered(300, seed), b = scattered(200, seed + 50);
        const BitField field_a = BitField::of(a), field_b = BitField::of(b);
        Positions both, either, only_a;
        std::ranges::set_intersection(a, b, std::back_inserter(both));
        std::ranges::set_union(a, b, std::back_inserter(either));
        std::ranges::set_difference(a, b, std::back_inserter(only_a));
        EXPECT_EQ(all(field_a & field_b), both) << seed;
        EXPECT_EQ(all(field_a | field_b), either) << seed;
        EXPECT_EQ(all(field_a - field_b), only_a) << seed;
        EXPECT_EQ(BitField::decode(field_a.to_rle_plus()).value(), field_a) << seed;
        EXPECT_NE(field_a.to_rle_plus().back(), 0) << "go-bitfield TestMinimallyEncoded";
        for (std::uint64_t i = 0; i < 300; ++i) EXPECT_EQ(field_a.contains(i), std::ranges::binary_search(a, i)) << i;
    }
}

// go-bitfield TestBitfieldAllMap: a caller says how many positions it can take.
TEST(BitField, positions_have_a_limit) {
    const BitField field{1, 2, 3, 4};
    EXPECT_EQ(field.positions(4).value().size(), 4U);
    EXPECT_EQ(field.positions(3).error().code(), Errc::too_large);
    EXPECT_EQ(BitField::range(0, UINT64_MAX).positions(1'000'000).error().code(), Errc::too_large);
    EXPECT_TRUE(BitField{}.positions(0).value().empty());
}

// ref-fvm bitfield_custom: a stored form has at most 32 KiB.
TEST(BitField, the_stored_form_ends_at_32_kib) {
    Positions alternating;
    for (std::uint64_t i = 0; i < 1'000'000; i += 2) alternating.push_back(i);
    EXPECT_EQ(BitField::decode(BitField::of(alternating).to_rle_plus()).error().code(), Errc::too_large);
    // Each single run takes one bit, and three bits come first.
    alternating.resize(32 * 1024 * 8 / 2 - 2);
    const auto bytes = BitField::of(alternating).to_rle_plus();
    EXPECT_EQ(bytes.size(), 32U * 1024);
    EXPECT_TRUE(BitField::decode(bytes));
}

}  // namespace strata
