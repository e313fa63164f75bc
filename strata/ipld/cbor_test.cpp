// The encodings are those of RFC 8949, appendix A; further refusals are those of ipld.io/specs/codecs/dag-cbor
// ("Strictness"). Big integers: ref-fvm shared/src/bigint; links: docs/protocol/node.md §1.
#include <strata/ipld/cbor.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {
namespace {

Bytes hex(std::string_view text) {
    return from_hex(text).value();
}
template <class T>
Errc error_of(const Result<T>& result) {
    return result ? Errc::internal : result.error().code();
}
template <class T>
Errc decode_error(std::string_view text) {
    return error_of(from_cbor<T>(hex(text)));
}
// The error of one strict item of any kind.
Errc item_error(BytesView bytes) {
    CborReader r(bytes);
    if (const auto item = r.item(); !item) return item.error().code();
    const auto end = r.finish();
    return end ? Errc::internal : end.error().code();
}
Errc item_error(std::string_view text) {
    return item_error(hex(text));
}

struct Pair {
    std::uint64_t number = 0;
    std::optional<std::string> name;
    STRATA_CBOR_TUPLE(number, name);
    friend bool operator==(const Pair&, const Pair&) = default;
};
struct Inner {
    std::vector<std::int64_t> numbers;
    STRATA_CBOR_TRANSPARENT(numbers);
};
enum class Kind : std::uint8_t { first = 1, last = 255 };

}  // namespace

