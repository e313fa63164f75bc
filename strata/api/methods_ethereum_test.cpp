// The expected values follow Lotus' rules, which each test names.
#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

class ApiEthereum : public testing::TestNode {
  protected:
    std::string mine() { return result("FilecoinAddressToEthAddress", {text(client()), "pending"}); }
};

// Source: lotus chain/types/ethtypes, EthAddressFromFilecoinAddress.
TEST_F(ApiEthereum, FormsOfEthereumAddresses) {
    EXPECT_EQ(result("FilecoinAddressToEthAddress", {"t0103"}), "0xff00000000000000000000000000000000000067");
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {"t410f74aaaaaaaaaaaaaaaaaaaaaaaaaaaadhtg2tbdi", "latest"}), 1)
        << "a delegated address cannot contain a masked ID";
    const auto plain = Address::delegated(kEamId, Bytes(20, 7));
    EXPECT_EQ(result("FilecoinAddressToEthAddress", {text(plain)}), "0x0707070707070707070707070707070707070707");
    EXPECT_EQ(result("EthAddressToFilecoinAddress", {"0707070707070707070707070707070707070707"}), text(plain));
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {text(Address::delegated(77, Bytes(20, 7)))}), 1);
    EXPECT_EQ(code("FilecoinAddressToEthAddress", {text(Address::delegated(kEamId, Bytes(19, 7)))}), 1);
}

// "pending" gives the pool's nonce (lotus node/impl/eth/transaction.go).
TEST_F(ApiEthereum, PendingCountsWhatWaits) {
    mine_at(1);
    EXPECT_EQ(result("eth_getTransactionCount", {mine(), "pending"}), "0x0");
    push(transfer(0, Address::id(101)));
    EXPECT_EQ(result("eth_getTransactionCount", {mine(), "pending"}), "0x1");
    push(transfer(1, Address::id(101)));
    EXPECT_EQ(result("eth_getTransactionCount", {mine(), "pending"}), "0x2");
    EXPECT_EQ(result("eth_getTransactionCount", {mine(), "latest"}), "0x0");
    EXPECT_EQ(result("eth_getTransactionCount", {"0x0707070707070707070707070707070707070707", "pending"}), "0x0");
}

}  // namespace
}  // namespace strata::api
