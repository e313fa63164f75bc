#pragma once
// The Noise handshake Noise_XX_25519_ChaChaPoly_SHA256, without what libp2p adds to it (net/noise.hpp). Source: The
// Noise Protocol Framework, revision 34, §5 and §7.5; vectors/noise.
#include <optional>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>
#include <strata/crypto/transport.hpp>

namespace strata::net {

/// The most bytes of a Noise message (§3) and the size of an authentication tag.
inline constexpr std::size_t kMaxNoiseMessage = 65535;
inline constexpr std::size_t kNoiseTag = crypto::chacha20_poly1305::kTagSize;

/// A key and the number of messages that it sealed or opened (§5.1).
class CipherState {
  public:
    CipherState() = default;
    explicit CipherState(const crypto::chacha20_poly1305::Key& key) : key_(key) {}

    /// Without a key both return their input.
    Bytes seal(BytesView associated, BytesView plaintext);
    /// Errors: verification.
    Result<Bytes> open(BytesView associated, BytesView sealed);

  private:
    crypto::chacha20_poly1305::Nonce next_nonce();

    std::optional<crypto::chacha20_poly1305::Key> key_;
    std::uint64_t count_ = 0;
};

class NoiseHandshake {
  public:
    using Key = crypto::x25519::Key;

    /// The secret keys of one side. The ephemeral one must be fresh.
    struct Secrets {
        Key fixed;
        Key ephemeral;
    };

    NoiseHandshake(bool initiator, const Secrets& secrets, BytesView prologue);

    /// The initiator writes messages 1 and 3, the other side message 2; each side reads the others (checked).
    /// Errors of `write`: verification if the peer's key gives no shared secret; too_large for a message of more than
    /// kMaxNoiseMessage bytes. Errors of `read`: truncated, verification. After an error the handshake has failed.
    Result<Bytes> write(BytesView payload);
    Result<Bytes> read(BytesView message);

    bool is_my_turn() const { return !is_done() && (messages_ % 2 == 0) == initiator_; }
    bool is_done() const { return messages_ == 3; }
    /// The peer's static key; known after its message with it was read.
    const std::optional<Key>& remote_key() const { return remote_static_; }
    const Key& own_key() const { return own_static_; }

    struct Ciphers {
        CipherState send;
        CipherState receive;
    };
    /// The keys of the transport. The handshake must be done (checked).
    Ciphers split() const;

  private:
    void mix_hash(BytesView data);
    void mix_key(BytesView secret);
    Status mix_shared(const Key& secret, const std::optional<Key>& peer);
    Bytes seal_and_hash(BytesView plaintext);
    Result<Bytes> open_and_hash(BytesView sealed);
    Result<Key> take_remote_static(BytesView& message);
    Status read_keys(BytesView& message);
    Status write_keys(Bytes& message);

    bool initiator_;
    Secrets secrets_;
    Key own_static_;
    Key own_ephemeral_;
    std::optional<Key> remote_static_;
    std::optional<Key> remote_ephemeral_;
    unsigned messages_ = 0;  // sent and received so far
    Hash256 hash_{};
    Hash256 chaining_key_{};
    CipherState cipher_;
};

}  // namespace strata::net
