#include <strata/base/hex.hpp>
#include <strata/base/varint.hpp>

#include <gtest/gtest.h>

namespace strata {

TEST(Varint, encodes_each_number_in_one_way) {
    EXPECT_EQ(to_hex(uvarint(300)), "ac02");
    EXPECT_EQ(to_hex(varint(-1)), "01");
    EXPECT_EQ(to_hex(varint(1)), "02");
    EXPECT_EQ(*parse_varint(varint(INT64_MIN)), INT64_MIN);
    EXPECT_EQ(parse_uvarint(*from_hex("8000")).error().code(), Errc::non_canonical);
    EXPECT_EQ(parse_uvarint(*from_hex("80")).error().code(), Errc::truncated);
    EXPECT_EQ(parse_uvarint(*from_hex("ffffffffffffffffff02")).error().code(), Errc::out_of_range);
    EXPECT_EQ(*parse_uvarint(*from_hex("ffffffffffffffffff01")), UINT64_MAX);
}

TEST(Hex, base64_of_rfc_4648) {
    for (const auto& [plain, text] : std::vector<std::pair<std::string, std::string>>{
             {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(to_base64(as_bytes(plain)), text);
        EXPECT_EQ(as_text(*from_base64(text)), plain);
    }
    EXPECT_FALSE(from_base64("Zh==").has_value());
    EXPECT_FALSE(from_base64("Zg=").has_value());
}

}  // namespace strata
