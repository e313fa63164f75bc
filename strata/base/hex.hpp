#pragma once
// Converts byte strings to and from hexadecimal and base64 (RFC 4648) text.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

std::string to_hex(BytesView bytes);
/// Reads hexadecimal digits in lower or upper case, an even number of them, without a prefix. Errors: malformed.
Result<Bytes> from_hex(std::string_view text);
std::string to_base64(BytesView bytes);
/// Reads base64 text in the standard alphabet with padding. Errors: malformed, non_canonical.
Result<Bytes> from_base64(std::string_view text);

}  // namespace strata
