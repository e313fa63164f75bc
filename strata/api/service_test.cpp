// Tests complete requests: endpoints, calls that wait, limits over all requests.
#include <gmock/gmock.h>

#include <strata/api/service.hpp>

#include <nlohmann/json.hpp>

#include <condition_variable>

#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ApiService : public testing::TestNode {
  protected:
    /// An answer that may come later.
    struct Pending {
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<Json> answer;

        bool is_there() {
            const std::scoped_lock lock(mutex);
            return answer.has_value();
        }
        Json wait() {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return answer.has_value(); });
            return *answer;
        }
    };
    std::shared_ptr<Pending> start(const http::Request& request) {
        auto pending = std::make_shared<Pending>();
        auto response = service->handle(request);
        const auto take = [pending](http::Response&& answer) {
            const std::scoped_lock lock(pending->mutex);
            pending->answer = Json::parse(as_text(std::get<Bytes>(answer.body)));
            pending->changed.notify_all();
        };
        if (auto* later = std::get_if<http::Later>(&response.body)) {
            later->start(take);
        } else {
            take(std::move(response));
        }
        return pending;
    }
};

TEST_F(ApiService, PathsOfTheApi) {
    for (const char* path : {"/rpc/v0", "/rpc/v1", "/rpc/v0/", "/rpc/v1/"})
        EXPECT_TRUE(Service::serves({"POST", path, {}, {}, {}})) << path;
    for (const char* path : {"/rpc", "/rpc/v1//", "/rpc/v10", "/", ""})
        EXPECT_FALSE(Service::serves({"POST", path, {}, {}, {}})) << path;
    EXPECT_EQ(result("ChainHead", {}, "/rpc/v1/")["Height"], 0);
}

TEST_F(ApiService, ManyWaitAtOnceAndCheapCallsGoOn) {
    const auto cid = push(transfer(0, Address::id(101)));
    std::vector<std::shared_ptr<Pending>> waiting;
    for (int i = 0; i < 50; ++i) waiting.push_back(start(post(call_of("StateWaitMsg", {cid, 1, -1, true}))));
    EXPECT_EQ(result("ChainHead")["Height"], 0);
    for (const auto& one : waiting) EXPECT_FALSE(one->is_there());
    for (int i = 0; i < 3; ++i) mine_at(height() + 1);
    for (const auto& one : waiting) {
        const auto answer = one->wait();
        EXPECT_EQ(answer["result"]["Message"], cid) << answer;
        EXPECT_EQ(answer["result"], waiting[0]->wait()["result"]);
    }
}

TEST_F(ApiService, WaitingEndsWithTheClient) {
    const auto cid = push(transfer(7, Address::id(101)));  // there is a gap before it, so it is never executed
    std::stop_source client;                               // NOLINT(misc-const-correctness): it is changed below
    auto request = post(call_of("StateWaitMsg", {cid, 0, -1, true}));
    request.gone = client.get_token();
    const auto waiting = start(request);
    EXPECT_FALSE(waiting->is_there());
    client.request_stop();
    EXPECT_EQ(waiting->wait()["error"]["code"], 1);
}

TEST_F(ApiService, WaitingEndsWithTheService) {
    const auto waiting = start(post(call_of("StateWaitMsg", {push(transfer(7, Address::id(101))), 0, -1, true})));
    service->stop();
    EXPECT_EQ(waiting->wait()["error"]["code"], 1);
    EXPECT_EQ(result("ChainHead")["Height"], 0) << "cheap calls need no desk";
}

// A flood of calls that execute contracts until their gas is used has threads of its own: reads that take the desk are
// answered meanwhile, and so are cheap calls.
TEST_F(ApiService, SlowCallsDoNotDelayReads) {
    mine_to(3);
    const std::string loop = "0x1111111111111111111111111111111111111111";
    const Json overrides{{loop, {{"code", "0x5b5f56"}}}};  // JUMPDEST PUSH0 JUMP
    std::vector<std::shared_ptr<Pending>> flood;
    for (int i = 0; i < 16; ++i)
        flood.push_back(start(post(call_of("eth_call", {{{"to", loop}}, "latest", overrides}))));
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(result("ChainGetTipSetByHeight", {1, nullptr})["Height"], 1);
        EXPECT_EQ(result("StateMinerSectorCount", {"t01000", nullptr})["Faulty"], 0);
        EXPECT_EQ(result("ChainHead")["Height"], height());
    }
    EXPECT_EQ(flood.front()->wait()["error"]["code"], 3) << "it ran until its gas was used";
    EXPECT_FALSE(flood.back()->is_there()) << "the flood must outlast the reads for the test to say something";
    service->stop();
    for (const auto& one : flood) EXPECT_TRUE(one->wait().contains("error"));
}

