// Protects the messages of GossipSub and their signatures. Expected values: go-libp2p-pubsub pb/rpc.proto for the field
// numbers; a message that the Go peer of go-libp2p-pubsub 0.17 signed and sent; the limits of GossipRpc.
#include <strata/net/gossip_messages.hpp>

#include <functional>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/base/protobuf.hpp>

namespace strata::net {
namespace {

PrivateKey key_of(std::uint8_t seed) {
    return PrivateKey::ed25519(ByteArray<32>{seed});
}

PeerId peer_of(std::uint8_t seed) {
    return PeerId::of(key_of(seed).public_key());
}

/// The Go peer published this: "hello" on a topic of a development network.
GossipMessage from_go() {
    return {.from = to_bytes(PeerId::parse("12D3KooWQ8vrERR8bnPByEjjtqV6hTWehaf8TmK7qR1cUsyrPpfZ")->bytes()),
            .data = to_bytes(as_bytes("hello")),
            .sequence = from_hex("18ecb4efbd199c79").value(),
            .topic = "/fil/msgs/devnet",
            .signature = from_hex("c64b9de7ca11381c7e528ff51cd90d274df184ece8593262646a13184179dd9da5a1fe0ad3b5a75d565"
                                  "68280b0d333c0125bcc98127c1e1d5b8d1a6f9dbe7608")
                             .value(),
            .key = {},
            .unknown = {}};
}

TEST(GossipMessages, a_message_that_go_signed_is_verified) {
    const GossipMessage message = from_go();
    ASSERT_EQ(message.from, to_bytes(peer_of(8).bytes())) << "the Go peer's key has the seed 8";
    EXPECT_TRUE(verify_gossip(message));
}

TEST(GossipMessages, the_same_message_signed_here_has_the_signature_of_go) {
    GossipMessage message = from_go();
    message.signature.clear();
    sign_gossip(message, key_of(8));
    EXPECT_EQ(message, from_go());
}

TEST(GossipMessages, every_part_of_a_message_is_signed) {
    const std::vector<std::function<void(GossipMessage&)>> changes{
        [](auto& m) { m.from = to_bytes(peer_of(7).bytes()); },
        [](auto& m) { m.data->push_back(0); },
        [](auto& m) { m.sequence->back() ^= 1; },
        [](auto& m) { m.sequence.reset(); },
        [](auto& m) { m.topic += "x"; },
        [](auto& m) { m.signature[3] ^= 1; },
        [](auto& m) { m.signature.clear(); },
        [](auto& m) { m.key = key_of(7).public_key().encode(); },
        [](auto& m) { m.key = Bytes(); },
        [](auto& m) { protobuf::put_number(m.unknown, 9, 1); },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        GossipMessage message = from_go();
        changes[i](message);
        EXPECT_FALSE(verify_gossip(message)) << i;
    }
}

TEST(GossipMessages, authors_with_secp256k1_keys_sign_too) {
    const auto key = PrivateKey::secp256k1(ByteArray<32>{1, 2, 3}).value();
    GossipMessage message{.data = Bytes{1}, .sequence = Bytes(8), .topic = "t"};
    sign_gossip(message, key);
    EXPECT_FALSE(message.key) << "the PeerId has the key inside";
    EXPECT_TRUE(verify_gossip(message));
    // A key that is sent all the same must be the author's.
    message.key = key.public_key().encode();
    EXPECT_TRUE(verify_gossip(message));
}

TEST(GossipMessages, an_author_that_is_a_hash_needs_the_key) {
    GossipMessage message = from_go();
    Bytes hash{0x12, 0x20};
    hash.resize(34);
    message.from = hash;
    EXPECT_EQ(verify_gossip(message).error().code(), Errc::verification);
}

TEST(GossipMessages, the_bytes_are_those_of_the_protobuf) {
    const GossipRpc rpc{.subscriptions = {{true, "t"}},
                        .messages = {{.from = {9},
                                      .data = Bytes{1},
                                      .sequence = Bytes{2},
                                      .topic = "t",
                                      .signature = {3},
                                      .key = {},
                                      .unknown = {}}},
                        .offers = {{"t", {Bytes{5}}}},
                        .requests = {Bytes{6}},
                        .grafts = {"t"},
                        .prunes = {{.topic = "t", .backoff = std::chrono::seconds(60)}}};
    const Bytes encoded = encode_gossip(rpc);
    EXPECT_EQ(to_hex(encoded),
              "0a05"
              "0801"
              "120174"
              "120f"
              "0a0109"
              "120101"
              "1a0102"
              "220174"
              "2a0103"
              "1a19"
              "0a06"
              "0a0174"
              "120105"
              "1203"
              "0a0106"
              "1a03"
              "0a0174"
              "2205"
              "0a0174"
              "183c");
    EXPECT_EQ(decode_gossip(encoded).value(), rpc);
}

TEST(GossipMessages, later_fields_are_read_over_and_kept_in_messages) {
    Bytes control;
    protobuf::put_body(control, 5, Bytes{0x0a, 0x01, 0x07});  // IDONTWANT
    protobuf::put_body(control, 6, Bytes{0x08, 0x01});        // extensions
    Bytes message = encode_gossip_message(from_go());
    protobuf::put_number(message, 100, 7);
    Bytes rpc;
    protobuf::put_body(rpc, 3, control);
    protobuf::put_body(rpc, 2, message);
    protobuf::put_number(rpc, 6'492'434, 1);
    const auto got = decode_gossip(rpc);
    ASSERT_TRUE(got) << got.error().message();
    ASSERT_EQ(got->messages.size(), 1U);
    EXPECT_EQ(encode_gossip_message(got->messages[0]), message);
    EXPECT_TRUE(got->offers.empty() && got->requests.empty() && got->grafts.empty() && got->prunes.empty());
}

TEST(GossipMessages, lists_are_bounded) {
    GossipRpc many;
    many.subscriptions.resize(101, {true, "t"});
    EXPECT_EQ(decode_gossip(encode_gossip(many)).error().code(), Errc::too_large);
    many.subscriptions.resize(100);
    many.messages.resize(5'001);
    EXPECT_EQ(decode_gossip(encode_gossip(many)).error().code(), Errc::too_large);
    many.messages.clear();
    many.offers = {{"a", std::vector<MessageName>(3'000, Bytes{1})}, {"b", std::vector<MessageName>(3'000, Bytes{2})}};
    many.requests.resize(6'000, Bytes{3});
    many.requests[0] = Bytes(129);
    many.grafts.resize(200, "t");
    many.prunes.resize(200, {.topic = "t", .backoff = std::chrono::hours(24)});
    many.prunes[0].peers.resize(100, {peer_of(1), Bytes{1}});
    many.prunes[1].peers = {{peer_of(1), Bytes((8 << 10) + 1)}};
    const auto got = decode_gossip(encode_gossip(many)).value();
    EXPECT_EQ(got.offers[0].names.size() + got.offers[1].names.size(), 5'000U);
    EXPECT_EQ(got.requests.size(), 5'000U);
    EXPECT_EQ(got.requests[0], Bytes{3}) << "no topic has names of 129 bytes";
    EXPECT_EQ(got.grafts.size(), 100U);
    EXPECT_EQ(got.prunes.size(), 100U);
    EXPECT_EQ(got.prunes[0].peers.size(), 64U);
    EXPECT_TRUE(got.prunes[1].peers.empty());
    EXPECT_EQ(got.prunes[0].backoff, std::chrono::hours(1));
}

TEST(GossipMessages, frames_come_in_any_parts) {
    Bytes stream = framed(Bytes{1, 2, 3});
    append(stream, framed({}));
    append(stream, framed(Bytes(300, 7)));
    GossipReader reader;
    std::vector<Bytes> got;
    for (const auto byte : stream) {
        reader.on_bytes({&byte, 1});
        while (auto next = reader.next().value()) got.push_back(std::move(*next));
    }
    EXPECT_EQ(got, (std::vector<Bytes>{{1, 2, 3}, {}, Bytes(300, 7)}));
}

TEST(GossipMessages, a_frame_above_a_mebibyte_is_refused_at_its_length) {
    GossipReader reader;
    reader.on_bytes(uvarint((1 << 20) + 1));
    EXPECT_EQ(reader.next().error().code(), Errc::too_large);
    GossipReader whole;
    whole.on_bytes(framed(Bytes(1 << 20)));
    EXPECT_EQ(whole.next().value()->size(), 1U << 20);
}

}  // namespace
}  // namespace strata::net
