#include <strata/net/kad_messages.hpp>

#include <strata/base/protobuf.hpp>

namespace strata::net {
namespace {

// The field numbers of Message and Message.Peer, and Message.ConnectionType.
constexpr std::uint64_t kType = 1, kKey = 2, kCloser = 8, kLevel = 10;
constexpr std::uint64_t kPeerId = 1, kPeerAddress = 2, kPeerConnection = 3;
constexpr std::uint64_t kConnected = 1;

Bytes encode_peer(const KadPeer& peer) {
    Bytes out;
    protobuf::put_body(out, kPeerId, peer.id.bytes());
    Bytes state;
    if (peer.is_connected) protobuf::put_number(state, kPeerConnection, kConnected);
    for (std::size_t i = 0; i < peer.addresses.size() && i < KadMessage::kMaxAddresses; ++i) {
        Bytes with = out;
        protobuf::put_body(with, kPeerAddress, peer.addresses[i].bytes());
        if (with.size() + state.size() > KadMessage::kMaxPeer) break;
        out = std::move(with);
    }
    append(out, state);
    return out;
}

/// Adds the peer of a message, unless its name is unreadable.
Status add_peer(std::vector<KadPeer>& to, BytesView body) {
    if (to.size() == KadMessage::kMaxPeers) return {};
    BytesView id;
    bool is_connected = false;
    std::vector<Multiaddr> addresses;
    std::size_t kept = 0;  // bytes of addresses, with those that are unreadable
    while (!body.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(body));
        if (field.number == kPeerConnection) {
            STRATA_TRY(const auto state, protobuf::number_of(field));
            is_connected = state == kConnected;
        }
        if (field.number != kPeerId && field.number != kPeerAddress) continue;
        STRATA_TRY(const auto value, protobuf::body_of(field));
        if (field.number == kPeerId) {
            id = value;
            continue;
        }
        kept += value.size();
        if (addresses.size() == KadMessage::kMaxAddresses || kept > KadMessage::kMaxPeer) continue;
        if (auto address = Multiaddr::from_bytes(value)) addresses.push_back(std::move(*address));
    }
    if (auto peer = PeerId::from_bytes(id)) to.push_back({*peer, std::move(addresses), is_connected});
    return {};
}

Status take_key(const protobuf::Field& field, Bytes& to) {
    STRATA_TRY(const auto body, protobuf::body_of(field));
    if (body.size() > KadMessage::kMaxKey)
        return fail(Errc::too_large, "the key of the DHT message has " + std::to_string(body.size()) +
                                         " bytes, expected at most " + std::to_string(KadMessage::kMaxKey));
    to = to_bytes(body);
    return {};
}

}  // namespace

Bytes encode_kad(const KadMessage& message) {
    Bytes out;
    if (message.type != KadType::put_value) protobuf::put_number(out, kType, static_cast<std::uint64_t>(message.type));
    if (!message.key.empty()) protobuf::put_body(out, kKey, message.key);
    for (const auto& peer : message.closer) protobuf::put_body(out, kCloser, encode_peer(peer));
    // A negative int32 is written as one of 64 bits.
    if (message.level != 0)
        protobuf::put_number(out, kLevel, static_cast<std::uint64_t>(static_cast<std::int64_t>(message.level)));
    return out;
}

Result<KadMessage> decode_kad(BytesView message) {
    KadMessage out{.type = KadType::put_value, .level = 0};
    while (!message.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(message));
        if (field.number == kType) {
            STRATA_TRY(const auto type, protobuf::number_of(field));
            if (type > static_cast<std::uint64_t>(KadType::ping))
                return fail(Errc::unsupported, "the DHT message has type " + std::to_string(type) +
                                                   ", expected at most " +
                                                   std::to_string(static_cast<int>(KadType::ping)));
            out.type = static_cast<KadType>(type);
        }
        if (field.number == kKey) STRATA_OK(take_key(field, out.key));
        if (field.number == kLevel) {
            STRATA_TRY(const auto level, protobuf::number_of(field));
            out.level = static_cast<std::int32_t>(static_cast<std::uint32_t>(level));
        }
        if (field.number == kCloser) {
            STRATA_TRY(const auto peer, protobuf::body_of(field));
            STRATA_OK(add_peer(out.closer, peer));
        }
    }
    return out;
}

}  // namespace strata::net
