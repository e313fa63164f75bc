// The transactions were signed by ethers, which also says their hashes; refusals are those of lotus
// node/impl/eth/send.go, and EIP-7966's for the one that waits.
#include <gmock/gmock.h>

#include <thread>

#include <strata/api/test_contracts_node.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;

class ApiEthereumSend : public testing::ContractsNode {};

TEST_F(ApiEthereumSend, ATransactionOfEthersIsTakenAndExecuted) {
    fund();
    const auto& deploy = transaction("deploy Counter");
    EXPECT_EQ(result("eth_sendRawTransaction", {deploy["raw"]}), deploy["hash"]);
    EXPECT_EQ(result("eth_getTransactionCount", {sender(), "pending"}), "0x1");
    mine_at(height() + 1);
    mine_at(height() + 1);
    EXPECT_NE(result("eth_getCode", {contract("Counter"), "latest"}), "0x") << "ethers computed the address";
    EXPECT_EQ(result("eth_getTransactionCount", {sender(), "latest"}), "0x1");
}

TEST_F(ApiEthereumSend, WhatIsNoTransactionIsRefused) {
    mine_at(1);
    EXPECT_EQ(code("eth_sendRawTransaction", {"0x"}), 1);
    EXPECT_EQ(code("eth_sendRawTransaction", {"0x00"}), 1);
    EXPECT_EQ(code("eth_sendRawTransaction", {"no hexadecimal"}), -32700);
    EXPECT_THAT(message("eth_sendRawTransaction", {transaction("deploy Counter")["raw"]}), HasSubstr("not found"))
        << "the sender has no actor";
    EXPECT_EQ(code("eth_sendRawTransactionUntrusted", {transaction("deploy Counter")["raw"]}), 1);
}

TEST_F(ApiEthereumSend, ACallWaitsForItsReceipt) {
    fund();
    const auto& deploy = transaction("deploy Counter");
    auto waiting =
        std::async(std::launch::async, [&] { return ask("eth_sendRawTransactionSync", {deploy["raw"], 60'000}); });
    for (int i = 0; i < 5'000 && node->pool().size() == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_EQ(node->pool().size(), 1U);
    mine_at(height() + 1);
    mine_at(height() + 1);
    const auto receipt = waiting.get()["result"];
    EXPECT_EQ(receipt["transactionHash"], deploy["hash"]);
    EXPECT_EQ(receipt["contractAddress"], contract("Counter"));
    EXPECT_EQ(receipt["status"], "0x1");
}

// EIP-7966: code 4 with the hash after the time; 6 with the expected nonce, and nothing is sent.
TEST_F(ApiEthereumSend, ACallWaitsNoLongerThanAsked) {
    fund();
    const auto& second = transaction("deploy Proxy");
    auto error = ask("eth_sendRawTransactionSync", {second["raw"], 50})["error"];
    EXPECT_EQ(error["code"], 6);
    EXPECT_EQ(error["data"], "0x0");
    EXPECT_EQ(node->pool().size(), 0U);
    const auto& first = transaction("deploy Counter");
    error = ask("eth_sendRawTransactionSync", {first["raw"], 50})["error"];
    EXPECT_EQ(error["code"], 4);
    EXPECT_EQ(error["data"], first["hash"]);
    EXPECT_EQ(node->pool().size(), 1U);
}

// ethers computed the hash. A service that starts later knows what waits already.
TEST_F(ApiEthereumSend, AWaitingTransactionIsFoundByItsHash) {
    fund();
    const auto& deploy = transaction("deploy Counter");
    const auto& second = transaction("deploy Proxy");
    EXPECT_EQ(result("eth_sendRawTransaction", {deploy["raw"]}), deploy["hash"]);
    const auto waiting = result("eth_getTransactionByHash", {deploy["hash"]});
    EXPECT_EQ(waiting["hash"], deploy["hash"]);
    EXPECT_EQ(waiting["blockHash"], Json());
    open();
    EXPECT_EQ(result("eth_getTransactionByHash", {deploy["hash"]}), waiting);
    EXPECT_EQ(result("eth_sendRawTransaction", {second["raw"]}), second["hash"]);
    EXPECT_EQ(result("eth_getTransactionByHash", {second["hash"]})["nonce"], "0x1");
    EXPECT_EQ(result("txpool_contentFrom", {sender()})["pending"].size(), 2U);
    ASSERT_TRUE(node->pool().clear(true));
    for (const auto& one : {deploy, second})
        EXPECT_FALSE(ask("eth_getTransactionByHash", {one["hash"]}).value("result", Json()).is_object());
    EXPECT_EQ(result("txpool_contentFrom", {sender()})["pending"].size(), 0U);
}

}  // namespace
}  // namespace strata::api
