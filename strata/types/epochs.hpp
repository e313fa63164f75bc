#pragma once
// Spans of time that several rules share, in epochs of 30 seconds. Each stands here once.
// Source: builtin-actors v18 runtime/src/runtime/{builtin_shared.rs,policy.rs}, actors/miner/src/policy.rs;
// go-state-types builtin/network.go.
#include <strata/types/basic.hpp>

namespace strata {

inline constexpr ChainEpoch kEpochsInHour = 120;
inline constexpr ChainEpoch kEpochsInDay = 2'880;

/// After this many epochs nothing is taken back (EC finality).
inline constexpr ChainEpoch kChainFinality = 900;

/// In each period every sector is proven once.
inline constexpr ChainEpoch kProvingPeriod = kEpochsInDay;

/// How old the ticket of a sector may be when its pre-commitment is included (MAX_PRE_COMMIT_RANDOMNESS_LOOKBACK).
inline constexpr ChainEpoch kMaxTicketAge = kEpochsInDay + kChainFinality;
/// Within this time a pre-commitment must be proven (max_prove_commit_duration).
inline constexpr ChainEpoch kMaxProveCommitDelay = 30 * kEpochsInDay;
inline constexpr ChainEpoch kMinSectorLifetime = 180 * kEpochsInDay;
/// How far in the future a sector may end (MAX_SECTOR_EXPIRATION_EXTENSION).
inline constexpr ChainEpoch kMaxSectorExtension = 1'278 * kEpochsInDay;

}  // namespace strata
