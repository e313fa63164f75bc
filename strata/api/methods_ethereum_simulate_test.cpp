// Expected values: execution-apis src/schemas/execute.yaml, docs-api/docs/ethsimulatev1-notes.mdx and its tests
// (tests/eth_simulateV1), whose calls are made again here as far as Filecoin has a meaning for them.
#include <gmock/gmock.h>

#include <strata/api/test_contracts_node.hpp>

namespace strata::api {
namespace {

class ApiEthereumSimulate : public testing::ContractsNode {
  protected:
    static constexpr const char* kA = "0xc000000000000000000000000000000000000000";
    static constexpr const char* kB = "0xc100000000000000000000000000000000000000";
    static constexpr const char* kC = "0xc200000000000000000000000000000000000000";

    Json simulate(const Json& blocks, Json more = Json::object()) {
        more["blockStateCalls"] = blocks;
        return ask("eth_simulateV1", {more, "latest"});
    }
    Json simulated(const Json& blocks, const Json& more = Json::object()) {
        const auto answer = simulate(blocks, more);
        EXPECT_TRUE(answer.contains("result")) << answer;
        return answer.value("result", Json());
    }
    int fault(const Json& blocks, const Json& more = Json::object()) {
        const auto answer = simulate(blocks, more);
        return answer.contains("error") ? answer["error"]["code"].get<int>() : 0;
    }
    static Json send(const char* from, const char* to, const char* value) {
        return {{"from", from}, {"to", to}, {"value", value}};
    }
    void SetUp() override {
        ContractsNode::SetUp();
        mine_at(1);
        mine_at(height() + 1);
    }
};

// ethSimulate-simple and ethSimulate-transfer-over-BlockStateCalls.
TEST_F(ApiEthereumSimulate, TransfersOverBlocks) {
    const auto blocks = simulated(Json::array({Json{{"stateOverrides", {{kA, {{"balance", "0x3e8"}}}}},
                                                    {"calls", {send(kA, kB, "0x3e8"), send(kB, kC, "0x3e8")}}},
                                               Json{{"calls", {send(kC, kA, "0x1")}}}}));
    ASSERT_EQ(blocks.size(), 2U);
    ASSERT_EQ(blocks[0]["calls"].size(), 2U);
    for (const auto& call : blocks[0]["calls"]) {
        EXPECT_EQ(call["status"], "0x1");
        EXPECT_EQ(call["returnData"], "0x");
        EXPECT_EQ(call["logs"], Json::array());
    }
    EXPECT_EQ(blocks[1]["calls"][0]["status"], "0x1");
    EXPECT_EQ(blocks[1]["parentHash"], blocks[0]["hash"]);
    const auto number = [&](const Json& block, const char* member) {
        return std::stoull(block[member].get<std::string>(), nullptr, 16);
    };
    EXPECT_EQ(number(blocks[1], "number"), number(blocks[0], "number") + 1);
    EXPECT_EQ(number(blocks[1], "timestamp"), number(blocks[0], "timestamp") + network.block_delay);
    EXPECT_EQ(blocks[0]["baseFeePerGas"], "0x0");
    EXPECT_EQ(blocks[0]["transactions"].size(), 2U);
}

// The notes' example of traceTransfers.
TEST_F(ApiEthereumSimulate, TransfersAsLogs) {
    const auto blocks = simulated(
        Json::array({Json{{"stateOverrides", {{kA, {{"balance", "0x7d0"}}}}}, {"calls", {send(kA, kB, "0x3e8")}}}}),
        {{"traceTransfers", true}});
    const auto& logs = blocks[0]["calls"][0]["logs"];
    ASSERT_EQ(logs.size(), 1U);
    EXPECT_EQ(logs[0]["address"], "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");
    EXPECT_EQ(logs[0]["topics"], Json::array({"0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
                                              "0x000000000000000000000000c000000000000000000000000000000000000000",
                                              "0x000000000000000000000000c100000000000000000000000000000000000000"}));
    EXPECT_EQ(logs[0]["data"], "0x00000000000000000000000000000000000000000000000000000000000003e8");
    EXPECT_EQ(logs[0]["blockHash"], blocks[0]["hash"]);
    EXPECT_EQ(logs[0]["logIndex"], "0x0");
}

// ethSimulate-override-block-num, -block-num-order-38020, -block-timestamp-order-38021.
TEST_F(ApiEthereumSimulate, NumbersAndTimes) {
    // NUMBER and TIMESTAMP as results.
    const Json sees{{kB, {{"code", "0x435f5242602052600260405ff3"}}}};
    const Json number{{kB, {{"code", "0x435f5260205ff3"}}}};
    const std::uint64_t next = static_cast<std::uint64_t>(node->head()->height());
    const auto at = [&](std::uint64_t n) { return "0x" + to_hex(BigInt(n).magnitude_be()); };
    const Json call{{"from", kA}, {"to", kB}};
    const auto blocks =
        simulated(Json::array({Json{{"stateOverrides", number}, {"calls", {call}}},
                               Json{{"blockOverrides", {{"number", at(next + 4)}}}, {"calls", {call}}}}));
    ASSERT_EQ(blocks.size(), 5U) << "skipped numbers have empty blocks";
    EXPECT_EQ(std::stoull(blocks[0]["calls"][0]["returnData"].get<std::string>(), nullptr, 16),
              std::stoull(blocks[0]["number"].get<std::string>(), nullptr, 16));
    EXPECT_EQ(blocks[4]["calls"][0]["returnData"], word(next + 4));
    EXPECT_EQ(blocks[3]["calls"], Json::array());
    const Json low{{"blockOverrides", {{"number", "0x1"}}}};
    EXPECT_EQ(fault(Json::array({low})), -38020);
    const Json early{{"blockOverrides", {{"time", "0x1"}}}};
    EXPECT_EQ(fault(Json::array({early})), -38021);
    const Json far{{"blockOverrides", {{"number", at(next + 1'000)}}}};
    EXPECT_EQ(fault(Json::array({far})), -38026);
    EXPECT_EQ(fault(Json::array()), -32602);
}

// BLOCKHASH of a simulated block is its hash (ethSimulate-blockhash-simple).
TEST_F(ApiEthereumSimulate, HashesOfBlocksBefore) {
    // PUSH1 1, NUMBER, SUB, BLOCKHASH, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN.
    const Json code{{kB,
                     {{"code",
                       "0x6001430340"
                       "5f5260205ff3"}}}};
    const Json call{{"from", kA}, {"to", kB}};
    const auto blocks =
        simulated(Json::array({Json{{"stateOverrides", code}, {"calls", {call}}}, Json{{"calls", {call}}}}));
    EXPECT_EQ(blocks[1]["calls"][0]["returnData"], blocks[0]["hash"]);
    EXPECT_EQ(blocks[0]["calls"][0]["returnData"], blocks[0]["parentHash"]);
}

TEST_F(ApiEthereumSimulate, FailuresOfCallsAndOfTheSimulation) {
    // REVERT with no data; INVALID.
    const Json code{{kB, {{"code", "0x5f5ffd"}}}, {kC, {{"code", "0xfe"}}}};
    const auto blocks = simulated(Json::array(
        {Json{{"stateOverrides", code}, {"calls", {Json{{"from", kA}, {"to", kB}}, Json{{"from", kA}, {"to", kC}}}}}}));
    const auto& reverted = blocks[0]["calls"][0];
    EXPECT_EQ(reverted["status"], "0x0");
    EXPECT_EQ(reverted["error"]["code"], 3);
    EXPECT_EQ(blocks[0]["calls"][1]["error"]["code"], -32015);
    EXPECT_EQ(fault(Json::array({Json{{"calls", {send(kA, kB, "0x3e8")}}}})), -38014);
    Json call{{"from", kA}, {"to", kB}, {"gas", "0x1"}};
    EXPECT_EQ(fault(Json::array({Json{{"calls", {call}}}})), -38013);
    call["gas"] = "0x2540be401";
    EXPECT_EQ(fault(Json::array({Json{{"calls", {call}}}})), -38015);
}

TEST_F(ApiEthereumSimulate, Validation) {
    const Json rich{{kA, {{"balance", "0x56bc75e2d63100000"}}}};
    const auto one = [&](Json call) {
        call["from"] = kA;
        call["to"] = kB;
        return Json::array({Json{{"stateOverrides", rich}, {"calls", {call}}}});
    };
    const Json strict{{"validation", true}};
    EXPECT_EQ(fault(one({{"nonce", "0x1"}}), strict), -38011);
    EXPECT_EQ(fault(one({{"gas", "0x989680"}}), strict), -38012) << "the base fee is not covered";
    const auto blocks = simulated(one({{"gas", "0x989680"}, {"maxFeePerGas", "0x77359400"}, {"nonce", "0x0"}}), strict);
    EXPECT_EQ(blocks[0]["calls"][0]["status"], "0x1");
    EXPECT_NE(blocks[0]["baseFeePerGas"], "0x0");
    const auto full = simulated(one({{"value", "0x7"}}), {{"returnFullTransactions", true}});
    EXPECT_EQ(full[0]["transactions"][0]["from"], kA);
    EXPECT_EQ(full[0]["transactions"][0]["value"], "0x7");
    EXPECT_EQ(full[0]["transactions"][0]["blockHash"], full[0]["hash"]);
}

TEST_F(ApiEthereumSimulate, ContractsAreMadeAndCalled) {
    deploy_all();
    const auto blocks = simulated(Json::array(
        {Json{{"calls",
               {Json{{"from", sender()}, {"to", contract("Factory")}, {"data", transaction("make a child")["data"]}}}}},
         Json{{"calls", {call_to(contract("Proxy"), input("add2")), call_to(contract("Proxy"), input("add2"))}}}}));
    ASSERT_EQ(blocks[0]["calls"][0]["logs"].size(), 1U);
    EXPECT_EQ(blocks[0]["calls"][0]["logs"][0]["address"], contract("Factory"));
    EXPECT_EQ(blocks[1]["calls"][1]["returnData"], word(9));
    EXPECT_EQ(blocks[1]["calls"][1]["logs"][0]["logIndex"], "0x1");
}

}  // namespace
}  // namespace strata::api
