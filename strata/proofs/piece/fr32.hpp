#pragma once
// Fr32 writes data as field elements: every 254 bits of data, least significant bit of a byte first, are followed by
// two zero bits, so that each 32-byte node is below the modulus (docs/protocol/proofs.md §2).
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::proofs {

inline constexpr std::uint64_t kRawBlock = 127;     // bytes of data
inline constexpr std::uint64_t kPaddedBlock = 128;  // bytes after padding

constexpr std::uint64_t padded_size(std::uint64_t raw_size) {
    return raw_size / kRawBlock * kPaddedBlock;
}
constexpr std::uint64_t raw_size(std::uint64_t padded_size) {
    return padded_size / kPaddedBlock * kRawBlock;
}

/// `raw` holds complete blocks, and `padded` has exactly the size of the result (checked).
void fr32_pad(BytesView raw, std::span<std::uint8_t> padded);
/// Undoes fr32_pad(), with the same checks.
void fr32_unpad(BytesView padded, std::span<std::uint8_t> raw);

}  // namespace strata::proofs
