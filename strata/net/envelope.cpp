#include <strata/net/envelope.hpp>

#include <strata/base/protobuf.hpp>

namespace strata::net {
namespace {

// The fields of Envelope.
constexpr std::uint64_t kPublicKey = 1;
constexpr std::uint64_t kPayloadType = 2;
constexpr std::uint64_t kPayload = 3;
constexpr std::uint64_t kSignature = 5;

// The fields of PeerRecord and of the AddressInfo inside it.
constexpr std::uint64_t kPeer = 1;
constexpr std::uint64_t kSequence = 2;
constexpr std::uint64_t kAddresses = 3;
constexpr std::uint64_t kMultiaddr = 1;

constexpr std::string_view kRecordDomain = "libp2p-peer-record";
constexpr ByteArray<2> kRecordType{0x03, 0x01};  // multicodec libp2p-peer-record

Bytes signed_bytes(std::string_view domain, BytesView payload_type, BytesView payload) {
    Bytes out;
    for (const auto part : {as_bytes(domain), payload_type, payload}) {
        put_uvarint(out, part.size());
        append(out, part);
    }
    return out;
}

Status add_address(PeerRecord& record, BytesView info) {
    while (!info.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(info));
        if (field.number != kMultiaddr) continue;
        STRATA_TRY(const auto bytes, protobuf::body_of(field));
        auto address = Multiaddr::from_bytes(bytes);
        // The peer may know protocols that are not known here.
        if (!address) continue;
        if (record.addresses.size() == PeerRecord::kMaxAddresses)
            return fail(Errc::too_large,
                        "the peer record has more than " + std::to_string(PeerRecord::kMaxAddresses) + " addresses");
        record.addresses.push_back(std::move(*address));
    }
    return {};
}

}  // namespace

Bytes seal_envelope(const PrivateKey& key, std::string_view domain, BytesView payload_type, BytesView payload) {
    Bytes out;
    protobuf::put_body(out, kPublicKey, key.public_key().encode());
    protobuf::put_body(out, kPayloadType, payload_type);
    protobuf::put_body(out, kPayload, payload);
    protobuf::put_body(out, kSignature, key.sign(signed_bytes(domain, payload_type, payload)));
    return out;
}

Result<Envelope> open_envelope(BytesView envelope, std::string_view domain, BytesView payload_type) {
    BytesView key, type, payload, signature;
    while (!envelope.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(envelope));
        BytesView unused;
        BytesView& part = field.number == kPublicKey     ? key
                          : field.number == kPayloadType ? type
                          : field.number == kPayload     ? payload
                          : field.number == kSignature   ? signature
                                                         : unused;
        if (&part == &unused) continue;
        STRATA_TRY(part, protobuf::body_of(field));
    }
    STRATA_TRY(auto signer, PublicKey::decode(key));
    if (!equal(type, payload_type))
        return fail(Errc::verification, "the payload of the envelope has a type that was not expected");
    if (!signer.verify(signed_bytes(domain, type, payload), signature))
        return fail(Errc::verification, "the signature of the envelope is wrong");
    return Envelope{std::move(signer), to_bytes(payload)};
}

Bytes seal_peer_record(const PrivateKey& key, const PeerRecord& record) {
    STRATA_CHECK(record.peer == PeerId::of(key.public_key()));
    Bytes payload;
    protobuf::put_body(payload, kPeer, record.peer.bytes());
    if (record.sequence != 0) protobuf::put_number(payload, kSequence, record.sequence);
    for (const auto& address : record.addresses) {
        Bytes info;
        protobuf::put_body(info, kMultiaddr, address.bytes());
        protobuf::put_body(payload, kAddresses, info);
    }
    return seal_envelope(key, kRecordDomain, kRecordType, payload);
}

Result<PeerRecord> open_peer_record(BytesView envelope) {
    STRATA_TRY(const auto opened, open_envelope(envelope, kRecordDomain, kRecordType));
    const auto signer = PeerId::of(opened.signer);
    PeerRecord record{signer, 0, {}};
    BytesView rest(opened.payload);
    while (!rest.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(rest));
        if (field.number == kPeer) {
            STRATA_TRY(const auto bytes, protobuf::body_of(field));
            STRATA_TRY(record.peer, PeerId::from_bytes(bytes));
        } else if (field.number == kSequence) {
            STRATA_TRY(record.sequence, protobuf::number_of(field));
        } else if (field.number == kAddresses) {
            STRATA_TRY(const auto info, protobuf::body_of(field));
            STRATA_OK(add_address(record, info));
        }
    }
    if (record.peer != signer)
        return fail(Errc::verification,
                    "the record of the peer " + record.peer.to_string() + " was signed by " + signer.to_string());
    return record;
}

}  // namespace strata::net
