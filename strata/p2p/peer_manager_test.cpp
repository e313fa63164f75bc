// Protects how many peers a node keeps, whom it dials and whom it closes, in virtual time. Expected values:
// docs/protocol/node.md §20 (12 and 32 peers, every 5 s), the rest are those of PeerManagerConfig.
#include <strata/p2p/peer_manager.hpp>

#include <gtest/gtest.h>

namespace strata::p2p {
namespace {

using namespace std::chrono_literals;
using net::Instant;
using net::Multiaddr;
using net::PeerId;

PeerId peer(std::uint16_t number) {
    ByteArray<32> seed{};
    seed[0] = static_cast<std::uint8_t>(number);
    seed[1] = static_cast<std::uint8_t>(number >> 8);
    return PeerId::of(net::PrivateKey::ed25519(seed).public_key());
}
Multiaddr at(std::uint16_t port) {
    return Multiaddr::of_tcp(ByteArray<4>{10, 0, 0, 1}, port);
}

/// A manager whose dials the test answers.
struct Managed {
    explicit Managed(PeerManagerConfig config = {}) {
        config.dial = [this](const Multiaddr& address, PeerManagerConfig::Dialed done) {
            dialed.push_back(address.to_string());
            if (answer)
                done(answer(address));
            else
                waiting.push_back(std::move(done));
        };
        config.disconnect = [this](const PeerId& id) { closed.push_back(id); };
        config.discover = [this] { ++discoveries; };
        manager.emplace(std::move(config), random, 0ms);
    }
    void advance(Instant by) {
        for (const auto end = now + by; now < end;) {
            now += 1s;
            manager->on_time(now);
        }
    }
    void add_good(std::uint16_t from, std::uint16_t to) {
        for (auto i = from; i < to; ++i) {
            manager->on_connected(peer(i), now);
            manager->on_good(peer(i), {at(i)}, now);
        }
    }
    void close_closed() {
        for (const auto& id : std::exchange(closed, {})) manager->on_disconnected(id, false, now);
    }
    crypto::SeededRandom random{as_bytes("peers")};
    std::function<Result<PeerId>(const Multiaddr&)> answer;
    std::vector<std::string> dialed;
    std::vector<PeerManagerConfig::Dialed> waiting;
    std::vector<PeerId> closed;
    int discoveries = 0;
    Instant now{};
    std::optional<PeerManager> manager;
};

Result<PeerId> nobody(const Multiaddr&) {
    return fail(Errc::io, "nobody is there");
}

TEST(PeerManagers, a_node_without_peers_dials_the_bootstrap_addresses_with_growing_pauses) {
    Managed node({.bootstrap = {at(1).with_peer(peer(1)), at(2)}});
    node.answer = nobody;
    node.advance(1s);
    EXPECT_EQ(node.dialed.size(), 2U);
    node.advance(10min);
    // Pauses of 5, 10, 20, 40, 80, 160, 320 s, looked at every 5 s.
    EXPECT_EQ(node.dialed.size(), 2U * 7U);
    EXPECT_EQ(node.discoveries, 0) << "there is nobody to ask";
    node.answer = [&](const Multiaddr&) { return peer(1); };
    node.advance(10min);
    node.manager->on_connected(peer(1), node.now);
    const auto count = node.dialed.size();
    node.advance(1min);
    EXPECT_EQ(node.dialed.size(), count);
    EXPECT_EQ(node.discoveries, 2) << "every 30 s";
}

TEST(PeerManagers, the_addresses_of_a_bootstrap_peer_are_one_dial_and_only_those_of_tcp_are_tried) {
    const auto quic = Multiaddr::parse("/ip4/10.0.0.1/udp/7/quic-v1").value();
    Managed node({.bootstrap = {at(1).with_peer(peer(1)), quic.with_peer(peer(1)), at(2).with_peer(peer(1)), at(3)}});
    node.advance(1s);
    EXPECT_EQ(node.dialed.size(), 2U) << "of the peer, and without a peer";
    EXPECT_EQ(node.manager->stats().dialing, 2U);
    for (auto& done : std::exchange(node.waiting, {})) done(fail(Errc::io, "nobody is there"));
    std::ranges::sort(node.dialed);
    EXPECT_EQ(node.dialed, (std::vector{at(1).with_peer(peer(1)).to_string(), at(2).with_peer(peer(1)).to_string(),
                                        at(3).to_string()}));
}

TEST(PeerManagers, addresses_that_cannot_be_dialled_take_no_places) {
    Managed node;
    std::vector<Multiaddr> addresses(20, Multiaddr::parse("/ip4/10.0.0.1/udp/7/quic-v1").value());
    Status heard;
    const auto done = [&](const Status& status) { heard = status; };
    node.manager->connect(peer(1), addresses, done, node.now);
    EXPECT_EQ(heard.error().code(), Errc::not_found);
    addresses.push_back(at(1));
    node.manager->connect(peer(1), addresses, done, node.now);
    EXPECT_EQ(node.dialed, std::vector{at(1).with_peer(peer(1)).to_string()});
    node.manager->on_connected(peer(2), node.now);
    node.manager->on_good(peer(2), addresses, node.now);
    Managed other;
    ASSERT_TRUE(other.manager->decode(node.manager->encode()));
    other.advance(1s);
    EXPECT_EQ(other.dialed, std::vector{at(1).with_peer(peer(2)).to_string()});
}

TEST(PeerManagers, twelve_good_peers_are_enough) {
    Managed node;
    node.add_good(1, 12);
    node.advance(31s);
    EXPECT_EQ(node.discoveries, 2);
    node.add_good(12, 13);
    node.advance(5min);
    EXPECT_EQ(node.discoveries, 2);
    // Strangers do not count.
    node.manager->on_disconnected(peer(12), false, node.now);
    node.manager->on_connected(peer(99), node.now);
    node.answer = nobody;
    node.advance(30s);
    EXPECT_EQ(node.discoveries, 3);
}

TEST(PeerManagers, above_the_high_mark_the_least_useful_are_closed) {
    std::set<PeerId> mesh{peer(3)};
    Managed node(
        {.is_protected = [&](const PeerId& id) { return mesh.contains(id); }, .bootstrap = {at(9).with_peer(peer(2))}});
    for (std::uint16_t i = 1; i <= 5; ++i) node.manager->on_connected(peer(i), node.now);  // strangers
    node.add_good(6, 36);
    for (std::uint16_t i = 6; i < 35; ++i) node.manager->on_useful(peer(i));
    node.advance(15s);
    EXPECT_TRUE(node.closed.empty()) << "all are younger than 20 s";
    node.manager->on_connected(peer(500), node.now);
    node.advance(10s);
    // 36 connections, 32 may stay: the strangers go, but not the bootstrap peer, the mesh and the newcomer.
    const std::set<PeerId> closed(node.closed.begin(), node.closed.end());
    EXPECT_EQ(closed, (std::set{peer(1), peer(4), peer(5), peer(35)})) << "35 was good, but nothing came from it";
    node.close_closed();
    node.advance(1min);
    EXPECT_TRUE(node.closed.empty());
    EXPECT_EQ(node.manager->stats().connected, 32U);
}

TEST(PeerManagers, addresses_are_tried_one_after_the_other) {
    Managed node;
    std::optional<Status> got;
    node.manager->connect(peer(1), {at(1), at(2), at(3)}, [&](Status status) { got = std::move(status); }, 0ms);
    ASSERT_EQ(node.waiting.size(), 1U);
    node.waiting[0](fail(Errc::io, "refused"));
    ASSERT_EQ(node.waiting.size(), 2U);
    node.waiting[0](peer(1));  // a second word of the first dial
    EXPECT_FALSE(got);
    node.advance(30s);  // the second never says anything
    ASSERT_EQ(node.waiting.size(), 3U);
    node.waiting[2](peer(1));
    ASSERT_TRUE(got);
    EXPECT_TRUE(*got);
    EXPECT_EQ(node.dialed, (std::vector{at(1).with_peer(peer(1)).to_string(), at(2).with_peer(peer(1)).to_string(),
                                        at(3).with_peer(peer(1)).to_string()}));
}

TEST(PeerManagers, addresses_and_dials_have_limits) {
    Managed node({.dials = 8});
    std::vector<Multiaddr> many;
    for (std::uint16_t i = 1; i <= 800; ++i) many.push_back(at(i));
    node.answer = nobody;
    Errc code{};
    const auto done = [&](const Status& status) { code = status ? Errc{} : status.error().code(); };
    node.manager->connect(peer(1), many, done, 0ms);
    EXPECT_EQ(code, Errc::io);
    EXPECT_EQ(node.dialed.size(), 8U);
    node.answer = {};
    for (std::uint16_t i = 2; i < 10; ++i) node.manager->connect(peer(i), many, done, 0ms);
    EXPECT_EQ(node.manager->stats().dialing, 8U);
    node.manager->connect(peer(10), many, done, 0ms);
    EXPECT_EQ(code, Errc::busy);
    // One more call for a peer that is being dialled waits with the first.
    int told = 0;
    node.manager->connect(peer(2), many, [&](const Status& status) { told += status.has_value(); }, 0ms);
    node.waiting[0](peer(2));
    EXPECT_EQ(told, 1);
    node.manager->connect(peer(11), {}, done, 0ms);
    EXPECT_EQ(code, Errc::not_found);
}

TEST(PeerManagers, dials_for_strangers_do_not_keep_remembered_peers_from_being_dialled) {
    Managed node({.dials = 8, .own_dials = 2});
    node.add_good(1, 4);
    for (std::uint16_t i = 100; i < 200; ++i) node.manager->connect(peer(i), {at(i)}, [](const Status&) {}, node.now);
    EXPECT_EQ(node.dialed.size(), 8U);
    for (std::uint16_t i = 1; i < 4; ++i) node.manager->on_disconnected(peer(i), /*is_lost=*/true, node.now);
    node.advance(6s);
    EXPECT_EQ(node.dialed.size(), 10U);
    node.waiting.back()(peer(1));
    node.advance(6s);
    EXPECT_EQ(node.dialed.size(), 11U);
}

TEST(PeerManagers, back_off_grows_has_an_end_and_stops_at_a_success) {
    Managed node;
    node.answer = nobody;
    const auto try_now = [&] {
        const auto before = node.dialed.size();
        node.manager->connect(peer(1), {at(1)}, [](const Status&) {}, node.now);
        return node.dialed.size() > before;
    };
    std::vector<Instant> pauses;
    Instant last{};
    for (int i = 0; i < 14; ++i) {
        while (!try_now()) node.now += 1s;
        if (i > 0) pauses.push_back(node.now - last);
        last = node.now;
    }
    Instant wanted = 5s;
    for (const auto pause : pauses) {
        EXPECT_GE(pause, wanted);
        EXPECT_LE(pause, wanted + wanted / 4 + 1s);
        wanted = std::min<Instant>(2 * wanted, 30min);
    }
    node.manager->on_connected(peer(1), node.now);
    node.manager->on_disconnected(peer(1), false, node.now);
    EXPECT_TRUE(try_now());
    node.manager->on_bad(peer(2), node.now);
    EXPECT_EQ(node.manager->stats().backed_off, 2U);
}

TEST(PeerManagers, a_good_peer_that_was_lost_is_dialled_within_an_epoch_though_there_are_enough) {
    Managed node({.look_every = 250ms, .epoch = 4s});
    node.add_good(1, 15);
    node.advance(1s);
    node.manager->on_disconnected(peer(1), /*is_lost=*/true, node.now);
    node.manager->on_disconnected(peer(2), /*is_lost=*/false, node.now);
    node.manager->on_connected(peer(99), node.now);
    node.manager->on_disconnected(peer(99), /*is_lost=*/true, node.now);
    node.answer = nobody;
    node.advance(1s);
    EXPECT_EQ(node.dialed, std::vector{at(1).with_peer(peer(1)).to_string()})
        << "neither the one that left, nor a stranger";
    // For fifty epochs: pauses of 1 s, then of half an epoch and up to a quarter of that, seen each second.
    std::size_t longest = 0;
    for (std::size_t silent = 0, before = 1, i = 0; i < 200; ++i) {
        node.advance(1s);
        silent = node.dialed.size() == before ? silent + 1 : 0;
        before = node.dialed.size();
        longest = std::max(longest, silent);
    }
    EXPECT_LE(longest, 2U);
    EXPECT_LE(node.dialed.size(), 100U);
    // Away for a day, it is dialled after a 128th of that.
    node.advance(24h);
    const auto before = node.dialed.size();
    node.advance(1h);
    EXPECT_LE(node.dialed.size() - before, 6U);
    EXPECT_GE(node.dialed.size() - before, 4U);
    EXPECT_LE(before, 900U) << "over the day";
}

TEST(PeerManagers, when_a_lost_peer_is_found_the_others_are_dialled_at_once) {
    Managed node({.look_every = 250ms, .epoch = 30s});
    node.add_good(1, 6);
    for (std::uint16_t i = 1; i < 5; ++i) node.manager->on_disconnected(peer(i), /*is_lost=*/true, node.now);
    node.answer = nobody;
    node.advance(25min);
    const auto before = node.dialed.size();
    node.answer = {};
    node.manager->on_connected(peer(1), node.now);
    node.advance(1s);
    EXPECT_EQ(node.dialed.size() - before, 3U);
    // A peer that comes and goes makes this node do so once in an epoch.
    for (auto& done : std::exchange(node.waiting, {})) done(fail(Errc::io, "refused"));
    const auto after = node.dialed.size();
    for (int i = 0; i < 20; ++i) {
        node.manager->on_good(peer(1), {at(1)}, node.now);
        node.manager->on_disconnected(peer(1), /*is_lost=*/true, node.now);
        node.manager->connect(peer(1), {at(1)}, [](const Status&) {}, node.now);
        for (auto& done : std::exchange(node.waiting, {})) done(fail(Errc::io, "refused"));
        node.manager->on_connected(peer(1), node.now);
        node.manager->on_time(node.now);
    }
    EXPECT_LE(node.dialed.size() - after, 20U) << "each of them of peer 1";
}

TEST(PeerManagers, a_restarted_node_needs_no_bootstrap) {
    Managed before({.bootstrap = {at(9)}});
    before.add_good(1, 4);
    before.manager->on_disconnected(peer(2), false, before.now);
    before.add_good(2, 3);  // good a second time
    before.manager->on_connected(peer(50), before.now);
    before.manager->on_bad(peer(3), before.now);
    const auto record = before.manager->encode();

    Managed after({.bootstrap = {at(9)}});
    ASSERT_TRUE(after.manager->decode(record));
    EXPECT_EQ(after.manager->encode(), record);
    after.advance(1s);
    EXPECT_EQ(after.dialed, (std::vector{at(2).with_peer(peer(2)).to_string(), at(1).with_peer(peer(1)).to_string()}))
        << "the best first; neither the stranger nor the bad one";
    // If none of them is there, the bootstrap addresses follow.
    for (auto& done : std::exchange(after.waiting, {})) done(fail(Errc::io, "refused"));
    after.advance(5s);
    EXPECT_EQ(after.dialed.size(), 3U);
    EXPECT_EQ(after.dialed.back(), at(9).to_string());
}

TEST(PeerManagers, the_record_has_a_limit_and_broken_ones_are_refused) {
    Managed node;
    for (std::uint16_t i = 1; i <= 1'000; ++i) {
        node.add_good(i, static_cast<std::uint16_t>(i + 1));
        node.manager->on_disconnected(peer(i), false, node.now);
    }
    EXPECT_EQ(node.manager->stats().remembered, 256U);
    const auto record = node.manager->encode();
    EXPECT_LT(record.size(), 256U * 64U);
    Managed other;
    EXPECT_EQ(other.manager->decode(Bytes(PeerManager::kMaxRecord + 1)).error().code(), Errc::too_large);
    EXPECT_EQ(other.manager->decode(BytesView(record).first(record.size() - 1)).error().code(), Errc::truncated);
    Bytes longer = record;
    longer.push_back(0);
    EXPECT_EQ(other.manager->decode(longer).error().code(), Errc::trailing);
    EXPECT_EQ(other.manager->decode(Bytes{2, 0}).error().code(), Errc::malformed);
    EXPECT_EQ(other.manager->stats().remembered, 0U);
    for (std::size_t i = 0; i < record.size(); ++i) {
        Bytes changed = record;
        changed[i] ^= 0xff;
        (void)other.manager->decode(changed);
    }
    EXPECT_LE(other.manager->stats().remembered, 256U);
}

TEST(PeerManagers, a_dial_may_end_after_the_manager) {
    Managed node;
    bool told = false;
    node.manager->connect(peer(1), {at(1)}, [&](const Status&) { told = true; }, 0ms);
    node.manager.reset();
    node.waiting[0](peer(1));
    EXPECT_FALSE(told);
}

}  // namespace
}  // namespace strata::p2p
