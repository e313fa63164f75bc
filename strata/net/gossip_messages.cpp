#include <strata/net/gossip_messages.hpp>

#include <strata/base/protobuf.hpp>

namespace strata::net {
namespace {

// The field numbers of RPC, SubOpts, Message, ControlMessage, ControlIHave, ControlPrune and PeerInfo.
constexpr std::uint64_t kSubscriptions = 1, kMessages = 2, kControl = 3;
constexpr std::uint64_t kSubscribes = 1, kSubscriptionTopic = 2;
constexpr std::uint64_t kFrom = 1, kData = 2, kSequence = 3, kTopic = 4, kSignature = 5, kKey = 6;
constexpr std::uint64_t kOffers = 1, kRequests = 2, kGrafts = 3, kPrunes = 4;
constexpr std::uint64_t kControlTopic = 1, kOfferNames = 2, kRequestNames = 1;
constexpr std::uint64_t kPrunePeers = 2, kPruneBackoff = 3;
constexpr std::uint64_t kHintPeer = 1, kHintRecord = 2;

constexpr std::string_view kSignPrefix = "libp2p-pubsub:";  // go-libp2p-pubsub sign.go SignPrefix

Error too_many(std::string_view what, std::size_t max) {
    return fail(Errc::too_large, "the gossip message has more than " + std::to_string(max) + " " + std::string(what));
}

/// Calls `on_field` with each field of a message.
template <class OnField>
Status each_field(BytesView message, OnField&& on_field) {
    while (!message.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(message));
        STRATA_OK(on_field(field));
    }
    return {};
}

Status take_topic(const protobuf::Field& field, std::string& to) {
    STRATA_TRY(const auto body, protobuf::body_of(field));
    if (body.size() > GossipRpc::kMaxTopic)
        return fail(Errc::too_large, "a topic has " + std::to_string(body.size()) + " bytes, expected at most " +
                                         std::to_string(GossipRpc::kMaxTopic));
    to = as_text(body);
    return {};
}

Status add_name(const protobuf::Field& field, std::vector<MessageName>& to, std::size_t& count) {
    STRATA_TRY(const auto body, protobuf::body_of(field));
    // No topic makes longer names, so nobody has such a message.
    if (body.size() > GossipRpc::kMaxName || count == GossipRpc::kMaxNames) return {};
    ++count;
    to.push_back(to_bytes(body));
    return {};
}

Status add_subscription(GossipRpc& rpc, BytesView body) {
    if (rpc.subscriptions.size() == GossipRpc::kMaxSubscriptions)
        return too_many("subscriptions", GossipRpc::kMaxSubscriptions);
    auto& added = rpc.subscriptions.emplace_back();
    return each_field(body, [&](const protobuf::Field& field) -> Status {
        if (field.number == kSubscriptionTopic) return take_topic(field, added.topic);
        if (field.number != kSubscribes) return {};
        STRATA_TRY(const auto value, protobuf::number_of(field));
        added.subscribes = value != 0;
        return {};
    });
}

Result<GossipOffer> decode_offer(BytesView body, std::size_t& names) {
    GossipOffer out;
    STRATA_OK(each_field(body, [&](const protobuf::Field& field) -> Status {
        if (field.number == kControlTopic) return take_topic(field, out.topic);
        return field.number == kOfferNames ? add_name(field, out.names, names) : Status();
    }));
    return out;
}

Status add_hint(GossipPrune& prune, BytesView body) {
    if (prune.peers.size() == GossipRpc::kMaxHints) return {};
    BytesView peer, record;
    STRATA_OK(each_field(body, [&](const protobuf::Field& field) -> Status {
        if (field.number != kHintPeer && field.number != kHintRecord) return {};
        STRATA_TRY((field.number == kHintPeer ? peer : record), protobuf::body_of(field));
        return {};
    }));
    auto id = PeerId::from_bytes(peer);
    if (id && record.size() <= GossipRpc::kMaxRecord) prune.peers.push_back({*id, to_bytes(record)});
    return {};
}

Result<GossipPrune> decode_prune(BytesView body) {
    GossipPrune out;
    STRATA_OK(each_field(body, [&](const protobuf::Field& field) -> Status {
        if (field.number == kControlTopic) return take_topic(field, out.topic);
        if (field.number == kPruneBackoff) {
            STRATA_TRY(const auto seconds, protobuf::number_of(field));
            const std::uint64_t max = static_cast<std::uint64_t>(GossipRpc::kMaxBackoff.count());
            out.backoff = std::chrono::seconds(std::min(seconds, max));
        }
        if (field.number != kPrunePeers) return {};
        STRATA_TRY(const auto hint, protobuf::body_of(field));
        return add_hint(out, hint);
    }));
    return out;
}

/// How many names one RPC has so far.
struct Names {
    std::size_t offered = 0;
    std::size_t requested = 0;
};

Status add_control(GossipRpc& rpc, const protobuf::Field& field, Names& names) {
    if (field.number < kOffers || field.number > kPrunes) return {};
    STRATA_TRY(const auto body, protobuf::body_of(field));
    if (field.number == kOffers && rpc.offers.size() < GossipRpc::kMaxControls) {
        STRATA_TRY(auto offer, decode_offer(body, names.offered));
        rpc.offers.push_back(std::move(offer));
    }
    if (field.number == kRequests)
        return each_field(body, [&](const protobuf::Field& name) {
            return name.number == kRequestNames ? add_name(name, rpc.requests, names.requested) : Status();
        });
    if (field.number == kGrafts && rpc.grafts.size() < GossipRpc::kMaxControls) {
        auto& topic = rpc.grafts.emplace_back();
        return each_field(body, [&](const protobuf::Field& graft) {
            return graft.number == kControlTopic ? take_topic(graft, topic) : Status();
        });
    }
    if (field.number == kPrunes && rpc.prunes.size() < GossipRpc::kMaxControls) {
        STRATA_TRY(auto prune, decode_prune(body));
        rpc.prunes.push_back(std::move(prune));
    }
    return {};
}

void put_prune(Bytes& to, const GossipPrune& prune) {
    Bytes body;
    protobuf::put_body(body, kControlTopic, as_bytes(prune.topic));
    for (const auto& hint : prune.peers) {
        Bytes one;
        protobuf::put_body(one, kHintPeer, hint.peer.bytes());
        if (!hint.signed_record.empty()) protobuf::put_body(one, kHintRecord, hint.signed_record);
        protobuf::put_body(body, kPrunePeers, one);
    }
    if (prune.backoff.count() > 0)
        protobuf::put_number(body, kPruneBackoff, static_cast<std::uint64_t>(prune.backoff.count()));
    protobuf::put_body(to, kPrunes, body);
}

Bytes encode_control(const GossipRpc& rpc) {
    Bytes out;
    for (const auto& offer : rpc.offers) {
        Bytes body;
        protobuf::put_body(body, kControlTopic, as_bytes(offer.topic));
        for (const auto& name : offer.names) protobuf::put_body(body, kOfferNames, name);
        protobuf::put_body(out, kOffers, body);
    }
    if (!rpc.requests.empty()) {
        Bytes body;
        for (const auto& name : rpc.requests) protobuf::put_body(body, kRequestNames, name);
        protobuf::put_body(out, kRequests, body);
    }
    for (const auto& topic : rpc.grafts) {
        Bytes body;
        protobuf::put_body(body, kControlTopic, as_bytes(topic));
        protobuf::put_body(out, kGrafts, body);
    }
    for (const auto& prune : rpc.prunes) put_prune(out, prune);
    return out;
}

/// Writes all fields but the signature and the key, or those two as well.
void put_fields(Bytes& to, const GossipMessage& message, bool with_signature) {
    if (!message.from.empty()) protobuf::put_body(to, kFrom, message.from);
    if (message.data) protobuf::put_body(to, kData, *message.data);
    if (message.sequence) protobuf::put_body(to, kSequence, *message.sequence);
    if (!message.topic.empty()) protobuf::put_body(to, kTopic, as_bytes(message.topic));
    if (with_signature && !message.signature.empty()) protobuf::put_body(to, kSignature, message.signature);
    if (with_signature && message.key) protobuf::put_body(to, kKey, *message.key);
    append(to, message.unknown);
}

Bytes signed_part(const GossipMessage& message) {
    Bytes out = to_bytes(as_bytes(kSignPrefix));
    put_fields(out, message, /*with_signature=*/false);
    return out;
}

Result<PublicKey> author_key(const GossipMessage& message) {
    STRATA_TRY(const auto author, PeerId::from_bytes(message.from));
    if (!message.key) {
        STRATA_TRY(auto inside, author.inline_key());
        if (!inside)
            return fail(Errc::verification, "the gossip message has no key, and its author's PeerId is a hash");
        return std::move(*inside);
    }
    STRATA_TRY(auto key, PublicKey::decode(*message.key));
    if (PeerId::of(key) != author)
        return fail(Errc::verification,
                    "the key of the gossip message is not the one of its author " + author.to_string());
    return key;
}

}  // namespace

