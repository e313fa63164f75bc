#pragma once
// Primitives of libp2p's Noise transport and peer identities (docs/protocol/node.md §15), through libsodium: X25519
// (RFC 7748), Ed25519 (RFC 8032), ChaCha20-Poly1305 (RFC 8439), HMAC (RFC 2104) and HKDF (RFC 5869) over SHA-256.
// Thread-safe.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::crypto {

namespace x25519 {
using Key = ByteArray<32>;
/// Errors: verification if the shared secret is zero, which a peer's point of small order causes.
Result<Key> shared_secret(const Key& secret, const Key& peer);
Key public_key(const Key& secret);
}  // namespace x25519

namespace ed25519 {
using Seed = ByteArray<32>;
using PublicKey = ByteArray<32>;
using Signature = ByteArray<64>;
PublicKey public_key(const Seed& seed);
Signature sign(const Seed& seed, BytesView message);
/// Returns false also for keys or nonces of small order and for encodings that are not canonical.
bool verify(BytesView public_key, BytesView message, BytesView signature);
}  // namespace ed25519

namespace chacha20_poly1305 {
using Key = ByteArray<32>;
using Nonce = ByteArray<12>;
inline constexpr std::size_t kTagSize = 16;
/// Returns ciphertext || tag.
Bytes seal(const Key& key, const Nonce& nonce, BytesView associated, BytesView plaintext);
/// Errors: verification for a wrong tag.
Result<Bytes> open(const Key& key, const Nonce& nonce, BytesView associated, BytesView sealed);
}  // namespace chacha20_poly1305

Hash256 hmac_sha256(BytesView key, BytesView message);
/// Extracts and expands. Errors: too_large for more than 255 · 32 bytes.
Result<Bytes> hkdf_sha256(BytesView secret, BytesView salt, BytesView info, std::size_t size);

}  // namespace strata::crypto
