#pragma once
// Turns typed keys into HAMT key bytes (docs/protocol/fvm.md §1.6). Other types specialise KeyCodec where they are
// defined.
#include <strata/ipld/cid.hpp>

namespace strata {

template <class K>
struct KeyCodec;

template <>
struct KeyCodec<std::uint64_t> {
    static Bytes encode(std::uint64_t key);
    static Result<std::uint64_t> decode(BytesView key);
};
template <>
struct KeyCodec<std::int64_t> {
    static Bytes encode(std::int64_t key);
    static Result<std::int64_t> decode(BytesView key);
};
template <>
struct KeyCodec<Bytes> {
    static Bytes encode(const Bytes& key) { return key; }
    static Result<Bytes> decode(BytesView key) { return to_bytes(key); }
};
template <>
struct KeyCodec<Cid> {
    static Bytes encode(const Cid& key) { return to_bytes(key.bytes()); }
    static Result<Cid> decode(BytesView key) { return Cid::from_bytes(key); }
};

}  // namespace strata
