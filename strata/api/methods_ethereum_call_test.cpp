// Expected values: what Solidity's compiler made of the contracts and ethers of their inputs (tests/contracts); codes
// of errors as lotus node/impl/eth/gas.go and go-ethereum; overrides as go-ethereum's documentation of eth_call.
#include <gmock/gmock.h>

#include <strata/api/test_contracts_node.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;

class ApiEthereumCall : public testing::ContractsNode {
  protected:
    Json error_of(const std::string& method, const testing::Params& params) { return ask(method, params)["error"]; }
    static constexpr const char* kNobody = "0x00000000000000000000000000000000000000aa";
};

TEST_F(ApiEthereumCall, CallsOfContracts) {
    deploy_all();
    const auto counter = contract("Counter");
    const auto proxy = contract("Proxy");
    EXPECT_EQ(result("eth_call", {call_to(counter, input("count")), "latest"}), word(0));
    EXPECT_EQ(result("eth_call", {call_to(proxy, input("count")), "latest"}), word(5));
    EXPECT_EQ(result("eth_call", {call_to(proxy, input("add2")), "latest"}), word(7));
    EXPECT_EQ(result("eth_call", {call_to(proxy, input("count")), "latest"}), word(5)) << "nothing was kept";
    // go-ethereum's default block is the latest one; "input" counts more than "data" (lotus EthCall).
    EXPECT_EQ(result("eth_call", {Json{{"to", proxy}, {"input", input("count")}, {"data", input("add2")}}}), word(5));
    EXPECT_EQ(result("eth_call", {call_to(counter, input("count")), "0x1"}), "0x") << "nobody was there";
}

// The sender may be missing, a contract, or left out (lotus #13724).
TEST_F(ApiEthereumCall, AnySenderWillDo) {
    deploy_all();
    const auto sees = [&](const Json& call) {
        const std::string out = result("eth_call", {call, "latest"});
        return out.size() == 130 ? "0x" + out.substr(90) : out;
    };
    Json call{{"to", contract("Counter")}, {"data", input("here")}};
    EXPECT_EQ(sees(call), "0x0000000000000000000000000000000000000000");
    for (const std::string& from :
         {sender(), contract("Vault"), std::string("0x7777777777777777777777777777777777777777")}) {
        call["from"] = from;
        EXPECT_EQ(sees(call), from);
    }
    call["from"] = "0xff00000000000000000000000000000000000064";
    EXPECT_THAT(message("eth_call", {call, "latest"}), HasSubstr("expected a class 4 address"));
}

TEST_F(ApiEthereumCall, ARevertHasItsData) {
    deploy_all();
    const auto error = error_of("eth_call", {call_to(contract("Counter"), input("fail")), "latest"});
    EXPECT_EQ(error["code"], 3);
    EXPECT_EQ(
        error["data"],
        "0x08c379a0000000000000000000000000000000000000000000000000000000000000002000000000000000000000000000000000"
        "000000000000000000000000000000076265636175736500000000000000000000000000000000000000000000000000");
    EXPECT_THAT(error["message"], HasSubstr("revert reason=[Error(because)]"));
    EXPECT_EQ(error_of("eth_estimateGas", {call_to(contract("Counter"), input("fail"))})["code"], 3);
}

// Lotus answers a creation with no bytes, and tells its failure.
TEST_F(ApiEthereumCall, Creations) {
    fund();
    for (int i = 0; i < 2; ++i) mine_at(height() + 1);
    Json creation{{"from", sender()}, {"data", transaction("deploy Counter")["data"]}};
    EXPECT_EQ(result("eth_call", {creation, "latest"}), "0x");
    creation["data"] = "0xfe";
    EXPECT_EQ(error_of("eth_call", {creation, "latest"})["code"], 3);
}

