#pragma once
// Unsigned LEB128 ("uvarint", minimal spelling only) and zig-zag for signed numbers.
// Source: multiformats/unsigned-varint; 64 bits are allowed here (actor keys use the full range).
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

void put_uvarint(Bytes& to, std::uint64_t value);
Bytes uvarint(std::uint64_t value);
/// Zig-zag then LEB128: the key of a signed number in a HAMT.
Bytes varint(std::int64_t value);

/// Reads one number and moves `from` past it. Errors: truncated, non_canonical, out_of_range.
Result<std::uint64_t> take_uvarint(BytesView& from);
/// The whole input is one number.
Result<std::uint64_t> parse_uvarint(BytesView from);
Result<std::int64_t> parse_varint(BytesView from);

}  // namespace strata
