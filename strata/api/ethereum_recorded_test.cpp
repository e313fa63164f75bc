// Calls and traces on a chain that Lotus recorded (vectors/lotus-devnet/long): the values are those of Lotus' receipts,
// blocks and events (tipsets.jsonl, eth.jsonl). Gas is that of native actors, so it is not compared.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;
using testing::recorded;

constexpr const char* kSender = "0xa0feabdb12a7c08bfa6bb4955c47a65a2d69d673";
constexpr const char* kProbe = "0xe4b24057cbe136b30def56b34090138ce8440cb2";
// Probe.add(5, "by eth"), executed at epoch 1325, and refuse(5), at 1331.
const std::string kAdd =
    "0x2577d18a00000000000000000000000000000000000000000000000000000000000000050000000000000000000000000000000000000000"
    "0"
    "00000000000000000000040000000000000000000000000000000000000000000000000000000000000000662792065746800000000000000"
    "00000000000000000000000000000000000000";
constexpr const char* kRefuse = "0xa60a07b20000000000000000000000000000000000000000000000000000000000000005";
constexpr const char* kFifteen = "0x000000000000000000000000000000000000000000000000000000000000000f";
constexpr const char* kAddHash = "0xd6a5fe6e9da6b6d4c50bd747c5cb4288e4296a2d9caa57b040af58d9d2a85718";

Json call_of(const std::string& data) {
    return {{"from", kSender}, {"to", kProbe}, {"data", data}};
}

TEST(EthereumRecorded, ACallReturnsWhatLotusExecuted) {
    auto& api = recorded("long").api;
    EXPECT_EQ(api.result("eth_call", {call_of(kAdd), "0x52c"}), kFifteen) << "on the state before epoch 1325";
    EXPECT_EQ(api.result("eth_call", {call_of(kAdd), "0x52d"}),
              "0x0000000000000000000000000000000000000000000000000000000000000014")
        << "on the state after it: five more";
    const auto error = api.answer("eth_call", {call_of(kRefuse), "0x532"})["error"];
    EXPECT_EQ(error["code"], 3);
    EXPECT_EQ(error["data"], "0x590a51510000000000000000000000000000000000000000000000000000000000000005");
    EXPECT_THAT(error["message"], HasSubstr("exit=[33]"));
}

TEST(EthereumRecorded, TracesOfLotusTransactions) {
    auto& api = recorded("long").api;
    const auto traces = api.result("trace_block", {"0x52d"});
    ASSERT_EQ(traces.size(), 1U);
    const auto& call = traces[0];
    EXPECT_EQ(call["blockHash"], "0x369bb4022b71a0180f06f954e4d1f4f7d947ebfcf8e216d0b0edf989c3f27d27");
    EXPECT_EQ(call["blockNumber"], 1325);
    EXPECT_EQ(call["transactionHash"], kAddHash);
    EXPECT_EQ(call["transactionPosition"], 0);
    EXPECT_EQ(call["action"]["from"], kSender);
    EXPECT_EQ(call["action"]["to"], kProbe);
    EXPECT_EQ(call["action"]["input"], kAdd);
    EXPECT_EQ(call["action"]["value"], "0x0");
    EXPECT_EQ(call["result"]["output"], kFifteen);
    const auto creation = api.result("trace_block", {"0x52f"});
    ASSERT_EQ(creation.size(), 1U);
    EXPECT_EQ(creation[0]["type"], "create");
    EXPECT_EQ(creation[0]["result"]["address"], "0x6c7bc14415ac867b0ebf80b291a60b6f8b3e6536");
    const auto refused = api.result("trace_block", {"0x533"});
    EXPECT_EQ(refused[0]["error"], "Reverted");
    EXPECT_EQ(refused[0]["result"]["output"],
              "0x590a51510000000000000000000000000000000000000000000000000000000000000005");
}

TEST(EthereumRecorded, TheCallTracerHasLotusLogs) {
    auto& api = recorded("long").api;
    const Json options{{"tracer", "callTracer"}, {"tracerConfig", {{"withLog", true}}}};
    const auto traced = api.result("debug_traceBlockByNumber", {"0x52d", options});
    ASSERT_EQ(traced.size(), 1U);
    EXPECT_EQ(traced[0]["txHash"], kAddHash);
    const auto& log = traced[0]["result"]["logs"][0];
    EXPECT_EQ(log["address"], kProbe);
    EXPECT_EQ(log["topics"],
              Json::array({"0x27cd0f2b80a3fbf94c55a2ecf6fc48d066fd1b6d52edd53c2646392ecd658b26",
                           "0x000000000000000000000000a0feabdb12a7c08bfa6bb4955c47a65a2d69d673", kFifteen}));
    EXPECT_EQ(
        log["data"],
        "0x0000000000000000000000000000000000000000000000000000000000000020000000000000000000000000000000000000000000"
        "00000000000000000000066279206574680000000000000000000000000000000000000000000000000000");
}

// Every tipset of the chain with messages can be traced: sends, market, multisig, payment channels, contracts. Lotus
// leaves out system messages, and so do its blocks.
TEST(EthereumRecorded, AllOfTheChainCanBeTraced) {
    auto& one = recorded("long");
    std::size_t transactions = 0;
    for (ChainEpoch epoch = 1; epoch < one.lotus.head->height(); ++epoch) {
        const auto tipset = one.lotus.node->tipset_at(epoch, one.lotus.head, chain::NullRound::previous).value();
        if (tipset->height() != epoch) {
            EXPECT_EQ(one.api.code("trace_block", {epoch}), 12) << epoch;
            continue;
        }
        const auto receipts = one.lotus.node->receipts(one.lotus.node->state_after(tipset)->receipts_root).value();
        // Two tipsets prove sectors, and this node has no verifying keys.
        if (receipts.empty() || epoch == 851 || epoch == 854) continue;
        const auto traces = one.api.result("trace_block", {epoch});
        for (const auto& trace : traces)
            if (trace["traceAddress"].empty()) ++transactions;
        const auto replayed = one.api.result("trace_replayBlockTransactions", {epoch, Json::array({"trace"})});
        EXPECT_EQ(replayed.size(), receipts.size()) << epoch;
    }
    EXPECT_GT(transactions, 100U);
}

}  // namespace
}  // namespace strata::api
