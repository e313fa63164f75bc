#pragma once
// Encodes unsigned numbers in LEB128 ("uvarint", in the shortest form only) and signed numbers in zig-zag. Source:
// multiformats/unsigned-varint; 64 bits are allowed here (actor keys use the full range).
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

void put_uvarint(Bytes& to, std::uint64_t value);
Bytes uvarint(std::uint64_t value);
/// Encodes a signed number in zig-zag and then in LEB128, as keys of a HAMT are.
Bytes varint(std::int64_t value);

/// Reads one number and moves `from` past it. Errors: truncated, non_canonical, out_of_range.
Result<std::uint64_t> take_uvarint(BytesView& from);
/// Reads a number that is the whole input. Errors: those of take_uvarint, trailing.
Result<std::uint64_t> parse_uvarint(BytesView from);
Result<std::int64_t> parse_varint(BytesView from);

}  // namespace strata
