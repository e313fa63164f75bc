#pragma once
// The security of a connection: Noise XX in which both sides prove their identities. A state machine over bytes.
// Source: libp2p/specs noise/README.md and connections/inlined-muxer-negotiation.md; go-libp2p p2p/security/noise.
#include <string>
#include <vector>

#include <strata/net/noise_state.hpp>
#include <strata/net/peer_id.hpp>

namespace strata::net {

enum class Role : std::uint8_t { dialer, listener };

class Noise {
  public:
    static constexpr std::string_view kProtocol = "/noise";
    /// The most bytes that a peer may send before the handshake is complete. Its two messages have about 500 bytes.
    static constexpr std::size_t kMaxHandshake = 64 << 10;
    static constexpr std::size_t kMaxPlaintext = kMaxNoiseMessage - kNoiseTag;  // of one frame
    /// Longer lists of muxers are ignored (go-libp2p maxProtoNum).
    static constexpr std::size_t kMaxMuxers = 100;

    struct Config {
        std::optional<PeerId> expected;   // of a dialer that knows whom it called
        std::vector<std::string> muxers;  // supported, in the order of preference
        std::size_t max_handshake = kMaxHandshake;
    };

    /// `identity` must outlive the object. `random` is used during the call only.
    Noise(Role role, const PrivateKey& identity, Config config, crypto::RandomSource& random);

    /// Takes bytes from the peer and appends what they contain to `plaintext`. Errors: malformed, truncated;
    /// too_large for a handshake above the limit; verification for a wrong tag, signature or peer. After an error the
    /// object must not be used.
    Status on_bytes(BytesView bytes, Bytes& plaintext);
    /// Returns handshake messages that are to be sent, once.
    Bytes take_output() { return std::exchange(output_, {}); }
    /// Appends frames with the plaintext to `frames`. The handshake must be complete (checked).
    void seal(BytesView plaintext, Bytes& frames);

    bool is_complete() const { return ciphers_.has_value(); }
    /// The peer; known when the handshake is complete (checked).
    const PublicKey& remote_key() const;
    PeerId remote() const { return PeerId::of(remote_key()); }
    /// The muxer that both sides chose during the handshake. Empty if it must be negotiated.
    const std::string& muxer() const { return muxer_; }

  private:
    Status on_frame(BytesView frame, Bytes& plaintext);
    Status on_handshake(BytesView message);
    Status on_payload(BytesView bytes);
    void choose_muxer(const std::vector<std::string>& remote);
    Status send_handshake();
    Bytes payload() const;

    Role role_;
    const PrivateKey& identity_;
    Config config_;
    NoiseHandshake handshake_;
    std::optional<NoiseHandshake::Ciphers> ciphers_;
    std::optional<PublicKey> remote_key_;
    std::string muxer_;
    std::size_t handshake_bytes_ = 0;
    Bytes frame_;  // the beginning of a frame, with its length
    Bytes output_;
};

}  // namespace strata::net
