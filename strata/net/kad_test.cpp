// Protects the DHT as a whole over connections in memory: a hundred nodes find each other, servers answer as
// go-libp2p-kad-dht does (tests/vectors/kad), and peers that lie do not stop a lookup.
#include <strata/net/kad.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/base/protobuf.hpp>
#include <strata/net/test_kad.hpp>
#include <strata/testing/own_vectors.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;
using testing::KadNet;
using testing::kKad;
using testing::Liar;
using testing::RawAsker;

Result<KadPeer> find(KadNet& net, KadNet::Node& from, const PeerId& peer, Instant time = 60s) {
    std::optional<Result<KadPeer>> got;
    from.kad->find_peer(peer, [&](Result<KadPeer> found) { got = std::move(found); });
    net.run();
    for (const auto end = net.carrier.now() + time; !got && net.carrier.now() < end;) net.advance(1s);
    return got ? *got : Result<KadPeer>(Errc::internal);
}

/// Nodes of whom everybody knows the first one only, and then a newcomer that finds all of them.
void expect_all_are_found(std::size_t nodes) {
    KadNet net;
    for (std::size_t i = 0; i < nodes; ++i) net.add();
    for (std::size_t i = 1; i < nodes; ++i) net.connect(*net.nodes[i], net.nodes[0]->swarm);
    net.advance(30s, 5s);
    for (const auto& node : net.nodes) EXPECT_GE(node->kad->table().size(), 20U);
    auto& newcomer = net.add();
    net.connect(newcomer, net.nodes[1]->swarm);
    for (std::size_t i = 0; i < nodes; ++i) {
        const auto id = net.nodes[i]->swarm.id();
        const auto found = find(net, newcomer, id);
        ASSERT_TRUE(found) << i << ": " << found.error().message();
        EXPECT_EQ(found->id, id);
        EXPECT_TRUE(found->is_connected);
        ASSERT_EQ(found->addresses.size(), 1U);
        EXPECT_EQ(found->addresses[0],
                  Multiaddr::of_tcp(ByteArray<4>{10, 0, 0, static_cast<std::uint8_t>(i + 1)}, 1347));
    }
    // The nearest to a key are those that a look at all of them shows.
    std::optional<std::vector<KadPeer>> nearest;
    newcomer.kad->closest(as_bytes("key"), [&](Result<std::vector<KadPeer>> got) { nearest = got.value(); });
    net.run();
    std::map<KadKey, PeerId> all;
    for (const auto& node : net.nodes)
        if (node.get() != &newcomer)
            all.emplace(kad_distance(kad_key(as_bytes("key")), kad_key(node->swarm.id().bytes())), node->swarm.id());
    ASSERT_TRUE(nearest);
    ASSERT_EQ(nearest->size(), 20U);
    auto it = all.begin();
    for (const auto& peer : *nearest) EXPECT_EQ(peer.id, (it++)->second);
}

TEST(Kads, nodes_find_each_other) {
    expect_all_are_found(30);
}

TEST(KadsSlow, a_hundred_nodes_find_each_other) {
    expect_all_are_found(100);
}

TEST(Kads, clients_are_not_in_tables_but_can_be_found_by_who_is_near_them) {
    KadNet net;
    auto& server = net.add();
    auto& client = net.add(/*serves=*/false);
    auto& asker = net.add();
    net.connect(client, server.swarm);
    EXPECT_EQ(server.kad->table().size(), 0U);
    EXPECT_EQ(client.kad->table().size(), 1U);
    net.connect(asker, server.swarm);
    const auto found = find(net, asker, client.swarm.id());
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_TRUE(found->is_connected) << "the server is connected to it, and the lookup dialled it";
}

TEST(Kads, unknown_peers_and_empty_tables) {
    KadNet net;
    auto& alone = net.add();
    const auto nobody = PeerId::of(PrivateKey::ed25519(ByteArray<32>{77}).public_key());
    EXPECT_EQ(find(net, alone, nobody).error().code(), Errc::not_found);
    auto& other = net.add();
    net.connect(alone, other.swarm);
    EXPECT_EQ(find(net, alone, nobody).error().code(), Errc::not_found);
    Errc code = Errc::internal;
    alone.kad->closest({}, [&](const Result<std::vector<KadPeer>>& got) { code = got.error().code(); });
    EXPECT_EQ(code, Errc::too_large);
    alone.kad->closest(Bytes(KadMessage::kMaxKey + 1),
                       [&](const Result<std::vector<KadPeer>>& got) { code = got.error().code(); });
    EXPECT_EQ(code, Errc::too_large);
}

