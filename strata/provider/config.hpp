#pragma once
// How one provider works. Source of the defaults: docs/protocol/storage.md §2.3, §4.7, §6.3.
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
    /// Epochs for which a sector without data is committed, and the least for a sector with data. The network's least
    /// is 180 days, plus what passes before activation (docs/protocol/storage.md §2.3 (4)).
    ChainEpoch lifetime = 540 * 2880;
    /// Epochs on top of a message's execution before it counts (lotus MessageConfidence is 5).
    ChainEpoch message_confidence = 5;
    /// Most sectors in one message.
    std::size_t batch = 16;
    /// True: window proofs are made as soon as their challenge is known. False: when their window is open, which needs
    /// no block of its own; for networks in virtual time, where a block costs a proof and waiting costs nothing.
    bool prove_early = true;
    /// Most partitions in one WindowPoSt message; the actor takes at most 3 (docs/protocol/storage.md §4.1).
    std::uint64_t window_partitions = 3;
};

}  // namespace strata::provider
