#pragma once
// Says what the native EVM pays in gas for the instructions of contracts and for precompiles, beside what each call of
// an actor pays (actors/code_costs.hpp). The official actor pays for its WebAssembly instructions instead, which native
// code cannot count, so these numbers are not consensus with other programs: they make every loop end and keep the time
// that a unit of gas buys bounded (docs/known_gaps.md). The kernel's charges are the official ones.
#include <cstdint>

namespace strata::actors::evm::costs {

// In gas. The numbers are near what the official actor pays in the sequences evm-1 and precompiles-1 of
// vectors/fvm-nv28 (fvm 4.8.4).
inline constexpr std::uint64_t kInstruction = 400;      // any instruction
inline constexpr std::uint64_t kStorageAccess = 8'000;  // a walk down the storage's tree, beside its blocks
inline constexpr std::uint64_t kExponentBit = 80;       // of EXP
inline constexpr std::uint64_t kByteOfMemory = 1;       // that is new
inline constexpr std::uint64_t kByteCopied = 1;
inline constexpr std::uint64_t kBlake2Round = 2'000;        // precompile 0x09
inline constexpr std::uint64_t kBn254Addition = 1'000'000;  // precompiles 0x06 to 0x08
inline constexpr std::uint64_t kBn254Product = 57'000'000;
inline constexpr std::uint64_t kBn254Pair = 75'000'000;
inline constexpr std::uint64_t kBn254Pairing = 650'000'000;  // for all pairs together
inline constexpr std::uint64_t kG1Addition = 3'000'000;      // precompiles 0x0b to 0x11
inline constexpr std::uint64_t kG1Term = 220'000'000;
inline constexpr std::uint64_t kG2Addition = 5'000'000;
inline constexpr std::uint64_t kG2Term = 220'000'000;
inline constexpr std::uint64_t kBlsPair = 250'000'000;
inline constexpr std::uint64_t kBlsPairing = 450'000'000;  // for all pairs together
inline constexpr std::uint64_t kMapToG1 = 36'000'000;
inline constexpr std::uint64_t kMapToG2 = 135'000'000;
inline constexpr std::uint64_t kP256Verification = 105'000'000;
inline constexpr std::uint64_t kModexpStep = 500;  // one product of two 64-bit words

/// Charges are collected and made together once they reach this.
inline constexpr std::uint64_t kBatch = 100'000;

/// A vector above this is an assertion of the Rust library, before the limit of the instance's memory is met.
inline constexpr std::uint64_t kLongestVector = (1ULL << 31) - 1;

}  // namespace strata::actors::evm::costs
