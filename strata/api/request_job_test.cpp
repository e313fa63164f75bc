// Protects the work on one request. What it answers follows from its own rules.
#include <strata/api/request_job.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;

class ApiRequestJob : public testing::TestNode {
  protected:
    /// Runs the calls on a thread of the desk, where nobody else catches anything.
    static Json run(Serving& serving, const MethodTable& table, const Json& request) {
        auto calls = std::get<Calls>(read_calls(as_bytes(request.dump()), serving.options.limits));
        auto share = MemoryShare::take(serving, calls, Permissions::all());
        const auto job = std::make_shared<RequestJob>(
            serving, RequestJob::Caller{.table = table, .permissions = Permissions::all(), .channels = {}, .gone = {}},
            std::move(calls), std::move(*share));
        std::promise<Reply> reply;
        job->on_done([&](Reply done) { reply.set_value(std::move(done)); });
        serving.desk->add(job);
        return Json::parse(reply.get_future().get().body);
    }
};

// One request of a stranger must not end the node, whatever mistake it finds.
TEST_F(ApiRequestJob, an_exception_is_an_error_of_the_call) {
    Serving serving(*node, {});
    MethodTable table;
    table.add("ChainHead", +[](Context&) -> Result<Json> { return Json::parse("7").at("x"); });
    table.add("Version", +[](Context&) -> Result<Json> { throw std::bad_alloc(); });
    table.add("ID", +[](Context&) -> Result<Json> { return Json("me"); });
    const auto answer =
        run(serving, table, Json::array({call_of("ChainHead", {}), call_of("Version", {}), call_of("ID", {})}));
    ASSERT_EQ(answer.size(), 3U);
    EXPECT_THAT(answer[0]["error"]["message"].get<std::string>(), HasSubstr("an error in this program"));
    EXPECT_THAT(answer[1]["error"]["message"].get<std::string>(), HasSubstr("not enough memory"));
    EXPECT_EQ(answer[2]["result"], "me");
    serving.desk->stop();
}

}  // namespace
}  // namespace strata::api
