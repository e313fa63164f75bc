// How the official actors read parameters. Every expected value was printed by the crates that they are built with
// (serde_ipld_dagcbor 0.6.4, cbor4ii 0.2.14, fvm_ipld_encoding 0.5.4), which also agreed with this reader on two
// million random encodings when this file was written.
#include <strata/ipld/cbor.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata {
namespace {

struct Pair {
    std::uint64_t number = 0;
    Bytes bytes;
    STRATA_CBOR_TUPLE(number, bytes);
};
struct Deep {
    std::optional<std::vector<Pair>> list;
    std::string text;
    std::int32_t narrow = 0;
    std::optional<Cid> link;
    bool flag = false;
    std::uint8_t byte = 0;
    std::uint32_t word = 0;
    std::int64_t number = 0;
    STRATA_CBOR_TUPLE(list, text, narrow, link, flag, byte, word, number);
};

std::string show(bool value) {
    return value ? "true" : "false";
}
template <std::integral T>
std::string show(T value) {
    return std::to_string(value);
}
std::string show(const Bytes& value) {
    return to_hex(value);
}
std::string show(const std::string& value) {
    return to_hex(as_bytes(value));
}
std::string show(const Cid& value) {
    return value.to_string();
}
std::string show(const std::vector<Pair>& list) {
    std::string out = "[";
    for (const auto& pair : list) out += "(" + show(pair.number) + " " + show(pair.bytes) + ")";
    return out + "]";
}
template <class T>
std::string show(const std::optional<T>& value) {
    return value ? show(*value) : "-";
}
std::string show(const Deep& d) {
    return show(d.list) + " " + show(d.text) + " " + show(d.narrow) + " " + show(d.link) + " " + show(d.flag) + " " +
           show(d.byte) + " " + show(d.word) + " " + show(d.number);
}

template <class T>
std::string read(BytesView input) {
    const auto value = from_cbor<T>(input, CborRules::reference);
    return value ? show(*value) : "refused";
}
std::string read_as(std::string_view type, BytesView input) {
    if (type == "u64") return read<std::uint64_t>(input);
    if (type == "u32") return read<std::uint32_t>(input);
    if (type == "u8") return read<std::uint8_t>(input);
    if (type == "i64") return read<std::int64_t>(input);
    if (type == "i32") return read<std::int32_t>(input);
    if (type == "bool") return read<bool>(input);
    if (type == "bytes") return read<Bytes>(input);
    if (type == "text") return read<std::string>(input);
    if (type == "cid") return read<Cid>(input);
    if (type == "list") return read<std::vector<Pair>>(input);
    if (type == "deep") return read<Deep>(input);
    return "no such type";
}

struct Case {
    std::string_view type;
    std::string_view encoding;
    std::string_view value;
};
constexpr Case kCases[] = {
    {"list", "00", "[]"},
    {"list", "80", "[]"},
    {"list", "a0", "refused"},
    {"list", "60", "refused"},
    {"list", "9fff", "refused"},
    {"list", "8102184005", "refused"},
    {"u64", "1805", "5"},
    {"u64", "00", "0"},
    {"u64", "40", "refused"},
    {"u64", "1b0000000000000001", "1"},
    {"u32", "1b0000000000000001", "refused"},
    {"u32", "1a00000001", "1"},
    {"u8", "190001", "refused"},
    {"u8", "1801", "1"},
    {"i32", "1b0000000000000001", "refused"},
    {"i32", "3a7fffffff", "-2147483648"},
    {"i32", "3a80000000", "refused"},
    {"i64", "3b7fffffffffffffff", "-9223372036854775808"},
    {"i64", "3b8000000000000000", "refused"},
    {"bool", "f4", "false"},
    {"bool", "f814", "refused"},
    {"bytes", "00", ""},
    {"bytes", "40", ""},
    {"bytes", "60", "refused"},
    {"bytes", "80", "refused"},
    {"bytes", "0201ff", "01ff"},
    {"bytes", "5f420102410304ff", "refused"},
    {"bytes", "5f4201024103ff", "010203"},
    {"bytes", "5f5f4101ff4102ff", "0102"},
    {"bytes", "5f7f4101ffff", "refused"},
    {"bytes", "5f01aaff", "aa"},
    {"bytes", "5f", "refused"},
    {"bytes", "5f4101", "refused"},
    {"bytes", "58020102", "0102"},
    {"text", "2161", "61"},
    {"text", "4161", "61"},
    {"text", "6161", "61"},
    {"text", "8161", "refused"},
    {"text", "7f61616162ff", "6162"},
    {"text", "61ff", "refused"},
    {"text", "f6", "refused"},
    {"cid", "d82a46000171000099", "bafyqaaa"},
    {"cid", "d82a450001710000", "bafyqaaa"},
    {"cid", "182a450001710000", "bafyqaaa"},
    {"cid", "582a450001710000", "bafyqaaa"},
    {"cid", "982a450001710000", "bafyqaaa"},
    {"cid", "b82a450001710000", "refused"},
    {"cid", "d9002a450001710000", "bafyqaaa"},
    {"cid", "d82a5f43000171420000ff", "bafyqaaa"},
    {"cid", "d82a050001710000", "refused"},
    {"cid", "d82b450001710000", "refused"},
    {"list", "8182191f9645b8e9650a43", "[(8086 b8e9650a43)]"},
    {"list", "81821b0012ff2b5d22b61f4d66657164f26282ff357d777007", "[(5347111292024351 66657164f26282ff357d777007)]"},
    {"list", "81821b1b1ce187f5746a62090933b0d51bb93fd060", "[(1953684312426834530 0933b0d51bb93fd060)]"},
    {"list", "81821b0000593f3f94cc321900099a8803a8751f08685f", "[(98128184527922 9a8803a8751f08685f)]"},
    {"list", "190001021b00000117c059d7f245a42ddba1e0", "[(1201522989042 a42ddba1e0)]"},
    {"list", "9801821b00016e6a1d745fa55f42be6547a8c043d0bc0d1eff", "[(402877016465317 be65a8c043d0bc0d1e)]"},
    {"list", "811b00000000000000021a10805a06481b6db4004dfc570a", "[(276847110 1b6db4004dfc570a)]"},
    {"list", "81821b000000000001ef215f46ea6f0427716342f684ff", "[(126753 ea6f04277163f684)]"},
    {"list", "81821b0031625121b42cfc5f41a2485812544e5937da53ff", "[(13900374456151292 a25812544e5937da53)]"},
    {"list", "980198021a003b7a6b5b000000000000000a68711fa7a246c9f0c998", "[(3897963 68711fa7a246c9f0c998)]"},
    {"list", "81821a0011f66949afc8bb7aec05880744", "[(1177193 afc8bb7aec05880744)]"},
    {"list", "81820446742a1408236c", "[(4 742a1408236c)]"},
    {"list", "81821901e44127", "[(484 27)]"},
    {"deep", "88f6636e7262392800f6f50019018d00", "- 6e7262 -10241 - true 0 397 0"},
};

}  // namespace

