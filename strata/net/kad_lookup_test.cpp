// Protects the order in which a lookup asks, its end and its limits. The rules are those of go-libp2p-kad-dht query.go:
// ten at once; over when the three nearest have answered; then those of the result are asked that were not yet.
#include <strata/net/kad_lookup.hpp>

#include <gtest/gtest.h>

namespace strata::net {
namespace {

PeerId peer(std::uint64_t number) {
    ByteArray<32> seed{};
    for (std::size_t i = 0; i < 8; ++i) seed[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return PeerId::of(PrivateKey::ed25519(seed).public_key());
}
const KadKey kTarget = kad_key(as_bytes("target"));

/// Peers in the order of their distance to the target.
std::vector<PeerId> by_distance(std::size_t count) {
    std::map<KadKey, PeerId> out;
    for (std::uint64_t i = 2; i < count + 2; ++i) out.emplace(kad_distance(kTarget, kad_key(peer(i).bytes())), peer(i));
    std::vector<PeerId> list;
    for (const auto& [distance, id] : out) list.push_back(id);
    return list;
}

KadLookup lookup_of(const std::vector<PeerId>& known, KadLookupLimits limits = {}) {
    KadLookup out(peer(1), kTarget, limits);
    for (const auto& id : known) out.hear({id, {}, false});
    return out;
}

std::vector<PeerId> all_next(KadLookup& lookup) {
    std::vector<PeerId> out;
    while (const auto one = lookup.next()) out.push_back(one->id);
    return out;
}

TEST(KadLookups, the_nearest_ten_are_asked_at_once) {
    const auto peers = by_distance(30);
    auto lookup = lookup_of(peers);
    EXPECT_EQ(all_next(lookup), std::vector(peers.begin(), peers.begin() + 10));
    lookup.on_failure(peers[4]);
    EXPECT_EQ(all_next(lookup), std::vector{peers[10]});
    EXPECT_FALSE(lookup.is_over());
}

TEST(KadLookups, it_converges_when_the_nearest_three_answered_and_then_asks_the_rest_of_the_result) {
    const auto peers = by_distance(40);
    auto lookup = lookup_of(peers);
    all_next(lookup);
    for (int i = 0; i < 3; ++i) lookup.on_answer(peers[static_cast<std::size_t>(i)], {});
    // Seven are still asked; three more make ten, of the nearest twenty.
    EXPECT_EQ(all_next(lookup), std::vector(peers.begin() + 10, peers.begin() + 13));
    std::vector<PeerId> asked;
    for (std::size_t i = 3; i < 20; ++i) {
        lookup.on_answer(peers[i], {{peer(10'000 + i), {}, false}});
        for (const auto& one : all_next(lookup)) asked.push_back(one);
    }
    EXPECT_EQ(asked, std::vector(peers.begin() + 13, peers.begin() + 20)) << "nobody beyond the result";
    EXPECT_TRUE(lookup.is_over());
    EXPECT_EQ(lookup.nearest().size(), 20U);
}

TEST(KadLookups, who_fails_is_not_in_the_result) {
    const auto peers = by_distance(5);
    auto lookup = lookup_of(peers);
    all_next(lookup);
    lookup.on_failure(peers[0]);
    for (std::size_t i = 1; i < 5; ++i) lookup.on_answer(peers[i], {{peers[0], {}, false}, {peer(1), {}, false}});
    EXPECT_TRUE(lookup.is_over());
    const auto nearest = lookup.nearest();
    ASSERT_EQ(nearest.size(), 4U);
    EXPECT_EQ(nearest[0].id, peers[1]);
    EXPECT_EQ(lookup.find(peers[0]), nullptr);
    EXPECT_EQ(lookup.find(peer(1)), nullptr) << "the node itself is not asked";
}

TEST(KadLookups, nobody_known_is_the_end) {
    auto lookup = lookup_of({});
    EXPECT_FALSE(lookup.next());
    EXPECT_TRUE(lookup.is_over());
    EXPECT_TRUE(lookup.nearest().empty());
}

TEST(KadLookups, addresses_of_later_answers_are_added_up_to_a_limit) {
    auto lookup = lookup_of({});
    const auto at = [](int port) {
        return Multiaddr::of_tcp(ByteArray<4>{1, 2, 3, 4}, static_cast<std::uint16_t>(port));
    };
    lookup.hear({peer(2), {at(1)}, false});
    lookup.hear({peer(2), {at(1), at(2)}, false});
    EXPECT_EQ(lookup.find(peer(2))->addresses, (std::vector{at(1), at(2)}));
    for (int port = 3; port < 300; ++port) lookup.hear({peer(2), {at(port)}, false});
    EXPECT_EQ(lookup.find(peer(2))->addresses.size(), 2 * KadMessage::kMaxAddresses);
}

TEST(KadLookups, peers_kept_and_peers_asked_have_limits) {
    const auto peers = by_distance(300);
    auto lookup = lookup_of(peers, {.heard = 50});
    EXPECT_NE(lookup.find(peers[49]), nullptr);
    EXPECT_EQ(lookup.find(peers[50]), nullptr);

    // Each that is asked knows somebody nearer, who is dead: a walk without end.
    auto endless = lookup_of({peers.back()}, {.asked = 30});
    std::size_t asked = 0;
    for (auto it = peers.rbegin(); endless.next() && it != peers.rend() - 1; ++it, ++asked)
        endless.on_answer(*it, {{*std::next(it), {}, false}});
    EXPECT_EQ(asked, 30U);
    EXPECT_TRUE(endless.is_over());
}

TEST(KadLookups, late_answers_are_ignored) {
    const auto peers = by_distance(3);
    auto lookup = lookup_of(peers);
    lookup.on_answer(peers[0], {{peer(77), {}, false}});
    EXPECT_EQ(lookup.find(peer(77)), nullptr) << "nobody asked it";
    all_next(lookup);
    lookup.on_failure(peers[0]);
    lookup.on_answer(peers[0], {{peer(77), {}, false}});
    EXPECT_EQ(lookup.find(peer(77)), nullptr);
}

}  // namespace
}  // namespace strata::net
