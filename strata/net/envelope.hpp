#pragma once
// Signed envelopes and the peer records inside them, with which peers pass on the addresses of others. Source:
// libp2p/specs RFC/0002-signed-envelopes.md, RFC/0003-routing-records.md; go-libp2p core/record/envelope.go,
// core/peer/record.go.
#include <vector>

#include <strata/net/multiaddr.hpp>

namespace strata::net {

struct Envelope {
    PublicKey signer;
    Bytes payload;
};

/// The signature covers `domain`, a text that each use of envelopes has for itself, the type and the payload.
Bytes seal_envelope(const PrivateKey& key, std::string_view domain, BytesView payload_type, BytesView payload);
/// Errors: malformed, truncated; verification for a wrong type or signature.
Result<Envelope> open_envelope(BytesView envelope, std::string_view domain, BytesView payload_type);

struct PeerRecord {
    /// Addresses with unknown protocols are left out; more than this many are refused.
    static constexpr std::size_t kMaxAddresses = 128;

    PeerId peer;
    std::uint64_t sequence = 0;  // the record with the highest number counts
    std::vector<Multiaddr> addresses;
};

/// The record must be of the key's peer (checked).
Bytes seal_peer_record(const PrivateKey& key, const PeerRecord& record);
/// Errors: those of open_envelope; verification if a different peer than the record's signed it; too_large.
Result<PeerRecord> open_peer_record(BytesView envelope);

}  // namespace strata::net
