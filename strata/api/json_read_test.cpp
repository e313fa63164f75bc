// Parameters as Go's decoders take them. Addresses: go-address v1.2.0; names and numbers: Go's encoding/json, math/big.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <strata/api/ethereum_block.hpp>

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

// go-address refuses what does not fit its int64.
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
    EXPECT_EQ(exact->to, Address::id(1000)) << "the exact spelling goes first";
}

TEST(JsonRead, AMessageNeedsItsAddresses) {
    EXPECT_FALSE(read_as<Message>(R"({"To":"t01000"})"));
    EXPECT_FALSE(read_as<Message>(R"({"To":"","From":"t01000"})"));
    EXPECT_FALSE(read_as<Message>("null"));
}

TEST(JsonRead, Omittable) {
    EXPECT_EQ(read_as<std::optional<std::int64_t>>("null"), std::optional<std::optional<std::int64_t>>(std::in_place));
}

// lotus chain/types/ethtypes/eth_types.go, EthBlockNumberOrHash; EIP-1898.
TEST(JsonRead, EthereumBlocks) {
    EXPECT_EQ(read_as<EthereumBlock>("\"latest\"")->tag, "latest");
    EXPECT_EQ(read_as<EthereumBlock>("\"earliest\"")->tag, "earliest");
    EXPECT_EQ(read_as<EthereumBlock>("\"0x10\"")->number, 16U);
    EXPECT_EQ(read_as<EthereumBlock>("\"16\"")->number, 16U);
    EXPECT_EQ(read_as<EthereumBlock>("16")->number, 16U);
    EXPECT_EQ(read_as<EthereumBlock>(R"({"blockNumber":"0x10"})")->number, 16U);
    const std::string hash = "0x" + std::string(64, 'a');
    EXPECT_TRUE(read_as<EthereumBlock>("\"" + hash + "\"")->hash);
    const auto object = read_as<EthereumBlock>(R"({"blockHash":")" + hash + R"(","requireCanonical":true})");
    ASSERT_TRUE(object);
    EXPECT_TRUE(object->hash && object->must_be_canonical);
    for (const char* text : {"\"newest\"", "\"0x\"", "\"\"", "null", "{}", "[]", "-1", "\"0x10000000000000000\"",
                             R"({"blockNumber":"0x10","blockHash":"0x00"})", R"({"blockNumber":"latest"})"})
        EXPECT_FALSE(read_as<EthereumBlock>(text)) << text;
}

TEST(Printer, AddressesOfErrorsAreWrittenAsTheNetworkDoes) {
    const std::string key = "1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa";
    const Printer print('t');
    EXPECT_EQ(print.with_prefix("no actor for f" + key + ", f01000: fine"), "no actor for t" + key + ", t01000: fine");
    EXPECT_EQ(print.with_prefix("fee cap f0 f17 bafkqaaa0f01"), "fee cap f0 f17 bafkqaaa0f01");
    EXPECT_EQ(Printer('f').with_prefix("f01000"), "f01000");
}

}  // namespace
}  // namespace strata::api
