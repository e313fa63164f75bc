#pragma once
// BLS signatures over BLS12-381 (blst). Filecoin: keys on G1 (48 bytes), signatures on G2 (96), the basic scheme.
// drand's quicknet swaps the groups: keys on G2, signatures on G1. Private keys are 32 bytes little-endian.
// Thread-safe. Source: docs/protocol/node.md §4.3, §8.3, §26; IETF draft-irtf-cfrg-bls-signature, RFC 9380.
#include <optional>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::crypto::bls {

using PrivateKey = ByteArray<32>;
using PublicKey = ByteArray<48>;
using Signature = ByteArray<96>;

/// Turns any seed of at least 32 bytes (checked) into a key, by the draft's KeyGen.
PrivateKey key_from_seed(BytesView seed);
/// Errors: invalid_argument for zero or a number not below the group order.
Result<PublicKey> public_key(const PrivateKey& key);
Result<Signature> sign(const PrivateKey& key, BytesView message);
/// Returns false for everything that is not a valid signature: bad encodings, points outside the subgroup, and the
/// identity as a key.
bool verify(BytesView public_key, BytesView message, BytesView signature);

/// Adds signatures. The sum of an empty list is the point at infinity (c0 00 ...). Errors: verification for an invalid
/// point.
Result<Signature> aggregate(std::span<const Signature> signatures);

struct Signed {
    BytesView public_key;
    BytesView message;
};
/// Checks one signature over many messages. As in bls-signatures, all messages must differ and a key must not be the
/// identity. For an empty list only the signature at infinity is valid. The pairs are shared out among the threads of
/// the pool.
bool verify_aggregate(std::span<const Signed> pairs, BytesView signature);

namespace swapped {

using PublicKey = ByteArray<96>;
using Signature = ByteArray<48>;

/// True for a compressed point of the right subgroup that is not the identity.
bool is_public_key(BytesView bytes);
/// `key` is little-endian, below the group order and not zero.
Result<PublicKey> public_key(const PrivateKey& key);
Result<Signature> sign(const PrivateKey& key, BytesView message);
bool verify(BytesView public_key, BytesView message, BytesView signature);

}  // namespace swapped

/// Reduces a 32-byte big-endian number modulo the group order to a private key. A drand secret is made from a hash this
/// way.
PrivateKey reduce_be(const Hash256& number);

}  // namespace strata::crypto::bls