TEST_F(ApiEthereumCall, StateOverrides) {
    deploy_all();
    const auto counter = contract("Counter");
    const auto call = call_to(counter, input("count"));
    const std::string slot = word(0);
    const auto with = [&](const Json& change) { return result("eth_call", {call, "latest", Json{{counter, change}}}); };
    EXPECT_EQ(with({{"stateDiff", {{slot, word(41)}}}}), word(41));
    EXPECT_EQ(with({{"state", {{slot, word(42)}}}}), word(42));
    EXPECT_EQ(with({{"state", Json::object()}}), word(0));
    // Code that returns the number 7: PUSH1 7, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN.
    EXPECT_EQ(with({{"code", "0x60075f5260205ff3"}}), word(7));
    // SELFBALANCE and the balance of the caller.
    EXPECT_EQ(with({{"code", "0x475f5260205ff3"}, {"balance", "0x1234"}}), word(0x1234));
    EXPECT_EQ(result("eth_call", {Json{{"from", kNobody}, {"to", counter}, {"value", "0x5"}, {"data", "0x"}}, "latest",
                                  Json{{kNobody, {{"balance", "0x5"}}}, {counter, {{"code", "0x345f5260205ff3"}}}}}),
              word(5));
    // An address that nobody has gets code.
    EXPECT_EQ(
        result("eth_call", {Json{{"to", "0x9999999999999999999999999999999999999999"}}, "latest",
                            Json{{"0x9999999999999999999999999999999999999999", {{"code", "0x60075f5260205ff3"}}}}}),
        word(7));
    EXPECT_EQ(
        code("eth_call", {call, "latest", Json{{counter, {{"state", Json::object()}, {"stateDiff", Json::object()}}}}}),
        -32700);
    EXPECT_EQ(code("eth_call", {call, "latest", Json{{counter, {{"movePrecompileToAddress", kNobody}}}}}), -32700);
    EXPECT_EQ(result("eth_call", {call, "latest"}), word(0)) << "nothing was kept";
}

