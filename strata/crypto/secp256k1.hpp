#pragma once
// ECDSA over secp256k1 with public key recovery (libsecp256k1). Signatures are 65 bytes r || s || v with v in 0..3,
// over a 32-byte digest. Thread-safe. Source: docs/protocol/node.md §26.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::crypto::secp256k1 {

using PrivateKey = ByteArray<32>;  // big-endian scalar
using PublicKey = ByteArray<65>;   // uncompressed
using Signature = ByteArray<65>;

/// Errors: invalid_argument for zero or a number not below the group order.
Result<PublicKey> public_key(const PrivateKey& key);
/// Signs deterministically (RFC 6979), with a low s.
Result<Signature> sign(const PrivateKey& key, const Hash256& digest);
/// Errors: verification if no key can be recovered.
Result<PublicKey> recover(const Hash256& digest, const Signature& signature);
/// Verifies r || s with a key that is known in full. A high s is accepted.
bool verify(const PublicKey& key, const Hash256& digest, BytesView r_s);

}  // namespace strata::crypto::secp256k1
