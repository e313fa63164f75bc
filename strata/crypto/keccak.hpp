#pragma once
// The Keccak sponge over 1600 bits (FIPS 202). Ethereum's keccak-256 pads with 0x01, SHA-3 with 0x06, SHAKE with 0x1f.
#include <strata/base/bytes.hpp>

namespace strata::crypto {

/// `rate` is in bytes, a multiple of 8 below 200. `out` may have any length.
void keccak(BytesView data, std::size_t rate, std::uint8_t padding, std::span<std::uint8_t> out);

}  // namespace strata::crypto
