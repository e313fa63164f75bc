// Tests the limit on the memory of a message. Expected values: ref-fvm fvm/src/machine/limiter.rs (its own tests).
#include <gtest/gtest.h>

#include <strata/vm/memory_budget.hpp>

namespace strata::vm {
namespace {

TEST(MemoryBudgetTest, GivesUpToTheLimit) {
    MemoryBudget budget(4);
    EXPECT_TRUE(budget.take(3));
    EXPECT_TRUE(budget.take(1));
    EXPECT_FALSE(budget.take(1));
    EXPECT_EQ(budget.used(), 4U);
    EXPECT_EQ(budget.available(), 0U);
}

TEST(MemoryBudgetTest, ACallGivesBackWhatItTook) {
    MemoryBudget budget(6);
    EXPECT_TRUE(budget.take(1));
    const auto before = budget.used();
    EXPECT_TRUE(budget.take(3));
    EXPECT_FALSE(budget.take(3));
    budget.restore(before);
    EXPECT_EQ(budget.used(), 1U);
    EXPECT_TRUE(budget.take(5));
    EXPECT_FALSE(budget.take(UINT64_MAX));
}

}  // namespace
}  // namespace strata::vm
