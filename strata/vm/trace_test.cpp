// Tests the form of a trace. The complete comparison with traces of Lotus is in conformance/lotus_traces_test.cpp; the
// exit codes of failures follow filecoin-ffi rust/src/fvm/machine.rs, build_lotus_trace.
#include <strata/vm/trace.hpp>

#include <gtest/gtest.h>

namespace strata::vm {
namespace {

CallRequest request(ActorId to, std::optional<Milligas> limit = {}) {
    return {.from = 100,
            .to = Address::id(to),
            .method = 2,
            .params = {},
            .value = 5,
            .gas_limit = limit,
            .read_only = false};
}

std::vector<std::string_view> names(const std::vector<GasCharge>& charges) {
    std::vector<std::string_view> out;
    for (const auto& charge : charges) out.push_back(charge.name);
    return out;
}
using Names = std::vector<std::string_view>;

TEST(TraceTest, ChargesBelongToTheOpenCall) {
    GasTracker gas(vm::gas(1'000));
    Tracer tracer(gas);
    ASSERT_TRUE(gas.charge({"inclusion", 1'500, 0}));
    tracer.enter(request(101));
    ASSERT_TRUE(gas.charge({"before", 1'000, 0}));
    tracer.enter(request(102, 10'001));
    gas.note("nothing");
    tracer.log("a line");
    tracer.leave(
        CallResult{ExitCode::illegal_argument, Block{Codec::cbor, std::make_shared<const Bytes>(Bytes{1}), {}}, "no"});
    ASSERT_TRUE(gas.charge({"between", 1'000, 0}));
    tracer.enter(request(103));
    tracer.leave(syscall_error(ErrorNumber::not_found, "nobody"));
    tracer.leave(out_of_gas());
    const auto trace = tracer.take();

    EXPECT_EQ(names(charges_in_order(*trace)), (Names{"inclusion", "before", "nothing", "between"}));
    const auto& root = trace->root;
    EXPECT_EQ(names(root.charges), (Names{"inclusion", "before", "between"}));
    EXPECT_EQ(root.to, Address::id(101));
    EXPECT_EQ(root.gas_limit, 999U);  // 998.5 are left, rounded up
    EXPECT_EQ(root.exit_code, 7U);
    ASSERT_EQ(root.subcalls.size(), 2U);
    EXPECT_EQ(root.subcalls[0].gas_limit, 11U);
    EXPECT_EQ(root.subcalls[0].exit_code, 16U);
    EXPECT_EQ(root.subcalls[0].return_data, Bytes{1});
    EXPECT_EQ(root.subcalls[0].return_codec, 0x51U);
    EXPECT_EQ(root.subcalls[0].logs, std::vector<std::string>{"a line"});
    EXPECT_EQ(names(root.subcalls[0].charges), Names{"nothing"});
    EXPECT_EQ(root.subcalls[1].exit_code, 5U);
}

// This bound is ours: the same megabyte may be handed to thousands of calls.
TEST(TraceTest, KeepsABoundedNumberOfBytes) {
    GasTracker gas(vm::gas(1'000));
    Tracer tracer(gas);
    tracer.enter(request(101));
    auto with_params = request(102);
    with_params.params = Block{Codec::raw, std::make_shared<const Bytes>(kMaxTracedBytes / 2), {}};
    for (int i = 0; i < 3; ++i) {
        tracer.enter(with_params);
        tracer.leave(CallResult{});
    }
    tracer.leave(CallResult{});
    const auto trace = tracer.take();
    EXPECT_TRUE(trace->is_cut);
    ASSERT_EQ(trace->root.subcalls.size(), 3U);
    EXPECT_EQ(trace->root.subcalls[1].params.size(), kMaxTracedBytes / 2);
    EXPECT_TRUE(trace->root.subcalls[2].params.empty());
}

// A debugger shows where in a call its events were, as go-ethereum's callTracer with withLog does.
TEST(TraceTest, EventsBelongToTheirCall) {
    GasTracker gas(vm::gas(1'000));
    Tracer tracer(gas);
    tracer.enter(request(101));
    tracer.enter(request(102));
    tracer.emitted({.emitter = 102, .entries = {}});
    tracer.leave(CallResult{ExitCode::illegal_argument, {}, "no"});
    tracer.emitted({.emitter = 101, .entries = {}});
    tracer.leave(CallResult{});
    const auto trace = tracer.take();
    ASSERT_EQ(trace->root.events.size(), 1U);
    EXPECT_EQ(trace->root.events[0].event.emitter, 101U);
    EXPECT_EQ(trace->root.events[0].calls_before, 1U);
    ASSERT_EQ(trace->root.subcalls[0].events.size(), 1U) << "it stays, although the call failed";
}

TEST(TraceTest, NamesOfActorsLiveAsLongAsTheTrace) {
    GasTracker gas(vm::gas(1'000));
    Tracer tracer(gas);
    {
        const std::string name = "a name that is too long for the object itself";
        ASSERT_TRUE(gas.charge({tracer.keep_name(name), 1, 0}));
    }
    const auto trace = tracer.take();
    EXPECT_EQ(trace->root.charges[0].name, "a name that is too long for the object itself");
}

}  // namespace
}  // namespace strata::vm
