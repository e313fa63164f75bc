#pragma once
// Reads a storage miner's state and tables. Layout: docs/protocol/fvm.md §8.8.
#include <functional>
#include <memory>

#include <strata/ipld/bitfield.hpp>
#include <strata/types/basic.hpp>

namespace strata {
class Blockstore;
namespace vm {
struct ActorState;
class StateTree;
}  // namespace vm
namespace actors::miner {
struct DeadlineInfo;
struct MinerInfo;
struct SectorOnChainInfo;
struct SectorPreCommitOnChainInfo;
struct State;
}  // namespace actors::miner
}  // namespace strata

namespace strata::actors::read {

struct MinerMoney {
    TokenAmount balance;
    TokenAmount vesting;  // rewards that are still locked
    TokenAmount pre_commit_deposits;
    TokenAmount initial_pledge;
    TokenAmount fee_debt;
    TokenAmount available;  // negative if the miner owes more than it has
};

/// The sectors of one partition.
struct PartitionView {
    BitField all;
    BitField live;    // those that are not terminated
    BitField active;  // live, proven once and not faulty
    BitField faults, recoveries;
};

struct DeadlineView {
    std::vector<PartitionView> partitions;  // by index
    BitField posted;                        // partitions proven since this deadline last closed
};

struct ProvingView {
    ChainEpoch period_start = 0;  // of the proving period that the state records
    std::vector<DeadlineView> deadlines;
};

/// A deadline without its partitions.
struct DeadlineSummary {
    BitField posted;               // as in DeadlineView
    std::uint64_t disputable = 0;  // proofs that were accepted without verification
    TokenAmount daily_fee;
};

/// The place at which a sector is proven.
struct SectorPlace {
    std::uint64_t deadline = 0;
    std::uint64_t partition = 0;
};

/// The epochs at which the expiration queue lets a sector leave; 0 if the queue has no such entry for the sector.
struct SectorExpiration {
    ChainEpoch on_time = 0;
    ChainEpoch early = 0;
};

class Miner {
  public:
    /// The blocks below `tree` must outlive the object. Errors: not_found if there is no such miner; missing_block,
    /// malformed.
    static Result<Miner> load(vm::StateTree& tree, const Address& address);
    /// `actor` is the miner with this ID. Errors: missing_block, malformed.
    static Result<Miner> load(Blockstore& blocks, ActorId id, const vm::ActorState& actor);

    ActorId id() const { return id_; }
    Result<miner::MinerInfo> info() const;
    MinerMoney money() const;
    /// Returns the part of the vesting funds that vested before `epoch`.
    Result<TokenAmount> vested(ChainEpoch epoch) const;

    Result<BitField> allocated_numbers() const;
    /// Empty if there is no such pre-commitment or sector.
    Result<std::optional<miner::SectorPreCommitOnChainInfo>> pre_commit(SectorNumber number) const;
    Result<std::optional<miner::SectorOnChainInfo>> sector(SectorNumber number) const;
    /// Visits all sectors in ascending order of their numbers.
    Status for_each_sector(const std::function<Status(const miner::SectorOnChainInfo&)>& visit) const;

    /// Returns the deadline that the state records, in the first period in which it has not elapsed at `epoch`.
    miner::DeadlineInfo deadline_at(ChainEpoch epoch) const;
    Result<std::vector<DeadlineSummary>> deadlines() const;
    /// Returns the partitions of the deadline with this index. Errors: out_of_range for a deadline that does not exist.
    Result<std::vector<PartitionView>> partitions(std::uint64_t index) const;
    /// Reads every partition of every deadline.
    Result<ProvingView> proving() const;
    /// Returns the union of this set over all partitions.
    Result<BitField> sectors_in(BitField PartitionView::* set) const;

    /// Empty if no deadline has the sector.
    Result<std::optional<SectorPlace>> find(SectorNumber number) const;
    /// Both epochs are 0 if no deadline has the sector, or if the sector is terminated.
    Result<SectorExpiration> expiration(SectorNumber number) const;

  private:
    struct Found;
    Miner(Blockstore& blocks, ActorId id, TokenAmount balance, miner::State state);
    Result<std::optional<Found>> find_partition(SectorNumber number) const;

    Blockstore* blocks_;
    ActorId id_;
    TokenAmount balance_;
    std::shared_ptr<const miner::State> state_;
};

/// Returns the key with which a miner's worker signs blocks and messages. Errors: not_found if the worker does not
/// exist; malformed also for a worker that is not an account; missing_block.
Result<Address> worker_key(vm::StateTree& tree, const Miner& miner);

}  // namespace strata::actors::read
