// Protects addresses in both forms. Expected values: go-multiaddr's multiaddr_test.go (TestConstructFails, `good`,
// TestStringToBytes), without the protocols that are not known here.
#include <strata/net/multiaddr.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::net {
namespace {

TEST(Multiaddrs, text_and_bytes_of_go_multiaddr) {
    for (const auto& [text, hex] :
         {std::pair("/ip4/127.0.0.1/udp/1234", "047f000001910204d2"),
          {"/ip4/127.0.0.1/tcp/4321", "047f0000010610e1"},
          {"/ip4/127.0.0.1/udp/1234/ip4/127.0.0.1/tcp/4321", "047f000001910204d2047f0000010610e1"}}) {
        const auto address = Multiaddr::parse(text);
        ASSERT_TRUE(address) << address.error().message();
        EXPECT_EQ(to_hex(address->bytes()), hex);
        const auto back = Multiaddr::from_bytes(from_hex(hex).value());
        ASSERT_TRUE(back) << back.error().message();
        EXPECT_EQ(*back, *address);
        EXPECT_EQ(back->to_string(), text);
    }
}

constexpr std::string_view kGood[] = {
    "/ip4/1.2.3.4",
    "/ip4/0.0.0.0",
    "/ip6/::1",
    "/ip6/2601:9:4f81:9700:803e:ca65:66e8:c21",
    "/ip6/2601:9:4f81:9700:803e:ca65:66e8:c21/udp/1234/quic",
    "/ip6/2601:9:4f81:9700:803e:ca65:66e8:c21/udp/1234/quic-v1",
    "/ip6zone/x/ip6/fe80::1",
    "/ip6zone/x%y/ip6/fe80::1",
    "/ip6zone/x%y/ip6/::",
    "/ip6zone/x/ip6/fe80::1/udp/1234/quic-v1",
    "/udp/0",
    "/tcp/0",
    "/udp/65535",
    "/tcp/65535",
    "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC",
    "/p2p/12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV",
    "/tcp/1234/http",
    "/tcp/1234/tls/http",
    "/tcp/1234/https",
    "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC/tcp/1234",
    "/ip4/127.0.0.1/udp/1234/quic-v1/webtransport",
    "/ip4/127.0.0.1/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC/tcp/1234",
    "/ip4/127.0.0.1/tcp/127/ws",
    "/ip4/127.0.0.1/tcp/127/tls",
    "/ip4/127.0.0.1/tcp/127/tls/ws",
    "/ip4/127.0.0.1/tcp/127/noise",
    "/ip4/127.0.0.1/tcp/127/wss",
    "/ip4/127.0.0.1/tcp/127/webrtc-direct",
    "/ip4/127.0.0.1/tcp/127/webrtc",
    "/dns4/bootstrap.example/tcp/443/tls/sni/example.com/ws",
    "/dnsaddr/bootstrap.example",
};

TEST(Multiaddrs, addresses_that_go_multiaddr_accepts) {
    for (const auto text : kGood) {
        const auto address = Multiaddr::parse(text);
        ASSERT_TRUE(address) << text << ": " << address.error().message();
        EXPECT_EQ(address->to_string(), text);
        EXPECT_EQ(Multiaddr::from_bytes(address->bytes()).value(), *address);
    }
}

TEST(Multiaddrs, other_spellings_of_the_same_address) {
    const auto same = [](std::string_view a, std::string_view b) {
        EXPECT_EQ(Multiaddr::parse(a).value(), Multiaddr::parse(b).value()) << a;
    };
    same("/ip4/127.0.0.1/tcp/1234/", "/ip4/127.0.0.1/tcp/1234");
    same("/ipfs/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC", "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC");
    same("/p2p/bafzbeigvf25ytwc3akrijfecaotc74udrhcxzh2cx3we5qqnw5vgrei4bm",
         "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC");
    same("/p2p/k2k4r8oqamigqdo6o7hsbfwd45y70oyynp98usk7zmyfrzpqxh1pohl7",
         "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC");
    const auto hash = Multiaddr::parse("/certhash/b2uaraocy6yrdblb4sfptaddgimjmmpy").value();
    same(hash.to_string(), "/certhash/b2uaraocy6yrdblb4sfptaddgimjmmpy");
}

TEST(Multiaddrs, addresses_that_go_multiaddr_refuses) {
    for (const std::string_view text :
         {"/ip4",
          "/ip4/::1",
          "/ip4/fdpsofodsajfdoisa",
          "/ip6",
          "/ip6zone",
          "/ip6zone/",
          "/ip6zone//ip6/fe80::1",
          "/udp",
          "/tcp",
          "/udp/65536",
          "/tcp/65536",
          "/quic/65536",
          "/quic-v1/65536",
          "/ip4/127.0.0.1/udp/jfodsajfidosajfoidsa",
          "/ip4/127.0.0.1/udp",
          "/ip4/127.0.0.1/tcp/jfodsajfidosajfoidsa",
          "/ip4/127.0.0.1/tcp",
          "/ip4/127.0.0.1/quic/1234",
          "/ip4/127.0.0.1/quic-v1/1234",
          "/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash",
          "/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash/b2uaraocy6yrdblb4sfptaddgimjmmp",
          "/ip4/127.0.0.1/ipfs",
          "/ip4/127.0.0.1/ipfs/tcp",
          "/ip4/127.0.0.1/p2p",
          "/ip4/127.0.0.1/p2p/tcp",
          "/ip4/1.2.3.4/tcp/-1",
          "/",
          "",
          "/p2p/QmxoHT6iViN5xAjoz1VZ553cL31U9F94ht3QvWR1FrEbZY",
          "ip4/1.2.3.4",
          "//ip4/1.2.3.4"}) {
        EXPECT_FALSE(Multiaddr::parse(text)) << text;
    }
    EXPECT_EQ(Multiaddr::from_bytes({}).error().code(), Errc::malformed);
}

TEST(Multiaddrs, an_unknown_protocol_is_named) {
    const auto text = Multiaddr::parse("/ip4/1.2.3.4/sctp/1234");
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code(), Errc::unsupported);
    EXPECT_EQ(text.error().message(), "the address has the protocol 'sctp', which is not known here");
    EXPECT_EQ(Multiaddr::from_bytes(from_hex("840104d2").value()).error().code(), Errc::unsupported);
}

