// Real multisigs that approve into one another down to the depth that the VM allows. This is the deepest recursion, and
// with the largest frames, that people can build from the actors.
#include <gtest/gtest.h>

#include <thread>

#include <strata/actors/test_state.hpp>

namespace strata::actors {
namespace {

using testing::kFirstWallet;
using testing::TestState;

struct Outcome {
    vm::Applied applied;
    std::size_t waiting_above = 0;  // in the deepest wallet that a call can reach
    std::size_t waiting_below = 0;  // in the one after it
};

Outcome approve_through_all() {
    TestState state;
    state.add_wallets(vm::kMaxCallDepth + 1);
    const auto executor = state.executor(state.store, state.tree.flush().value()).value();
    Outcome out{executor->apply(TestState::approval(), vm::ApplyKind::explicit_message, 100).value()};
    out.waiting_above = TestState::waiting(executor->tree(), kFirstWallet + vm::kMaxCallDepth - 1);
    out.waiting_below = TestState::waiting(executor->tree(), kFirstWallet + vm::kMaxCallDepth);
    EXPECT_TRUE(executor->flush());
    return out;
}

void expect_right(const Outcome& outcome) {
    EXPECT_EQ(outcome.applied.receipt.exit_code, 0U) << outcome.applied.failure;
    EXPECT_EQ(outcome.waiting_above, 0U);
    EXPECT_EQ(outcome.waiting_below, 1U);  // its call is the 1,025th
    // A message as dear as this one still fits into a block (10^10 gas).
    EXPECT_LT(outcome.applied.receipt.gas_used, 9'900'000'000U);
}

TEST(NestedMultisigs, RunToTheLimitOfDepthOnThisThread) {
    expect_right(approve_through_all());
}

TEST(NestedMultisigs, RunToTheLimitOfDepthOnAThreadWithASmallStack) {
    Outcome outcome;
    std::jthread([&] { outcome = approve_through_all(); }).join();
    expect_right(outcome);
}

}  // namespace
}  // namespace strata::actors
