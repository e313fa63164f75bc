#pragma once
// Computes how many wins a miner has in an epoch, exact to the bit. Source: docs/protocol/node.md §5 (lotus
// electionproof.go).
#include <strata/types/basic.hpp>

namespace strata::chain {

inline constexpr std::int64_t kExpectedLeaders = 5;
inline constexpr std::int64_t kMaxWinCount = 3 * kExpectedLeaders;

/// Returns the number of wins; 0 if the miner loses. `power` is its quality-adjusted power, `total` the network's
/// (positive, checked).
std::int64_t win_count(BytesView vrf_proof, const StoragePower& power, const StoragePower& total);
/// Does the same for the hash of the proof, which is a number of 256 fraction bits.
std::int64_t win_count_of(const BigInt& hash, const StoragePower& power, const StoragePower& total);

}  // namespace strata::chain
