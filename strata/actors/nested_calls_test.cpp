// Each multisig approves a transaction of the next, down to the depth that the VM allows. Of the recursions that people
// can build from the actors, this one has the largest stack frames.
#include <gtest/gtest.h>

#include <thread>

#include <strata/actors/test_state.hpp>
#include <strata/base/large_stack.hpp>
#include <strata/base/test_stack.hpp>

namespace strata::actors {
namespace {

using testing::kFirstWallet;
using testing::TestState;
using vm::ActorType;

// Passes calls on to native code and records how deep in the stack they run.
class MeasuringTable final : public vm::ActorTable {
  public:
    bool knows(const Cid& code, ActorType type) const override { return natives_->knows(code, type); }
    const vm::ActorCode* find(const Cid& code, ActorType type) const override {
        const auto [it, is_new] = codes_.try_emplace(code);
        if (is_new) it->second = std::make_unique<Measured>(*this, *natives_->find(code, type));
        return it->second.get();
    }
    std::size_t bytes_deep() const { return highest_ - lowest_; }

  private:
    struct Measured final : vm::ActorCode {
        Measured(const MeasuringTable& table, const vm::ActorCode& inner) : table(table), inner(inner) {}
        vm::Syscall<vm::ActorExit> invoke(vm::Kernel& kernel, vm::BlockId params) const override {
            const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
            table.lowest_ = std::min(table.lowest_, here);
            table.highest_ = std::max(table.highest_, here);
            return inner.invoke(kernel, params);
        }
        const MeasuringTable& table;
        const vm::ActorCode& inner;
    };
    std::unique_ptr<vm::ActorTable> natives_ = native_actors();
    mutable std::map<Cid, std::unique_ptr<Measured>> codes_;
    mutable std::uintptr_t lowest_ = UINTPTR_MAX;
    mutable std::uintptr_t highest_ = 0;
};

struct Outcome {
    vm::Applied applied;
    std::size_t waiting_above = 0;  // the transactions in the deepest wallet that a call can reach
    std::size_t waiting_below = 0;  // the transactions in the wallet after it
    std::size_t bytes_deep = 0;
};

Outcome approve_through_all() {
    TestState state;
    auto table = std::make_unique<MeasuringTable>();
    const auto& measured = *table;
    state.table = std::move(table);
    state.add_wallets(vm::kMaxCallDepth + 1);
    const auto executor = state.executor(state.store, state.tree.flush().value()).value();
    Outcome out;
    out.applied = executor->apply(TestState::approval(), vm::ApplyKind::explicit_message, 100).value();
    out.waiting_above = TestState::waiting(executor->tree(), kFirstWallet + vm::kMaxCallDepth - 1);
    out.waiting_below = TestState::waiting(executor->tree(), kFirstWallet + vm::kMaxCallDepth);
    out.bytes_deep = measured.bytes_deep();
    EXPECT_TRUE(executor->flush());
    return out;
}

void expect_right(const Outcome& outcome) {
    EXPECT_EQ(outcome.applied.receipt.exit_code, 0U) << outcome.applied.failure;
    EXPECT_EQ(outcome.waiting_above, 0U);
    EXPECT_EQ(outcome.waiting_below, 1U);  // its call would be the 1,025th
    // Such a message fits into a block (10^10 gas).
    EXPECT_LT(outcome.applied.receipt.gas_used, 9'900'000'000U);
    // Half of the stack must stay free, for changes of the code and other compilers.
    EXPECT_LT(
        outcome.bytes_deep,
        run_on_large_stack([]() -> Result<std::size_t> { return strata::testing::size_of_this_stack(); }).value() / 2);
    ::testing::Test::RecordProperty("bytes_a_level", static_cast<int>(outcome.bytes_deep / vm::kMaxCallDepth));
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
