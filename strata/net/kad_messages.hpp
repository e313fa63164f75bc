#pragma once
// The messages of the Kademlia DHT. Lists that a peer may fill are bounded while they are read, so that a frame cannot
// become much larger in memory than it was on the wire. Source: libp2p/specs kad-dht/README.md; go-libp2p-kad-dht
// pb/dht.proto, pb/message.go.
#include <vector>

#include <strata/net/multiaddr.hpp>

namespace strata::net {

/// A peer of an answer, with the addresses that the sender knows of it.
struct KadPeer {
    PeerId id;
    std::vector<Multiaddr> addresses;
    bool is_connected = false;  // to the sender

    friend bool operator==(const KadPeer&, const KadPeer&) = default;
};

enum class KadType : std::uint8_t {
    put_value = 0,
    get_value = 1,
    add_provider = 2,
    get_providers = 3,
    find_node = 4,
    ping = 5,
};

struct KadMessage {
    /// The most bytes of a request, which has a key and no peers; ours. Go reads up to 4 MiB.
    static constexpr std::size_t kMaxRequest = 4 << 10;
    /// The most bytes of an answer: more than 21 peers of kMaxPeer bytes take.
    static constexpr std::size_t kMaxAnswer = 256 << 10;
    /// The most bytes of one peer (go-libp2p-kad-dht pb/message.go MaxPeerRecordSize): addresses above are dropped.
    static constexpr std::size_t kMaxPeer = 8 << 10;
    /// Peers above this number are dropped (go-libp2p-kad-dht query.go: twice the size of a bucket).
    static constexpr std::size_t kMaxPeers = 40;
    /// Addresses of one peer above this number are dropped; ours.
    static constexpr std::size_t kMaxAddresses = 16;
    /// The most bytes of a key; ours. A PeerId has at most 44.
    static constexpr std::size_t kMaxKey = 128;

    KadType type = KadType::find_node;
    Bytes key{};             // of FIND_NODE, the bytes of a PeerId; may be empty
    std::int32_t level = 1;  // of coral clusters, which nobody has: 1
    std::vector<KadPeer>
        closer{};  // peers without a readable PeerId are left out, as are addresses of unknown protocols

    friend bool operator==(const KadMessage&, const KadMessage&) = default;
};

Bytes encode_kad(const KadMessage& message);
/// Records and providers are not read: this DHT finds peers only. Errors: malformed, truncated; too_large for a key;
/// unsupported for a type that is not one of KadType.
Result<KadMessage> decode_kad(BytesView message);

}  // namespace strata::net
