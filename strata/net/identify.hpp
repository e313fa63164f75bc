#pragma once
// A peer tells what it is after the handshake, and again when it changes. Source: libp2p/specs identify/README.md;
// go-libp2p p2p/protocol/identify/id.go (sizes, messages that are merged).
#include <optional>
#include <string>
#include <vector>

#include <strata/net/byte_queue.hpp>
#include <strata/net/multiaddr.hpp>

namespace strata::net {

struct Identify {
    static constexpr std::string_view kProtocol = "/ipfs/id/1.0.0";
    static constexpr std::string_view kPushProtocol = "/ipfs/id/push/1.0.0";
    /// The most bytes of one message, and the most messages that one answer is spread over.
    static constexpr std::size_t kMaxMessage = 8 << 10;
    static constexpr std::size_t kMaxMessages = 10;
    /// Addresses and protocols above these numbers are dropped.
    static constexpr std::size_t kMaxAddresses = 128;
    static constexpr std::size_t kMaxProtocols = 512;

    std::optional<Bytes> public_key;  // the message of net/keys.hpp
    std::vector<Multiaddr> listen;    // without addresses whose protocols are not known here
    std::vector<std::string> protocols;
    std::optional<Multiaddr> observed;   // the receiver's address, as the sender sees it
    std::optional<std::string> version;  // "ipfs/0.1.0"; Lotus sends an empty one
    std::optional<std::string> agent;
    std::optional<Bytes> signed_record;  // net/envelope.hpp

    friend bool operator==(const Identify&, const Identify&) = default;
};

Bytes encode_identify(const Identify& message);
/// Adds a message to those before it: lists grow, other fields are replaced. Errors: malformed, truncated.
Status merge_identify(Identify& into, BytesView message);
/// Takes over a pushed message: the fields that it has replace the known ones.
void apply_push(Identify& known, Identify&& pushed);

/// Returns all bytes of the stream that answers: one message, or two if a signed record makes one longer than 2 KiB.
Bytes identify_answer(const Identify& message);

/// Reads the stream of an answer or a push. A state machine over bytes.
class IdentifyReader {
  public:
    /// Errors: too_large for a message or a number of messages above the limits; malformed.
    Status on_bytes(BytesView bytes);
    /// Returns the merged messages when the peer finished the stream. Errors: truncated inside a message or without
    /// any.
    Result<Identify> finish();

  private:
    ByteQueue received_;
    std::size_t messages_ = 0;
    Identify merged_;
};

}  // namespace strata::net
