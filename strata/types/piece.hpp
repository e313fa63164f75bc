#pragma once
// Defines the sizes and CIDs of pieces. A piece is the data of one deal, and its CID holds the root of its data tree
// (CommP). Source: FIP-0003; FRC-0069; builtin-actors actors/market/src/lib.rs (validate_deal).
#include <strata/ipld/cid.hpp>

namespace strata {

/// The smallest padded piece: four nodes of 32 bytes.
inline constexpr std::uint64_t kMinPieceSize = 128;

/// Returns true for a CID of version 1, codec fil-commitment-unsealed and hash sha2-256-trunc254-padded.
bool is_piece_cid(const Cid& cid);
/// Returns the number of data bytes that a padded piece holds: Fr32 padding leaves 254 of 256 bits.
constexpr std::uint64_t piece_capacity(std::uint64_t padded) {
    return padded / 128 * 127;
}

}  // namespace strata