TEST(Kads, lookups_have_a_limit_and_a_time) {
    KadNet net;
    net.unreachable_answers = false;  // dials never end
    auto& node = net.add(true, {.lookups = 2});
    auto& other = net.add();
    net.connect(node, other.swarm);
    net.advance(60s);
    net.dead.insert(other.swarm.id());
    node.swarm.disconnect(other.swarm.id(), net.carrier.now());
    net.run();
    const auto nobody = PeerId::of(PrivateKey::ed25519(ByteArray<32>{77}).public_key());
    std::vector<Errc> codes;
    for (int i = 0; i < 3; ++i)
        node.kad->find_peer(nobody, [&](const Result<KadPeer>& got) { codes.push_back(got.error().code()); });
    EXPECT_EQ(codes, std::vector{Errc::busy});
    net.advance(30s);
    EXPECT_EQ(codes, (std::vector{Errc::busy, Errc::not_found, Errc::not_found}));
    EXPECT_EQ(node.kad->stats().lookups, 0U);
    EXPECT_EQ(node.kad->table().size(), 0U) << "who does not answer leaves the table";
}

struct Answer {
    Bytes bytes;
    bool was_reset = false;
};
Answer ask(KadNet& net, Swarm& from, const PeerId& to, Bytes request) {
    Answer out;
    STRATA_CHECK(from.open(to, {kKad}, std::make_unique<RawAsker>(std::move(request), out.bytes, out.was_reset),
                           net.carrier.now()));
    net.run();
    return out;
}

// The Go server of the vectors has values off as Lotus has, or on. Without them it resets the stream of GET_VALUE and
// GET_PROVIDERS too; here they are answered with peers, as with values on.
TEST(Kads, a_server_answers_as_go_does) {
    using nlohmann::json;
    const auto vectors =
        json::parse(strata::testing::read_file(strata::testing::own_vectors("kad/go-libp2p-kad-dht.json")));
    KadNet net;
    const auto number = [](std::uint8_t seed) { return PrivateKey::ed25519(ByteArray<32>{seed}); };
    crypto::SeededRandom random(as_bytes("server"));
    for (const auto& one : vectors["exchanges"]) {
        SCOPED_TRACE(one["name"].get<std::string>());
        const bool values = one["values"];
        const std::uint16_t base = values ? 42120 : 42110;
        // The peers 11 (asked), 12 and 13 (in its table), 14 (asks) of the program that made the vectors.
        std::vector<std::unique_ptr<Swarm>> swarms;
        for (std::uint8_t i = 0; i < 4; ++i)
            swarms.push_back(std::make_unique<Swarm>(
                number(static_cast<std::uint8_t>(11 + i)),
                SwarmConfig{
                    .listen = {Multiaddr::of_tcp(ByteArray<4>{127, 0, 0, 1}, static_cast<std::uint16_t>(base + i))}},
                random));
        KadNet local;
        std::vector<std::unique_ptr<Kad>> kads;
        for (std::size_t i = 0; i < 3; ++i) {
            kads.push_back(std::make_unique<Kad>(
                *swarms[i], KadConfig{.protocol = kKad, .connect = [](const auto&, const auto&, const auto&) {}}));
            swarms[i]->add_listener(kads.back().get());
        }
        for (std::size_t i = 1; i < 4; ++i) {
            ASSERT_TRUE(local.carrier.connect(*swarms[i], *swarms[0]));
            local.run();
        }
        ASSERT_EQ(kads[0]->table().size(), 2U);
        const auto got = ask(local, *swarms[3], swarms[0]->id(), from_hex(one["request"].get<std::string>()).value());
        if (one.contains("answer")) {
            EXPECT_EQ(to_hex(got.bytes), one["answer"].get<std::string>());
            EXPECT_FALSE(got.was_reset);
        } else if (one["name"] != "get_value" && one["name"] != "get_providers") {
            EXPECT_TRUE(got.was_reset);
        }
        for (std::size_t i = 0; i < 3; ++i) swarms[i]->remove_listener(kads[i].get());
        local.carrier = {};
    }
}

