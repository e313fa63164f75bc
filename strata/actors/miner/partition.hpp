#pragma once
// Sectors that are proven together. Source: docs/protocol/storage.md §4.3; builtin-actors v18
// actors/miner/src/partition_state.rs. Every change keeps the sums of power and the sets consistent, or fails with
// illegal_state.
#include <map>

#include <strata/actors/miner/expiration_queue.hpp>
#include <strata/actors/miner/types.hpp>

namespace strata::actors::miner {

/// Sectors whose early termination was processed. Source: builtin-actors v18 actors/miner/src/termination.rs.
struct TerminationResult {
    std::map<ChainEpoch, BitField> sectors;  // by the epoch of their termination
    std::uint64_t partitions_processed = 0;
    std::uint64_t sectors_processed = 0;

    bool below_limit(std::uint64_t partition_limit, std::uint64_t sector_limit) const {
        return partitions_processed < partition_limit && sectors_processed < sector_limit;
    }
    bool empty() const { return sectors_processed == 0; }
    TerminationResult& operator+=(const TerminationResult& other) {
        partitions_processed += other.partitions_processed;
        sectors_processed += other.sectors_processed;
        for (const auto& [epoch, more] : other.sectors) sectors[epoch] |= more;
        return *this;
    }
};

inline constexpr unsigned kPartitionExpirationsWidth = 4;
inline constexpr unsigned kEarlyTerminatedWidth = 3;

struct Partition {
    BitField sectors;
    BitField unproven;
    BitField faults;
    BitField recoveries;
    BitField terminated;
    Cid expirations_epochs;  // ExpirationQueue
    Cid early_terminated;    // BitFieldQueue by the epoch of termination
    PowerPair live_power;    // includes faulty and unproven power
    PowerPair unproven_power;
    PowerPair faulty_power;
    PowerPair recovering_power;
    STRATA_CBOR_TUPLE(sectors, unproven, faults, recoveries, terminated, expirations_epochs, early_terminated,
                      live_power, unproven_power, faulty_power, recovering_power);

    static ActorResult<Partition> empty(Runtime& rt);

    BitField live_sectors() const { return sectors - terminated; }
    BitField active_sectors() const { return live_sectors() - faults - unproven; }
    PowerPair active_power() const { return live_power - faulty_power - unproven_power; }

    struct Added {
        PowerPair power;
        TokenAmount daily_fee;
    };
    ActorResult<Added> add_sectors(Runtime& rt, bool proven, SectorInfos added, SectorSize size,
                                   const QuantSpec& quant);

    struct NewFaults {
        BitField sectors;
        PowerPair power_delta;
        PowerPair faulty_power;
    };
    /// Marks healthy sectors among `declared` faulty, and cancels the declared recoveries of the others.
    ActorResult<NewFaults> record_faults(Runtime& rt, const Sectors& infos, const BitField& declared,
                                         ChainEpoch fault_expiration, SectorSize size, const QuantSpec& quant);
    struct SkippedFaults {
        PowerPair power_delta;
        PowerPair new_faulty_power;
        PowerPair retracted_recovery_power;
        bool any_new = false;
    };
    /// Marks sectors faulty that a proof leaves out, and cancels their declared recoveries.
    ActorResult<SkippedFaults> record_skipped_faults(Runtime& rt, const Sectors& infos, SectorSize size,
                                                     const QuantSpec& quant, ChainEpoch fault_expiration,
                                                     const BitField& skipped);
    struct MissedPost {
        PowerPair power_delta;
        PowerPair penalized_power;
        PowerPair new_faulty_power;
    };
    /// Marks all live sectors faulty, because no proof arrived. Declared recoveries have failed.
    ActorResult<MissedPost> record_missed_post(Runtime& rt, ChainEpoch fault_expiration, const QuantSpec& quant);

    /// Marks faulty sectors as recovering. They become healthy with the next proof (recover_faults).
    Done declare_faults_recovered(Runtime& rt, const Sectors& infos, SectorSize size, const BitField& declared);
    /// Restores all declared recoveries and returns their power.
    ActorResult<PowerPair> recover_faults(Runtime& rt, const Sectors& infos, SectorSize size, const QuantSpec& quant);
    /// Marks all sectors proven and returns the power that this adds.
    PowerPair activate_unproven();

    /// Moves the healthy sectors among `numbers` to `new_expiration` and returns them.
    ActorResult<std::vector<SectorOnChainInfo>> reschedule_expirations(Runtime& rt, const Sectors& infos,
                                                                       ChainEpoch new_expiration,
                                                                       const BitField& numbers, SectorSize size,
                                                                       const QuantSpec& quant);
    struct Replaced {
        PowerPair power_delta;
        TokenAmount pledge_delta;
        TokenAmount daily_fee_delta;
    };
    ActorResult<Replaced> replace_sectors(Runtime& rt, SectorInfos old_sectors, SectorInfos new_sectors,
                                          SectorSize size, const QuantSpec& quant);

    struct Terminated {
        ExpirationSet removed;  // its active power leaves unproven power out
        PowerPair unproven_power;
    };
    ActorResult<Terminated> terminate_sectors(Runtime& rt, const Sectors& infos, ChainEpoch epoch,
                                              const BitField& numbers, SectorSize size, const QuantSpec& quant);
    ActorResult<ExpirationSet> pop_expired_sectors(Runtime& rt, ChainEpoch until, const QuantSpec& quant);
    struct Popped {
        TerminationResult result;
        bool has_more = false;
    };
    /// Takes terminated sectors whose fee is not charged yet from the queue, at most `max_sectors`.
    ActorResult<Popped> pop_early_terminations(Runtime& rt, std::uint64_t max_sectors);

  private:
    Done validate() const;
    ActorResult<NewFaults> add_faults(Runtime& rt, const BitField& numbers, SectorInfos infos,
                                      ChainEpoch fault_expiration, SectorSize size, const QuantSpec& quant);
    void remove_recoveries(const BitField& numbers, const PowerPair& power);
    Done record_early_termination(Runtime& rt, ChainEpoch epoch, const BitField& numbers);
};

}  // namespace strata::actors::miner
