#include <strata/base/jobs.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace strata {
namespace {

Jobs::Work gives(std::uint8_t value) {
    return [value](const std::atomic<bool>&) -> Result<Bytes> { return Bytes{value}; };
}
Jobs::Work until_stopped() {
    return [](const std::atomic<bool>& stop) -> Result<Bytes> {
        while (!stop) std::this_thread::yield();
        return Errc::cancelled;
    };
}

TEST(Jobs, virtual_results_are_there_from_their_epoch_on) {
    Jobs jobs(Jobs::Time::virtual_time);
    jobs.start("a", 10, Jobs::Urgency::background, gives(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_FALSE(jobs.take("a", 9));
    EXPECT_EQ(jobs.next_look("a", 4), 10);
    EXPECT_EQ(jobs.next_look("a", 10), 11);
    const auto result = jobs.take("a", 10);
    ASSERT_TRUE(result && *result);
    EXPECT_EQ(**result, Bytes{1});
    EXPECT_FALSE(jobs.take("a", 11));
    EXPECT_FALSE(jobs.has("a"));
}

TEST(Jobs, virtual_take_waits_for_slow_work) {
    Jobs jobs(Jobs::Time::virtual_time);
    jobs.start("slow", 1, Jobs::Urgency::background, [](const std::atomic<bool>&) -> Result<Bytes> {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        return fail(Errc::verification, "no");
    });
    const auto result = jobs.take("slow", 1);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->error().code(), Errc::verification);
}

TEST(Jobs, urgent_work_passes_background_work) {
    Jobs jobs(Jobs::Time::virtual_time);
    jobs.start("long", 100, Jobs::Urgency::background, until_stopped());
    jobs.start("urgent", 1, Jobs::Urgency::deadline, gives(2));
    EXPECT_TRUE(jobs.take("urgent", 1));
    EXPECT_TRUE(jobs.has("long"));
    jobs.drop("long");
    EXPECT_FALSE(jobs.has("long"));
}

TEST(Jobs, a_taken_name_keeps_its_job) {
    Jobs jobs(Jobs::Time::virtual_time);
    jobs.start("a", 1, Jobs::Urgency::background, gives(1));
    jobs.start("a", 1, Jobs::Urgency::background, gives(2));
    EXPECT_EQ(**jobs.take("a", 1), Bytes{1});
}

TEST(Jobs, real_time_gives_what_is_finished_and_the_end_stops_the_rest) {
    Jobs jobs(Jobs::Time::real);
    jobs.start("a", 1000, Jobs::Urgency::background, gives(1));
    std::optional<Result<Bytes>> result;
    while (!(result = jobs.take("a", 0))) std::this_thread::yield();
    EXPECT_EQ(**result, Bytes{1});
    EXPECT_EQ(jobs.next_look("a", 7), 8);
    jobs.start("endless", 1, Jobs::Urgency::background, until_stopped());
}

}  // namespace
}  // namespace strata