// RFC 8949, appendix A: integers.
TEST(Cbor, unsigned_integers_of_the_rfc) {
    struct Row {
        std::uint64_t value;
        std::string_view hex;
    };
    for (const auto& [value, text] :
         {Row{0, "00"}, Row{1, "01"}, Row{10, "0a"}, Row{23, "17"}, Row{24, "1818"}, Row{25, "1819"}, Row{100, "1864"},
          Row{1'000, "1903e8"}, Row{1'000'000, "1a000f4240"}, Row{1'000'000'000'000, "1b000000e8d4a51000"},
          Row{UINT64_MAX, "1bffffffffffffffff"}}) {
        EXPECT_EQ(to_hex(to_cbor(value)), text);
        EXPECT_EQ(from_cbor<std::uint64_t>(hex(text)).value(), value);
    }
    EXPECT_EQ(decode_error<std::uint32_t>("1b0000000100000000"), Errc::out_of_range);
    EXPECT_EQ(from_cbor<std::uint32_t>(hex("1affffffff")).value(), UINT32_MAX);
    EXPECT_EQ(decode_error<std::uint8_t>("190100"), Errc::out_of_range);
    EXPECT_EQ(decode_error<std::uint64_t>("20"), Errc::malformed) << "-1 is not unsigned";
}

TEST(Cbor, signed_integers_of_the_rfc) {
    struct Row {
        std::int64_t value;
        std::string_view hex;
    };
    for (const auto& [value, text] :
         {Row{-1, "20"}, Row{-10, "29"}, Row{-100, "3863"}, Row{-1'000, "3903e7"}, Row{INT64_MIN, "3b7fffffffffffffff"},
          Row{INT64_MAX, "1b7fffffffffffffff"}, Row{0, "00"}, Row{-24, "37"}, Row{-25, "3818"}}) {
        EXPECT_EQ(to_hex(to_cbor(value)), text);
        EXPECT_EQ(from_cbor<std::int64_t>(hex(text)).value(), value);
    }
    // The RFC's -18446744073709551616, and 2^63, do not fit into 64 bits with a sign.
    EXPECT_EQ(decode_error<std::int64_t>("3bffffffffffffffff"), Errc::out_of_range);
    EXPECT_EQ(decode_error<std::int64_t>("1b8000000000000000"), Errc::out_of_range);
    EXPECT_EQ(decode_error<std::int64_t>("3b8000000000000000"), Errc::out_of_range);
    EXPECT_EQ(from_cbor<std::int32_t>(hex("3a7fffffff")).value(), INT32_MIN);
    EXPECT_EQ(decode_error<std::int32_t>("3a80000000"), Errc::out_of_range);
    EXPECT_EQ(decode_error<std::int32_t>("1a80000000"), Errc::out_of_range);
    EXPECT_EQ(decode_error<std::int64_t>("f5"), Errc::malformed);
}

// RFC 8949, appendix A: simple values, strings and arrays.
TEST(Cbor, strings_lists_and_simple_values_of_the_rfc) {
    EXPECT_EQ(to_hex(to_cbor(false)), "f4");
    EXPECT_EQ(to_hex(to_cbor(true)), "f5");
    EXPECT_EQ(to_hex(to_cbor(Bytes{})), "40");
    EXPECT_EQ(to_hex(to_cbor(Bytes{1, 2, 3, 4})), "4401020304");
    for (const auto& [text, encoded] : {std::pair<std::string, std::string>{"", "60"},
                                        {"a", "6161"},
                                        {"IETF", "6449455446"},
                                        {"\"\\", "62225c"},
                                        {"ü", "62c3bc"},
                                        {"水", "63e6b0b4"},
                                        {"\U00010151", "64f0908591"}}) {
        EXPECT_EQ(to_hex(to_cbor(text)), encoded);
        EXPECT_EQ(from_cbor<std::string>(hex(encoded)).value(), text);
    }
    EXPECT_EQ(to_hex(to_cbor(std::vector<std::uint64_t>{})), "80");
    EXPECT_EQ(to_hex(to_cbor(std::vector<std::uint64_t>{1, 2, 3})), "83010203");
    std::vector<std::uint64_t> long_list;
    for (std::uint64_t i = 1; i <= 25; ++i) long_list.push_back(i);
    EXPECT_EQ(to_hex(to_cbor(long_list)), "98190102030405060708090a0b0c0d0e0f101112131415161718181819");
    EXPECT_EQ(from_cbor<std::vector<std::uint64_t>>(to_cbor(long_list)).value(), long_list);
    CborWriter map;
    map.map(2);
    map.text("a");
    map.uint(1);
    map.text("b");
    map.array(2);
    map.uint(2);
    map.uint(3);
    EXPECT_EQ(to_hex(map.view()), "a26161016162820203");
    EXPECT_TRUE(is_canonical_cbor(map.view()));
    EXPECT_EQ(decode_error<bool>("f6"), Errc::malformed);
    EXPECT_EQ(decode_error<bool>("01"), Errc::malformed);
    EXPECT_EQ(decode_error<Bytes>("6161"), Errc::malformed) << "a text string is not a byte string";
    EXPECT_EQ(decode_error<std::string>("4161"), Errc::malformed);
    EXPECT_EQ(decode_error<std::string>("61ff"), Errc::malformed) << "not UTF-8";
}

// A number, a length and a tag have their shortest form only.
TEST(Cbor, longer_heads_are_refused) {
    for (const auto* text : {"1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000",
                             "1b00000000ffffffff", "3800", "3817", "5800", "580161", "7800", "9800", "b800"})
        EXPECT_EQ(item_error(text), Errc::non_canonical) << text;
    EXPECT_EQ(item_error("d900"
                         "2a"
                         "5825000155"
                         "1220" +
                         std::string(64, '0')),
              Errc::non_canonical);
}

// Indefinite lengths and the reserved values of a head.
TEST(Cbor, indefinite_and_reserved_lengths_are_refused) {
    for (const auto* text : {"5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff", "bfff",
                             "1c", "1d", "1e", "1f", "3c", "5c", "df00"})
        EXPECT_EQ(item_error(text), Errc::malformed) << text;
}

// Only false, true, null and floats of 64 bits are allowed; infinity and NaN are refused too.
TEST(Cbor, other_simple_values_and_floats_are_refused) {
    for (const auto* text : {"f7", "f0", "e0", "f818", "f8ff", "f90000", "f93c00", "fa47c35000", "ff"})
        EXPECT_EQ(item_error(text), Errc::malformed) << text;
    for (const auto* text : {"fb7ff0000000000000", "fbfff0000000000000", "fb7ff8000000000000", "fb7ff0000000000001"})
        EXPECT_EQ(item_error(text), Errc::malformed) << text;
    for (const auto* text : {"fb3ff199999999999a", "fbc010666666666666", "fb8000000000000000", "f4", "f5", "f6"})
        EXPECT_EQ(item_error(text), Errc::internal) << text;
}

// The only tag is 42; it holds a byte string of a zero byte and a CID.
TEST(Cbor, tags_other_than_links_are_refused) {
    const Cid cid = Cid::constant("bafy2bzacebc3bt6cedhoyw34drrmjvazhu4oj25er2ebk4u445pzycvq4ta4a");
    CborWriter w;
    w.link(cid);
    EXPECT_EQ(to_hex(w.view()), "d82a582700" + to_hex(cid.bytes()));
    EXPECT_EQ(from_cbor<Cid>(w.view()).value(), cid);
    EXPECT_EQ(item_error(w.view()), Errc::internal);
    EXPECT_EQ(item_error("c001"), Errc::malformed) << "a time";
    EXPECT_EQ(item_error("c249010000000000000000"), Errc::malformed) << "a bignum of the RFC";
    EXPECT_EQ(item_error("d82a01"), Errc::malformed) << "not a byte string";
    EXPECT_EQ(item_error("d82a40"), Errc::malformed) << "empty";
    EXPECT_EQ(item_error("d82a450155000100"), Errc::malformed) << "without the zero in front";
    EXPECT_EQ(item_error("d82a450001550001"), Errc::truncated) << "the CID is cut";
    EXPECT_EQ(item_error("d82a4700015500010000"), Errc::trailing) << "bytes after the CID";
    EXPECT_EQ(item_error("d82a6600015500016"
                         "1"),
              Errc::malformed)
        << "a text string";
}

// Keys are ordered by length and then by bytes (RFC 7049 §3.9), and are text strings.
TEST(Cbor, maps_have_ordered_text_keys) {
    EXPECT_EQ(item_error("a2616100616201"), Errc::internal);
    EXPECT_EQ(item_error("a261620061616201"), Errc::non_canonical);
    EXPECT_EQ(item_error("a26161006161"
                         "01"),
              Errc::non_canonical)
        << "a key twice";
    EXPECT_EQ(item_error("a2626161006162"
                         "01"),
              Errc::non_canonical)
        << "the longer key comes first";
    EXPECT_EQ(item_error("a2616200626161"
                         "01"),
              Errc::internal);
    EXPECT_EQ(item_error("a10102"), Errc::malformed) << "a number as key";
    EXPECT_EQ(item_error("a1416102"), Errc::malformed) << "bytes as key";
    EXPECT_EQ(item_error("a1616102"
                         "00"),
              Errc::trailing);
    // The negative fixture of ipld/codec-fixtures, dag-cbor/decode/duplicate-keys.json.
    EXPECT_EQ(item_error("a3636261720363666f6f0163666f6f02"), Errc::non_canonical);
}

// A length that the input cannot hold is refused before anything is allocated.
TEST(Cbor, lengths_beyond_the_input_are_truncated) {
    for (const auto* text : {"", "18", "19ff", "1b00", "41", "5bffffffffffffffff", "7bffffffffffffffff",
                             "9bffffffffffffffff", "bbffffffffffffffff", "8201", "a16161", "fb00", "d82a"})
        EXPECT_EQ(item_error(text), Errc::truncated) << text;
    EXPECT_EQ(decode_error<std::vector<std::uint64_t>>("9affffffff01"), Errc::truncated);
    EXPECT_EQ(decode_error<Bytes>("5a7fffffff00"), Errc::truncated);
    const CborReader empty{BytesView{}};
    EXPECT_EQ(error_of(empty.peek_major()), Errc::truncated);
    EXPECT_FALSE(empty.at_null());
}

// The depth of nesting is bounded, so that no input exhausts the stack.
TEST(Cbor, nesting_ends_at_128) {
    const auto nested = [](std::size_t depth) {
        Bytes out(depth, 0x81);
        out.push_back(0x00);
        return out;
    };
    EXPECT_EQ(item_error(nested(128)), Errc::internal);
    EXPECT_EQ(item_error(nested(129)), Errc::too_large);
    EXPECT_EQ(item_error(nested(1'000'000)), Errc::too_large);
    Bytes maps;
    for (int i = 0; i < 200; ++i) append(maps, hex("a16161"));
    maps.push_back(0x00);
    EXPECT_EQ(item_error(maps), Errc::too_large);
}

// ref-fvm shared/src/bigint/bigint_ser.rs: empty for zero, otherwise a sign byte and the magnitude; at most 128 bytes.
TEST(Cbor, big_integers) {
    struct Row {
        std::string_view value, hex;
    };
    for (const auto& [value, text] :
         {Row{"0", "40"}, Row{"1", "420001"}, Row{"-1", "420101"}, Row{"256", "43000100"}, Row{"-256", "43010100"},
          Row{"18446744073709551616", "4a00010000000000000000"}, Row{"1000000000", "45003b9aca00"}}) {
        EXPECT_EQ(to_hex(to_cbor(BigInt::constant(value))), text);
        EXPECT_EQ(from_cbor<BigInt>(hex(text)).value(), BigInt::constant(value));
    }
    EXPECT_EQ(from_cbor<BigInt>(hex("43000001")).value(), BigInt(1))
        << "leading zeros are accepted, as by the reference";
    EXPECT_EQ(decode_error<BigInt>("420201"), Errc::malformed) << "the sign byte";
    EXPECT_EQ(decode_error<BigInt>("01"), Errc::malformed);
    Bytes largest(128, 0xff);
    largest[0] = 0;
    const auto read = from_cbor<BigInt>(to_cbor(largest));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->bit_length(), 127U * 8);
    EXPECT_EQ(to_cbor(*read), to_cbor(largest));
    largest.push_back(0);
    EXPECT_EQ(error_of(from_cbor<BigInt>(to_cbor(largest))), Errc::too_large);
}

// A struct is an array of exactly its fields; an optional field is null or its value (docs/protocol/fvm.md §1.4).
TEST(Cbor, tuples_and_optional_fields) {
    EXPECT_EQ(to_hex(to_cbor(Pair{7, "x"})), "82076178");
    EXPECT_EQ(to_hex(to_cbor(Pair{7, std::nullopt})), "8207f6");
    EXPECT_EQ(from_cbor<Pair>(hex("8207f6")).value(), (Pair{7, std::nullopt}));
    EXPECT_EQ(decode_error<Pair>("8107"), Errc::malformed);
    EXPECT_EQ(decode_error<Pair>("8307f6f6"), Errc::malformed);
    EXPECT_EQ(decode_error<Pair>("82076178"
                                 "00"),
              Errc::trailing);
    EXPECT_EQ(decode_error<Pair>("a207f6"), Errc::malformed) << "a map is not a tuple";
    // Reading null clears the old value.
    Pair before{1, "old"};
    const Bytes bytes = hex("8207f6");
    CborReader r(bytes);
    ASSERT_TRUE(decode(r, before));
    EXPECT_FALSE(before.name);
    // A transparent struct is its only field.
    EXPECT_EQ(to_hex(to_cbor(Inner{{1, -1}})), "820120");
    EXPECT_EQ(from_cbor<Inner>(hex("820120")).value().numbers, (std::vector<std::int64_t>{1, -1}));
    EXPECT_EQ((from_cbor<std::pair<std::uint64_t, bool>>(hex("8205f5")).value()), std::pair(std::uint64_t{5}, true));
    EXPECT_EQ((decode_error<std::pair<std::uint64_t, bool>>("8105")), Errc::malformed);
}

TEST(Cbor, enumerations_and_fixed_byte_strings) {
    EXPECT_EQ(to_hex(to_cbor(Kind::last)), "18ff");
    EXPECT_EQ(from_cbor<Kind>(hex("18ff")).value(), Kind::last);
    EXPECT_EQ(decode_error<Kind>("190100"), Errc::out_of_range);
    EXPECT_EQ((from_cbor<ByteArray<3>>(hex("43010203")).value()), (ByteArray<3>{1, 2, 3}));
    EXPECT_EQ((decode_error<ByteArray<3>>("420102")), Errc::malformed);
    EXPECT_EQ((decode_error<ByteArray<3>>("4401020304")), Errc::malformed);
}

// An item is returned with exactly its bytes, and the reader continues after it.
TEST(Cbor, an_item_is_cut_out_of_what_follows) {
    const Bytes bytes =
        hex("8201a16161f6"
            "1864");
    CborReader r(bytes);
    EXPECT_EQ(to_hex(r.item().value()), "8201a16161f6");
    EXPECT_FALSE(r.done());
    EXPECT_EQ(r.peek_major().value(), 0U);
    EXPECT_EQ(r.uint().value(), 100U);
    EXPECT_TRUE(r.done());
    EXPECT_TRUE(r.finish());
    EXPECT_FALSE(is_canonical_cbor(bytes));
    EXPECT_FALSE(is_canonical_cbor({}));
}

}  // namespace strata
