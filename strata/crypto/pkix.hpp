#pragma once
// RSA and ECDSA with public keys as X.509 has them (SubjectPublicKeyInfo in DER, RFC 5280 §4.1), which older peers of
// libp2p are known by. Signatures are over SHA-256: RSASSA-PKCS1-v1_5 (RFC 8017 §8.2), and ECDSA in DER. Through
// OpenSSL. Thread-safe. Source: libp2p/specs peer-ids/peer-ids.md.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::crypto::pkix {

enum class KeyKind : std::uint8_t { rsa, ecdsa };

inline constexpr int kMinRsaBits = 2048;
inline constexpr int kMaxRsaBits = 8192;

/// Checks that the bytes are a key of this kind. Errors: malformed; non_canonical for a different DER of the same key,
/// such as a compressed point; out_of_range for an RSA key of too few or too many bits; unsupported for a curve other
/// than P-224, P-256, P-384 and P-521.
Status check_key(KeyKind kind, BytesView key);
/// Returns false for everything that is not a valid signature by a key that check_key accepts.
bool verify_sha256(KeyKind kind, BytesView key, BytesView message, BytesView signature);

}  // namespace strata::crypto::pkix
