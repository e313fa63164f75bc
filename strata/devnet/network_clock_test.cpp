#include <strata/devnet/network_clock.hpp>

#include <gtest/gtest.h>

namespace strata::devnet {
namespace {

using namespace std::chrono_literals;

struct Hands {
    std::chrono::nanoseconds steady = 5s;
    std::chrono::nanoseconds calendar = 1'800'000'000s;
    Clocks clocks() {
        return {[this] { return steady; }, [this] { return calendar; }};
    }
};

chain::Network network() {
    auto out = chain::devnet_2k();
    out.genesis_timestamp = 1'700'000'000;
    out.block_delay = 4;
    return out;
}

TEST(NetworkClock, runs_with_the_steady_clock_from_the_epoch_where_the_chain_stands) {
    const auto net = network();
    Hands hands;
    const NetworkClock clock(net, 10, hands.clocks());
    EXPECT_EQ(clock.now(), 1'700'000'040U);
    EXPECT_EQ(clock.epoch(), 10);
    hands.steady += 9s;
    EXPECT_EQ(clock.now(), 1'700'000'049U);
    EXPECT_EQ(clock.epoch(), 12);
}

TEST(NetworkClock, a_calendar_that_is_set_forward_or_back_moves_no_epoch) {
    const auto net = network();
    Hands hands;
    NetworkClock clock(net, 10, hands.clocks());
    hands.calendar += 12h;
    EXPECT_EQ(clock.epoch(), 10);
    EXPECT_EQ(clock.calendar_jump(), std::optional<std::int64_t>(43'200));
    EXPECT_EQ(clock.calendar_jump(), std::nullopt) << "a jump is reported once";
    hands.calendar -= 13h;
    EXPECT_EQ(clock.epoch(), 10);
    EXPECT_EQ(clock.calendar_jump(), std::optional<std::int64_t>(-46'800));
    hands.steady += 40s;
    hands.calendar += 40s;
    EXPECT_EQ(clock.epoch(), 20);
    EXPECT_EQ(clock.calendar_jump(), std::nullopt);
}

TEST(NetworkClock, time_that_was_lost_can_be_left_out) {
    const auto net = network();
    Hands hands;
    NetworkClock clock(net, 10, hands.clocks());
    hands.steady += 2h;
    EXPECT_EQ(clock.epoch(), 1810);
    clock.set(11);
    EXPECT_EQ(clock.epoch(), 11);
    EXPECT_EQ(clock.now(), 1'700'000'044U);
}

}  // namespace
}  // namespace strata::devnet
