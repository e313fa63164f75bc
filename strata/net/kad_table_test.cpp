// Protects who is in the routing table and in which order. Expected orders and shared bits are those of
// go-libp2p-kbucket 0.8.0 (tests/vectors/kad).
#include <strata/net/kad_table.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/testing/own_vectors.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// The peer of the vectors with this number.
PeerId peer(std::uint64_t number) {
    ByteArray<32> seed{};
    for (std::size_t i = 0; i < 8; ++i) seed[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return PeerId::of(PrivateKey::ed25519(seed).public_key());
}
Multiaddr at(const std::string& text) {
    return Multiaddr::parse(text).value();
}
const std::vector<Multiaddr> kSomewhere{at("/ip4/1.2.3.4/tcp/1")};

TEST(KadTables, distances_and_order_of_go) {
    const auto all =
        json::parse(strata::testing::read_file(strata::testing::own_vectors("kad/go-libp2p-kad-dht.json")));
    ASSERT_EQ(peer(1).to_string(), all["local"].get<std::string>());
    const auto self = kad_key(peer(1).bytes());
    for (const auto& one : all["distances"]) {
        const auto key = kad_key(PeerId::parse(one["peer"].get<std::string>())->bytes());
        EXPECT_EQ(to_hex(key), one["key"].get<std::string>());
        EXPECT_EQ(shared_bits(self, key), one["shared_bits"].get<unsigned>());
    }
    KadTable table(peer(1), {.bucket = 100});
    for (std::uint64_t i = 2; i < 40; ++i) table.add(peer(i), kSomewhere, kSomewhere, 0ms, false);
    std::vector<std::string> order;
    for (const auto* entry : table.nearest(self, 100)) order.push_back(entry->id.to_string());
    EXPECT_EQ(order, all["closest_of_2_to_39"].get<std::vector<std::string>>());
    EXPECT_EQ(table.nearest(self, 5).size(), 5U);
    EXPECT_EQ(table.nearest(self, 5)[0]->id.to_string(), order[0]);
    EXPECT_EQ(shared_bits(self, self), 256U);
}

TEST(KadTables, a_full_bucket_takes_nobody_but_in_place_of_a_replaceable_one) {
    for (const bool replaceable : {false, true}) {
        KadTable table(peer(1), {});
        std::uint64_t number = 2;
        std::size_t added = 0;
        for (; number < 2'002; ++number) added += table.add(peer(number), kSomewhere, kSomewhere, 0ms, replaceable);
        if (!replaceable) EXPECT_EQ(added, table.size());
        EXPECT_GT(table.size(), 100U);
        EXPECT_LT(table.size(), 20 * 12U) << "2,000 peers share at most about 11 bits with one";
        std::map<unsigned, std::size_t> in_bucket;
        for (const auto* entry : table.nearest(table.self(), 10'000))
            ++in_bucket[shared_bits(table.self(), entry->key)];
        for (const auto& [bits, count] : in_bucket) EXPECT_LE(count, 20U);
        while (shared_bits(kad_key(peer(number).bytes()), table.self()) != 0) ++number;
        EXPECT_EQ(table.wants(peer(number)), replaceable);
        table.make_all_irreplaceable();
        EXPECT_FALSE(table.wants(peer(number)));
        const auto size = table.size();
        table.remove(table.nearest(kad_key(peer(number).bytes()), 1)[0]->id);
        EXPECT_EQ(table.size(), size - 1);
        EXPECT_TRUE(table.add(peer(number), kSomewhere, kSomewhere, 0ms, false));
    }
}

TEST(KadTables, times_addresses_and_the_node_itself) {
    KadTable table(peer(1), {});
    EXPECT_FALSE(table.add(peer(1), kSomewhere, kSomewhere, 0ms, false));
    EXPECT_TRUE(table.add(peer(2), kSomewhere, kSomewhere, 5ms, false));
    EXPECT_EQ(table.silent_since(6ms), std::vector{peer(2)});
    EXPECT_FALSE(table.add(peer(2), {}, {}, 9ms, false)) << "is there";
    EXPECT_TRUE(table.silent_since(9ms).empty());
    EXPECT_EQ(table.find(peer(2))->addresses, kSomewhere);
    table.set_addresses(peer(2), std::vector(100, at("/ip4/5.6.7.8/tcp/1")));
    EXPECT_EQ(table.find(peer(2))->addresses.size(), KadMessage::kMaxAddresses);
    table.remove(peer(3));
    table.remove(peer(2));
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.most_shared_bits(), 0U);
}

TEST(KadTables, the_whole_table_has_a_limit) {
    KadTable table(peer(1), {.bucket = 20, .peers = 3});
    for (std::uint64_t i = 2; i < 10; ++i) table.add(peer(i), kSomewhere, kSomewhere, 0ms, false);
    EXPECT_EQ(table.size(), 3U);
}

// go-libp2p-kad-dht amino/defaults.go: two peers of one group in a bucket, three in the table.
TEST(KadTables, one_owner_has_few_places) {
    KadTable table(peer(1), {.group_in_bucket = 2, .group_in_table = 3});
    std::map<unsigned, std::size_t> in_bucket;
    std::vector<PeerId> there;
    for (std::uint64_t i = 2; i < 200; ++i)
        if (table.add(peer(i), kSomewhere, {at("/ip4/1.2." + std::to_string(i) + ".1/tcp/1")}, 0ms, false)) {
            there.push_back(peer(i));
            EXPECT_LE(++in_bucket[shared_bits(table.self(), kad_key(peer(i).bytes()))], 2U);
        }
    EXPECT_EQ(table.size(), 3U);
    EXPECT_FALSE(table.add(peer(300), kSomewhere, {}, 0ms, false)) << "nobody knows where it is";
    EXPECT_FALSE(table.add(peer(300), kSomewhere, {at("/dns/example.org/tcp/1")}, 0ms, false));
    EXPECT_TRUE(table.add(peer(300), kSomewhere, {at("/ip4/1.3.0.1/tcp/1")}, 0ms, false)) << "a different group";
    for (const auto& one : there) table.remove(one);
    EXPECT_TRUE(table.add(peer(301), kSomewhere, kSomewhere, 0ms, false)) << "the places are free again";
}

TEST(KadTables, groups_and_public_addresses) {
    EXPECT_EQ(ip_group(at("/ip4/1.2.3.4/tcp/1")), ip_group(at("/ip4/1.2.255.4/udp/9/quic-v1")));
    EXPECT_NE(ip_group(at("/ip4/1.2.3.4/tcp/1")), ip_group(at("/ip4/1.3.3.4/tcp/1")));
    EXPECT_EQ(ip_group(at("/ip4/12.2.3.4/tcp/1")), ip_group(at("/ip4/12.200.3.4/tcp/1"))) << "one owner has 12.0.0.0/8";
    EXPECT_EQ(ip_group(at("/ip6/2001:db8::1/tcp/1")), ip_group(at("/ip6/2001:db8:1::1/tcp/1")));
    EXPECT_TRUE(ip_group(at("/dns/example.org/tcp/1")).empty());
    // go-multiaddr net/private.go; go-libp2p-kad-dht dht_filters.go
    for (const auto* text :
         {"/ip4/8.8.8.8/tcp/1", "/ip4/100.63.0.1/tcp/1", "/ip4/172.32.0.1/tcp/1", "/ip6/2a00::1/tcp/1"})
        EXPECT_TRUE(is_public(at(text))) << text;
    for (const auto* text :
         {"/ip4/127.0.0.1/tcp/1", "/ip4/10.1.2.3/tcp/1", "/ip4/100.64.0.1/tcp/1", "/ip4/172.31.9.1/tcp/1",
          "/ip4/192.168.1.1/tcp/1", "/ip4/169.254.1.1/tcp/1", "/ip4/0.0.0.0/tcp/1", "/ip4/224.0.0.1/tcp/1",
          "/ip4/255.255.255.255/tcp/1", "/ip6/::1/tcp/1", "/ip6/fe80::1/tcp/1", "/ip6/fc00::1/tcp/1",
          "/dns/example.org/tcp/1", "/ip4/8.8.8.8/tcp/1/p2p-circuit"})
        EXPECT_FALSE(is_public(at(text))) << text;
}

}  // namespace
}  // namespace strata::net
