#pragma once
// Base encodings of byte strings and the multibase prefix in front of them.
// Source: multiformats/multibase (tests: vectors/multiformats), RFC 4648.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

/// RFC 4648 base32, lower case, no padding: addresses, CIDs.
std::string to_base32(BytesView bytes);
/// Lower case only; the unused bits of the last digit must be zero.
Result<Bytes> from_base32(std::string_view text);
std::string to_base58btc(BytesView bytes);
/// At most 200 digits.
Result<Bytes> from_base58btc(std::string_view text);

/// Encodes with the base of this prefix character. Errors: unsupported.
Result<std::string> multibase_encode(char prefix, BytesView bytes);
/// Reads any supported base. Errors: unsupported, malformed, non_canonical, too_large.
Result<Bytes> multibase_decode(std::string_view text);

}  // namespace strata
