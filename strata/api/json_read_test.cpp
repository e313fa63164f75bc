// Tests parameters as Go's decoders accept them. Source: go-address v1.2.0 for addresses; Go's encoding/json and
// math/big for names and numbers.
#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <strata/api/json.hpp>

namespace strata::api {
namespace {

template <class T>
std::optional<T> read_as(std::string_view json) {
    T out{};
    if (!read(Json::parse(json), out)) return std::nullopt;
    return out;
}

TEST(JsonRead, UndefinedAddress) {
    for (const char* text : {"null", "\"\"", "\"<empty>\""}) {
        const auto address = read_as<Address>(text);
        ASSERT_TRUE(address) << text;
        EXPECT_FALSE(address->defined());
    }
    EXPECT_FALSE(read_as<Address>("\"t0\""));
    EXPECT_FALSE(read_as<Address>("7"));
}

// go-address refuses numbers that do not fit into its int64.
TEST(JsonRead, IdsHave63Bits) {
    EXPECT_TRUE(read_as<Address>("\"t09223372036854775807\""));
    EXPECT_FALSE(read_as<Address>("\"t09223372036854775808\""));
    EXPECT_FALSE(read_as<Address>("\"t018446744073709551615\""));
    const auto wide = Address::delegated(std::uint64_t{1} << 63, Bytes(4, 1)).to_string('t');
    EXPECT_FALSE(read_as<Address>("\"" + wide + "\""));
}

TEST(JsonRead, BigNumbers) {
    EXPECT_EQ(read_as<BigInt>("\"+5\""), BigInt(5));
    EXPECT_EQ(read_as<BigInt>("\"-5\""), BigInt(-5));
    for (const char* text : {"\"\"", "\"+\"", "\"+-5\"", "\"++5\"", "\"5 \"", "\"0x5\"", "5", "null"})
        EXPECT_FALSE(read_as<BigInt>(text)) << text;
}

TEST(JsonRead, NamesOfMembersWithoutCase) {
    const auto message = read_as<Message>(R"({"to":"t01000","FROM":"t01001","value":"7","gaslimit":5})");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->to, Address::id(1000));
    EXPECT_EQ(message->value, BigInt(7));
    EXPECT_EQ(message->gas_limit, 5);
    const auto exact = read_as<Message>(R"({"TO":"t01","To":"t01000","From":"t01001"})");
    ASSERT_TRUE(exact);
    EXPECT_EQ(exact->to, Address::id(1000)) << "the exact name takes precedence";
}

TEST(JsonRead, AMessageNeedsItsAddresses) {
    EXPECT_FALSE(read_as<Message>(R"({"To":"t01000"})"));
    EXPECT_FALSE(read_as<Message>(R"({"To":"","From":"t01000"})"));
    EXPECT_FALSE(read_as<Message>("null"));
}

TEST(JsonRead, Omittable) {
    EXPECT_EQ(read_as<std::optional<std::int64_t>>("null"), std::optional<std::optional<std::int64_t>>(std::in_place));
}

}  // namespace
}  // namespace strata::api