TEST(Kads, requests_above_the_limits_end_the_stream) {
    KadNet net;
    auto& server = net.add();
    auto& peer = net.add();
    net.connect(peer, server.swarm);
    for (const auto& request : {framed(Bytes(KadMessage::kMaxRequest + 1)), framed(Bytes{0xff}), uvarint(1 << 30)}) {
        const auto got = ask(net, peer.swarm, server.swarm.id(), request);
        EXPECT_TRUE(got.was_reset);
        EXPECT_TRUE(got.bytes.empty());
    }
    EXPECT_EQ(server.kad->stats().serving, 0U);
    // A hundred times the streams that are answered at once, and then a thousand requests on one.
    const auto ping = framed(encode_kad({.type = KadType::ping}));
    std::vector<Answer> answers(40);
    for (auto& one : answers)
        (void)peer.swarm.open(server.swarm.id(), {kKad}, std::make_unique<RawAsker>(ping, one.bytes, one.was_reset),
                              net.carrier.now());
    net.run();
    EXPECT_EQ(server.kad->stats().serving, 4U);
    EXPECT_EQ(std::ranges::count_if(answers, [&](const Answer& one) { return one.bytes == ping; }), 4);
    net.advance(61s, 5s);
    EXPECT_EQ(server.kad->stats().serving, 0U) << "idle streams end after a minute";
    Bytes many;
    for (int i = 0; i < 1'000; ++i) append(many, ping);
    EXPECT_EQ(ask(net, peer.swarm, server.swarm.id(), many).bytes, many);
}

/// An answer with peers that do not exist, each with many addresses.
Bytes invented(std::size_t peers, std::size_t addresses) {
    Bytes message;
    protobuf::put_number(message, 1, 4);
    crypto::SeededRandom random(as_bytes("invented"));
    const auto address = Multiaddr::parse("/ip4/1.2.3.4/tcp/1").value().bytes();
    for (std::size_t i = 0; i < peers; ++i) {
        Bytes peer;
        protobuf::put_body(peer, 1, PeerId::of(PrivateKey::ed25519(random.bytes<32>()).public_key()).bytes());
        for (std::size_t j = 0; j < addresses; ++j) protobuf::put_body(peer, 2, address);
        protobuf::put_body(message, 8, peer);
    }
    return message;
}

TEST(Kads, liars_do_not_stop_a_lookup) {
    const std::vector<std::pair<std::string, std::optional<Bytes>>> lies = {
        {"garbage", Bytes(100, 0xee)},
        {"never answers", std::nullopt},
        {"broken message", framed(Bytes{0x42, 0x7f})},
        {"wrong type", framed(encode_kad({.type = KadType::ping}))},
        {"more than the limit", uvarint(std::uint64_t{1} << 40)},
        {"a million addresses", framed(invented(1, 20'000))},
        {"many invented peers", framed(invented(400, 1))},
    };
    for (const auto& [name, lie] : lies) {
        SCOPED_TRACE(name);
        KadNet net;
        std::vector<std::unique_ptr<Liar>> liars;
        for (int i = 0; i < 5; ++i) liars.push_back(std::make_unique<Liar>(net, name + std::to_string(i), lie));
        for (int i = 0; i < 12; ++i) net.add();
        for (std::size_t i = 1; i < 12; ++i) net.connect(*net.nodes[i], net.nodes[0]->swarm);
        auto& victim = net.add();
        for (auto& liar : liars) net.connect(victim, liar->swarm);
        net.connect(victim, net.nodes[3]->swarm);
        net.advance(20s);
        const auto found = find(net, victim, net.nodes[9]->swarm.id());
        EXPECT_TRUE(found) << found.error().message();
        const bool is_false_answer = name != "a million addresses" && name != "many invented peers";
        for (auto& liar : liars) {
            EXPECT_GT(liar->asked, 0U);
            if (is_false_answer) EXPECT_EQ(victim.kad->table().find(liar->swarm.id()), nullptr);
        }
        for (const auto& node : net.nodes)
            for (const auto* entry : node->kad->table().nearest(node->kad->table().self(), 1'000))
                EXPECT_TRUE(net.by_id.contains(entry->id)) << "nobody enters who was not connected";
    }
}

// As go-libp2p-kad-dht, which leaves the stream open: js-libp2p does not answer where the end comes with the question.
TEST(Kads, a_question_leaves_its_stream_open_until_the_answer) {
    KadNet net;
    auto& node = net.add();
    Liar silent(net, "silent", std::nullopt);
    net.connect(node, silent.swarm);
    EXPECT_GT(silent.asked, 0U);
    EXPECT_EQ(silent.ended, 0U);
    Liar server(net, "server", framed(encode_kad({.type = KadType::find_node})));
    net.connect(node, server.swarm);
    EXPECT_GT(server.asked, 0U);
    EXPECT_EQ(server.ended, server.asked) << "the answer came";
}

TEST(Kads, a_peer_that_came_by_itself_is_found_with_the_addresses_that_others_tell) {
    KadNet net;
    auto& node = net.add();
    crypto::SeededRandom random(as_bytes("quiet"));
    Swarm quiet(PrivateKey::ed25519(random.bytes<32>()), {}, random);  // listens nowhere, as far as it says
    const auto there = Multiaddr::of_tcp(ByteArray<4>{10, 0, 0, 99}, 1347);
    Liar server(net, "server",
                framed(encode_kad({.type = KadType::find_node, .closer = {{quiet.id(), {there}, true}}})));
    net.connect(node, server.swarm);
    ASSERT_TRUE(net.carrier.connect(quiet, node.swarm));
    net.run();
    ASSERT_TRUE(node.swarm.is_connected(quiet.id()));
    const auto found = find(net, node, quiet.id());
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_TRUE(found->is_connected);
    EXPECT_EQ(found->addresses, std::vector{there});
}

TEST(Kads, a_table_forgets_who_left_and_fills_again) {
    KadNet net;
    for (int i = 0; i < 6; ++i) net.add();
    for (std::size_t i = 1; i < 6; ++i) net.connect(*net.nodes[i], net.nodes[0]->swarm);
    net.advance(30s);
    auto& node = *net.nodes[5];
    EXPECT_EQ(node.kad->table().size(), 5U);
    // One goes away for good.
    net.dead.insert(net.nodes[2]->swarm.id());
    net.nodes[2]->swarm.close_all(net.carrier.now());
    net.run();
    EXPECT_EQ(node.kad->table().size(), 5U) << "a peer is not dropped for a lost connection alone";
    net.advance(11min, 10s);
    EXPECT_EQ(node.kad->table().size(), 4U) << "a refresh asked it";
    EXPECT_EQ(node.kad->table().find(net.nodes[2]->swarm.id()), nullptr);
}

TEST(Kads, on_a_public_network_private_addresses_count_for_nothing) {
    KadNet net;
    auto& strict = net.add(true, {.only_public = true});
    auto& other = net.add();
    net.connect(strict, other.swarm);
    EXPECT_EQ(strict.kad->table().size(), 0U) << "10.0.0.2 is private";
    EXPECT_EQ(other.kad->table().size(), 1U);
    other.swarm.set_listen(
        {Multiaddr::parse("/ip4/8.8.8.8/tcp/1").value(), Multiaddr::parse("/ip4/10.0.0.2/tcp/1").value()},
        net.carrier.now());
    net.run();
    ASSERT_EQ(strict.kad->table().size(), 1U) << "the peer pushed its new addresses";
    const auto* entry = strict.kad->table().find(other.swarm.id());
    ASSERT_NE(entry, nullptr);
    ASSERT_EQ(entry->addresses.size(), 1U);
    EXPECT_EQ(entry->addresses[0].to_string(), "/ip4/8.8.8.8/tcp/1");
}

TEST(Kads, the_dht_may_end_before_its_swarm) {
    KadNet net;
    auto& a = net.add();
    auto& b = net.add();
    net.connect(a, b.swarm);
    bool told = false;
    a.kad->find_peer(PeerId::of(PrivateKey::ed25519(ByteArray<32>{77}).public_key()),
                     [&](const Result<KadPeer>&) { told = true; });
    a.swarm.remove_listener(a.kad.get());
    a.kad.reset();
    net.run();
    EXPECT_FALSE(told);
    EXPECT_TRUE(ask(net, b.swarm, a.swarm.id(), framed(encode_kad({.type = KadType::ping}))).was_reset);
}

}  // namespace
}  // namespace strata::net
