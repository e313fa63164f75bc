// The shapes are those of lotus node/impl/eth/trace.go; hashes, addresses and inputs are what ethers computed
// (tests/contracts/signed.json). That the traces under them are Lotus' is tested in conformance/lotus_traces_test.cpp.
#include <gmock/gmock.h>

#include <strata/api/test_contracts_node.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;

class ApiEthereumTrace : public testing::ContractsNode {};

TEST_F(ApiEthereumTrace, ADelegateCall) {
    deploy_all();
    const auto traces = result("trace_transaction", {hash_of("add through the proxy")});
    ASSERT_EQ(traces.size(), 2U) << traces;
    const auto& call = traces[0];
    EXPECT_EQ(call["type"], "call");
    EXPECT_EQ(call["traceAddress"], Json::array());
    EXPECT_EQ(call["subtraces"], 1);
    EXPECT_EQ(call["action"]["callType"], "call");
    EXPECT_EQ(call["action"]["from"], sender());
    EXPECT_EQ(call["action"]["to"], contract("Proxy"));
    EXPECT_EQ(call["action"]["value"], "0x0");
    EXPECT_EQ(call["action"]["input"], transaction("add through the proxy")["data"]);
    EXPECT_EQ(call["result"]["output"], word(5));
    EXPECT_EQ(call["transactionHash"], hash_of("add through the proxy"));
    EXPECT_FALSE(call.contains("error"));
    const auto& inner = traces[1];
    EXPECT_EQ(inner["traceAddress"], Json::array({0}));
    EXPECT_EQ(inner["subtraces"], 0);
    EXPECT_EQ(inner["action"]["callType"], "delegatecall");
    EXPECT_EQ(inner["action"]["from"], contract("Proxy"));
    EXPECT_EQ(inner["action"]["to"], contract("Counter"));
    EXPECT_EQ(inner["action"]["input"], call["action"]["input"]);
    EXPECT_EQ(inner["result"]["output"], word(5));
}

TEST_F(ApiEthereumTrace, CreationsAndFailures) {
    deploy_all();
    const auto deploy = result("trace_transaction", {hash_of("deploy Counter")});
    ASSERT_EQ(deploy.size(), 1U) << deploy;
    EXPECT_EQ(deploy[0]["type"], "create");
    EXPECT_EQ(deploy[0]["action"]["init"], transaction("deploy Counter")["data"]);
    EXPECT_EQ(deploy[0]["result"]["address"], contract("Counter"));
    EXPECT_EQ(deploy[0]["result"]["code"], "0xfe");
    const auto child = result("trace_transaction", {hash_of("make a child")});
    ASSERT_EQ(child.size(), 2U) << child;
    EXPECT_EQ(child[1]["type"], "create");
    EXPECT_EQ(child[1]["action"]["from"], contract("Factory"));
    EXPECT_EQ(child[1]["traceAddress"], Json::array({0}));
    const std::string made = child[0]["result"]["output"];
    EXPECT_EQ(child[1]["result"]["address"], "0x" + made.substr(26));
    const auto refused = result("trace_transaction", {hash_of("refuse")});
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0]["error"], "Reverted");
    const auto survived = result("trace_transaction", {hash_of("survive")});
    ASSERT_EQ(survived.size(), 2U);
    EXPECT_FALSE(survived[0].contains("error"));
    EXPECT_EQ(survived[1]["error"], "Reverted");
    EXPECT_EQ(survived[1]["action"]["callType"], "staticcall") << "the function is pure";
    const auto paid = result("trace_transaction", {hash_of("pay")});
    ASSERT_EQ(paid.size(), 2U);
    EXPECT_EQ(paid[1]["action"]["value"], "0x190");
    EXPECT_EQ(paid[1]["action"]["to"], "0x1111111111111111111111111111111111111111");
}

TEST_F(ApiEthereumTrace, BlocksAndNullRounds) {
    deploy_all();
    const auto block = block_of("pay");
    const auto traces = result("trace_block", {block});
    std::size_t last = 0;
    for (const auto& trace : traces) {
        const std::size_t position = trace["transactionPosition"];
        EXPECT_TRUE(position == last || position == last + 1) << "positions begin at 0 and leave none out";
        last = position;
    }
    EXPECT_EQ(traces[0]["transactionPosition"], 0);
    const auto replayed = result("trace_replayBlockTransactions", {block, Json::array({"trace"})});
    ASSERT_EQ(replayed.size(), last + 1);
    EXPECT_EQ(replayed.back()["stateDiff"], Json());
    EXPECT_EQ(replayed.back()["vmTrace"], Json());
    Json expected = traces.back();
    for (const char* member : {"blockHash", "blockNumber", "transactionHash", "transactionPosition"})
        expected.erase(member);
    EXPECT_EQ(replayed.back()["trace"].back(), expected);
    EXPECT_EQ(message("trace_replayBlockTransactions", {block, Json::array({"vmTrace"})}), "only 'trace' is supported");
    const auto low = height();
    mine_at(low + 3);
    mine_at(height() + 1);
    const auto error = ask("trace_block", {"0x" + to_hex(BigInt(low + 1).magnitude_be())})["error"];
    EXPECT_EQ(error["code"], 12);
    EXPECT_EQ(error["data"], low + 1);
    EXPECT_THAT(message("trace_transaction", {word(1)}), HasSubstr("not found"));
    EXPECT_THAT(message("trace_block", {"0x7fffffff"}), HasSubstr("future epoch"));
}

