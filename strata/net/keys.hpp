#pragma once
// The keys that peers are known by, and their messages. Ed25519 and secp256k1 keys sign and verify; RSA and ECDSA keys
// only verify. Thread-safe values. Source: libp2p/specs peer-ids/peer-ids.md.
#include <filesystem>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>
#include <strata/crypto/random.hpp>

namespace strata::net {

/// The numbers are those of the protobuf message.
enum class KeyType : std::uint8_t { rsa = 0, ed25519 = 1, secp256k1 = 2, ecdsa = 3 };

class PublicKey {
  public:
    /// Checks the bytes of a key: 32 for Ed25519, 33 or 65 for secp256k1 (kept in 33), DER for RSA and ECDSA. Errors:
    /// malformed, non_canonical, out_of_range, unsupported.
    static Result<PublicKey> from_data(KeyType type, BytesView data);
    /// Reads the protobuf message. Errors: those of from_data; unsupported for an unknown type.
    static Result<PublicKey> decode(BytesView message);

    /// Returns the protobuf message in its one deterministic encoding.
    Bytes encode() const;
    bool verify(BytesView message, BytesView signature) const;
    KeyType type() const { return type_; }
    BytesView data() const { return data_; }

    friend bool operator==(const PublicKey&, const PublicKey&) = default;

  private:
    PublicKey(KeyType type, Bytes data) : type_(type), data_(std::move(data)) {}

    KeyType type_;
    Bytes data_;
};

class PrivateKey {
  public:
    static PrivateKey ed25519(const ByteArray<32>& seed);
    /// Errors: invalid_argument for zero or a number not below the group's order.
    static Result<PrivateKey> secp256k1(const ByteArray<32>& scalar);
    /// Reads the protobuf message. Errors: malformed; verification if the public half does not belong to the seed;
    /// unsupported for RSA and ECDSA, which sign nothing here.
    static Result<PrivateKey> decode(BytesView message);

    Bytes encode() const;
    const PublicKey& public_key() const { return public_key_; }
    Bytes sign(BytesView message) const;

  private:
    PrivateKey(const ByteArray<32>& secret, PublicKey public_key)
        : secret_(secret), public_key_(std::move(public_key)) {}

    ByteArray<32> secret_;  // the seed of Ed25519, the scalar of secp256k1
    PublicKey public_key_;
};

/// Reads the key of this node from a file with the protobuf message. If there is no file, makes an Ed25519 key and
/// writes it, readable by the owner only. Errors: those of PrivateKey::decode, io, no_space.
Result<PrivateKey> load_or_create_key(const std::filesystem::path& path, crypto::RandomSource& random);

}  // namespace strata::net
