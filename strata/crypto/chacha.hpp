#pragma once
// The ChaCha block function (RFC 8439 §2.3) with any even number of rounds. The caller lays out counter and nonce.
#include <strata/base/bytes.hpp>

namespace strata::crypto {

using ChachaWords = std::array<std::uint32_t, 16>;

/// `tail` is words 12 to 15 of the state: counter and nonce.
ChachaWords chacha_block(unsigned rounds, const Hash256& key, const std::array<std::uint32_t, 4>& tail);

}  // namespace strata::crypto
