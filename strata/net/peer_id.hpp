#pragma once
// The name of a peer: the multihash of its public key. Source: libp2p/specs peer-ids/peer-ids.md.
#include <optional>

#include <strata/net/keys.hpp>

namespace strata::net {

class PeerId {
  public:
    /// Keys whose messages have up to this many bytes are the identifier itself; longer ones are hashed.
    static constexpr std::size_t kMaxInlineKey = 42;

    static PeerId of(const PublicKey& key);
    /// Reads a multihash: the identity of at most kMaxInlineKey bytes, or a sha2-256. Errors: malformed.
    static Result<PeerId> from_bytes(BytesView multihash);
    /// Reads base58btc text, or a CIDv1 with the codec libp2p-key in any multibase. Errors: malformed, unsupported.
    static Result<PeerId> parse(std::string_view text);

    BytesView bytes() const { return {bytes_.data(), size_}; }
    /// Returns base58btc text, "12D3KooW…" for an Ed25519 key.
    std::string to_string() const;
    /// Returns the key if the identifier contains it. Errors: malformed if the bytes inside are not a key.
    Result<std::optional<PublicKey>> inline_key() const;

    friend auto operator<=>(const PeerId&, const PeerId&) = default;

  private:
    explicit PeerId(BytesView multihash);

    ByteArray<2 + kMaxInlineKey> bytes_{};  // the rest is zero
    std::uint8_t size_ = 0;
};

}  // namespace strata::net
