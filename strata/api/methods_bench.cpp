// Measures one call of each method that bench/rpc asks for, without HTTP: a request in the form of JSON in, an answer
// in the form of JSON out, on a chain of 100 epochs with ten calls of a contract in each. bench/rpc measures a node in
// a running network; this one shows where the time of a method goes.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>

#include <strata/api/test_ethereum_node.hpp>

namespace strata::api {
namespace {

constexpr ChainEpoch kEpochs = 100;
constexpr Nonce kCalls = 10;  // in each epoch

class Node final : public testing::EthereumNode {
  public:
    Node() {
        SetUp();
        Nonce next = 2;
        while (height() < kEpochs) {
            for (Nonce i = 0; i < kCalls; ++i) push(call(next++, contract_address, kMethodInvokeEvm));
            mine();
        }
        for (Nonce i = 0; i < kCalls; ++i) push(call(next++, contract_address, kMethodInvokeEvm));
        STRATA_CHECK(index::follow(*node, *index).has_value());
        STRATA_CHECK(index::extend_down(*node, *index, UINT64_MAX).has_value());
        head = result("ChainHead");
        const auto logs = result("eth_getLogs", {filter()});
        transaction = logs.back()["transactionHash"];
        cid = result("EthGetMessageCidByTransactionHash", {transaction});
    }
    Json filter() const { return {{"fromBlock", "0x5"}, {"address", contract}}; }
    Json message() const {
        return {{"From", text(client())}, {"To", text(contract_address)}, {"Method", kMethodInvokeEvm}, {"Value", "0"}};
    }
    http::Response handle(const http::Request& request) { return http::await_answer(service->handle(request)); }
    http::Request request(const std::string& method, const testing::Params& params) const {
        return post(call_of(method, params));
    }
    static std::string account_text() { return EthereumNode::account_text(); }
    std::string contract_text() const { return contract; }
    static std::string wallet_text() { return text(client()); }

    Json head, transaction, cid;

  private:
    void TestBody() override {}
};

Node& node() {
    static Node one;
    return one;
}

using Params = std::function<testing::Params(Node&)>;

void measure(benchmark::State& state, const std::string& method, const Params& params) {
    const auto request = node().request(method, params(node()));
    std::size_t bytes = 0;
    for (auto _ : state) {
        auto answer = node().handle(request);
        bytes = std::get<Bytes>(answer.body).size();
    }
    const auto answer = Json::parse(as_text(std::get<Bytes>(node().handle(request).body)));
    if (!answer.contains("result")) state.SkipWithError(answer.dump().substr(0, 300).c_str());
    state.counters["bytes"] = static_cast<double>(bytes);
}

const std::vector<std::pair<std::string, Params>> kMethods = {
    {"ChainHead", [](Node&) { return testing::Params{}; }},
    {"StateGetActor", [](Node&) { return testing::Params{Node::wallet_text(), nullptr}; }},
    {"WalletBalance", [](Node&) { return testing::Params{Node::wallet_text()}; }},
    {"StateMinerPower", [](Node&) { return testing::Params{"t01000", nullptr}; }},
    {"StateMinerInfo", [](Node&) { return testing::Params{"t01000", nullptr}; }},
    {"StateMinerProvingDeadline", [](Node&) { return testing::Params{"t01000", nullptr}; }},
    {"StateMinerSectors", [](Node&) { return testing::Params{"t01000", nullptr, nullptr}; }},
    {"ChainGetTipSet", [](Node& n) { return testing::Params{n.head["Cids"]}; }},
    {"ChainGetTipSetByHeight", [](Node&) { return testing::Params{50, nullptr}; }},
    {"ChainGetBlockMessages", [](Node& n) { return testing::Params{n.head["Cids"][0]}; }},
    {"ChainGetParentReceipts", [](Node& n) { return testing::Params{n.head["Cids"][0]}; }},
    {"MpoolPending", [](Node&) { return testing::Params{nullptr}; }},
    {"MpoolGetNonce", [](Node&) { return testing::Params{Node::wallet_text()}; }},
    {"StateSearchMsg", [](Node& n) { return testing::Params{nullptr, n.cid, 100, true}; }},
    {"GasEstimateMessageGas", [](Node& n) { return testing::Params{n.message(), nullptr, nullptr}; }},
    {"eth_blockNumber", [](Node&) { return testing::Params{}; }},
    {"eth_getBalance", [](Node&) { return testing::Params{Node::account_text(), "latest"}; }},
    {"eth_call", [](Node& n) { return testing::Params{Json{{"to", n.contract_text()}}, "latest"}; }},
    {"eth_getBlockByNumber", [](Node&) { return testing::Params{"latest", false}; }},
    {"eth_getLogs", [](Node& n) { return testing::Params{n.filter()}; }},
    {"eth_getTransactionReceipt", [](Node& n) { return testing::Params{n.transaction}; }},
    {"eth_getTransactionByHash", [](Node& n) { return testing::Params{n.transaction}; }},
    {"eth_gasPrice", [](Node&) { return testing::Params{}; }},
};

const bool kRegistered = [] {
    for (const auto& [method, params] : kMethods)
        benchmark::RegisterBenchmark(("method/" + method).c_str(),
                                     [method, params](benchmark::State& state) { measure(state, method, params); })
            ->Unit(benchmark::kMicrosecond)
            ->MeasureProcessCPUTime()
            ->UseRealTime();
    return true;
}();

}  // namespace
}  // namespace strata::api
