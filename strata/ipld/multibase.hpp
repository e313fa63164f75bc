#pragma once
// Encodes byte strings in text bases, with or without the multibase prefix. Source: multiformats/multibase (tests:
// vectors/multiformats), RFC 4648.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

/// Returns base32 of RFC 4648 in lower case without padding, as addresses and CIDs use it.
std::string to_base32(BytesView bytes);
/// Reads lower-case base32; the unused bits of the last digit must be zero.
Result<Bytes> from_base32(std::string_view text);
std::string to_base58btc(BytesView bytes);
/// Reads base58btc of at most 200 digits.
Result<Bytes> from_base58btc(std::string_view text);

/// Encodes with the base of this prefix character, which comes first. Errors: unsupported.
Result<std::string> multibase_encode(char prefix, BytesView bytes);
/// Reads a text of any supported base, with its prefix. Errors: unsupported, malformed, non_canonical, too_large.
Result<Bytes> multibase_decode(std::string_view text);

}  // namespace strata
