// Protects that a miner never waits for its beacon, and is told what it waits for: a beacon that fails, is slow, or
// comes back. The source is a local beacon that behaves as the test says.
#include <strata/node/rounds.hpp>

#include <gtest/gtest.h>

#include <atomic>

#include <strata/chain/local_beacon.hpp>

namespace strata::node {
namespace {

using namespace std::chrono_literals;

class FickleBeacon final : public chain::BeaconSource {
  public:
    Result<BeaconEntry> entry(std::uint64_t round) override {
        ++asked;
        while (is_slow) std::this_thread::sleep_for(5ms);
        if (is_away) return fail(Errc::io, "connection refused");
        return beacon.entry(round);
    }
    chain::LocalBeacon beacon{"fickle"};
    std::atomic<bool> is_away = false, is_slow = false;
    std::atomic<int> asked = 0;
};

template <class Is>
bool eventually(const Is& is_so) {
    for (int i = 0; i < 2'000; ++i) {
        if (is_so()) return true;
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

TEST(Rounds, come_without_waiting) {
    FickleBeacon source;
    Rounds rounds(source);
    EXPECT_EQ(rounds.entry(7).error().code(), Errc::busy);
    EXPECT_TRUE(eventually([&] { return rounds.entry(7).has_value(); }));
    EXPECT_EQ(*rounds.entry(7), *source.beacon.entry(7));
    EXPECT_EQ(source.asked, 1);
    EXPECT_EQ(rounds.waits_for(), "");
}

TEST(Rounds, a_beacon_that_is_away_is_asked_again_and_named) {
    FickleBeacon source;
    source.is_away = true;
    Rounds rounds(source);
    EXPECT_FALSE(rounds.entry(7));
    EXPECT_EQ(rounds.waits_for(), "") << "it is waited for only now";
    EXPECT_TRUE(eventually([&] {
        static_cast<void>(rounds.entry(7));
        return rounds.waits_for() == "round 7 of the beacon, for 1 s";
    })) << rounds.waits_for();
    EXPECT_TRUE(
        rounds.entry(7).error().message().starts_with("the node waits for round 7 of the beacon, for 1 s: "
                                                      "connection refused"))
        << rounds.entry(7).error().message();
    source.is_away = false;
    EXPECT_TRUE(eventually([&] { return rounds.entry(7).has_value(); }));
    EXPECT_EQ(rounds.waits_for(), "");
}

TEST(Rounds, a_slow_beacon_holds_up_nobody) {
    FickleBeacon source;
    source.is_slow = true;
    Rounds rounds(source);
    const auto began = std::chrono::steady_clock::now();
    for (std::uint64_t round = 1; round <= 100; ++round) EXPECT_EQ(rounds.entry(round).error().code(), Errc::busy);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
    source.is_slow = false;
    EXPECT_TRUE(eventually([&] {
        int here = 0;
        for (std::uint64_t round = 1; round <= 100; ++round) here += rounds.entry(round) ? 1 : 0;
        return here == 100;
    }));
}

TEST(Rounds, too_many_are_refused) {
    FickleBeacon source;
    source.is_slow = true;
    Rounds rounds(source);
    for (std::uint64_t round = 1; round <= 4'096; ++round) EXPECT_FALSE(rounds.entry(round));
    EXPECT_EQ(rounds.entry(5'000).error().message(), "4096 rounds of the beacon are waited for already");
    source.is_slow = false;
}

}  // namespace
}  // namespace strata::node
