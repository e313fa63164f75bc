#pragma once
// MurmurHash3, which places names in the sharded directories of UnixFS. It is not a cryptographic hash function.
// Source: A. Appleby, SMHasher (MurmurHash3_x64_128), public domain.
#include <strata/base/bytes.hpp>

namespace strata::crypto {

/// The first half of MurmurHash3_x64_128 with seed 0: multihash murmur3-x64-64.
std::uint64_t murmur3_x64_64(BytesView data);

}  // namespace strata::crypto
