// The cases are those of ipld/codec-fixtures and of ipld.io/specs/codecs/{dag-cbor,dag-json}; the layout of floats is
// that of ECMAScript's Number::toString.
#include <strata/ipld/data_model.hpp>

#include <gtest/gtest.h>

#include <limits>

#include <strata/base/hex.hpp>

namespace strata {
namespace {

Errc json_error(std::string_view text) {
    const auto value = decode_dag_json(text);
    return value ? Errc::internal : value.error().code();
}
Errc cbor_error(std::string_view hex, KeyOrder order = KeyOrder::canonical) {
    const auto value = decode_dag_cbor(*from_hex(hex), order);
    return value ? Errc::internal : value.error().code();
}
std::string cbor_of(std::string_view json) {
    return to_hex(encode_dag_cbor(decode_dag_json(json).value()));
}
std::string json_of(std::string_view cbor_hex) {
    return encode_dag_json(decode_dag_cbor(*from_hex(cbor_hex)).value());
}
std::string float_text(double value) {
    return encode_dag_json(Value{value});
}

}  // namespace

// Integers of -2^64 to 2^64-1 (fixtures int-18446744073709551615, int--11959030306112471732 and others).
TEST(DataModel, integers_keep_all_their_digits) {
    struct Row {
        std::string_view json, cbor;
    };
    for (const auto& [json, cbor] :
         {Row{"0", "00"}, Row{"-1", "20"}, Row{"-100", "3863"}, Row{"9007199254740991", "1b001fffffffffffff"},
          Row{"-9007199254740993", "3b0020000000000000"}, Row{"18446744073709551615", "1bffffffffffffffff"},
          Row{"11959030306112471731", "1ba5f702b3a5f702b3"}, Row{"-11959030306112471732", "3ba5f702b3a5f702b3"},
          Row{"-9223372036854775808", "3b7fffffffffffffff"}, Row{"-9223372036854775809", "3b8000000000000000"},
          Row{"-18446744073709551616", "3bffffffffffffffff"}}) {
        EXPECT_EQ(cbor_of(json), cbor);
        EXPECT_EQ(json_of(cbor), json);
    }
    EXPECT_EQ(cbor_of("-0"), "00");
    for (const auto* json : {"18446744073709551616", "-18446744073709551617", "100000000000000000000000000000"})
        EXPECT_EQ(json_error(json), Errc::out_of_range) << json;
}

// Fixtures float-*: a whole number keeps ".0", so that it stays a float.
TEST(DataModel, floats) {
    EXPECT_EQ(cbor_of("1.1"), "fb3ff199999999999a");
    EXPECT_EQ(json_of("fbbff199999999999a"), "-1.1");
    EXPECT_EQ(json_of("fb3fe0000000000000"), "0.5");
    EXPECT_EQ(json_of("fb0000000000000002"), "1e-323");
    EXPECT_EQ(json_of("fb40f4241a31a5a515"), "82497.63712086187");
    EXPECT_EQ(cbor_of("1.0"), "fb3ff0000000000000");
    EXPECT_EQ(json_of("fb3ff0000000000000"), "1.0");
    EXPECT_EQ(json_of("fb8000000000000000"), "-0.0");
    EXPECT_EQ(json_error("1e400"), Errc::out_of_range);
    EXPECT_EQ(cbor_error("fb7ff0000000000000"), Errc::malformed);
}

// Number::toString: a decimal point up to 21 digits, otherwise an exponent.
TEST(DataModel, floats_are_laid_out_as_in_javascript) {
    EXPECT_EQ(float_text(1e20), "100000000000000000000.0");
    EXPECT_EQ(float_text(1e21), "1e+21");
    EXPECT_EQ(float_text(1.5e300), "1.5e+300");
    EXPECT_EQ(float_text(1e-6), "0.000001");
    EXPECT_EQ(float_text(1e-7), "1e-7");
    EXPECT_EQ(float_text(1.25e-7), "1.25e-7");
    EXPECT_EQ(float_text(123.456), "123.456");
    EXPECT_EQ(float_text(-8.940696716308594e-8), "-8.940696716308594e-8");
    EXPECT_EQ(float_text(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
}

// {"/": "cid"} is a link and {"/": {"bytes": ...}} a byte string; every other use of "/" is refused (dag-json spec,
// "Reserved namespace").
TEST(DagJson, the_reserved_key) {
    EXPECT_EQ(decode_dag_json(R"({"/":"bafkqabiaaebagba"})").value().as<Cid>()->to_string(), "bafkqabiaaebagba");
    EXPECT_EQ(*decode_dag_json(R"({"/":{"bytes":"AQI"}})").value().as<Bytes>(), (Bytes{1, 2}));
    EXPECT_TRUE(decode_dag_json(R"({"/":{"bytes":""}})").value().as<Bytes>()->empty());
    for (const auto* json : {R"({"/":"bafkqabiaaebagba","x":1})", R"({"x":1,"/":"bafkqabiaaebagba"})", R"({"/":1})",
                             R"({"/":null})", R"({"/":[]})", R"({"/":{}})", R"({"/":{"bytes":1}})",
                             R"({"/":{"bytes":"AQI","x":1}})", R"({"/":{"byte":"AQI"}})", R"({"/":true})"})
        EXPECT_EQ(json_error(json), Errc::malformed) << json;
    for (const auto* json : {R"({"/":""})", R"({"/":"not a CID"})", R"({"/":{"bytes":"A"}})",
                             R"({"/":{"bytes":"AQ=="}})", R"({"/":{"bytes":"-_"}})"})
        EXPECT_NE(json_error(json), Errc::internal) << json;
    // Below a different key it is a name like any other.
    EXPECT_EQ(json_error(R"({"x":"/"})"), Errc::internal);
}

// Keys may come in any order, but not twice (negative fixture dag-json/decode/duplicate-keys.json); they are written in
// the order of their bytes.
TEST(DagJson, keys) {
    EXPECT_EQ(json_error(R"({"foo":1,"foo":2,"bar":3})"), Errc::malformed);
    const auto value = decode_dag_json(R"({ "b" : 2 , "aa" : [ true , false , null ] , "a" : { } })").value();
    EXPECT_EQ(encode_dag_json(value), R"({"a":{},"aa":[true,false,null],"b":2})");
    EXPECT_EQ(to_hex(encode_dag_cbor(value)),
              "a36161a0616202626161"
              "83f5f4f6")
        << "DAG-CBOR: shorter keys first";
    EXPECT_TRUE(value.find("b"));
    EXPECT_FALSE(value.find("c"));
    EXPECT_FALSE(Value{true}.find("a"));
}

TEST(DagJson, texts_are_escaped_as_little_as_possible) {
    EXPECT_EQ(encode_dag_json(Value{std::string("\b\t\n\f\r\"\\/\x01\x1f ü")}),
              "\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0001\\u001f ü\"");
    EXPECT_EQ(*decode_dag_json(R"("\u00fc\ud83d\ude80\/")").value().as<std::string>(), "ü🚀/");
    EXPECT_EQ(json_error("\"\xff\""), Errc::malformed);
    EXPECT_EQ(json_error(R"("\ud83d")"), Errc::malformed) << "half a character";
}

TEST(DagJson, other_texts_are_refused) {
    for (const auto* json : {"", " ", "{", "[1,]", "{\"a\":}", "nul", "01", "+1", "1 2", "'a'", "[1 2]", "NaN",
                             "Infinity", "{\"a\" 1}", "{1:2}", "// x\n1", "\xef\xbb\xbf{"})
        EXPECT_EQ(json_error(json), Errc::malformed) << json;
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(json_error(nested(128)), Errc::internal);
    EXPECT_EQ(json_error(nested(129)), Errc::too_large);
    EXPECT_EQ(json_error(nested(1'000'000)), Errc::too_large);
}

// The note in every Lotus genesis has unsorted keys (docs/protocol/node.md §22), so one reading keeps the given order.
TEST(DagCbor, keys_in_any_order_where_a_block_is_old) {
    constexpr std::string_view unsorted = "a2616202616101";
    EXPECT_EQ(cbor_error(unsorted), Errc::non_canonical);
    const auto value = decode_dag_cbor(*from_hex(unsorted), KeyOrder::as_given).value();
    EXPECT_EQ(to_hex(encode_dag_cbor(value, KeyOrder::as_given)), unsorted);
    EXPECT_EQ(to_hex(encode_dag_cbor(value)), "a2616101616202");
    EXPECT_EQ(cbor_error("a2616101616102", KeyOrder::as_given), Errc::malformed) << "but no key comes twice";
    EXPECT_EQ(cbor_error("a26162186161610"
                         "1",
                         KeyOrder::as_given),
              Errc::internal);
    EXPECT_EQ(cbor_error("a2616218026161"
                         "01",
                         KeyOrder::as_given),
              Errc::non_canonical)
        << "the rest is as strict";
}

TEST(DagCbor, blocks_that_are_refused) {
    EXPECT_EQ(cbor_error(""), Errc::truncated);
    EXPECT_EQ(cbor_error("0000"), Errc::trailing);
    EXPECT_EQ(cbor_error("a10102"), Errc::malformed);
    EXPECT_EQ(cbor_error("61ff"), Errc::malformed);
    EXPECT_EQ(cbor_error("c001"), Errc::malformed);
    EXPECT_EQ(cbor_error("9fff"), Errc::malformed);
    EXPECT_EQ(cbor_error("3800"), Errc::non_canonical);
    Bytes deep(128, 0x81);
    deep.push_back(0xf6);
    EXPECT_TRUE(decode_dag_cbor(deep));
    deep.insert(deep.begin(), 0x81);
    EXPECT_EQ(decode_dag_cbor(deep).error().code(), Errc::too_large);
}

// The same value in both codecs (fixture map-with_complex_entries in short).
TEST(DataModel, every_kind_in_both_codecs) {
    const std::string json =
        R"({"bool":true,"bytes":{"/":{"bytes":"AAEC"}},"float":1.5,"int":-7,"link":{"/":"bafkqabiaaebagba"},)"
        R"("list":[1,[],{}],"null":null,"text":"x"})";
    const auto value = decode_dag_json(json).value();
    const auto again = decode_dag_cbor(encode_dag_cbor(value)).value();
    EXPECT_EQ(encode_dag_json(again), json);
    EXPECT_EQ(*again.find("int")->as<Integer>(), (Integer{true, 6}));
    EXPECT_EQ(*again.find("float")->as<double>(), 1.5);
    EXPECT_EQ(again.find("list")->as<List>()->size(), 3U);
}

}  // namespace strata
