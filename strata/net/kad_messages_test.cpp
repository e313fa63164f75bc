// Protects the bytes of the DHT's messages and the limits of what is read. Expected bytes are those of
// go-libp2p-kad-dht 0.41.0 (tests/vectors/kad), which Lotus 1.36.2 pins.
#include <strata/net/kad_messages.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/base/protobuf.hpp>
#include <strata/net/frame_reader.hpp>
#include <strata/testing/own_vectors.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::net {
namespace {

using nlohmann::json;

json vectors() {
    return json::parse(strata::testing::read_file(strata::testing::own_vectors("kad/go-libp2p-kad-dht.json")));
}

KadMessage message_of(const json& described) {
    KadMessage out{.type = static_cast<KadType>(described["type"].get<int>()),
                   .key = from_hex(described["key"].get<std::string>()).value(),
                   .level = described["level"].get<int>()};
    for (const auto& peer : described["closer"]) {
        KadPeer one{PeerId::parse(peer["id"].get<std::string>()).value(), {}, peer["connection"] == 1};
        for (const auto& address : peer["addrs"])
            one.addresses.push_back(Multiaddr::parse(address.get<std::string>()).value());
        out.closer.push_back(std::move(one));
    }
    return out;
}

Bytes body_of(const json& frame) {
    FrameReader reader(KadMessage::kMaxAnswer, "a frame of the vectors");
    reader.on_bytes(from_hex(frame.get<std::string>()).value());
    return reader.next().value().value();
}

void expect_both_ways(const json& frame, const json& described) {
    const auto message = message_of(described);
    const auto got = decode_kad(body_of(frame));
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(*got, message);
    // Records and providers are not kept.
    const bool whole = !described["record"].get<bool>() && described["providers"].empty();
    if (whole) EXPECT_EQ(to_hex(framed(encode_kad(message))), frame.get<std::string>());
}

TEST(KadMessages, messages_of_go) {
    for (const auto& one : vectors()["messages"]) {
        SCOPED_TRACE(one["name"].get<std::string>());
        expect_both_ways(one["frame"], one["message"]);
    }
}

TEST(KadMessages, requests_and_answers_of_a_go_server) {
    for (const auto& one : vectors()["exchanges"]) {
        SCOPED_TRACE(one["name"].get<std::string>());
        expect_both_ways(one["request"], one["request_message"]);
        if (one.contains("answer")) expect_both_ways(one["answer"], one["answer_message"]);
    }
}

Bytes peer_with(std::size_t addresses, BytesView address) {
    Bytes peer;
    const auto id = PeerId::of(PrivateKey::ed25519(ByteArray<32>{9}).public_key());
    protobuf::put_body(peer, 1, id.bytes());
    for (std::size_t i = 0; i < addresses; ++i) protobuf::put_body(peer, 2, address);
    return peer;
}

TEST(KadMessages, lists_above_the_limits_are_cut) {
    const auto address = Multiaddr::parse("/ip4/1.2.3.4/tcp/1").value().bytes();
    for (const std::size_t count : {KadMessage::kMaxAddresses, KadMessage::kMaxAddresses + 1, std::size_t{1'000'000}}) {
        Bytes message;
        protobuf::put_body(message, 8, peer_with(count, address));
        EXPECT_EQ(decode_kad(message)->closer.at(0).addresses.size(), KadMessage::kMaxAddresses);
    }
    for (const std::size_t count : {KadMessage::kMaxPeers, KadMessage::kMaxPeers + 1, 100 * KadMessage::kMaxPeers}) {
        Bytes message;
        for (std::size_t i = 0; i < count; ++i) protobuf::put_body(message, 8, peer_with(1, address));
        EXPECT_EQ(decode_kad(message)->closer.size(), KadMessage::kMaxPeers);
    }
    Bytes at, above;
    protobuf::put_body(at, 2, Bytes(KadMessage::kMaxKey));
    protobuf::put_body(above, 2, Bytes(KadMessage::kMaxKey + 1));
    EXPECT_TRUE(decode_kad(at));
    EXPECT_EQ(decode_kad(above).error().code(), Errc::too_large);
}

TEST(KadMessages, what_is_written_keeps_the_size_of_a_peer) {
    const auto id = PeerId::of(PrivateKey::ed25519(ByteArray<32>{9}).public_key());
    KadPeer large{id, {}, true};
    const std::string name = "/dns/" + std::string(250, 'a');
    for (int i = 0; i < 16; ++i) large.addresses.push_back(Multiaddr::parse(name + name + name + "/tcp/1").value());
    const auto encoded = encode_kad({.closer = {large}});
    EXPECT_LE(encoded.size(), KadMessage::kMaxPeer + 16);
    const auto back = decode_kad(encoded).value();
    EXPECT_EQ(back.closer.at(0).addresses.size(), 10U) << "8 KiB have room for ten of 765 bytes";
    EXPECT_TRUE(back.closer.at(0).is_connected);
}

TEST(KadMessages, unreadable_parts_are_left_out_and_broken_messages_refused) {
    Bytes nameless;
    protobuf::put_body(nameless, 1, as_bytes("not a peer"));
    Bytes message;
    protobuf::put_body(message, 8, nameless);
    protobuf::put_body(message, 8, peer_with(2, as_bytes("not an address")));
    const auto got = decode_kad(message).value();
    ASSERT_EQ(got.closer.size(), 1U);
    EXPECT_TRUE(got.closer[0].addresses.empty());
    EXPECT_EQ(got.type, KadType::put_value) << "the default of the format";

    EXPECT_EQ(decode_kad(Bytes{0x08}).error().code(), Errc::truncated);
    EXPECT_EQ(decode_kad(Bytes{0x08, 0x06}).error().code(), Errc::unsupported);
    EXPECT_EQ(decode_kad(Bytes{0x10, 0x01}).error().code(), Errc::malformed) << "a key that is a number";
    Bytes negative;
    protobuf::put_number(negative, 10, ~std::uint64_t{0});
    EXPECT_EQ(decode_kad(negative)->level, -1);
    EXPECT_EQ(encode_kad(*decode_kad(negative)), negative);
}

TEST(FrameReaders, frames_come_in_pieces_and_have_a_limit) {
    FrameReader reader(300, "a frame");
    Bytes stream = framed(Bytes(300, 1));
    append(stream, framed({}));
    std::vector<std::size_t> sizes;
    for (const auto byte : stream) {
        reader.on_bytes({&byte, 1});
        while (const auto frame = reader.next().value()) sizes.push_back(frame->size());
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{300, 0}));
    reader.on_bytes(uvarint(301));
    EXPECT_EQ(reader.next().error().message(), "a frame has 301 bytes, expected at most 300");
}

}  // namespace
}  // namespace strata::net
