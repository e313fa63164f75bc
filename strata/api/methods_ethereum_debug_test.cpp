// The forms are go-ethereum's (eth/tracers/native, eth/tracers/logger; execution-apis tests/debug_traceTransaction);
// hashes, addresses and inputs are what ethers computed (tests/contracts/signed.json).
#include <gmock/gmock.h>

#include <strata/api/test_contracts_node.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;

class ApiEthereumDebug : public testing::ContractsNode {
  protected:
    Json traced(const std::string& name, const Json& options) {
        return result("debug_traceTransaction", {hash_of(name), options});
    }
};

TEST_F(ApiEthereumDebug, TheCallTracer) {
    deploy_all();
    const auto call =
        traced("add through the proxy", {{"tracer", "callTracer"}, {"tracerConfig", {{"withLog", true}}}});
    EXPECT_EQ(call["type"], "CALL");
    EXPECT_EQ(call["from"], sender());
    EXPECT_EQ(call["to"], contract("Proxy"));
    EXPECT_EQ(call["output"], word(5));
    EXPECT_FALSE(call.contains("logs"));
    ASSERT_EQ(call["calls"].size(), 1U);
    const auto& inner = call["calls"][0];
    EXPECT_EQ(inner["type"], "DELEGATECALL");
    EXPECT_EQ(inner["to"], contract("Counter"));
    ASSERT_EQ(inner["logs"].size(), 1U);
    const auto& log = inner["logs"][0];
    EXPECT_EQ(log["address"], contract("Proxy")) << "the storage and the events are the proxy's";
    EXPECT_EQ(log["topics"][0], "0x661fab7f24b9fdb6d088a46b82c477922b83ae7f1de8173a4670c3802fc6f921");
    EXPECT_EQ(log["topics"][1], "0x000000000000000000000000" + sender().substr(2));
    EXPECT_EQ(log["data"], word(5));
    const auto top = traced("survive", {{"tracer", "callTracer"}, {"tracerConfig", {{"onlyTopCall", true}}}});
    EXPECT_FALSE(top.contains("calls"));
    const auto survived = traced("survive", {{"tracer", "callTracer"}});
    EXPECT_EQ(survived["calls"][0]["error"], "execution reverted");
    const auto deploy = traced("deploy Counter", {{"tracer", "callTracer"}});
    EXPECT_EQ(deploy["type"], "CREATE");
    EXPECT_EQ(deploy["to"], contract("Counter"));
}

TEST_F(ApiEthereumDebug, ThePrestateTracer) {
    deploy_all();
    const auto before = traced("add through the proxy", {{"tracer", "prestateTracer"}});
    EXPECT_EQ(before[contract("Proxy")]["storage"][word(0)], word(0));
    EXPECT_EQ(before[contract("Proxy")]["nonce"], 1);
    EXPECT_EQ(before[sender()]["nonce"], 6);
    EXPECT_TRUE(before.contains(contract("Counter")));
    const auto changed =
        traced("add through the proxy", {{"tracer", "prestateTracer"}, {"tracerConfig", {{"diffMode", true}}}});
    EXPECT_EQ(changed["post"][contract("Proxy")], (Json{{"storage", {{word(0), word(5)}}}}));
    EXPECT_FALSE(changed["pre"][contract("Proxy")].contains("storage")) << "the slot was zero";
    EXPECT_FALSE(changed["post"].contains(contract("Counter")));
    EXPECT_EQ(changed["post"][sender()]["nonce"], 7);
    const auto paid = traced("pay", {{"tracer", "prestateTracer"}, {"tracerConfig", {{"diffMode", true}}}});
    EXPECT_EQ(paid["post"]["0x1111111111111111111111111111111111111111"], (Json{{"balance", "0x190"}}));
    EXPECT_FALSE(paid["pre"].contains("0x1111111111111111111111111111111111111111"));
    const auto made = traced("deploy Counter", {{"tracer", "prestateTracer"},
                                                {"tracerConfig", {{"diffMode", true}, {"disableCode", true}}}});
    EXPECT_EQ(made["post"][contract("Counter")], (Json{{"balance", "0x0"}, {"nonce", 1}}));
}

TEST_F(ApiEthereumDebug, TheSmallTracers) {
    deploy_all();
    EXPECT_EQ(traced("pay", {{"tracer", "noopTracer"}}), Json::object());
    EXPECT_EQ(traced("add through the proxy", {{"tracer", "4byteTracer"}}), (Json{{"0x1003e2d2-32", 2}}));
    const auto flat = traced("survive", {{"tracer", "flatCallTracer"}});
    ASSERT_EQ(flat.size(), 2U);
    EXPECT_EQ(flat[1]["traceAddress"], Json::array({0}));
    EXPECT_EQ(flat[1]["error"], "Reverted");
    EXPECT_FALSE(flat[1].contains("result"));
    EXPECT_EQ(flat[1]["transactionHash"], hash_of("survive"));
    EXPECT_THAT(message("debug_traceTransaction", {hash_of("pay"), Json{{"tracer", "{step: function() {}}"}}}),
                HasSubstr("JavaScript"));
}

