// The expected values follow Lotus' rules, which each test names.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;

class ApiPool : public testing::TestNode {
  protected:
    static constexpr const char* kNobody = "t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa";
};

// Glif's provider looks for the words of lotus chain/types/actor.go.
TEST_F(ApiPool, TheNonceOfAFreshKeySaysThatThereIsNoActor) {
    EXPECT_THAT(message("MpoolGetNonce", {kNobody}), HasSubstr("actor not found"));
}

// Lotus looks the sender up first (chain/stmgr/call.go).
TEST_F(ApiPool, NobodyCannotCall) {
    mine_at(1);
    for (const char* from : {"t0999999", kNobody}) {
        const Json call{{"From", from}, {"To", "t01000"}, {"Value", "0"}};
        EXPECT_EQ(code("StateCall", {call, nullptr}), 1) << from;
    }
    const Json call{{"From", text(client())}, {"To", "t0101"}, {"Value", "0"}};
    EXPECT_EQ(result("StateCall", {call, nullptr})["MsgRct"]["ExitCode"], 0);
}

// Source: Go's encoding/json: null leaves the zero value, names are found without case, and a value of a different type
// is an error. A number in the place of this boolean once ended the node.
TEST_F(ApiPool, PrototypesAreReadAsByGo) {
    const Json plain{{"To", "t01000"}, {"From", text(client())}, {"Value", "0"}, {"Method", 0}, {"Nonce", 7}};
    for (const Json& wrong : {Json(1), Json("true"), Json::array(), Json::object()})
        EXPECT_EQ(code("MpoolCheckMessages", {Json::array({Json{{"Message", plain}, {"ValidNonce", wrong}}})}), -32700)
            << wrong;
    for (const Json& right : {Json(), Json(false), Json(true)})
        EXPECT_EQ(code("MpoolCheckMessages", {Json::array({Json{{"message", plain}, {"validnonce", right}}})}), 0)
            << right;
    for (const Json& wrong : {Json(), Json(7), Json::object()})
        EXPECT_EQ(code("MpoolCheckMessages", {Json::array({wrong})}), -32700) << wrong;
}

// Source: lotus node/impl/gasutils/gasutils.go, ErrExecutionReverted with data; encoding/json, names without case.
TEST_F(ApiPool, AnEstimateThatFailsSaysHow) {
    mine_at(1);
    const Json bad{{"from", text(client())}, {"to", "t05"}, {"method", 4711}, {"value", "+0"}};
    for (const auto& answer :
         {ask("GasEstimateGasLimit", {bad, nullptr}), ask("GasEstimateMessageGas", {bad, nullptr, nullptr})}) {
        EXPECT_EQ(answer["error"]["code"], 3) << answer;
        EXPECT_EQ(answer["error"]["data"], "0x");
        const auto told = answer["error"]["message"].get<std::string>();
        EXPECT_TRUE(told.starts_with("message execution failed (exit=[ErrUnhandledMessage(22)], vm error=[")) << told;
    }
    const Json good{{"from", text(client())}, {"to", "t0101"}, {"value", "5"}};
    EXPECT_GT(result("GasEstimateGasLimit", {good, nullptr}).get<int>(), 0);
    EXPECT_EQ(code("GasEstimateGasPremium", {10, "", 0, nullptr}), 0);
}

// GasEstimateGasLimit gives the gas that the message uses; GasEstimateMessageGas adds a quarter (gasutils.go,
// GasLimitOverestimation 1.25).
TEST_F(ApiPool, OnlyTheEstimateOfAMessageHasAReserve) {
    mine_at(1);
    const Json call{{"From", text(client())}, {"To", "t0101"}, {"Value", "5"}};
    const auto limit = result("GasEstimateGasLimit", {call, nullptr}).get<std::int64_t>();
    EXPECT_EQ(result("GasEstimateMessageGas", {call, nullptr, nullptr})["GasLimit"], limit * 5 / 4);
}

// Source: lotus chain/messagepool/config.go.
TEST_F(ApiPool, PoolConfigurationAndSelection) {
    const auto config = result("MpoolGetConfig");
    EXPECT_EQ(config["SizeLimitHigh"], 30000);
    EXPECT_EQ(config["ReplaceByFeeRatio"], 1.25);
    const auto sent = transfer(0, Address::id(101));
    push(sent);
    EXPECT_EQ(result("MpoolSelect", {nullptr, 0.5}).size(), 1U);
    EXPECT_EQ(code("MpoolSelect", {nullptr, 1.5}), 1);
    EXPECT_EQ(result("MpoolPending", {nullptr})[0]["CID"], result("MpoolSelect", {nullptr, 1})[0]["CID"]);
}

}  // namespace
}  // namespace strata::api