Bytes encode_gossip_message(const GossipMessage& message) {
    Bytes out;
    put_fields(out, message, /*with_signature=*/true);
    return out;
}

Result<GossipMessage> decode_gossip_message(BytesView message) {
    GossipMessage out;
    while (!message.empty()) {
        const BytesView before = message;
        STRATA_TRY(const auto field, protobuf::take_any_field(message));
        if (field.number > kKey) {
            append(out.unknown, before.first(before.size() - message.size()));
            continue;
        }
        STRATA_TRY(const auto body, protobuf::body_of(field));
        if (field.number == kFrom) out.from = to_bytes(body);
        if (field.number == kData) out.data = to_bytes(body);
        if (field.number == kSequence) out.sequence = to_bytes(body);
        if (field.number == kTopic) STRATA_OK(take_topic(field, out.topic));
        if (field.number == kSignature) out.signature = to_bytes(body);
        if (field.number == kKey) out.key = to_bytes(body);
    }
    return out;
}

Bytes encode_gossip(const GossipRpc& rpc) {
    Bytes out;
    for (const auto& subscription : rpc.subscriptions) {
        Bytes body;
        protobuf::put_number(body, kSubscribes, subscription.subscribes ? 1 : 0);
        protobuf::put_body(body, kSubscriptionTopic, as_bytes(subscription.topic));
        protobuf::put_body(out, kSubscriptions, body);
    }
    for (const auto& message : rpc.messages) protobuf::put_body(out, kMessages, encode_gossip_message(message));
    if (const Bytes control = encode_control(rpc); !control.empty()) protobuf::put_body(out, kControl, control);
    return out;
}

