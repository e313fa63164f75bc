// The rows come from multiformats/multibase, tests/{basic,leading_zero,two_leading_zeros,case_insensitivity}.csv,
// without base256emoji, which is not supported; the base32 rows without prefix are those of RFC 4648, section 10.
#include <strata/ipld/multibase.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {
namespace {

using namespace std::string_view_literals;

// "yes mani !" in every base.
constexpr std::string_view kBasic[] = {
    "001111001011001010111001100100000011011010110000101101110011010010010000000100001",
    "7362625631006654133464440102",
    "9573277761329450583662625",
    "f796573206d616e692021",
    "F796573206D616E692021",
    "bpfsxgidnmfxgsibb",
    "BPFSXGIDNMFXGSIBB",
    "vf5in683dc5n6i811",
    "VF5IN683DC5N6I811",
    "cpfsxgidnmfxgsibb",
    "CPFSXGIDNMFXGSIBB",
    "tf5in683dc5n6i811",
    "TF5IN683DC5N6I811",
    "hxf1zgedpcfzg1ebb",
    "k2lcpzo5yikidynfl",
    "K2LCPZO5YIKIDYNFL",
    "Z7Pznk19XTTzBtx",
    "z7paNL19xttacUY",
    "meWVzIG1hbmkgIQ",
    "MeWVzIG1hbmkgIQ==",
    "ueWVzIG1hbmkgIQ",
    "UeWVzIG1hbmkgIQ==",
};
// The same after one byte of zero.
constexpr std::string_view kLeadingZero[] = {
    "00000000001111001011001010111001100100000011011010110000101101110011010010010000000100001",
    "7000745453462015530267151100204",
    "90573277761329450583662625",
    "f00796573206d616e692021",
    "F00796573206D616E692021",
    "bab4wk4zanvqw42jaee",
    "BAB4WK4ZANVQW42JAEE",
    "v01smasp0dlgmsq9044",
    "V01SMASP0DLGMSQ9044",
    "cab4wk4zanvqw42jaee======",
    "CAB4WK4ZANVQW42JAEE======",
    "t01smasp0dlgmsq9044======",
    "T01SMASP0DLGMSQ9044======",
    "hybhskh3ypiosh4jyrr",
    "k02lcpzo5yikidynfl",
    "K02LCPZO5YIKIDYNFL",
    "Z17Pznk19XTTzBtx",
    "z17paNL19xttacUY",
    "mAHllcyBtYW5pICE",
    "MAHllcyBtYW5pICE=",
    "uAHllcyBtYW5pICE",
    "UAHllcyBtYW5pICE=",
};
constexpr std::string_view kTwoLeadingZeros[] = {
    "0000000000000000001111001011001010111001100100000011011010110000101101110011010010010000000100001",
    "700000171312714403326055632220041",
    "900573277761329450583662625",
    "f0000796573206d616e692021",
    "F0000796573206D616E692021",
    "baaahszltebwwc3tjeaqq",
    "BAAAHSZLTEBWWC3TJEAQQ",
    "v0007ipbj41mm2rj940gg",
    "V0007IPBJ41MM2RJ940GG",
    "caaahszltebwwc3tjeaqq====",
    "CAAAHSZLTEBWWC3TJEAQQ====",
    "t0007ipbj41mm2rj940gg====",
    "T0007IPBJ41MM2RJ940GG====",
    "hyyy813murbssn5ujryoo",
    "k002lcpzo5yikidynfl",
    "K002LCPZO5YIKIDYNFL",
    "Z117Pznk19XTTzBtx",
    "z117paNL19xttacUY",
    "mAAB5ZXMgbWFuaSAh",
    "MAAB5ZXMgbWFuaSAh",
    "uAAB5ZXMgbWFuaSAh",
    "UAAB5ZXMgbWFuaSAh",
};
// "hello world" with letters of both cases.
constexpr std::string_view kMixedCase[] = {
    "f68656c6c6f20776F726C64",   "F68656c6c6f20776F726C64",   "bnbswy3dpeB3W64TMMQ",       "Bnbswy3dpeB3W64TMMQ",
    "vd1imor3f41RMUSJCCG",       "Vd1imor3f41RMUSJCCG",       "cnbswy3dpeB3W64TMMQ======", "Cnbswy3dpeB3W64TMMQ======",
    "td1imor3f41RMUSJCCG======", "Td1imor3f41RMUSJCCG======", "kfUvrsIvVnfRbjWaJo",        "KfUVrSIVVnFRbJWAJo",
};

void expect_both_ways(std::span<const std::string_view> texts, std::string_view content) {
    for (const auto text : texts) {
        EXPECT_EQ(as_text(multibase_decode(text).value()), content) << text;
        EXPECT_EQ(multibase_encode(text[0], as_bytes(content)).value(), text);
    }
}
Errc decode_error(std::string_view text) {
    const auto bytes = multibase_decode(text);
    return bytes ? Errc::internal : bytes.error().code();
}
Bytes bytes_of(std::string_view text) {
    return to_bytes(as_bytes(text));
}

}  // namespace

