// eth_subscribe over WebSocket: its notifications have the form of go-ethereum's, as in Lotus
// (node/impl/eth/subscriptions.go, chain/types/ethtypes/eth_types.go).
#include <gmock/gmock.h>

#include <cstdlib>
#include <iostream>
#include <thread>

#include <strata/api/test_ethereum_node.hpp>
#include <strata/http/client.hpp>
#include <strata/http/server.hpp>
#include <strata/http/test_web_socket.hpp>

namespace strata::api {
namespace {

using http::testing::WebSocketClient;
using ::testing::HasSubstr;
using testing::Params;

class ApiEthereumSubscription : public testing::EthereumNode {
  protected:
    void SetUp() override {
        EthereumNode::SetUp();
        start();
    }
    void TearDown() override {
        service->stop();
        server.reset();
    }
    void start() {
        auto started = http::Server::start(
            "127.0.0.1", 0, [this](const http::Request& request) { return service->handle(request); }, {});
        ASSERT_TRUE(started) << started.error().message();
        server = std::move(*started);
        client = std::make_unique<WebSocketClient>(server->port(), "/rpc/v1", admin());
    }
    Json next() {
        const auto text = client->next();
        if (!text) ADD_FAILURE() << "nothing came";
        return text ? Json::parse(*text) : Json();
    }
    Json ask(const std::string& method, const Params& params) {
        EXPECT_TRUE(client->send(call_of(method, params).dump()));
        return next();
    }
    std::string subscribe(const Params& params) {
        const auto answer = ask("eth_subscribe", params);
        EXPECT_TRUE(answer["result"].is_string()) << answer;
        return answer.value("result", "");
    }
    Json value_of(const std::string& id) {
        const auto notice = next();
        EXPECT_EQ(notice["method"], "eth_subscription") << notice;
        EXPECT_EQ(notice["params"]["subscription"], id) << notice;
        EXPECT_EQ(notice["jsonrpc"], "2.0");
        EXPECT_FALSE(notice.contains("id"));
        return notice["params"]["result"];
    }
    std::unique_ptr<http::Server> server;
    std::unique_ptr<WebSocketClient> client;
};

// The newest block with results is the parent of the head.
TEST_F(ApiEthereumSubscription, NewHeads) {
    const auto id = subscribe({"newHeads"});
    EXPECT_EQ(id.size(), 66U);
    mine();
    const auto block = value_of(id);
    EXPECT_EQ(block, result("eth_getBlockByNumber", {"latest", true}));
    mine();
    EXPECT_EQ(value_of(id)["parentHash"], block["hash"]);
    EXPECT_EQ(ask("eth_unsubscribe", {id})["result"], true);
    EXPECT_EQ(ask("eth_unsubscribe", {id})["result"], false);
    mine();
    EXPECT_EQ(ask("eth_chainId", Json::array())["id"], 1) << "nothing came before this answer";
}

TEST_F(ApiEthereumSubscription, LogsComeAndGo) {
    const auto id = subscribe({"logs", {{"address", contract}, {"topics", {"0x" + std::string(kTopic)}}}});
    subscribe({"logs", {{"topics", {"0x" + std::string(64, '1')}}}});  // matches nothing
    push(call(2, contract_address, kMethodInvokeEvm));
    mine();
    const auto below = node->parent(*node->head()).value();
    mine();
    auto log = value_of(id);
    EXPECT_EQ(log["removed"], false);
    EXPECT_EQ(log, result("eth_getBlockReceipts", {"latest"})[0]["logs"][0]);
    ASSERT_TRUE(node->set_head(below));
    const auto removed = value_of(id);
    EXPECT_EQ(removed["removed"], true);
    log["removed"] = true;
    EXPECT_EQ(removed, log);
}

TEST_F(ApiEthereumSubscription, PendingTransactions) {
    const auto id = subscribe({"newPendingTransactions"});
    const auto native = call(2, contract_address, kMethodInvokeEvm);
    push(native);
    EXPECT_EQ(value_of(id), hash_of(native));
    const auto ethereum = transaction(0, contract_address);
    push(ethereum);
    EXPECT_EQ(value_of(id), hash_of(ethereum));
}

TEST_F(ApiEthereumSubscription, ActorEvents) {
    const auto answer = ask("SubscribeActorEventsRaw", {{{"fromHeight", 0}, {"addresses", {text(contract_address)}}}});
    const auto channel = answer["result"];
    push(call(2, contract_address, kMethodInvokeEvm));
    mine();
    mine();
    const auto notice = next();
    EXPECT_EQ(notice["method"], "xrpc.ch.val") << notice;
    EXPECT_EQ(notice["params"][0], channel);
    const auto& event = notice["params"][1];
    EXPECT_EQ(event["emitter"], text(contract_address));
    EXPECT_EQ(event["entries"][0]["Key"], "t1");
    EXPECT_EQ(event["reverted"], false);
}

TEST_F(ApiEthereumSubscription, Refusals) {
    EXPECT_THAT(ask("eth_subscribe", {"blocks"})["error"]["message"].get<std::string>(),
                HasSubstr("unsupported event type"));
    const std::string any = "0x" + std::string(64, '1');
    EXPECT_THAT(
        ask("eth_subscribe", {"logs", {{"topics", {any, any, any, any, any}}}})["error"]["message"].get<std::string>(),
        HasSubstr("too many topics"));
    EXPECT_EQ(ask("eth_subscribe", Json::array())["error"]["code"], -32602);
    EXPECT_THAT(message("eth_subscribe", {"newHeads"}), HasSubstr("doesn't support callbacks")) << "plain HTTP";
}

// STRATA_API_SERVE=PORT serves a chain there, with a block and a log each second, for clients from outside
// (tests/clients).
TEST_F(ApiEthereumSubscription, ServeForEthereumClients) {
    const char* port = std::getenv("STRATA_API_SERVE");
    if (port == nullptr) GTEST_SKIP() << "STRATA_API_SERVE is not set";
    Options options;
    options.empty_blocks = std::getenv("STRATA_API_EMPTY_BLOCKS") != nullptr;
    serve(options);
    const index::Follower follower(*node, *index, {});
    auto started = http::Server::start("127.0.0.1", static_cast<std::uint16_t>(std::stoi(port)),
                                       [this](const http::Request& request) { return service->handle(request); }, {});
    ASSERT_TRUE(started) << started.error().message();
    std::cout << "contract " << contract << std::endl;
    for (Nonce nonce = 0;; ++nonce) {
        push(transaction(nonce, contract_address));
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        mine();
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
}

}  // namespace
}  // namespace strata::api
