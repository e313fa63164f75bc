// Protects the choice of peers. Expected costs: lotus chain/exchange/peer_tracker.go, by hand.
#include <strata/p2p/peer_ranking.hpp>

#include <gtest/gtest.h>

#include <set>

#include <strata/net/keys.hpp>

namespace strata::p2p {
namespace {

using namespace std::chrono_literals;

net::PeerId peer(std::uint8_t number) {
    ByteArray<32> seed{};
    seed[0] = number;
    return net::PeerId::of(net::PrivateKey::ed25519(seed).public_key());
}

/// Returns the place of a peer behind 16 peers that are shuffled, so that the places after them are in order.
class Ranking : public ::testing::Test {
  protected:
    Ranking() {
        for (std::uint8_t i = 100; i < 100 + PeerRanking::kShuffled; ++i) {
            ranking.add(peer(i));
            ranking.on_success(peer(i), 1ms, 1'000);
        }
    }
    std::vector<net::PeerId> behind(net::Instant now = 0ms) {
        auto all = ranking.order(now, random);
        all.erase(all.begin(), all.begin() + PeerRanking::kShuffled);
        return all;
    }
    crypto::SeededRandom random{as_bytes(std::string_view("ranking"))};
    PeerRanking ranking;
};

TEST_F(Ranking, the_fastest_per_tipset_comes_first) {
    for (const auto i : {std::uint8_t{1}, std::uint8_t{2}}) ranking.add(peer(i));
    ranking.on_success(peer(1), 500ms, 1);
    ranking.on_success(peer(2), 1'000ms, 100);
    EXPECT_EQ(behind(), (std::vector{peer(2), peer(1)}));
}

TEST_F(Ranking, failures_cost_their_part_of_the_average) {
    for (const auto i : {std::uint8_t{1}, std::uint8_t{2}}) ranking.add(peer(i));
    for (int i = 0; i < 2'000; ++i) ranking.on_success(peer(100), 1'000ms, 1'000'000);  // the average of all is 1 s
    ranking.on_success(peer(1), 700ms, 1);
    ranking.on_success(peer(2), 400ms, 1);
    EXPECT_EQ(behind(), (std::vector{peer(2), peer(1)}));
    ranking.on_failure(peer(2), 400ms, 1);  // 400 ms and half of 1 s
    EXPECT_EQ(behind(), (std::vector{peer(1), peer(2)}));
}

TEST_F(Ranking, a_round_trip_counts_until_the_first_request) {
    for (const auto i : {std::uint8_t{1}, std::uint8_t{2}}) ranking.add(peer(i));
    ranking.on_round_trip(peer(1), 50ms);
    ranking.on_round_trip(peer(2), 60ms);
    EXPECT_EQ(behind(), (std::vector{peer(1), peer(2)}));
    ranking.on_success(peer(1), 100ms, 1);
    EXPECT_EQ(behind(), (std::vector{peer(2), peer(1)}));
    ranking.on_round_trip(peer(1), 1ms);
    EXPECT_EQ(behind(), (std::vector{peer(2), peer(1)}));
}

TEST_F(Ranking, a_liar_is_left_out_for_its_time) {
    ranking.add(peer(1));
    ranking.on_success(peer(1), 1s, 1);
    ranking.exclude(peer(1), 10s);
    EXPECT_TRUE(behind(9'999ms).empty());
    EXPECT_EQ(behind(10s).size(), 1U);
}

TEST_F(Ranking, a_peer_that_is_gone_is_forgotten) {
    ranking.add(peer(1));
    ranking.remove(peer(1));
    ranking.on_success(peer(1), 1s, 1);
    ranking.on_failure(peer(1), 1s, 1);
    EXPECT_TRUE(behind().empty());
}

TEST_F(Ranking, the_first_sixteen_take_turns) {
    std::set<net::PeerId> firsts;
    for (int i = 0; i < 200; ++i) firsts.insert(ranking.order(0ms, random).front());
    EXPECT_EQ(firsts.size(), PeerRanking::kShuffled);
}

}  // namespace
}  // namespace strata::p2p
