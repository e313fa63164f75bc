#pragma once
// The hash functions of the protocol, for input that is complete in memory. They are thread-safe and keep no state.
// Source: docs/protocol/node.md §1 (which hash where); BLAKE2 RFC 7693, FIPS 180-4, Keccak (pre-SHA-3 padding, as
// Ethereum).
#include <strata/base/bytes.hpp>

namespace strata::crypto {

Hash256 blake2b_256(BytesView data);
ByteArray<20> blake2b_160(BytesView data);
ByteArray<64> blake2b_512(BytesView data);
/// The 4-byte digest is the checksum of an address in text form.
ByteArray<4> blake2b_32(BytesView data);
Hash256 sha256(BytesView data);
ByteArray<64> sha512(BytesView data);
Hash256 keccak_256(BytesView data);
ByteArray<20> ripemd_160(BytesView data);

}  // namespace strata::crypto
