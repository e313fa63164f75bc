#pragma once
// Hexadecimal and base64 (RFC 4648) text of byte strings.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

std::string to_hex(BytesView bytes);
/// Lower or upper case, even length, no prefix.
Result<Bytes> from_hex(std::string_view text);
std::string to_base64(BytesView bytes);
/// Standard alphabet with padding.
Result<Bytes> from_base64(std::string_view text);

}  // namespace strata
