#pragma once
// The curve alt_bn128 (BN254) with the operations of Ethereum's precompiled contracts 0x06 to 0x08. A point of G1 is 64
// bytes, x then y, big-endian; a point of G2 is 128 bytes, x then y, each with its imaginary part first. All zeros are
// the point at infinity. Thread-safe; not in constant time, because nothing here is secret. Source: EIP-196, EIP-197.
// Errors: invalid_argument for a coordinate that is not below p, a point that is not on the curve, and a point of G2
// outside the subgroup.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::crypto::bn254 {

inline constexpr std::size_t kG1Size = 64;
inline constexpr std::size_t kG2Size = 128;
inline constexpr std::size_t kScalarSize = 32;
inline constexpr std::size_t kPairSize = kG1Size + kG2Size;

using G1Bytes = ByteArray<kG1Size>;

/// `a` and `b` have kG1Size bytes (checked).
Result<G1Bytes> add(BytesView a, BytesView b);
/// `point` has kG1Size bytes and `scalar` kScalarSize, big-endian and of any value (checked).
Result<G1Bytes> multiply(BytesView point, BytesView scalar);
/// Returns true if the product of the pairings e(P, Q) is one. `pairs` is a sequence of P || Q, a multiple of kPairSize
/// bytes (checked). The product of no pairs is one.
Result<bool> pairing_is_one(BytesView pairs);

}  // namespace strata::crypto::bn254