TEST(Multiaddrs, wrong_bytes_are_refused) {
    const auto code = [](std::string_view hex) { return Multiaddr::from_bytes(from_hex(hex).value()).error().code(); };
    EXPECT_EQ(code("047f0000"), Errc::truncated);
    EXPECT_EQ(code("06"), Errc::truncated);
    EXPECT_EQ(code("3500"), Errc::malformed) << "an empty name";
    EXPECT_EQ(code("3503612f62"), Errc::malformed) << "a slash in a name";
    EXPECT_EQ(code("35ffffffffffffffffff01"), Errc::truncated);
    EXPECT_EQ(code("a503021220"), Errc::malformed) << "not a peer";
    EXPECT_EQ(code("8400047f000001"), Errc::non_canonical) << "4 in two bytes";
}

TEST(Multiaddrs, limits_of_parts_names_and_bytes) {
    std::string parts;
    for (std::size_t i = 0; i < Multiaddr::kMaxParts; ++i) parts += "/ws";
    EXPECT_TRUE(Multiaddr::parse(parts));
    EXPECT_EQ(Multiaddr::parse(parts + "/ws").error().code(), Errc::too_large);
    EXPECT_TRUE(Multiaddr::parse("/dns/" + std::string(253, 'a')));
    EXPECT_EQ(Multiaddr::parse("/dns/" + std::string(254, 'a')).error().code(), Errc::malformed);
    // Four names: 3 · 256 + 1 + 2 + 253 is 1,024.
    const std::string name = "/dns/" + std::string(253, 'a');
    EXPECT_TRUE(Multiaddr::parse(name + name + name + "/dns/" + std::string(253, 'a')));
    EXPECT_EQ(Multiaddr::parse(name + name + name + name + "/ws").error().code(), Errc::too_large);
    EXPECT_EQ(Multiaddr::from_bytes(Bytes(Multiaddr::kMaxSize + 1, 0x35)).error().code(), Errc::too_large);
}

TEST(Multiaddrs, the_peer_at_the_end) {
    const auto peer = PeerId::parse("12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV").value();
    const auto address = Multiaddr::of_tcp(ByteArray<4>{127, 0, 0, 1}, 1347);
    EXPECT_EQ(address.to_string(), "/ip4/127.0.0.1/tcp/1347");
    EXPECT_FALSE(address.peer());
    const auto with = address.with_peer(peer);
    EXPECT_EQ(with.to_string(), "/ip4/127.0.0.1/tcp/1347/p2p/" + peer.to_string());
    EXPECT_EQ(with.peer(), peer);
    EXPECT_EQ(with.without_peer(), address);
    EXPECT_EQ(with.with_peer(peer), with);
    EXPECT_EQ(with.parts()[1], (AddressPart{Protocol::tcp, {0x05, 0x43}}));
}

TEST(Multiaddrs, what_a_host_can_dial_is_tcp_at_an_address_or_a_name) {
    constexpr const char* kPeer = "/p2p/12D3KooWBF8cpp65hp2u9LK5mh19x67ftAam84z9LsfaquTDSBpt";
    for (const std::string text :
         {"/ip4/1.2.3.4/tcp/1", "/ip6/::1/tcp/1", "/dns/a.org/tcp/1", "/dns4/a.org/tcp/1", "/dns6/a.org/tcp/1"}) {
        EXPECT_TRUE(Multiaddr::parse(text)->is_tcp()) << text;
        EXPECT_TRUE(Multiaddr::parse(text + kPeer)->is_tcp()) << text;
        EXPECT_FALSE(Multiaddr::parse(text + "/ws")->is_tcp()) << text;
        EXPECT_FALSE(Multiaddr::parse(text + kPeer + "/p2p-circuit")->is_tcp()) << text;
    }
    for (const std::string text :
         {"/ip4/1.2.3.4/udp/1/quic-v1", "/ip4/1.2.3.4/udp/1", "/dnsaddr/a.org", "/ip4/1.2.3.4"})
        EXPECT_FALSE(Multiaddr::parse(text)->is_tcp()) << text;
    EXPECT_FALSE(Multiaddr().is_tcp());
}

}  // namespace
}  // namespace strata::net
