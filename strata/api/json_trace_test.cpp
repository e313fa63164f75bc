// Tests the bounds of printed traces. Their content is compared with Lotus' in methods_execution_test.cpp and
// conformance/lotus_traces_test.cpp.
#include <strata/api/json_trace.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/vm/trace.hpp>

namespace strata::api {
namespace {

constexpr std::size_t kLimit = std::size_t{64} << 20;

Result<Text> printed(std::shared_ptr<const vm::MessageTrace> trace, std::size_t limit = kLimit) {
    Message message;
    message.from = Address::id(100);
    message.to = Address::id(101);
    vm::Applied applied;
    applied.trace = std::move(trace);
    return invocation_result(Printer('f'), message.cid(), message, applied, limit);
}

// A message may make calls up to this depth (docs/protocol/fvm.md §3.3), on whatever thread answers.
TEST(JsonTrace, calls_of_the_full_depth_are_printed) {
    constexpr int kDepth = 1024;
    auto trace = std::make_shared<vm::MessageTrace>();
    vm::CallTrace* at = &trace->root;
    for (int i = 1; i < kDepth; ++i) at = &at->subcalls.emplace_back();
    const auto text = printed(trace);
    ASSERT_TRUE(text) << text.error().message();
    std::size_t calls = 0;
    for (auto pos = text->json.find("MsgRct"); pos != std::string::npos; pos = text->json.find("MsgRct", pos + 1))
        ++calls;
    EXPECT_EQ(calls, kDepth + 1U);  // one more is the receipt of the message
}

TEST(JsonTrace, what_is_too_long_is_refused) {
    auto trace = std::make_shared<vm::MessageTrace>();
    trace->root.charges.assign(1000, {"a charge", 1, 0});
    EXPECT_TRUE(printed(trace));
    EXPECT_EQ(printed(trace, 10'000).error().code(), Errc::too_large);
    trace->is_cut = true;
    EXPECT_EQ(printed(trace).error().code(), Errc::too_large);
}

}  // namespace
}  // namespace strata::api
