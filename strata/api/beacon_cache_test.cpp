#include <strata/api/beacon_cache.hpp>

#include <gtest/gtest.h>

namespace strata::api {
namespace {

struct Counting final : chain::BeaconSource {
    Result<BeaconEntry> entry(std::uint64_t round) override {
        ++asked;
        if (round == 0) return fail(Errc::not_found, "no such round");
        return BeaconEntry{round, Bytes(1, static_cast<std::uint8_t>(round))};
    }
    int asked = 0;
};

TEST(BeaconCache, AsksTheSourceOnceForARound) {
    Counting source;
    BeaconCache cache(&source);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(cache.entry(7)->data, Bytes(1, 7));
    EXPECT_EQ(source.asked, 1);
    EXPECT_FALSE(cache.entry(0));
    EXPECT_FALSE(cache.entry(0));
    EXPECT_EQ(source.asked, 3) << "a failed round is asked for again";
}

TEST(BeaconCache, SaysThatThereIsNoBeacon) {
    EXPECT_EQ(BeaconCache(nullptr).entry(7).error().code(), Errc::unsupported);
}

TEST(BeaconCache, EachCacheHasItsOwnEntries) {
    Counting source;
    BeaconCache first(&source), second(&source);
    for (auto* cache : {&first, &second}) EXPECT_TRUE(cache->entry(3));
    EXPECT_EQ(source.asked, 2);
}

TEST(BeaconCache, IsBounded) {
    Counting source;
    BeaconCache cache(&source);
    for (std::uint64_t round = 1; round <= 20'000; ++round) EXPECT_TRUE(cache.entry(round));
    EXPECT_TRUE(cache.entry(20'000));
    EXPECT_EQ(source.asked, 20'000);
    EXPECT_TRUE(cache.entry(1));
    EXPECT_EQ(source.asked, 20'001) << "the oldest rounds were dropped";
}

}  // namespace
}  // namespace strata::api
