#pragma once
// ECDSA over secp256k1 with public key recovery (libsecp256k1). Signatures are 65 bytes r || s || v with v in 0..3,
// over a 32-byte digest. Thread-safe. Source: docs/protocol/node.md §26.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::crypto::secp256k1 {

using PrivateKey = ByteArray<32>;  // big-endian scalar
using PublicKey = ByteArray<65>;   // uncompressed
using CompressedKey = ByteArray<33>;
using Signature = ByteArray<65>;

/// Errors: invalid_argument for zero or a number not below the group order.
Result<PublicKey> public_key(const PrivateKey& key);
/// Signs deterministically (RFC 6979), with a low s.
Result<Signature> sign(const PrivateKey& key, const Hash256& digest);
/// Errors: verification if no key can be recovered.
Result<PublicKey> recover(const Hash256& digest, const Signature& signature);
/// Verifies r || s with a key that is known in full. A high s is accepted.
bool verify(const PublicKey& key, const Hash256& digest, BytesView r_s);

// libp2p writes keys in 33 bytes and signatures in DER. Source: libp2p/specs peer-ids/peer-ids.md.

/// Reads a public key of 33 or 65 bytes (SEC 1 §2.3.4). Errors: malformed.
Result<PublicKey> parse_public_key(BytesView bytes);
CompressedKey compress(const PublicKey& key);
/// Signs as `sign` does, and writes r and s in DER.
Result<Bytes> sign_der(const PrivateKey& key, const Hash256& digest);
/// Verifies r and s in DER. A high s is accepted.
bool verify_der(const PublicKey& key, const Hash256& digest, BytesView der);

}  // namespace strata::crypto::secp256k1
