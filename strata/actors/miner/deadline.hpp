#pragma once
// One of the 48 windows of a proving period: its partitions, what was proven, what can be disputed.
// Source: docs/protocol/storage.md §4; builtin-actors v18 actors/miner/src/deadline_state.rs.
#include <strata/actors/miner/partition.hpp>
#include <strata/actors/miner/sectors.hpp>

namespace strata::actors::miner {

inline constexpr unsigned kPartitionsWidth = 3;
inline constexpr unsigned kDeadlineExpirationsWidth = 5;
inline constexpr unsigned kOptimisticPostsWidth = 2;

/// A proof that was accepted without verification and can be disputed.
struct WindowedPoSt {
    BitField partitions;
    std::vector<PoStProof> proofs;
    STRATA_CBOR_TUPLE(partitions, proofs);
};
using Partitions = AmtArray<Partition>;
using Posts = AmtArray<WindowedPoSt>;

struct PoStPartition;

struct Deadline {
    Cid partitions;          // AMT of Partition, without gaps
    Cid expirations_epochs;  // BitFieldQueue of partitions in which sectors may expire
    BitField partitions_posted;
    BitField early_terminations;
    std::uint64_t live_sectors = 0;
    std::uint64_t total_sectors = 0;
    PowerPair faulty_power;
    Cid optimistic_post_submissions;
    // Snapshots taken at the end of the last window.
    Cid sectors_snapshot;
    Cid partitions_snapshot;
    Cid optimistic_post_submissions_snapshot;
    PowerPair live_power;
    TokenAmount daily_fee;
    STRATA_CBOR_TUPLE(partitions, expirations_epochs, partitions_posted, early_terminations, live_sectors,
                      total_sectors, faulty_power, optimistic_post_submissions, sectors_snapshot, partitions_snapshot,
                      optimistic_post_submissions_snapshot, live_power, daily_fee);

    static ActorResult<Deadline> empty(Runtime& rt);
    /// Returns true if the end of the deadline has work to do: there are live sectors or posted proofs, or a snapshot
    /// is outdated.
    bool is_live() const;
    Done validate() const;

    ActorResult<Partitions> partitions_amt(Runtime& rt) const;
    /// Aborts with not_found if there is no such partition.
    ActorResult<Partition> load_partition(Runtime& rt, std::uint64_t index) const;

    /// Adds sectors and fills the last partition first. `new_fees` adds their fees to the deadline's; it is false for
    /// sectors that only move within the deadline.
    ActorResult<Partition::Added> add_sectors(Runtime& rt, std::uint64_t partition_size, bool proven, bool new_fees,
                                              SectorInfos added, SectorSize size, const QuantSpec& quant);
    /// Records that sectors of these partitions may expire at `epoch`.
    Done add_expiration_partitions(Runtime& rt, ChainEpoch epoch, const std::vector<std::uint64_t>& partition_numbers,
                                   const QuantSpec& quant);
    ActorResult<ExpirationSet> pop_expired_sectors(Runtime& rt, ChainEpoch until, const QuantSpec& quant);
    /// Takes terminated sectors whose fee is not charged yet from the partitions, up to the limits.
    ActorResult<Partition::Popped> pop_early_terminations(Runtime& rt, std::uint64_t max_partitions,
                                                          std::uint64_t max_sectors);
    /// Returns the active power that was lost.
    ActorResult<PowerPair> terminate_sectors(Runtime& rt, const Sectors& infos, ChainEpoch epoch,
                                             const PartitionSectorMap& by_partition, SectorSize size,
                                             const QuantSpec& quant);
    /// Removes partitions, adds their live sectors again at the end of the deadline, and returns the dead ones, which
    /// the caller removes from the miner's table. Aborts with illegal_argument if a removed partition has faulty or
    /// unproven sectors.
    ActorResult<BitField> compact_partitions(Runtime& rt, const Sectors& infos, SectorSize size,
                                             std::uint64_t partition_size, const BitField& to_remove,
                                             const QuantSpec& quant);
    /// Returns the change of power.
    ActorResult<PowerPair> record_faults(Runtime& rt, const Sectors& infos, SectorSize size, const QuantSpec& quant,
                                         ChainEpoch fault_expiration, const PartitionSectorMap& by_partition);
    Done declare_faults_recovered(Runtime& rt, const Sectors& infos, SectorSize size,
                                  const PartitionSectorMap& by_partition);

    struct End {
        PowerPair power_delta;
        PowerPair penalized_power;
    };
    /// Closes the window: sectors that were not proven become faulty. `sectors` is the miner's table at this moment.
    ActorResult<End> process_deadline_end(Runtime& rt, const QuantSpec& quant, ChainEpoch fault_expiration,
                                          const Cid& sectors);

    struct PostResult {
        PowerPair power_delta;
        PowerPair new_faulty_power;
        PowerPair retracted_recovery_power;
        PowerPair recovered_power;
        BitField sectors;          // of the proven partitions
        BitField ignored_sectors;  // those among them that need no proof
        BitField partitions;
    };
    /// Records the proofs as valid without verifying them, which is the caller's task.
    ActorResult<PostResult> record_proven_sectors(Runtime& rt, const Sectors& infos, SectorSize size,
                                                  const QuantSpec& quant, ChainEpoch fault_expiration,
                                                  const std::vector<PoStPartition>& proven);
    Done record_post_proofs(Runtime& rt, const BitField& proven, const std::vector<PoStProof>& proofs);
    /// Removes a proof from the snapshot and returns it. Aborts with illegal_argument if the snapshot does not have it.
    ActorResult<WindowedPoSt> take_post_proofs(Runtime& rt, std::uint64_t index);

    struct Dispute {
        BitField all_sectors;
        BitField ignored_sectors;
        PartitionSectorMap disputed_sectors;
        PowerPair disputed_power;
    };
    /// Returns the sectors that a disputed proof covered, as they were when its window closed.
    ActorResult<Dispute> load_partitions_for_dispute(Runtime& rt, const BitField& partition_numbers) const;

    ActorResult<std::vector<SectorOnChainInfo>> reschedule_sector_expirations(Runtime& rt, const Sectors& infos,
                                                                              ChainEpoch expiration,
                                                                              const PartitionSectorMap& by_partition,
                                                                              SectorSize size, const QuantSpec& quant);
};

/// The 48 deadlines of a miner.
struct Deadlines {
    std::vector<Cid> due;
    STRATA_CBOR_TUPLE(due);

    /// Aborts with illegal_argument if the lower 32 bits of the index are more than 47.
    ActorResult<Deadline> load_deadline(Runtime& rt, std::uint64_t index) const;
    Done update_deadline(Runtime& rt, std::uint64_t index, const Deadline& deadline);
    struct Place {
        std::uint64_t deadline = 0;
        std::uint64_t partition = 0;
    };
    /// Aborts with illegal_state if no deadline has the sector.
    ActorResult<Place> find_sector(Runtime& rt, SectorNumber number) const;
};

}  // namespace strata::actors::miner
