#pragma once
// ECDSA over P-256 (secp256r1), which WebAuthn and secure enclaves sign with. Thread-safe. Source: FIPS 186-5;
// EIP-7951.
#include <strata/base/bytes.hpp>

namespace strata::crypto::p256 {

/// Verifies the signature r || s over a digest with the key x || y, all big-endian. Returns false for everything that
/// is not a valid signature: r or s that is zero or not below the group's order, and a key that is not a point of the
/// curve. A high s is accepted.
bool verify(const ByteArray<64>& public_key, const Hash256& digest, const ByteArray<64>& r_s);

}  // namespace strata::crypto::p256
