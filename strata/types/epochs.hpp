#pragma once
// Defines spans of time that several rules share, in epochs of 30 seconds, each in one place. Source: builtin-actors
// v18 runtime/src/runtime/{builtin_shared.rs,policy.rs}, actors/miner/src/policy.rs; go-state-types builtin/network.go.
#include <strata/types/basic.hpp>

namespace strata {

inline constexpr ChainEpoch kEpochsInHour = 120;
inline constexpr ChainEpoch kEpochsInDay = 2'880;

/// After this many epochs a tipset is final (EC finality).
inline constexpr ChainEpoch kChainFinality = 900;

/// Every sector is proven once in each proving period.
inline constexpr ChainEpoch kProvingPeriod = kEpochsInDay;

/// The greatest age of a sector's ticket when its pre-commitment is included (MAX_PRE_COMMIT_RANDOMNESS_LOOKBACK).
inline constexpr ChainEpoch kMaxTicketAge = kEpochsInDay + kChainFinality;
/// The time within which a pre-commitment must be proven (max_prove_commit_duration).
inline constexpr ChainEpoch kMaxProveCommitDelay = 30 * kEpochsInDay;
inline constexpr ChainEpoch kMinSectorLifetime = 180 * kEpochsInDay;
/// The greatest time from now to a sector's end (MAX_SECTOR_EXPIRATION_EXTENSION).
inline constexpr ChainEpoch kMaxSectorExtension = 1'278 * kEpochsInDay;

}  // namespace strata
