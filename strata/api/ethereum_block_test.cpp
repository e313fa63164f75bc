#include <gmock/gmock.h>

#include <strata/api/ethereum_block.hpp>

#include <nlohmann/json.hpp>

#include <sstream>

#include <strata/api/test_node.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/chain_externs.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;

class ApiEthereumBlock : public testing::TestNode {
  protected:
    std::string mine() { return result("FilecoinAddressToEthAddress", {text(client()), "pending"}); }
    Json balance(const Json& block) { return result("eth_getBalance", {mine(), block}); }
};

// The lookup is not strict, so that a null round names the tipset before it; the newest number is the head's height
// less one, wherever the head's parent is (lotus node/impl/eth/tipsetresolver.go).
TEST_F(ApiEthereumBlock, NullRounds) {
    mine_at(1);
    const auto low = height();
    push(transfer(0, Address::id(101)));
    mine_at(low + 3);
    const auto middle = height();  // the transfer is in this one
    ASSERT_GT(middle, low + 1);
    mine_at(middle + 4);
    const auto head = height();
    const auto hex = [](ChainEpoch epoch) {
        std::ostringstream out;
        out << "0x" << std::hex << epoch;
        return out.str();
    };
    EXPECT_EQ(balance(hex(low + 1)), balance(hex(low)));
    EXPECT_NE(balance(hex(middle)), balance(hex(low)));
    EXPECT_EQ(balance(hex(head - 1)), balance("latest")) << "a null round right below the head";
    EXPECT_EQ(balance(hex(middle)), balance("latest"));
    EXPECT_EQ(result("eth_getTransactionCount", {mine(), hex(middle + 1)}), "0x1");
    EXPECT_EQ(result("eth_getCode", {mine(), hex(middle + 1)}), "0x");
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {text(client()), hex(low + 1)}), 0);
    EXPECT_THAT(message("eth_getBalance", {mine(), hex(head)}), HasSubstr("future epoch"));
    EXPECT_THAT(message("eth_getBalance", {mine(), "0xffffffffffffffff"}), HasSubstr("future epoch"));
    EXPECT_THAT(message("eth_getBalance", {mine(), "earliest"}), HasSubstr("not supported"));
    EXPECT_EQ(balance("safe"), balance("0x0"));
    EXPECT_EQ(balance("finalized"), balance("0x0"));
    EXPECT_EQ(result("eth_blockNumber"), hex(middle));
}

TEST_F(ApiEthereumBlock, ABlockByItsHash) {
    mine_at(1);
    mine_at(height() + 1);
    const auto parent = node->chain().parent(*node->head()).value();
    const auto hash = "0x" + to_hex(chain::tipset_key_cid(parent->key()).digest());
    EXPECT_EQ(balance(hash), balance("latest"));
    EXPECT_EQ(balance({{"blockHash", hash}, {"requireCanonical", true}}), balance("latest"));
    EXPECT_EQ(code("eth_getBalance", {mine(), "0x" + std::string(64, '1')}), 1);
}

template <class T>
std::optional<T> read_as(std::string_view json) {
    T out{};
    if (!read(Json::parse(json), out)) return std::nullopt;
    return out;
}

// Source: lotus chain/types/ethtypes/eth_types.go, EthBlockNumberOrHash; EIP-1898.
TEST(EthereumBlocks, Forms) {
    EXPECT_EQ(read_as<EthereumBlock>("\"latest\"")->tag, "latest");
    EXPECT_EQ(read_as<EthereumBlock>("\"earliest\"")->tag, "earliest");
    EXPECT_EQ(read_as<EthereumBlock>("\"0x10\"")->number, 16U);
    EXPECT_EQ(read_as<EthereumBlock>("\"16\"")->number, 16U);
    EXPECT_EQ(read_as<EthereumBlock>("16")->number, 16U);
    EXPECT_EQ(read_as<EthereumBlock>(R"({"blockNumber":"0x10"})")->number, 16U);
    EXPECT_EQ(read_as<EthereumBlock>(R"({"BlockNumber":"0x10","blockHash":null})")->number, 16U);
    const std::string hash = "0x" + std::string(64, 'a');
    EXPECT_TRUE(read_as<EthereumBlock>("\"" + hash + "\"")->hash);
    const auto object = read_as<EthereumBlock>(R"({"blockHash":")" + hash + R"(","requireCanonical":true})");
    ASSERT_TRUE(object);
    EXPECT_TRUE(object->hash && object->must_be_canonical);
    for (const char* text : {"\"newest\"", "\"0x\"", "\"\"", "null", "{}", "[]", "-1", "\"0x10000000000000000\"",
                             R"({"blockNumber":"0x10","blockHash":"0x00"})", R"({"blockNumber":"latest"})"})
        EXPECT_FALSE(read_as<EthereumBlock>(text)) << text;
}

}  // namespace
}  // namespace strata::api