Result<GossipRpc> decode_gossip(BytesView rpc) {
    GossipRpc out;
    Names names;
    STRATA_OK(each_field(rpc, [&](const protobuf::Field& field) -> Status {
        if (field.number > kControl) return {};
        STRATA_TRY(const auto body, protobuf::body_of(field));
        if (field.number == kSubscriptions) return add_subscription(out, body);
        if (field.number == kControl)
            return each_field(body, [&](const protobuf::Field& inner) { return add_control(out, inner, names); });
        if (out.messages.size() == GossipRpc::kMaxMessages) return too_many("messages", GossipRpc::kMaxMessages);
        STRATA_TRY(auto message, decode_gossip_message(body));
        out.messages.push_back(std::move(message));
        return {};
    }));
    return out;
}

void sign_gossip(GossipMessage& message, const PrivateKey& key) {
    const auto author = PeerId::of(key.public_key());
    message.from = to_bytes(author.bytes());
    message.key.reset();
    const auto inside = author.inline_key();
    if (!inside || !*inside) message.key = key.public_key().encode();
    message.signature = key.sign(signed_part(message));
}

Status verify_gossip(const GossipMessage& message) {
    if (message.signature.empty()) return fail(Errc::verification, "the gossip message has no signature");
    STRATA_TRY(const auto key, author_key(message));
    if (!key.verify(signed_part(message), message.signature))
        return fail(Errc::verification, "the signature of the gossip message does not belong to its author");
    return {};
}

}  // namespace strata::net
