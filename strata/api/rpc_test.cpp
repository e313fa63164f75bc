// Tests the envelope with cases of the JSON-RPC 2.0 specification (section 7) and of go-jsonrpc.
#include <strata/api/rpc.hpp>

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

namespace strata::api {
namespace {

class Envelope : public ::testing::Test {
  protected:
    Reply ask(std::string_view body) {
        auto read = read_calls(as_bytes(body), limits_);
        if (auto* refused = std::get_if<Reply>(&read)) return std::move(*refused);
        const auto& [calls, is_batch, values] = std::get<Calls>(read);
        ReplyWriter reply(is_batch, limits_.answer_bytes);
        for (const auto& call : calls) reply.add(call, answer(call, reply));
        return std::move(reply).finish();
    }
    Answer answer(const Call& call, const ReplyWriter& reply) {
        if (call.refused) return *call.refused;
        if (reply.is_full()) return Fault(Code::limit_exceeded, "too long");
        called_.push_back(call.method);
        if (call.method == "echo") return Text{call.params->dump()};
        if (call.method == "fail") return Fault(Code::application, "no luck");
        if (call.method == "revert") return Fault(Code::execution_reverted, "reverted", "0x");
        return Fault(Code::method_not_found, "method '" + call.method + "' not found");
    }
    static int code_of(const Reply& reply) { return Json::parse(reply.body)["error"]["code"].get<int>(); }

