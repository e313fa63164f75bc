#pragma once
// Defines the protocol's small number types and well-known IDs. Source: docs/protocol/fvm.md §1, §2.2.
#include <strata/base/bigint.hpp>
#include <strata/types/address.hpp>

namespace strata {

using ChainEpoch = std::int64_t;
using TokenAmount = BigInt;   // atto FIL
using StoragePower = BigInt;  // bytes
using MethodNumber = std::uint64_t;
using SectorNumber = std::uint64_t;
using DealId = std::uint64_t;
using Nonce = std::uint64_t;

inline constexpr ChainEpoch kEpochUndefined = -1;

inline constexpr ActorId kSystemId = 0;
inline constexpr ActorId kInitId = 1;
inline constexpr ActorId kRewardId = 2;
inline constexpr ActorId kCronId = 3;
inline constexpr ActorId kPowerId = 4;
inline constexpr ActorId kMarketId = 5;
inline constexpr ActorId kVerifiedRegistryId = 6;
inline constexpr ActorId kDatacapId = 7;
inline constexpr ActorId kBurntFundsId = 99;
inline constexpr ActorId kReserveId = 90;
inline constexpr ActorId kFirstNonSingletonId = 100;

/// Returns `whole` FIL in attoFIL (1 FIL is 10^18 attoFIL).
TokenAmount fil(std::int64_t whole);

}  // namespace strata
