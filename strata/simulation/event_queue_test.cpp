// The contract of event_queue.hpp.
#include <strata/simulation/event_queue.hpp>

#include <gtest/gtest.h>

namespace strata::simulation {
namespace {

using namespace std::chrono_literals;

struct Run {
    std::string order;
    Hash256 hash{};
};

Run run(std::string_view seed) {
    EventQueue queue{crypto::SeededRandom(as_bytes(seed))};
    Run out;
    for (const char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}) queue.at(5ms, [&out, name] { out.order += name; });
    queue.run_until(10ms);
    out.hash = queue.hash();
    return out;
}

TEST(EventQueue, TheSeedOrdersWhatIsDueAtOnce) {
    EXPECT_EQ(run("one").order, run("one").order);
    EXPECT_EQ(run("one").hash, run("one").hash);
    EXPECT_NE(run("one").order, run("two").order);
    EXPECT_NE(run("one").hash, run("two").hash);
}

TEST(EventQueue, TimeGoesOn) {
    EventQueue queue{crypto::SeededRandom(as_bytes("time"))};
    std::vector<Instant> times;
    queue.at(5ms, [&] {
        times.push_back(queue.now());
        queue.at(1ms, [&] { times.push_back(queue.now()); });  // in the past: now
        queue.after(2ms, [&] { times.push_back(queue.now()); });
        queue.after(6ms, [&] { times.push_back(queue.now()); });
    });
    queue.run_until(10ms);
    EXPECT_EQ(times, (std::vector<Instant>{5ms, 5ms, 7ms}));
    EXPECT_EQ(queue.now(), 10ms);
    EXPECT_EQ(queue.waiting(), 1U);
}

TEST(EventQueue, DrawnTimesHaveBothBounds) {
    EventQueue queue{crypto::SeededRandom(as_bytes("draw"))};
    std::set<Instant> drawn;
    for (int i = 0; i < 100; ++i) drawn.insert(queue.draw(3ms, 5ms));
    EXPECT_EQ(drawn, (std::set<Instant>{3ms, 4ms, 5ms}));
}

}  // namespace
}  // namespace strata::simulation