    RequestLimits limits_;
    std::vector<std::string> called_;
};

TEST_F(Envelope, AnswersWithTheIdItWasGiven) {
    EXPECT_EQ(Json::parse(ask(R"({"jsonrpc":"2.0","id":0,"method":"echo","params":[1,"a"]})").body),
              Json::parse(R"({"jsonrpc":"2.0","id":0,"result":[1,"a"]})"));
    EXPECT_EQ(Json::parse(ask(R"({"jsonrpc":"2.0","id":"x","method":"echo"})").body),
              Json::parse(R"({"jsonrpc":"2.0","id":"x","result":[]})"));
    EXPECT_EQ(Json::parse(ask(R"({"jsonrpc":"2.0","id":1.5,"method":"echo","params":null})").body),
              Json::parse(R"({"jsonrpc":"2.0","id":1.5,"result":[]})"));
}

TEST_F(Envelope, NotificationsRunAndAreNotAnswered) {
    EXPECT_EQ(ask(R"({"jsonrpc":"2.0","method":"echo","params":[1]})").body, "");
    EXPECT_EQ(ask(R"({"jsonrpc":"2.0","method":"fail"})").body, "");
    EXPECT_EQ(ask(R"([{"jsonrpc":"2.0","method":"echo"},{"jsonrpc":"2.0","method":"echo"}])").body, "");
    EXPECT_EQ(called_.size(), 4U);
}

TEST_F(Envelope, AnErrorOfTheApplicationIsStatus200) {
    const auto reply = ask(R"({"jsonrpc":"2.0","id":1,"method":"fail"})");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(Json::parse(reply.body),
              Json::parse(R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no luck"}})"));
}

// ErrExecutionReverted has its return data in addition to code and message (lotus api/api_errors.go).
TEST_F(Envelope, AnErrorMayHaveData) {
    const auto reply = ask(R"({"jsonrpc":"2.0","id":1,"method":"revert"})");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(Json::parse(reply.body)["error"], Json::parse(R"({"code":3,"message":"reverted","data":"0x"})"));
}

TEST_F(Envelope, ProtocolErrorsHaveTheirCodeAndStatus) {
    const auto unknown = ask(R"({"jsonrpc":"2.0","id":1,"method":"nothing"})");
    EXPECT_EQ(code_of(unknown), -32601);
    EXPECT_EQ(unknown.status, 500U);
    for (const char* text : {"{\"jsonrpc\":\"2.0\",", "nonsense", "{\"id\":1,\"method\":\"echo\"}}"}) {
        const auto reply = ask(text);
        EXPECT_EQ(code_of(reply), -32700) << text;
        EXPECT_EQ(reply.status, 500U);
    }
    for (const char* text : {"", " \n", "[]", "1", "{\"id\":1}", "{\"id\":1,\"method\":7}"}) {
        const auto reply = ask(text);
        EXPECT_EQ(code_of(reply), -32600) << text;
        EXPECT_EQ(reply.status, 400U);
    }
    EXPECT_EQ(code_of(ask(R"({"id":[],"method":"echo"})")), -32700);
    EXPECT_EQ(code_of(ask(R"({"id":1,"method":"echo","params":{"a":1}})")), -32700);
    EXPECT_EQ(called_.size(), 1U);
}

TEST_F(Envelope, EachCallOfABatchIsAnsweredInOrder) {
    const auto reply = ask(R"([{"id":1,"method":"echo","params":[7]},{"method":"echo"},1,{"id":2,"method":"fail"}])");
    EXPECT_EQ(reply.status, 200U);
    const auto json = Json::parse(reply.body);
    ASSERT_EQ(json.size(), 3U);
    EXPECT_EQ(json[0]["result"], Json::parse("[7]"));
    EXPECT_EQ(json[1]["error"]["code"], -32600);
    EXPECT_EQ(json[2]["id"], 2);
}

// Forest takes 100 calls, as many as ethers 6 packs into one request. jsonrpsee answers a longer batch with one error
// object with the ID null, under HTTP 200.
TEST_F(Envelope, ABatchMayHaveAHundredCalls) {
    Json batch = Json::array();
    for (int i = 0; i < 100; ++i) batch.push_back({{"id", i}, {"method", "echo"}});
    EXPECT_EQ(Json::parse(ask(batch.dump()).body).size(), 100U);
    batch.push_back({{"id", 100}, {"method", "echo"}});
    const auto refused = ask(batch.dump());
    EXPECT_EQ(refused.status, 200U);
    const auto json = Json::parse(refused.body);
    EXPECT_EQ(json["id"], nullptr);
    EXPECT_EQ(json["error"]["code"], -32010);
}

TEST_F(Envelope, SizeDepthAndNumberAreBounded) {
    limits_.request_bytes = 100;
    EXPECT_EQ(code_of(ask(std::string(101, ' '))), -32700);
    limits_ = {};
    EXPECT_EQ(code_of(ask(std::string(1'000'000, '['))), -32700);
    EXPECT_EQ(code_of(ask(R"({"id":1,"method":"echo","params":)" + std::string(70, '[') + std::string(70, ']') + "}")),
              -32700);
    // Brackets in strings are not counted.
    EXPECT_EQ(
        ask(R"({"id":1,"method":"echo","params":["\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["]})")
            .status,
        200U);
    limits_.batch = 2;
    EXPECT_EQ(code_of(ask(R"([{"id":1,"method":"echo"},{"id":1,"method":"echo"},{"id":1,"method":"echo"}])")), -32010);
    limits_ = {};
    limits_.answer_bytes = 10;
    const auto json = Json::parse(ask(R"([{"id":1,"method":"echo"},{"id":2,"method":"echo"}])").body);
    EXPECT_EQ(json[1]["id"], 2);
    EXPECT_EQ(json[1]["error"]["code"], -32005);
}

// A tree of values takes 50 times the memory of its JSON, so values are counted before there is a tree.
TEST_F(Envelope, ValuesAreBounded) {
    std::string params = R"({"":0})";
    while (params.size() < 4'000'000) params += R"(,{"":0})";
    EXPECT_EQ(code_of(ask(R"({"id":1,"method":"echo","params":[)" + params + "]}")), -32700);
    EXPECT_TRUE(called_.empty());
    limits_.values = 8;
    EXPECT_EQ(ask(R"({"id":1,"method":"echo","params":[]})").status, 200U);
    EXPECT_EQ(code_of(ask(R"({"id":1,"method":"echo","params":[1,2]})")), -32700);
}

TEST_F(Envelope, BytesThatAreNotTextAreRefused) {
    EXPECT_EQ(code_of(ask("{\"id\":1,\"method\":\"\xff\xfe\"}")), -32700);
}

}  // namespace
}  // namespace strata::api
