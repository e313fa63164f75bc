#pragma once
// The messages of GossipSub and their signatures. Lists that a peer may fill are bounded while they are read, so that a
// frame cannot become much larger in memory than it was on the wire. Source: libp2p/specs pubsub/README.md and
// pubsub/gossipsub; go-libp2p-pubsub pb/rpc.proto, sign.go.
#include <optional>
#include <string>
#include <vector>

#include <strata/net/frame_reader.hpp>
#include <strata/net/peer_id.hpp>
#include <strata/net/time.hpp>

namespace strata::net {

/// The names under which messages are seen, offered and asked for; each topic says how they are made.
using MessageName = Bytes;

/// A published message. Fields that are absent and fields that are empty are different bytes under the signature.
struct GossipMessage {
    Bytes from{};  // the author's PeerId
    std::optional<Bytes> data{};
    std::optional<Bytes> sequence{};  // eight bytes, big-endian, growing with each message of an author
    std::string topic{};
    Bytes signature{};
    std::optional<Bytes> key{};  // the author's public key, if its PeerId does not contain it
    Bytes unknown{};             // fields of later versions, as they came: they are signed too

    friend bool operator==(const GossipMessage&, const GossipMessage&) = default;
};

struct GossipSubscription {
    bool subscribes = false;
    std::string topic;
    friend bool operator==(const GossipSubscription&, const GossipSubscription&) = default;
};

struct GossipOffer {  // IHAVE
    std::string topic;
    std::vector<MessageName> names;
    friend bool operator==(const GossipOffer&, const GossipOffer&) = default;
};

struct GossipPrune {
    struct Hint {
        PeerId peer;
        Bytes signed_record;  // net/envelope.hpp; empty if the sender has none
        friend bool operator==(const Hint&, const Hint&) = default;
    };
    std::string topic;
    std::vector<Hint> peers{};
    /// No GRAFT for this long; zero if the peer did not say.
    std::chrono::seconds backoff{0};
    friend bool operator==(const GossipPrune&, const GossipPrune&) = default;
};

struct GossipRpc {
    static constexpr std::size_t kMaxFrame = 1 << 20;
    /// More subscriptions or messages refuse the whole message (Lotus node/modules/lp2p/pubsub.go: 100).
    static constexpr std::size_t kMaxSubscriptions = 100;
    static constexpr std::size_t kMaxMessages = 5'000;
    /// Lists of everything else end at these numbers, and what is above is left out.
    static constexpr std::size_t kMaxNames = 5'000;   // of all offers together, and of all requests
    static constexpr std::size_t kMaxControls = 100;  // offers, grafts and prunes, each
    static constexpr std::size_t kMaxHints = 64;      // of one prune
    static constexpr std::size_t kMaxRecord = 8 << 10;
    static constexpr std::size_t kMaxName = 128;
    static constexpr std::size_t kMaxTopic = 256;
    static constexpr std::chrono::seconds kMaxBackoff{3'600};

    std::vector<GossipSubscription> subscriptions{};
    std::vector<GossipMessage> messages{};
    std::vector<GossipOffer> offers{};    // IHAVE
    std::vector<MessageName> requests{};  // IWANT
    std::vector<std::string> grafts{};
    std::vector<GossipPrune> prunes{};

    bool empty() const {
        return subscriptions.empty() && messages.empty() && offers.empty() && requests.empty() && grafts.empty() &&
               prunes.empty();
    }
    friend bool operator==(const GossipRpc&, const GossipRpc&) = default;
};

Bytes encode_gossip_message(const GossipMessage& message);
Result<GossipMessage> decode_gossip_message(BytesView message);
Bytes encode_gossip(const GossipRpc& rpc);
/// IDONTWANT and extensions are read over. Errors: malformed, truncated; too_large for subscriptions or messages above
/// the limits.
Result<GossipRpc> decode_gossip(BytesView rpc);

/// Fills in the author, the signature and, if needed, the key.
void sign_gossip(GossipMessage& message, const PrivateKey& key);
/// The policy StrictSign: every message has a valid signature of its author. As in go-libp2p-pubsub, any sequence
/// number is valid; who refused more than the peers that pass a message on would punish them for its author. Errors:
/// verification, malformed.
Status verify_gossip(const GossipMessage& message);

/// Takes frames from a stream. A state machine over bytes that keeps less than one frame.
class GossipReader : public FrameReader {
  public:
    GossipReader() : FrameReader(GossipRpc::kMaxFrame, "a gossip message") {}
};

}  // namespace strata::net
