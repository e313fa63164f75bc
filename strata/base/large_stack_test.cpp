#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <strata/base/large_stack.hpp>
#include <strata/base/test_stack.hpp>

namespace strata {
namespace {

// Uses 16 KiB of stack per level.
[[gnu::noinline]] std::uint64_t descend(std::uint64_t depth) {
    volatile char frame[16'384];
    frame[0] = static_cast<char>(depth);
    return depth == 0 ? 0 : descend(depth - 1) + 1 + static_cast<std::uint64_t>(frame[0] != static_cast<char>(depth));
}

TEST(LargeStack, CarriesTheDepthThatTheReferencePlansFor) {
    // The reference plans for about 20 KiB per call and 1,024 nested calls (ref-fvm executor/threaded.rs). This test
    // uses 24 MiB; ordinary stacks have 8 MiB.
    const auto deepest = run_on_large_stack([]() -> Result<std::uint64_t> {
        EXPECT_GE(testing::size_of_this_stack(), std::size_t{64} << 20);
        return descend(1536);
    });
    EXPECT_EQ(deepest.value(), 1536U);
}

TEST(LargeStack, PassesResultsAndErrorsOn) {
    EXPECT_FALSE(on_large_stack());
    EXPECT_EQ(run_on_large_stack([]() -> Result<int> { return 5; }).value(), 5);
    const auto failed = run_on_large_stack([]() -> Status { return fail(Errc::missing_block, "the block"); });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code(), Errc::missing_block);
    EXPECT_EQ(failed.error().message(), "the block");
}

TEST(LargeStack, NestedUseStaysOnItsThread) {
    const auto same = run_on_large_stack([]() -> Result<bool> {
        EXPECT_TRUE(on_large_stack());
        const auto outer = std::this_thread::get_id();
        return run_on_large_stack([&]() -> Result<bool> { return std::this_thread::get_id() == outer; });
    });
    EXPECT_TRUE(same.value());
}

TEST(LargeStack, ManyCallersAtOnceEachGetTheirAnswer) {
    std::atomic<int> right = 0;
    {
        std::vector<std::jthread> callers;
        for (int caller = 0; caller < 8; ++caller)
            callers.emplace_back([caller, &right] {
                for (int i = 0; i < 200; ++i) {
                    const int sum = caller * 1000 + i;
                    if (run_on_large_stack([&]() -> Result<int> { return sum; }).value() == sum) ++right;
                }
            });
    }
    EXPECT_EQ(right, 1600);
}

}  // namespace
}  // namespace strata
