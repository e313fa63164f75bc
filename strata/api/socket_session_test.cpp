// JSON-RPC over WebSocket: the envelope of go-jsonrpc (websocket.go), its channels and cancelled calls, and what a
// hostile client can do. The permissions' texts are those of go-jsonrpc auth/auth.go.
#include <gmock/gmock.h>

#include <thread>

#include <strata/api/test_node.hpp>
#include <strata/base/hex.hpp>
#include <strata/http/client.hpp>
#include <strata/http/server.hpp>
#include <strata/http/test_web_socket.hpp>

namespace strata::api {
namespace {

using namespace std::chrono_literals;
using http::testing::WebSocketClient;
using ::testing::HasSubstr;
using testing::Params;

class ApiSocket : public testing::TestNode {
  protected:
    void SetUp() override {
        TestNode::SetUp();
        serve({});
    }
    void TearDown() override {
        service->stop();
        server.reset();
    }
    void serve(Options options, const http::ServerLimits& limits = {}) {
        server.reset();
        open(std::move(options));
        auto started = http::Server::start(
            "127.0.0.1", 0, [this](const http::Request& request) { return service->handle(request); }, limits);
        ASSERT_TRUE(started) << started.error().message();
        server = std::move(*started);
    }
    static Options with(std::size_t Options::* limit, std::size_t value) {
        Options out;
        out.*limit = value;
        return out;
    }
    WebSocketClient connect(const std::string& token) { return {server->port(), "/rpc/v1", token}; }
    static std::string call(const Json& id, const std::string& method, const Params& params = {}) {
        return Json{{"jsonrpc", "2.0"}, {"id", id}, {"method", "Filecoin." + method}, {"params", params.list}}.dump();
    }
    static Json next(WebSocketClient& client) {
        const auto text = client.next();
        if (!text) ADD_FAILURE() << "nothing came; close code " << client.close_code() << " " << client.close_reason();
        return text ? Json::parse(*text) : Json();
    }
    /// Sends a call and returns its answer; nothing else may come first.
    static Json ask(WebSocketClient& client, const std::string& method, const Params& params = {}) {
        EXPECT_TRUE(client.send(call(1, method, params)));
        return next(client);
    }
    static Json subscribe(WebSocketClient& client, const Json& id, const std::string& method) {
        EXPECT_TRUE(client.send(call(id, method)));
        const auto answer = next(client);
        EXPECT_EQ(answer["id"], id) << answer;
        return answer["result"];
    }
    static Json value_of(const Json& notification, const Json& channel) {
        EXPECT_EQ(notification["method"], "xrpc.ch.val") << notification;
        EXPECT_EQ(notification["params"][0], channel) << notification;
        EXPECT_FALSE(notification.contains("id"));
        return notification["params"][1];
    }
    std::unique_ptr<http::Server> server;
};

TEST_F(ApiSocket, answers_calls_in_any_order_of_their_ids) {
    auto client = connect(admin());
    EXPECT_EQ(ask(client, "ChainHead")["result"]["Height"], 0);
    ASSERT_TRUE(client.send(call("a text", "Version")));
    EXPECT_EQ(next(client)["id"], "a text");
    EXPECT_EQ(ask(client, "Nothing")["error"]["code"], -32601);
    ASSERT_TRUE(client.send("[" + call(7, "ChainHead") + "," + call(8, "Version") + "]"));
    const auto batch = next(client);
    ASSERT_EQ(batch.size(), 2U);
    EXPECT_EQ(batch[1]["id"], 8);
    ASSERT_TRUE(client.send("{not json"));
    EXPECT_EQ(next(client)["error"]["code"], -32700);
    // A notification is executed and not answered; answers of a client mean nothing.
    ASSERT_TRUE(client.send(R"({"jsonrpc":"2.0","method":"Filecoin.ChainHead"})"));
    ASSERT_TRUE(client.send(R"({"jsonrpc":"2.0","id":3,"result":1})"));
    EXPECT_EQ(ask(client, "ChainHead")["id"], 1);
}

TEST_F(ApiSocket, a_call_that_waits_does_not_hold_up_the_others) {
    auto client = connect(admin());
    const auto sent = push(transfer(0, client_two()));
    ASSERT_TRUE(client.send(call(1, "StateWaitMsg", {sent, 0, -1, true})));
    EXPECT_EQ(ask(client, "ChainHead")["result"]["Height"], 0);
    mine_to(3);
    const auto answer = next(client);
    EXPECT_EQ(answer["id"], 1);
    EXPECT_EQ(answer["result"]["Message"], sent) << answer;
}

TEST_F(ApiSocket, a_cancelled_call_ends) {
    auto client = connect(admin());
    const auto sent = push(transfer(5, client_two()));  // after a gap, so that it is never mined
    ASSERT_TRUE(client.send(call(9, "StateWaitMsg", {sent, 0, -1, true})));
    std::this_thread::sleep_for(100ms);
    ASSERT_TRUE(client.send(R"({"jsonrpc":"2.0","method":"xrpc.cancel","params":[9]})"));
    const auto answer = next(client);
    EXPECT_EQ(answer["id"], 9);
    EXPECT_THAT(answer["error"]["message"].get<std::string>(), HasSubstr("context canceled"));
    // Cancelling what is not there does nothing.
    for (const char* params : {"[9]", "[]", "{}", "null", "[{\"a\":1}]"})
        ASSERT_TRUE(client.send(std::string(R"({"jsonrpc":"2.0","method":"xrpc.cancel","params":)") + params + "}"));
    EXPECT_EQ(ask(client, "ChainHead")["result"]["Height"], 0);
}

// lotus chain/store/store.go: the head first, then changes, reverts before applies.
TEST_F(ApiSocket, ChainNotify_tells_of_every_head) {
    mine_to(2);
    auto client = connect({});
    const auto channel = subscribe(client, 1, "ChainNotify");
    const auto current = value_of(next(client), channel);
    ASSERT_EQ(current.size(), 1U);
    EXPECT_EQ(current[0]["Type"], "current");
    EXPECT_EQ(current[0]["Val"]["Height"], height());
    const auto before = node->head();
    mine_at(height() + 1);
    const auto applied = value_of(next(client), channel);
    ASSERT_EQ(applied.size(), 1U);
    EXPECT_EQ(applied[0]["Type"], "apply");
    EXPECT_EQ(applied[0]["Val"]["Height"], height());

    const auto after = node->head();
    Json key = Json::array();
    for (const auto& cid : before->cids()) key.push_back({{"/", cid.to_string()}});
    EXPECT_EQ(result("ChainSetHead", {key}), Json());
    const auto reverted = value_of(next(client), channel);
    ASSERT_EQ(reverted.size(), 1U);
    EXPECT_EQ(reverted[0]["Type"], "revert");
    EXPECT_EQ(reverted[0]["Val"]["Height"], after->height());

    ASSERT_TRUE(client.send(R"({"jsonrpc":"2.0","method":"xrpc.cancel","params":[1]})"));
    const auto closed = next(client);
    EXPECT_EQ(closed["method"], "xrpc.ch.close");
    EXPECT_EQ(closed["params"], Json::array({channel}));
    Json back = Json::array();
    for (const auto& cid : after->cids()) back.push_back({{"/", cid.to_string()}});
    EXPECT_EQ(result("ChainSetHead", {back}), Json());
    EXPECT_EQ(ask(client, "ChainHead")["id"], 1) << "nothing more comes on a cancelled channel";
}

// lotus api/api_full.go: MpoolAdd is 0, MpoolRemove is 1.
TEST_F(ApiSocket, MpoolSub_and_SyncIncomingBlocks_tell_what_comes_and_goes) {
    auto client = connect({});
    const auto pool = subscribe(client, "pool", "MpoolSub");
    auto other = connect({});
    const auto blocks = subscribe(other, 1, "SyncIncomingBlocks");
    const auto sent = push(transfer(0, client_two()));
    const auto added = value_of(next(client), pool);
    EXPECT_EQ(added["Type"], 0);
    EXPECT_EQ(added["Message"]["CID"], sent);
    mine_at(1);
    const auto removed = value_of(next(client), pool);
    EXPECT_EQ(removed["Type"], 1);
    EXPECT_EQ(removed["Message"]["CID"], sent);
    EXPECT_EQ(value_of(next(other), blocks)["Height"], height());
}

TEST_F(ApiSocket, channels_need_a_connection) {
    EXPECT_EQ(code("ChainNotify"), -32601);
    EXPECT_EQ(message("ChainNotify"),
              "method 'Filecoin.ChainNotify' not supported in this mode (no out channel support)");
}

TEST_F(ApiSocket, a_token_decides_what_a_caller_may_do) {
    auto nobody = connect({});
    EXPECT_EQ(ask(nobody, "ChainHead")["result"]["Height"], 0);
    const auto refused = ask(nobody, "WalletNew", {"bls"});
    EXPECT_EQ(refused["error"]["code"], 1);
    EXPECT_EQ(refused["error"]["message"], "missing permission to invoke 'WalletNew' (need 'write')");
    EXPECT_EQ(ask(nobody, "AuthNew", {Json::array({"admin"})})["error"]["message"],
              "missing permission to invoke 'AuthNew' (need 'admin')");

    auto owner = connect(admin());
    const auto made = ask(owner, "AuthNew", {Json::array({"read", "write"})})["result"];
    const auto token = std::string(as_text(*from_base64(made.get<std::string>())));
    EXPECT_EQ(ask(owner, "AuthVerify", {token})["result"], Json::array({"read", "write"}));
    auto writer = connect(token);
    EXPECT_TRUE(ask(writer, "WalletNew", {"bls"}).contains("result"));
    EXPECT_EQ(ask(writer, "WalletSign", {text(client()), ""})["error"]["message"],
              "missing permission to invoke 'WalletSign' (need 'sign')");
    EXPECT_EQ(ask(owner, "AuthNew", {Json::array({"god"})})["error"]["code"], 1);

    // A permission does not include the others.
    const auto signer = tokens->issue({Permission::sign});
    EXPECT_EQ(ask(*std::make_unique<WebSocketClient>(server->port(), "/rpc/v1", signer), "ChainHead")["error"]["code"],
              1);
    EXPECT_FALSE(WebSocketClient(server->port(), "/rpc/v1?token=" + token).failed());
    for (const std::string bad : {"x", "a.b.c", "Bearer"}) {
        const WebSocketClient stranger(server->port(), "/rpc/v1", bad);
        EXPECT_TRUE(stranger.failed());
        EXPECT_EQ(stranger.status(), 401U);
    }
    EXPECT_EQ(WebSocketClient(server->port(), "/rpc/v1?token=x").status(), 401U);
    const auto past = tokens->issue({Permission::read}, Tokens::Time(std::chrono::seconds(1)));
    EXPECT_EQ(WebSocketClient(server->port(), "/rpc/v1", past).status(), 401U);
    http::Request basic = post(call_of("ChainHead", {}));
    basic.headers["authorization"] = "Basic YWRtaW46YWRtaW4=";
    EXPECT_EQ(service->handle(basic).status, 401U);
}

TEST_F(ApiSocket, a_thousand_subscriptions_are_bounded_and_leave_nothing_behind) {
    serve(with(&Options::channels, 100));
    for (int connection = 0; connection < 10; ++connection) {
        auto client = connect({});
        int refused = 0;
        for (int i = 0; i < 110; ++i) {
            EXPECT_TRUE(client.send(call(i, "MpoolSub")));
            const auto answer = next(client);
            if (answer.contains("error")) {
                EXPECT_EQ(answer["error"]["code"], -32005) << answer;
                ++refused;
            }
        }
        EXPECT_EQ(refused, 10);
        client.drop();
    }
    // Those that are gone are forgotten when the next event comes.
    auto client = connect({});
    const auto channel = subscribe(client, 1, "MpoolSub");
    push(transfer(0, client_two()));
    EXPECT_EQ(value_of(next(client), channel)["Type"], 0);
}

TEST_F(ApiSocket, a_slow_subscriber_loses_its_channel) {
    serve(with(&Options::channel_values, 4), {.idle = 2s, .least_rate = std::uint64_t{1} << 30});
    auto slow = connect(admin());
    // Answers fill the socket's buffers until values wait behind them.
    const auto channel = subscribe(slow, 1, "MpoolSub");
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(slow.send(call(100 + i, "StateActorCodeCIDs", {28})));
    const std::string large(400'000, 'x');
    for (int i = 0; i < 40; ++i) slow.send(call(large, "ChainHead"));
    std::this_thread::sleep_for(300ms);
    for (Nonce nonce = 0; nonce < 10; ++nonce) push(transfer(nonce, client_two()));
    bool is_closed = false;
    for (int i = 0; i < 200 && !is_closed; ++i) {
        const auto text = slow.next();
        if (!text) break;  // the connection itself was closed: it was too slow for the answers already
        is_closed = text->contains("xrpc.ch.close");
    }
    auto other = connect({});
    EXPECT_EQ(ask(other, "ChainHead")["result"]["Height"], 0);
    EXPECT_TRUE(is_closed || slow.failed());
    EXPECT_EQ(channel, 1);
}

TEST_F(ApiSocket, calls_that_wait_are_bounded) {
    serve(with(&Options::socket_calls, 3));
    auto client = connect(admin());
    const auto sent = push(transfer(5, client_two()));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.send(call(i, "StateWaitMsg", {sent, 0, -1, true})));
    EXPECT_EQ(ask(client, "ChainHead")["error"]["code"], -32005);
    ASSERT_TRUE(client.send(R"({"jsonrpc":"2.0","method":"xrpc.cancel","params":[0]})"));
    EXPECT_EQ(next(client)["id"], 0);
    EXPECT_EQ(ask(client, "ChainHead")["result"]["Height"], 0);
}

TEST_F(ApiSocket, a_call_of_a_client_that_left_is_given_up) {
    const auto sent = push(transfer(5, client_two()));
    {
        auto client = connect(admin());
        ASSERT_TRUE(client.send(call(1, "StateWaitMsg", {sent, 0, -1, true})));
        std::this_thread::sleep_for(50ms);
        client.drop();
    }
    auto client = connect(admin());
    EXPECT_EQ(ask(client, "ChainHead")["result"]["Height"], 0);
}

}  // namespace
}  // namespace strata::api