TEST(CborOfOfficialActors, reads_what_their_crates_read) {
    for (const auto& [type, encoding, value] : kCases)
        EXPECT_EQ(read_as(type, from_hex(encoding).value()), value) << type << " " << encoding;
}

// The crates go through 256 levels: 256 pieces inside each other, or 254 inside a list of tuples.
TEST(CborOfOfficialActors, pieces_inside_each_other_are_limited) {
    const auto nested = [](std::size_t levels) {
        Bytes out(levels, 0x5f);
        append(out, from_hex("4101").value());
        out.insert(out.end(), levels, 0xff);
        return out;
    };
    const auto in_list = [&](std::size_t levels) {
        Bytes out = from_hex("818201").value();
        append(out, nested(levels));
        return out;
    };
    EXPECT_EQ(read<Bytes>(nested(256)), "01");
    EXPECT_EQ(read<Bytes>(nested(257)), "refused");
    EXPECT_EQ(read<std::vector<Pair>>(in_list(254)), "[(1 01)]");
    EXPECT_EQ(read<std::vector<Pair>>(in_list(255)), "refused");
}

TEST(CborOfOfficialActors, the_canonical_rules_refuse_these_forms) {
    for (const auto* encoding : {"1805", "1b0000000000000001"})
        EXPECT_EQ(from_cbor<std::uint64_t>(from_hex(encoding).value()).error().code(), Errc::non_canonical);
    for (const auto* encoding : {"0201ff", "00", "5f4101ff"})
        EXPECT_EQ(from_cbor<Bytes>(from_hex(encoding).value()).error().code(), Errc::malformed);
}

}  // namespace strata