// The instructions of a call on code of our own: PUSH1 7, PUSH0, SSTORE, PUSH0, SLOAD, PUSH0, MSTORE, PUSH1 32, PUSH0,
// RETURN. What each does follows from the instruction set.
TEST_F(ApiEthereumDebug, TheStructLogger) {
    deploy_all();
    const auto counter = contract("Counter");
    const Json with_code{{"stateOverrides", {{counter, {{"code", "0x60075f555f545f5260205ff3"}}}}},
                         {"enableMemory", true}};
    const auto trace = result("debug_traceCall", {call_to(counter, "0x"), "latest", with_code});
    EXPECT_EQ(trace["failed"], false);
    EXPECT_EQ(trace["returnValue"], word(7));
    const auto& steps = trace["structLogs"];
    ASSERT_EQ(steps.size(), 10U);
    const std::vector<std::string> names = {"PUSH1", "PUSH0",  "SSTORE", "PUSH0", "SLOAD",
                                            "PUSH0", "MSTORE", "PUSH1",  "PUSH0", "RETURN"};
    const std::vector<int> places = {0, 2, 3, 4, 5, 6, 7, 8, 10, 11};
    for (std::size_t i = 0; i < steps.size(); ++i) {
        EXPECT_EQ(steps[i]["op"], names[i]);
        EXPECT_EQ(steps[i]["pc"], places[i]);
        EXPECT_EQ(steps[i]["depth"], 1);
        if (i > 0) {
            const std::uint64_t before = steps[i - 1]["gas"], cost = steps[i - 1]["gasCost"];
            EXPECT_EQ(steps[i]["gas"], before - cost);
        }
    }
    EXPECT_EQ(steps[2]["stack"], Json::array({"0x7", "0x0"}));
    EXPECT_EQ(steps[2]["storage"], (Json{{word(0), word(7)}}));
    EXPECT_EQ(steps[4]["storage"], (Json{{word(0), word(7)}}));
    EXPECT_FALSE(steps[5].contains("storage"));
    EXPECT_EQ(steps[7]["memory"], Json::array({word(7)}));
    // The same gas with and without a tracer.
    const auto gas = trace["gas"];
    const auto silent =
        result("debug_traceCall", {call_to(counter, "0x"), "latest",
                                   Json{{"tracer", "callTracer"}, {"stateOverrides", with_code["stateOverrides"]}}});
    EXPECT_EQ(std::stoull(silent["gasUsed"].get<std::string>(), nullptr, 16), gas.get<std::uint64_t>());
    const auto short_one =
        result("debug_traceTransaction", {hash_of("pay"), Json{{"limit", 3}, {"disableStack", true}}});
    EXPECT_EQ(short_one["structLogs"].size(), 3U);
    EXPECT_FALSE(short_one["structLogs"][0].contains("stack"));
    const auto nested = result("debug_traceTransaction", {hash_of("add through the proxy"), Json::object()});
    int deepest = 0;
    for (const auto& step : nested["structLogs"]) deepest = std::max(deepest, step["depth"].get<int>());
    EXPECT_EQ(deepest, 2);
}

// A loop that ends with the gas has more steps than an answer.
TEST_F(ApiEthereumDebug, TooManyStepsAreAnError) {
    deploy_all();
    EXPECT_THAT(message("debug_traceCall", {call_to(contract("Nested"), input("forever")), "latest"}),
                HasSubstr("more steps than one answer may have"));
}

TEST_F(ApiEthereumDebug, Blocks) {
    deploy_all();
    const auto block = block_of("pay");
    const auto all = result("debug_traceBlockByNumber", {block, Json{{"tracer", "callTracer"}}});
    const auto calls = result("trace_replayBlockTransactions", {block, Json::array({"trace"})});
    ASSERT_EQ(all.size(), calls.size());
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]["txHash"], calls[i]["transactionHash"]);
    const auto hash = result("trace_block", {block})[0]["blockHash"];
    EXPECT_EQ(result("debug_traceBlockByHash", {hash, Json{{"tracer", "callTracer"}}}), all);
    EXPECT_EQ(ask("debug_traceBlockByNumber", {"0x0"})["error"]["message"], "genesis is not traceable");
    EXPECT_THAT(message("debug_traceTransaction", {word(1)}), HasSubstr("not found"));
}

}  // namespace
}  // namespace strata::api