// A message of Filecoin's own is a call with the selector of handle_filecoin_method (lotus encodeFilecoinParamsAsABI).
TEST_F(ApiEthereumTrace, NativeMessages) {
    mine_at(1);
    const auto cid = push(transfer(0, Address::id(101), 5));
    for (int i = 0; i < 2; ++i) mine_at(height() + 1);
    const auto found = result("StateSearchMsg", {nullptr, cid, -1, true});
    const auto traces =
        result("trace_block", {"0x" + to_hex(BigInt(found["Height"].get<std::int64_t>() - 1).magnitude_be())});
    ASSERT_EQ(traces.size(), 1U) << traces;
    EXPECT_EQ(traces[0]["action"]["to"], "0xff00000000000000000000000000000000000065");
    EXPECT_EQ(traces[0]["action"]["value"], "0x5");
    EXPECT_EQ(traces[0]["action"]["input"],
              "0x868e10c4" + std::string(64, '0') + std::string(64, '0') + word(96).substr(2) + std::string(64, '0'));
    EXPECT_EQ(traces[0]["result"]["output"],
              "0x" + std::string(64, '0') + std::string(64, '0') + word(96).substr(2) + std::string(64, '0'));
}

TEST_F(ApiEthereumTrace, Filters) {
    deploy_all();
    const Json range{{"fromBlock", "0x1"}, {"toBlock", "latest"}};
    const auto filtered = [&](Json more) {
        more.update(range);
        return result("trace_filter", {more});
    };
    const auto to_counter = filtered({{"toAddress", contract("Counter")}});
    ASSERT_EQ(to_counter.size(), 2U) << "its creation, and the call through the proxy";
    EXPECT_EQ(to_counter[0]["type"], "create");
    EXPECT_EQ(to_counter[1]["action"]["callType"], "delegatecall");
    EXPECT_EQ(filtered({{"toAddress", contract("Counter")}, {"after", "0x1"}}).size(), 1U);
    EXPECT_EQ(filtered({{"toAddress", contract("Counter")}, {"count", "0x1"}})[0], to_counter[0]);
    EXPECT_EQ(filtered({{"fromAddress", Json::array({contract("Proxy"), contract("Factory")})}}).size(), 2U);
    EXPECT_EQ(filtered({{"count", "0x0"}}), Json::array());
    EXPECT_THAT(message("trace_filter", {Json{{"fromBlock", "earliest"}}}), HasSubstr("not supported"));
    EXPECT_EQ(code("trace_filter", {Json{{"fromBlock", "0x0"}, {"toBlock", "0xb41"}}}), -32005);
    EXPECT_THAT(message("trace_filter", {Json{{"count", "0x1f5"}}}), HasSubstr("maximum supported is 500"));
}

// Source of the form: OpenEthereum's trace module (trace_call, trace_callMany, trace_replayTransaction, stateDiff).
TEST_F(ApiEthereumTrace, CallsAreTracedWithTheirDifferences) {
    deploy_all();
    const auto call = call_to(contract("Proxy"), input("add2"));
    const auto traced = result("trace_call", {call, Json::array({"trace", "stateDiff"}), "latest"});
    EXPECT_EQ(traced["output"], word(7));
    EXPECT_EQ(traced["trace"].size(), 2U);
    const auto& proxy = traced["stateDiff"][contract("Proxy")];
    EXPECT_EQ(proxy["balance"], "=");
    EXPECT_EQ(proxy["storage"][word(0)], (Json{{"*", {{"from", word(5)}, {"to", word(7)}}}}));
    EXPECT_EQ(proxy["storage"].size(), 1U);
    EXPECT_FALSE(traced["stateDiff"].contains(contract("Counter")));
    EXPECT_EQ(traced["stateDiff"][sender()]["nonce"], (Json{{"*", {{"from", "0xc"}, {"to", "0xd"}}}}));
    // The second call meets the state that the first one left.
    const auto many = result(
        "trace_callMany",
        {Json::array({Json::array({call, Json::array({"trace"})}), Json::array({call, Json::array({"stateDiff"})})}),
         "latest"});
    EXPECT_EQ(many[0]["output"], word(7));
    EXPECT_EQ(many[1]["output"], word(9));
    EXPECT_EQ(many[1]["trace"], Json::array());
    const auto replayed = result("trace_replayTransaction", {hash_of("pay"), Json::array({"trace", "stateDiff"})});
    EXPECT_EQ(replayed["transactionHash"], hash_of("pay"));
    EXPECT_EQ(replayed["trace"].size(), 2U);
    EXPECT_EQ(replayed["stateDiff"]["0x1111111111111111111111111111111111111111"]["balance"], (Json{{"+", "0x190"}}));
    EXPECT_EQ(replayed["stateDiff"][contract("Vault")]["balance"], (Json{{"*", {{"from", "0x3e8"}, {"to", "0x258"}}}}));
    EXPECT_THAT(message("trace_call", {call, Json::array({"vmTrace"}), "latest"}),
                HasSubstr("expected trace or stateDiff"));
}

}  // namespace
}  // namespace strata::api
