#pragma once
// What one provider is told. Source of the defaults: storage.md §2.3, §4.7, §6.3.
#include <filesystem>

#include <strata/types/sector.hpp>

namespace strata::provider {

/// Epochs that each kind of work takes in virtual time.
struct Leads {
    ChainEpoch pre_commit_1 = 2;
    ChainEpoch pre_commit_2 = 2;
    ChainEpoch commit = 2;
    ChainEpoch check = 1;
    ChainEpoch window = 4;
};

struct ProviderConfig {
    Address miner;  // f0
    std::filesystem::path folder;
    RegisteredSealProof seal_proof{};
    Leads leads;
    /// How long a sector with room waits for more pieces after its first one.
    ChainEpoch accept_delay = 0;
    /// Of a sector without data, and at least of the others. Source: storage.md §2.3 (4): at least 210 days and a bit.
    ChainEpoch lifetime = 540 * 2880;
    /// Epochs on top of a message's execution before it counts (lotus MessageConfidence is 5).
    ChainEpoch message_confidence = 5;
    /// Sectors of one message.
    std::size_t batch = 16;
    /// Proofs are made as soon as their challenge is known. Otherwise when their window is open, for which no block of
    /// its own is needed: for networks where blocks are dear and time is not.
    bool prove_early = true;
    /// Partitions of one WindowPoSt message; the actor takes 3 at most (storage.md §4.1).
    std::uint64_t window_partitions = 3;
};

}  // namespace strata::provider
