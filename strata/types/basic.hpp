#pragma once
// Defines the protocol's small number types, well-known IDs and method numbers, network versions, and the spans of time
// that several rules share. Source: docs/protocol/fvm.md §1, §2.2.
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
/// Returns the total supply in attoFIL, the most that any amount of a message or deal may be (lotus
/// types.TotalFilecoinInt; builtin-actors runtime/src/runtime/policy.rs TOTAL_FILECOIN).
const TokenAmount& total_filecoin();

using NetworkVersion = std::uint32_t;

// Network versions are named after their upgrades. Source: go-state-types network/version.go, lotus
// chain/consensus/filcns/upgrades.go, FIPS/fip-0118.md (Solstice).
inline constexpr NetworkVersion kGoldenWeek = 27;  // actors v17
inline constexpr NetworkVersion kFireHorse = 28;   // actors v18
inline constexpr NetworkVersion kSolstice = 29;    // actors v19

/// The versions whose rules this program executes.
inline constexpr NetworkVersion kOldestVersion = kGoldenWeek;
inline constexpr NetworkVersion kNewestVersion = kSolstice;

/// Networks that this program makes begin with this version: the newest whose actors were compared with the official
/// ones.
inline constexpr NetworkVersion kNewestGenesis = kFireHorse;

// Spans of time in epochs of 30 seconds. Source: builtin-actors v18 runtime/src/runtime/{builtin_shared.rs,policy.rs},
// actors/miner/src/policy.rs; go-state-types builtin/network.go.
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

// The method numbers that every actor has; those of a single actor are defined with it. Source: docs/protocol/fvm.md
// §2.5 (fvm_shared METHOD_SEND, METHOD_CONSTRUCTOR), FRC-0042.

/// Method 0 transfers the value and calls no code.
inline constexpr MethodNumber kMethodSend = 0;
inline constexpr MethodNumber kMethodConstructor = 1;
/// The FRC-42 number of "InvokeEVM", the method that an Ethereum transaction calls.
inline constexpr MethodNumber kMethodInvokeEvm = 3'844'450'837;

}  // namespace strata