// Source: lotus chain/stmgr/searchwait.go, MaxMessageConfidence.
TEST_F(ApiService, ConfidenceIsAtMostOneFinality) {
    const auto cid = push(transfer(0, Address::id(101)));
    for (const Json& confidence : {Json(901), Json(UINT64_MAX)})
        EXPECT_THAT(message("StateWaitMsg", {cid, confidence, -1, true}), HasSubstr("exceeds maximum"));
    EXPECT_EQ(code("StateWaitMsg", {cid, -1, -1, true}), -32700);
}

TEST_F(ApiService, ACallInABatchMayWait) {
    const auto cid = push(transfer(0, Address::id(101)));
    auto first = call_of("StateWaitMsg", {cid, 0, -1, true});
    auto second = call_of("ChainHead", {});
    second["id"] = "two";
    const auto batch = start(post(Json::array({first, second})));
    mine_at(1);
    mine_at(height() + 1);
    const auto answer = batch->wait();
    ASSERT_EQ(answer.size(), 2U);
    EXPECT_EQ(answer[0]["result"]["Message"], cid);
    EXPECT_EQ(answer[1]["id"], "two");
}

TEST_F(ApiService, WorkOnABatchIsBounded) {
    Options options;
    options.limits.work = std::chrono::seconds(0);
    open(options);
    Json batch = Json::array();
    for (int i = 0; i < 20; ++i) batch.push_back(call_of("MinerGetBaseInfo", {"t01000", 800, nullptr}));
    const auto answer = json_of(service->handle(post(batch)));
    ASSERT_EQ(answer.size(), 20U);
    EXPECT_EQ(answer[0]["error"]["code"], 1) << "the call itself gives up between two rounds of the beacon";
    EXPECT_EQ(answer[19]["error"]["code"], -32005);
}

TEST_F(ApiService, MemoryOfAllRequestsIsBounded) {
    Options options;
    options.limits.memory = 100'000;
    open(options);
    Json params = Json::array();
    for (int i = 0; i < 2000; ++i) params.push_back(i);
    const auto refused = service->handle(post(call_of("ChainHead", params)));
    EXPECT_EQ(refused.status, 503U);
    EXPECT_EQ(code("ChainHead"), 0) << "what was refused took nothing";
}

// Only the memory that a waiting call holds counts: members that nobody reads are gone when the request was read.
TEST_F(ApiService, MembersThatNobodyReadTakeNoMemory) {
    Options options;
    options.limits.memory = 100'000;
    open(options);
    auto call = call_of("ChainHead", Json::array());
    call["x"] = Json::array();
    for (int i = 0; i < 2000; ++i) call["x"].push_back(i);
    EXPECT_EQ(service->handle(post(call)).status, 200U);
}

TEST_F(ApiService, APartOfTheMemoryIsTheOwners) {
    Options options;
    options.limits.memory = 100'000;
    open(options);
    Json params = Json::array();
    for (int i = 0; i < 770; ++i) params.push_back(i);  // 92 KB
    auto request = post(call_of("ChainHead", params));
    EXPECT_NE(service->handle(request).status, 503U) << "it is refused for its parameters";
    request.headers.clear();
    EXPECT_EQ(service->handle(request).status, 503U);
}

TEST_F(ApiService, LimitsChangeWhileItRuns) {
    open({});
    EXPECT_EQ(code("ChainHead"), 0);
    RequestLimits limits;
    limits.answer_bytes = 60;
    service->set_limits(limits);
    EXPECT_EQ(code("ChainHead"), -32005);
    service->set_limits({});
    EXPECT_EQ(code("ChainHead"), 0);
}

TEST_F(ApiService, AnswersAreBounded) {
    Options options;
    options.limits.answer_bytes = 60;
    open(options);
    EXPECT_EQ(code("StateListActors", {nullptr}), 1);
    EXPECT_EQ(code("ChainHead"), -32005);
    EXPECT_EQ(code("EthChainId"), 0);
}

TEST_F(ApiService, ErrorsNameNoLocalPathAndWriteAddressesAsTheNetworkDoes) {
    for (const Json& answer : {ask("ChainGetBlock", {{{"/", "bafkqaaa"}}}),
                               ask("MpoolGetNonce", {"t17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy"})}) {
        const auto what = answer["error"]["message"].get<std::string>();
        EXPECT_THAT(what, Not(HasSubstr("/work"))) << what;
        EXPECT_THAT(what, Not(HasSubstr("f17uoq6"))) << what;
    }
}

}  // namespace
}  // namespace strata::api
