#pragma once
// The operations of Ethereum's precompiled contracts over BLS12-381, in the encoding of EIP-2537: a coordinate is 64
// big-endian bytes of which the first 16 are zero; a point of G1 is x, y (128 bytes); a point of G2 is x, y with the
// real part first (256 bytes). All zeros are the point at infinity. A scalar has 32 big-endian bytes of any value.
// Thread-safe. Source: EIP-2537. Errors: invalid_argument for a wrong length, a coordinate that is not below the
// modulus, a point that is not on the curve, and, where the subgroup matters (multiplication, pairing), a point outside
// it.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::crypto::eip2537 {

inline constexpr std::size_t kFpSize = 64;
inline constexpr std::size_t kG1Size = 128;
inline constexpr std::size_t kG2Size = 256;
inline constexpr std::size_t kScalarSize = 32;
inline constexpr std::size_t kG1TermSize = kG1Size + kScalarSize;
inline constexpr std::size_t kG2TermSize = kG2Size + kScalarSize;
inline constexpr std::size_t kPairSize = kG1Size + kG2Size;

/// `points` holds two points.
Result<Bytes> g1_add(BytesView points);
Result<Bytes> g2_add(BytesView points);
/// Returns the sum of scalar times point. `terms` is a sequence of point || scalar with at least one term.
Result<Bytes> g1_msm(BytesView terms);
Result<Bytes> g2_msm(BytesView terms);
/// Returns true if the product of the pairings is one. `pairs` is a sequence of G1 || G2 with at least one pair.
Result<bool> pairing_is_one(BytesView pairs);
/// Maps a field element (kFpSize bytes, for G2 two of them) to a point, as in RFC 9380 without the hash.
Result<Bytes> map_to_g1(BytesView element);
Result<Bytes> map_to_g2(BytesView element);

}  // namespace strata::crypto::eip2537
