// Protects peer scores. Expected values: the tests of go-libp2p-pubsub score_test.go, with their parameters; the decay
// of docs/protocol/node.md §16.
#include <strata/net/gossip_score.hpp>

#include <cmath>

#include <gtest/gtest.h>

namespace strata::net {
namespace {

using namespace std::chrono_literals;

const std::string kTopic = "mytopic";

PeerId peer(std::uint8_t seed) {
    return PeerId::of(PrivateKey::ed25519(ByteArray<32>{seed}).public_key());
}
const PeerId kA = peer(1), kB = peer(2), kC = peer(3), kD = peer(4);

/// The parameters that the Go tests leave at zero.
GossipScoreConfig bare() {
    GossipScoreConfig out;
    out.colocation_weight = out.behaviour_threshold = out.behaviour_weight = 0;
    out.behaviour_decay = 1;
    out.decay_to_zero = 0;
    return out;
}

GossipScore with_peers(const TopicScoreConfig& topic, std::initializer_list<PeerId> peers,
                       const GossipScoreConfig& config = bare()) {
    GossipScore out(config);
    out.set_topic(kTopic, topic);
    for (const auto& one : peers) {
        out.add_peer(one);
        out.graft(one, kTopic, 0ms);
    }
    return out;
}

TEST(GossipScores, time_in_the_mesh) {
    auto score =
        with_peers({.weight = 0.5, .mesh_time_weight = 1, .mesh_time_quantum = 1ms, .mesh_time_cap = 3600}, {kA});
    EXPECT_EQ(score.of(kA), 0);
    score.decay(200ms);
    EXPECT_EQ(score.of(kA), 100);
    score.prune(kA, kTopic);
    EXPECT_EQ(score.of(kA), 0);
}

TEST(GossipScores, time_in_the_mesh_is_capped) {
    auto score =
        with_peers({.weight = 0.5, .mesh_time_weight = 1, .mesh_time_quantum = 1ms, .mesh_time_cap = 10}, {kA});
    score.decay(40ms);
    EXPECT_EQ(score.of(kA), 5);
}

TEST(GossipScores, first_deliveries) {
    auto score = with_peers({.first_weight = 1, .first_cap = 2000}, {kA});
    for (int i = 0; i < 100; ++i) score.add_first(kA, kTopic);
    score.decay(1s);
    EXPECT_EQ(score.of(kA), 100);
    auto capped = with_peers({.first_weight = 1, .first_cap = 50}, {kA});
    for (int i = 0; i < 100; ++i) capped.add_first(kA, kTopic);
    EXPECT_EQ(capped.of(kA), 50);
}

TEST(GossipScores, first_deliveries_decay) {
    auto score = with_peers({.first_weight = 1, .first_decay = 0.9, .first_cap = 2000}, {kA});
    for (int i = 0; i < 100; ++i) score.add_first(kA, kTopic);
    double expected = 100;
    for (int i = 0; i < 11; ++i) {
        score.decay(1s);
        expected *= 0.9;
        EXPECT_DOUBLE_EQ(score.of(kA), expected);
    }
}

TEST(GossipScores, members_of_the_mesh_must_deliver_in_time) {
    const TopicScoreConfig topic{
        .mesh_weight = -1, .mesh_cap = 100, .mesh_threshold = 20, .mesh_window = 10ms, .mesh_activation = 1s};
    auto score = with_peers(topic, {kA, kB, kC});
    GossipSeen seen(score, 120s);
    score.decay(0ms);
    for (const auto& one : {kA, kB, kC}) EXPECT_EQ(score.of(one), 0);
    for (std::uint8_t i = 0; i < 100; ++i) {
        seen.add({i}, kTopic, kA, 1s);
        seen.duplicate({i}, kB, 1s);
        seen.accept({i}, 1s);
        seen.duplicate({i}, kC, 1s + 30ms);
    }
    score.decay(1s + 40ms);
    EXPECT_EQ(score.of(kA), 0);
    EXPECT_EQ(score.of(kB), 0);
    EXPECT_EQ(score.of(kC), -400);
}

TEST(GossipScores, deliveries_in_the_mesh_decay_below_the_threshold) {
    auto score = with_peers(
        {.mesh_weight = -1, .mesh_decay = 0.9, .mesh_cap = 100, .mesh_threshold = 20, .mesh_window = 10ms}, {kA});
    for (int i = 0; i < 40; ++i) score.add_first(kA, kTopic);
    score.decay(1ms);
    EXPECT_EQ(score.of(kA), 0);
    double left = 40 * 0.9;
    for (int i = 0; i < 20; ++i) {
        score.decay(2ms);
        left *= 0.9;
    }
    EXPECT_DOUBLE_EQ(score.of(kA), -(20 - left) * (20 - left));
}

TEST(GossipScores, who_leaves_the_mesh_with_a_deficit_keeps_it) {
    auto score = with_peers({.mesh_cap = 100, .mesh_threshold = 20, .failure_weight = -1}, {kA, kB});
    for (int i = 0; i < 100; ++i) score.add_first(kA, kTopic);
    score.decay(1ms);
    EXPECT_EQ(score.of(kB), 0);
    score.prune(kB, kTopic);
    EXPECT_EQ(score.of(kA), 0);
    EXPECT_EQ(score.of(kB), -400);
}

TEST(GossipScores, invalid_messages) {
    auto score = with_peers({.invalid_weight = -1}, {kA});
    for (int i = 0; i < 100; ++i) score.add_invalid(kA, kTopic);
    score.decay(1s);
    EXPECT_EQ(score.of(kA), -10'000);
    auto decaying = with_peers({.invalid_weight = -1, .invalid_decay = 0.9}, {kA});
    for (int i = 0; i < 100; ++i) decaying.add_invalid(kA, kTopic);
    double expected = -10'000;
    for (int i = 0; i < 11; ++i) {
        decaying.decay(1s);
        expected *= 0.9 * 0.9;
    }
    EXPECT_NEAR(decaying.of(kA), expected, 1e-9);
}

TEST(GossipScores, all_that_deliver_a_rejected_message_lose) {
    auto score = with_peers({.invalid_weight = -1}, {kA, kB, kC});
    GossipSeen seen(score, 120s);
    seen.add({1}, kTopic, kA, 0ms);
    seen.duplicate({1}, kB, 0ms);
    seen.reject({1});
    seen.duplicate({1}, kC, 1s);
    for (const auto& one : {kA, kB, kC}) EXPECT_EQ(score.of(one), -1);
    seen.add({2}, kTopic, kA, 0ms);
    seen.ignore({2});
    seen.duplicate({2}, kB, 0ms);
    EXPECT_EQ(score.of(kB), -1);
}

TEST(GossipScores, the_application_has_a_say) {
    auto config = bare();
    config.app_weight = 0.5;
    config.app_score = [](const PeerId&) { return -1000.0; };
    auto score = with_peers({}, {kA}, config);
    EXPECT_EQ(score.of(kA), -500);
    EXPECT_EQ(score.of(kB), 0) << "a peer that is not there";
}

TEST(GossipScores, peers_of_one_address) {
    auto config = bare();
    config.colocation_threshold = 1;
    config.colocation_weight = -1;
    auto score = with_peers({}, {kA, kB, kC, kD}, config);
    score.set_addresses(kA, {"1.2.3.4"});
    score.set_addresses(kB, {"2.3.4.5"});
    score.set_addresses(kC, {"2.3.4.5", "3.4.5.6"});
    score.set_addresses(kD, {"2.3.4.5"});
    EXPECT_EQ(score.of(kA), 0);
    for (const auto& one : {kB, kC, kD}) EXPECT_EQ(score.of(one), -4);
    score.set_addresses(kD, {"2.3.4.6"});
    EXPECT_EQ(score.of(kB), -1);
}

TEST(GossipScores, behaviour) {
    auto config = bare();
    config.behaviour_weight = -1;
    config.behaviour_decay = 0.99;
    GossipScore score(config);
    score.penalize(kA, 1);
    EXPECT_EQ(score.of(kA), 0);
    score.add_peer(kA);
    score.penalize(kA, 1);
    EXPECT_EQ(score.of(kA), -1);
    score.penalize(kA, 1);
    EXPECT_EQ(score.of(kA), -4);
    score.decay(1s);
    EXPECT_DOUBLE_EQ(score.of(kA), -3.9204);
}

TEST(GossipScores, a_bad_score_is_retained_and_a_good_one_is_not) {
    auto config = bare();
    double worth = -1000;
    config.app_score = [&worth](const PeerId&) { return worth; };
    config.retention = 1s;
    config.retained = 2;
    auto score = with_peers({}, {kA, kB, kC, kD}, config);
    score.remove_peer(kA, 0ms);
    score.decay(500ms);
    EXPECT_EQ(score.of(kA), -1000);
    score.decay(1050ms);
    EXPECT_EQ(score.of(kA), 0);
    worth = 1;
    score.remove_peer(kB, 2s);
    EXPECT_EQ(score.of(kB), 0);
    worth = -1;
    score.remove_peer(kC, 2s);
    score.remove_peer(kD, 2001ms);
    score.add_peer(kA);
    score.remove_peer(kA, 2002ms);
    EXPECT_EQ(score.size(), 2U);
    EXPECT_EQ(score.of(kC), 0) << "it left first";
    EXPECT_EQ(score.of(kD), -1);
}

TEST(GossipScores, decay_goes_to_a_hundredth) {
    EXPECT_DOUBLE_EQ(gossip_decay(10min), std::pow(0.01, 1.0 / 600));
    EXPECT_NEAR(std::pow(gossip_decay(1h), 3600), 0.01, 1e-9);
}

TEST(GossipSeens, messages_are_forgotten_by_time_and_number) {
    GossipScore score(bare());
    GossipSeen seen(score, 120s, 3);
    for (std::uint8_t i = 0; i < 4; ++i) seen.add({i}, kTopic, {}, 0ms);
    EXPECT_FALSE(seen.contains({0}));
    EXPECT_TRUE(seen.contains({3}));
    seen.expire(120s);
    EXPECT_EQ(seen.size(), 3U);
    seen.expire(120s + 1ms);
    EXPECT_EQ(seen.size(), 0U);
    seen.accept({3}, 121s);
    seen.duplicate({3}, kA, 121s);
}

}  // namespace
}  // namespace strata::net
