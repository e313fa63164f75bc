// The expected sums follow go-libp2p core/metrics/bandwidth_test.go: every byte counts once in total, for its peer and
// for its protocol.
#include <gtest/gtest.h>

#include <strata/net/keys.hpp>
#include <strata/net/traffic.hpp>

namespace strata::net {
namespace {

PeerId peer(std::uint8_t number) {
    return PeerId::of(PrivateKey::ed25519(ByteArray<32>{number}).public_key());
}
Instant second(int number) {
    return std::chrono::seconds(number);
}

TEST(Traffic, EveryByteCountsOnceInTotalForItsPeerAndForItsProtocol) {
    TrafficBook book;
    book.sent(peer(1), "/a", 100, second(1));
    book.sent(peer(2), "/a", 50, second(1));
    book.received(peer(1), "/b", 7, second(1));
    EXPECT_EQ(book.total().out.total(), 150U);
    EXPECT_EQ(book.total().in.total(), 7U);
    EXPECT_EQ(book.by_protocol().at("/a").out.total(), 150U);
    EXPECT_EQ(book.by_protocol().at("/b").in.total(), 7U);
    EXPECT_EQ(book.of(peer(1))->out.total(), 100U);
    EXPECT_EQ(book.of(peer(1))->in.total(), 7U);
    EXPECT_EQ(book.of(peer(2))->out.total(), 50U);
    EXPECT_FALSE(book.of(peer(3)));
}

TEST(Traffic, TheRateFollowsTheStreamAndFallsWhenItEnds) {
    ByteMeter meter;
    for (int at = 0; at < 60; ++at) meter.add(1'000, second(at));
    EXPECT_NEAR(meter.rate(second(60)), 1'000, 20);
    EXPECT_EQ(meter.total(), 60'000U);
    EXPECT_LT(meter.rate(second(90)), 50);
}

}  // namespace
}  // namespace strata::net
