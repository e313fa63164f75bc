// Protects the message cache. Expected values: go-libp2p-pubsub mcache_test.go (60 messages in six windows, of which
// five are kept and three are offered).
#include <strata/net/gossip_cache.hpp>

#include <gtest/gtest.h>

#include <strata/net/gossip_outbox.hpp>

namespace strata::net {
namespace {

MessageName name(std::uint8_t i) {
    return {i};
}

void put(GossipCache& cache, std::uint8_t first, std::uint8_t end, std::size_t size = 10) {
    for (std::uint8_t i = first; i < end; ++i) cache.put(name(i), "test", std::make_shared<Bytes>(size, i));
}

TEST(GossipCaches, five_windows_are_kept_and_three_offered) {
    GossipCache cache(5, 3);
    put(cache, 0, 10);
    for (std::uint8_t i = 10; i < 60; i += 10) {
        if (i == 20) {
            const auto offered = cache.offered("test");
            ASSERT_EQ(offered.size(), 20U);
            for (std::uint8_t j = 0; j < 10; ++j) {
                EXPECT_EQ(offered[j], name(10 + j)) << "the newest window comes first";
                EXPECT_EQ(offered[10 + j], name(j));
            }
        }
        cache.shift();
        put(cache, i, i + 10);
    }
    EXPECT_EQ(cache.size(), 50U);
    for (std::uint8_t i = 0; i < 60; ++i) EXPECT_EQ(cache.find(name(i)) != nullptr, i >= 10) << int{i};
    const auto offered = cache.offered("test");
    ASSERT_EQ(offered.size(), 30U);
    for (std::uint8_t i = 0; i < 10; ++i) {
        EXPECT_EQ(offered[i], name(50 + i));
        EXPECT_EQ(offered[10 + i], name(40 + i));
        EXPECT_EQ(offered[20 + i], name(30 + i));
    }
    EXPECT_TRUE(cache.offered("other").empty());
    for (int i = 0; i < 5; ++i) cache.shift();
    EXPECT_EQ(cache.size(), 0U);
    EXPECT_EQ(cache.bytes(), 0U);
}

TEST(GossipCaches, the_oldest_go_first_above_the_bound_of_bytes) {
    GossipCache cache(5, 3, 100);
    put(cache, 0, 5);
    cache.shift();
    put(cache, 5, 12);
    EXPECT_EQ(cache.bytes(), 100U);
    EXPECT_EQ(cache.find(name(1)), nullptr);
    EXPECT_NE(cache.find(name(2)), nullptr);
    EXPECT_EQ(cache.offered("test").size(), 10U);
    put(cache, 12, 13, 101);
    EXPECT_EQ(cache.size(), 0U) << "a message above the bound has no place";
    put(cache, 13, 14);
    EXPECT_EQ(cache.size(), 1U);
}

std::shared_ptr<const Bytes> frame(std::size_t size, std::uint8_t fill = 0) {
    return std::make_shared<Bytes>(size, fill);
}

TEST(GossipOutboxes, frames_leave_in_the_order_of_their_worth) {
    GossipOutbox box;
    for (const auto priority :
         {GossipPriority::offer, GossipPriority::forwarded, GossipPriority::own, GossipPriority::control})
        EXPECT_TRUE(box.push(priority, frame(2, static_cast<std::uint8_t>(priority))));
    for (std::uint8_t i = 0; i < 4; ++i) {
        ASSERT_EQ(to_bytes(box.front()), Bytes(2, i));
        box.taken(1);
        EXPECT_TRUE(box.push(GossipPriority::control, frame(0)));
        ASSERT_EQ(to_bytes(box.front()), Bytes(1, i)) << "a frame that was begun is sent to its end";
        box.taken(1);
        (void)box.front();
        box.taken(0);
    }
    EXPECT_TRUE(box.front().empty());
    EXPECT_EQ(box.bytes(), 0U);
}

TEST(GossipOutboxes, what_matters_least_is_dropped_first) {
    GossipOutbox box({.bytes = 100, .frames = 5, .control = 20});
    EXPECT_TRUE(box.push(GossipPriority::offer, frame(50)));
    EXPECT_TRUE(box.push(GossipPriority::forwarded, frame(50, 1)));
    EXPECT_TRUE(box.push(GossipPriority::forwarded, frame(50, 2)));
    EXPECT_EQ(box.dropped(), 1U);
    EXPECT_TRUE(box.push(GossipPriority::offer, frame(1)));
    EXPECT_EQ(box.dropped(), 2U) << "offers do not push messages out";
    EXPECT_TRUE(box.push(GossipPriority::own, frame(60)));
    EXPECT_EQ(box.dropped(), 4U);
    EXPECT_TRUE(box.push(GossipPriority::own, frame(101)));
    EXPECT_EQ(box.bytes(), 60U);
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(box.push(GossipPriority::own, frame(1)));
    EXPECT_EQ(box.bytes(), 5U) << "five frames at most";
    EXPECT_TRUE(box.push(GossipPriority::control, frame(20)));
    EXPECT_FALSE(box.push(GossipPriority::control, frame(1)));
    box.clear();
    EXPECT_EQ(box.bytes(), 0U);
}

}  // namespace
}  // namespace strata::net