TEST(Multibase, rows_of_the_specification) {
    expect_both_ways(kBasic, "yes mani !");
    expect_both_ways(kLeadingZero, "\0yes mani !"sv);
    expect_both_ways(kTwoLeadingZeros, "\0\0yes mani !"sv);
}

TEST(Multibase, case_does_not_matter_where_a_base_has_one_case) {
    for (const auto text : kMixedCase) EXPECT_EQ(as_text(multibase_decode(text).value()), "hello world") << text;
    // It matters where both cases are digits.
    EXPECT_NE(multibase_decode("mAA").value(), multibase_decode("mAQ").value());
    EXPECT_NE(multibase_decode("z2A").value(), multibase_decode("z2a").value());
}

TEST(Multibase, the_identity_prefix_is_a_zero_byte) {
    EXPECT_EQ(as_text(multibase_decode("\0raw"sv).value()), "raw");
    EXPECT_EQ(multibase_encode('\0', bytes_of("raw")).value(), "\0raw"sv);
}

TEST(Multibase, texts_that_are_refused) {
    EXPECT_EQ(decode_error(""), Errc::truncated);
    for (const auto* text : {"~abc", "Rabc", "p", "1", "\xf0\x9f\x9a\x80"})
        EXPECT_EQ(decode_error(text), Errc::unsupported) << text;
    EXPECT_EQ(multibase_encode('~', Bytes{1}).error().code(), Errc::unsupported);
    for (const auto* text :
         {"f0g", "b0", "b1", "b8", "z0", "zO", "zI", "zl", "m-_", "u+/", "9a", "78", "02", "k!", "h2"})
        EXPECT_EQ(decode_error(text), Errc::malformed) << text;
    // Some bases have padding, which must be complete; the others refuse it.
    EXPECT_EQ(decode_error("mAA=="), Errc::malformed);
    EXPECT_EQ(decode_error("MAA"), Errc::malformed);
    EXPECT_EQ(decode_error("bpf======"), Errc::malformed);
    EXPECT_EQ(decode_error("cpfsxg"), Errc::malformed);
}

// A byte string has one encoding in each base: the bits that fill up the last digit are zero, and no digit is
// superfluous (RFC 4648 §3.5).
TEST(Multibase, bits_left_over_are_refused) {
    for (const auto* text : {"f1", "mAB", "mA", "baf", "b1a", "ba", "00000001", "71", "uAB", "Uab=="})
        EXPECT_NE(decode_error(text), Errc::internal) << text;
    EXPECT_EQ(decode_error("mAB"), Errc::non_canonical);
    EXPECT_EQ(decode_error("f1"), Errc::non_canonical);
}

TEST(Multibase, empty_bytes_have_a_prefix_only) {
    for (const auto text : kBasic) {
        const auto empty = multibase_encode(text[0], {}).value();
        EXPECT_EQ(empty, std::string(1, text[0]));
        EXPECT_TRUE(multibase_decode(empty).value().empty());
    }
}

// The cost of a number base grows with the square of the length, so long texts are refused.
TEST(Multibase, long_numbers_are_refused) {
    EXPECT_TRUE(multibase_decode("z" + std::string(1024, '2')));
    EXPECT_EQ(decode_error("z" + std::string(1025, '2')), Errc::too_large);
    EXPECT_EQ(decode_error("9" + std::string(1025, '2')), Errc::too_large);
    EXPECT_TRUE(multibase_decode("f" + std::string(100'000, '2')));
    EXPECT_TRUE(from_base58btc(std::string(200, '2')));
    EXPECT_EQ(from_base58btc(std::string(201, '2')).error().code(), Errc::too_large);
}

// RFC 4648, section 10, in lower case and without padding.
TEST(Base32, rows_of_the_rfc) {
    struct Row {
        std::string_view content, text;
    };
    for (const auto& [content, text] :
         {Row{"", ""}, Row{"f", "my"}, Row{"fo", "mzxq"}, Row{"foo", "mzxw6"}, Row{"foob", "mzxw6yq"},
          Row{"fooba", "mzxw6ytb"}, Row{"foobar", "mzxw6ytboi"}}) {
        EXPECT_EQ(to_base32(as_bytes(content)), text);
        EXPECT_EQ(as_text(from_base32(text).value()), content);
    }
    EXPECT_FALSE(from_base32("MY")) << "upper case";
    EXPECT_FALSE(from_base32("mz")) << "a bit is left over";
    EXPECT_FALSE(from_base32("my======"));
}

// The examples of the base58 draft (draft-msporny-base58, section 5).
TEST(Base58, examples_of_the_draft) {
    EXPECT_EQ(to_base58btc(bytes_of("Hello World!")), "2NEpo7TZRRrLZSi2U");
    EXPECT_EQ(to_base58btc(bytes_of("The quick brown fox jumps over the lazy dog.")),
              "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z");
    EXPECT_EQ(to_base58btc(*from_hex("0000287fb4cd")), "11233QC4");
    EXPECT_EQ(to_hex(from_base58btc("11233QC4").value()), "0000287fb4cd");
    EXPECT_FALSE(from_base58btc("0"));
}

}  // namespace strata