TEST_F(ApiEthereumCall, BlockOverrides) {
    deploy_all();
    const auto counter = contract("Counter");
    const auto see = [&](const std::string& op, const Json& block) {
        const Json code{{counter, {{"code", "0x" + op + "5f5260205ff3"}}}};
        return result("eth_call", {call_to(counter, "0x"), "latest", code, block});
    };
    EXPECT_EQ(see("43", {{"number", "0x1234"}}), word(0x1234));
    EXPECT_EQ(see("42", {{"time", "0x7000"}}), word(0x7000));
    EXPECT_EQ(see("48", {{"baseFeePerGas", "0x99"}}), word(0x99));
    EXPECT_EQ(see("48", Json::object()), word(0)) << "calls are free, and so is their block";
    EXPECT_EQ(see("45", {{"gasLimit", "0x2540be400"}}), word(10'000'000'000));
    EXPECT_EQ(code("eth_call", {call_to(counter, "0x"), "latest", nullptr, Json{{"gasLimit", "0x1"}}}), -32700);
    EXPECT_EQ(code("eth_call", {call_to(counter, "0x"), "latest", nullptr, Json{{"prevRandao", word(1)}}}), -32700);
}

// web3.js 4 asks so before it sends money (getRevertReason with gas 21000). Lotus runs each call with the gas of a full
// block (node/impl/eth/lookup.go, EthCall.ToFilecoinMessage).
TEST_F(ApiEthereumCall, ACallIsNotLimitedByItsGas) {
    deploy_all();
    EXPECT_EQ(result("eth_call", {Json{{"from", kNobody}, {"to", kNobody}, {"gas", "0x5208"}}, "latest"}), "0x");
    auto call = call_to(contract("Counter"), input("count"));
    call["gas"] = "0x1";
    EXPECT_EQ(result("eth_call", {call, "latest"}), word(0));
}

// The found limit suffices, and hardly less does not (EIP-150: contracts keep a 64th of their gas back in each call).
TEST_F(ApiEthereumCall, EstimatesSuffice) {
    deploy_all();
    for (const char* name : {"deep40", "greedy", "patient20", "count"}) {
        SCOPED_TRACE(name);
        const auto to = std::string(name) == "count" ? contract("Counter") : contract("Nested");
        Json call = call_to(to, input(name));
        const std::string estimate = result("eth_estimateGas", {call});
        const auto gas = std::stoull(estimate, nullptr, 16);
        call["gas"] = estimate;
        const auto done = result("debug_traceCall", {call, "latest", Json{{"tracer", "callTracer"}}});
        EXPECT_FALSE(done.contains("error")) << done;
        const auto again = std::stoull(result("eth_estimateGas", {call}).get<std::string>(), nullptr, 16);
        EXPECT_LE(again, gas) << "the estimate is within the cap";
        EXPECT_GT(again, gas - gas / 32);
        if (std::string(name) == "patient20") EXPECT_EQ(done["output"], word(1)) << "no inner call ran out of gas";
        // The reserve is a quarter, and the search is exact within a 64th.
        call["gas"] = "0x" + to_hex(BigInt(std::uint64_t{gas * 3 / 4}).magnitude_be());
        const auto less = result("debug_traceCall", {call, "latest", Json{{"tracer", "callTracer"}}});
        if (std::string(name) != "patient20") EXPECT_TRUE(less.contains("error")) << less;
    }
    const auto greedy = std::stoull(
        result("eth_estimateGas", {call_to(contract("Nested"), input("greedy"))}).get<std::string>(), nullptr, 16);
    EXPECT_GT(greedy, 250'000'000U) << "200 million must be left inside, and a quarter is reserved";
    EXPECT_LT(greedy, 300'000'000U);
}

// The codes of docs/known behaviour of Lotus' successors (lotus #13910): -32000, -32003, -32602, 3.
TEST_F(ApiEthereumCall, EstimatesThatFail) {
    deploy_all();
    const auto nested = contract("Nested");
    const auto fails = [&](Json call) { return error_of("eth_estimateGas", {std::move(call)}); };
    Json call = call_to(nested, input("deep40"));
    call["gas"] = "0x100";
    EXPECT_EQ(fails(call)["code"], -32000) << "the cap is below the cost of inclusion";
    call["gas"] = "0x1312d00";
    EXPECT_EQ(fails(call)["code"], -32003) << "out of gas within the cap";
    EXPECT_EQ(fails(call_to(nested, input("forever")))["code"], -32003);
    EXPECT_EQ(fails(call_to(nested, input("tooGreedy")))["code"], 3);
    call = call_to(contract("Counter"), input("add2"));
    call["gasPrice"] = "0x1";
    call["maxFeePerGas"] = "0x1";
    EXPECT_EQ(fails(call)["code"], -32602) << "two kinds of prices";
    call = call_to(contract("Counter"), input("add2"));
    call["value"] = "0x56bc75e2d631000000000";
    EXPECT_EQ(fails(call)["code"], -32000) << "the sender has no such value";
    call = Json{{"from", kNobody}, {"to", contract("Counter")}, {"data", input("add2")}, {"maxFeePerGas", "0x1"}};
    EXPECT_EQ(fails(call)["code"], -32000) << "the sender has nothing";
    call.erase("maxFeePerGas");
    EXPECT_GT(std::stoull(result("eth_estimateGas", {call}).get<std::string>(), nullptr, 16), 1'000'000U)
        << "a missing sender may ask (lotus #13724)";
    call["from"] = contract("Vault");
    EXPECT_GT(std::stoull(result("eth_estimateGas", {call}).get<std::string>(), nullptr, 16), 1'000'000U);
}

// A transaction with the estimated limit is executed.
TEST_F(ApiEthereumCall, APlainTransferIsEstimated) {
    fund();
    mine_at(height() + 1);
    Json call{{"from", sender()}, {"to", kNobody}, {"value", "0x1"}};
    EXPECT_GT(std::stoull(result("eth_estimateGas", {call, "latest"}).get<std::string>(), nullptr, 16), 1'000'000U);
    EXPECT_EQ(code("eth_call", {call, "0x7fffffff"}), 1) << "a future epoch";
    call["chainId"] = "0x1";
    EXPECT_EQ(code("eth_call", {call, "latest"}), -32602);
}

TEST_F(ApiEthereumCall, AccessLists) {
    deploy_all();
    const auto list = result("eth_createAccessList", {call_to(contract("Proxy"), input("add2")), "latest"});
    std::map<std::string, Json> touched;
    for (const auto& one : list["accessList"]) touched[one["address"]] = one["storageKeys"];
    ASSERT_EQ(touched.size(), 2U) << list;
    EXPECT_EQ(touched[contract("Counter")], Json::array());
    EXPECT_EQ(touched[contract("Proxy")],
              Json::array({word(0), "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc"}));
    const auto failed = result("eth_createAccessList", {call_to(contract("Counter"), input("fail")), "latest"});
    EXPECT_EQ(failed["accessList"], Json::array());
    EXPECT_THAT(failed["error"], HasSubstr("because"));
}

// EIP-1186's form; the blocks of the proof hash to the links that lead to them.
TEST_F(ApiEthereumCall, ProofsAreBlocksOfTheState) {
    deploy_all();
    const auto proof = result("eth_getProof", {contract("Proxy"), Json::array({"0x0", word(9)}), "latest"});
    EXPECT_EQ(proof["proofFormat"], "filecoin-ipld");
    EXPECT_EQ(proof["storageProof"][0]["value"], "0x5");
    EXPECT_EQ(proof["storageProof"][1]["value"], "0x0");
    const auto digest = [](const Json& block) {
        const Bytes bytes = *from_hex(block.get<std::string>().substr(2));
        return Cid::hash_of(Codec::dag_cbor, bytes);
    };
    EXPECT_EQ(proof["stateRoot"], digest(proof["accountProof"][0]).to_string());
    const auto root = digest(proof["storageProof"][0]["proof"][1]).digest();
    EXPECT_EQ(proof["storageHash"], "0x" + to_hex(root));
    const auto none =
        result("eth_getProof", {"0x9999999999999999999999999999999999999999", Json::array({"0x1"}), "latest"});
    EXPECT_EQ(none["balance"], "0x0");
    EXPECT_EQ(none["storageProof"][0]["proof"], Json::array());
}

}  // namespace
}  // namespace strata::api
