#pragma once
// Proving periods: 48 deadlines of 60 epochs, at an offset that differs between miners. This is pure arithmetic.
// Source: docs/protocol/storage.md §3; builtin-actors v18 actors/miner/src/{quantize,deadline_info,deadlines,lib}.rs
// and runtime/src/runtime/policy.rs.
#include <strata/types/basic.hpp>

namespace strata::actors::miner {

inline constexpr ChainEpoch kWPoStProvingPeriod = kProvingPeriod;
inline constexpr ChainEpoch kWPoStChallengeWindow = 60;
inline constexpr std::uint64_t kWPoStPeriodDeadlines = 48;
inline constexpr ChainEpoch kWPoStChallengeLookback = 20;
inline constexpr ChainEpoch kFaultDeclarationCutoff = kWPoStChallengeLookback + 50;
inline constexpr ChainEpoch kWPoStDisputeWindow = 2 * kChainFinality;
inline constexpr ChainEpoch kFaultMaxAge = kWPoStProvingPeriod * 42;  // 42 days

/// Rounds epochs to `offset` plus a multiple of `unit`, so that queues have few entries.
struct QuantSpec {
    ChainEpoch unit = 1;
    ChainEpoch offset = 0;
    ChainEpoch quantize_up(ChainEpoch epoch) const;
    ChainEpoch quantize_down(ChainEpoch epoch) const;
};
inline constexpr QuantSpec kNoQuantization{1, 0};

/// One deadline of one proving period, seen from an epoch.
struct DeadlineInfo {
    ChainEpoch current_epoch = 0;
    ChainEpoch period_start = 0;
    std::uint64_t index = 0;
    ChainEpoch open = 0;
    ChainEpoch close = 0;
    ChainEpoch challenge = 0;     // the epoch whose randomness the proof answers
    ChainEpoch fault_cutoff = 0;  // faults must be declared before this epoch

    static DeadlineInfo at(ChainEpoch period_start, std::uint64_t index, ChainEpoch current_epoch);
    /// Returns the current deadline of a miner whose periods start at multiples of 2,880 from `period_start_seed`.
    static DeadlineInfo current(ChainEpoch period_start_seed, ChainEpoch current_epoch);

    bool period_started() const { return current_epoch >= period_start; }
    bool is_open() const { return current_epoch >= open && current_epoch < close; }
    bool has_elapsed() const { return current_epoch >= close; }
    ChainEpoch last() const { return close - 1; }
    bool fault_cutoff_passed() const { return current_epoch >= fault_cutoff; }
    /// Returns this deadline in the first period in which it has not elapsed.
    DeadlineInfo next_not_elapsed() const;
    QuantSpec quant_spec() const { return {kWPoStProvingPeriod, last()}; }
};

/// Returns true if sectors may be moved in this deadline: it is not open and does not open in the next 60 epochs.
bool deadline_is_mutable(ChainEpoch period_start, std::uint64_t index, ChainEpoch current_epoch);
/// Returns true if proofs of the deadline's last window may be disputed: the window has closed, and not too long ago.
bool deadline_available_for_optimistic_post_dispute(ChainEpoch period_start, std::uint64_t index,
                                                    ChainEpoch current_epoch);
/// Returns true if partitions may be removed: the deadline is mutable, and its proofs can no longer be disputed.
bool deadline_available_for_compaction(ChainEpoch period_start, std::uint64_t index, ChainEpoch current_epoch);

}  // namespace strata::actors::miner
