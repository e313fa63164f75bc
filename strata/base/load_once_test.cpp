#include <strata/base/load_once.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace strata {
namespace {

TEST(LoadOnce, loads_a_value_once_however_many_threads_ask) {
    LoadOnce<int, std::string> values;
    std::atomic<int> loads = 0;
    std::promise<void> allowed;
    const auto gate = allowed.get_future().share();
    const auto ask = [&] {
        const auto got = values.get(1, [&]() -> Result<std::string> {
            ++loads;
            gate.wait();
            return std::string("key");
        });
        EXPECT_TRUE(got && **got == "key");
    };
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(ask);
    allowed.set_value();
    threads.clear();
    EXPECT_EQ(loads, 1);
}

TEST(LoadOnce, a_slow_load_holds_up_neither_kept_values_nor_other_keys) {
    LoadOnce<int, std::string> values;
    const auto gives = [](const std::string& text) { return [=]() -> Result<std::string> { return text; }; };
    ASSERT_TRUE(values.get(1, gives("kept")));
    std::promise<void> entered;
    std::promise<void> allowed;
    const std::jthread slow([&] {
        (void)values.get(2, [&]() -> Result<std::string> {
            entered.set_value();
            allowed.get_future().wait();
            return std::string("slow");
        });
    });
    entered.get_future().wait();
    EXPECT_EQ(**values.get(1, gives("unused")), "kept");
    EXPECT_EQ(**values.get(3, gives("different")), "different");
    allowed.set_value();
}

TEST(LoadOnce, an_error_is_not_kept) {
    LoadOnce<int, std::string> values;
    const auto failed = values.get(1, []() -> Result<std::string> { return fail(Errc::io, "the disk is gone"); });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code(), Errc::io);
    const auto again = values.get(1, []() -> Result<std::string> { return std::string("back"); });
    ASSERT_TRUE(again);
    EXPECT_EQ(**again, "back");
}

TEST(LoadOnce, clear_forgets_values_but_those_in_use_live_on) {
    LoadOnce<int, std::string> values;
    const auto first = values.get(1, []() -> Result<std::string> { return std::string("first"); });
    ASSERT_TRUE(first);
    values.clear();
    const auto second = values.get(1, []() -> Result<std::string> { return std::string("second"); });
    ASSERT_TRUE(second);
    EXPECT_EQ(**first, "first");
    EXPECT_EQ(**second, "second");
}

}  // namespace
}  // namespace strata
