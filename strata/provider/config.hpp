#pragma once
// The settings of one provider. Source of the defaults: docs/protocol/storage.md §2.3, §4.7, §6.3.
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include <strata/types/basic.hpp>
#include <strata/types/sector.hpp>

namespace strata::provider {

/// How many epochs each kind of work takes in virtual time. In real time work takes as long as it takes.
struct Leads {
    ChainEpoch pre_commit_1 = 2;
    ChainEpoch pre_commit_2 = 2;
    ChainEpoch commit = 2;
    ChainEpoch check = 1;
    ChainEpoch window = 4;
};

/// The most that one message may cost, gas limit times fee cap, in nanoFIL (10^-9 FIL); also a bound for the bids of a
/// message that waits too long. May change at any time, on any thread.
struct MaxFees {
    std::atomic<std::int64_t> usual{70'000'000};  // 0.07 FIL (lotus node/config/def.go, DefaultMaxFee)
    /// Higher, since a missed WindowPoSt costs far more. Source: docs/protocol/storage.md §4.7.
    std::atomic<std::int64_t> window_post{5'000'000'000};
};

struct ProviderConfig {
    Address miner;  // an ID address
    std::filesystem::path folder;
    RegisteredSealProof seal_proof{};
    Leads leads;
    /// How many epochs a sector with room waits for more pieces after its first one.
    ChainEpoch accept_delay = 0;
    /// How long a sector is committed for, in epochs; a deal that ends later makes it longer. The network demands at
    /// least 180 days, plus the time that may pass before activation (docs/protocol/storage.md §2.3 (4)).
    ChainEpoch lifetime = 540 * kEpochsInDay;
    /// How many epochs must follow a message's execution before the message counts as landed (Lotus' MessageConfidence
    /// is 5).
    ChainEpoch message_confidence = 5;
    /// How many sectors one message may pre-commit or prove.
    std::size_t batch = 16;
    /// True: window proofs are made as soon as their challenge is known. False: they are made once their window is
    /// open, so that no extra block is needed before the window. That suits networks in virtual time, where each block
    /// costs a WinningPoSt and waiting costs nothing.
    bool prove_early = true;
    /// How many partitions one WindowPoSt message may prove; the actor takes at most 3 (docs/protocol/storage.md §4.1).
    std::uint64_t window_partitions = 3;
    /// Told of each step of sealing that succeeded: its name ("pre_commit_1", "pre_commit_2", "commit") and the seconds
    /// of work. Called on the chain's thread; empty: nothing is told.
    std::function<void(std::string_view step, double seconds)> on_sealed;
    std::shared_ptr<MaxFees> max_fees = std::make_shared<MaxFees>();
};

}  // namespace strata::provider
