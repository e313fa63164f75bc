#pragma once
// Says what the native EVM pays in gas for its own work. The official actor pays for its WebAssembly instructions
// instead, which native code cannot count, so these numbers are not consensus with other programs: they make every loop
// end and keep the time that a unit of gas buys bounded (docs/known_gaps.md). The kernel's charges are the official
// ones.
#include <cstdint>

namespace strata::actors::evm::costs {

// In gas.
inline constexpr std::uint64_t kInvocation = 300'000;     // an invocation of a contract, before its first instruction
inline constexpr std::uint64_t kInstruction = 400;        // any instruction
inline constexpr std::uint64_t kStorageAccess = 8'000;    // a walk down the storage's tree, beside its blocks
inline constexpr std::uint64_t kExponentBit = 40;         // of EXP
inline constexpr std::uint64_t kByteOfMemory = 1;         // that is new
inline constexpr std::uint64_t kByteCopied = 1;           // or scanned
inline constexpr std::uint64_t kBlake2Round = 2'000;      // precompile 0x09
inline constexpr std::uint64_t kBn254Addition = 500'000;  // precompiles 0x06 to 0x08
inline constexpr std::uint64_t kBn254Product = 20'000'000;
inline constexpr std::uint64_t kBn254Pairing = 200'000'000;
inline constexpr std::uint64_t kG1Addition = 1'000'000;  // precompiles 0x0b to 0x11
inline constexpr std::uint64_t kG1Term = 20'000'000;
inline constexpr std::uint64_t kG2Addition = 2'000'000;
inline constexpr std::uint64_t kG2Term = 50'000'000;
inline constexpr std::uint64_t kBlsPairing = 150'000'000;
inline constexpr std::uint64_t kMapToG1 = 10'000'000;
inline constexpr std::uint64_t kMapToG2 = 30'000'000;
inline constexpr std::uint64_t kP256Verification = 30'000'000;
inline constexpr std::uint64_t kModexpStep = 40;  // one product of two 64-bit words

/// Charges are collected and made together once they reach this.
inline constexpr std::uint64_t kBatch = 100'000;

/// One instance of WebAssembly may hold this much memory, and all instances of nested calls together this much
/// (docs/protocol/fvm.md §2.6). A vector above kLongestVector is an assertion of the Rust library before that.
inline constexpr std::uint64_t kMemoryLimit = 512ULL << 20;
inline constexpr std::uint64_t kTotalMemoryLimit = 2ULL << 30;
inline constexpr std::uint64_t kLongestVector = (1ULL << 31) - 1;

}  // namespace strata::actors::evm::costs
