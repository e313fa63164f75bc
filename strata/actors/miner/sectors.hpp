#pragma once
// The sectors of a miner by number, and sets of sectors by deadline and partition. Source: builtin-actors v18
// actors/miner/src/{sectors,sector_map}.rs.
#include <map>
#include <span>

#include <strata/actors/miner/checked.hpp>
#include <strata/actors/miner/deadline_info.hpp>
#include <strata/actors/miner/types.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::miner {

inline constexpr unsigned kSectorsAmtWidth = 5;

class Sectors {
  public:
    static ActorResult<Sectors> load(Runtime& rt, const Cid& root);

    ActorResult<std::optional<SectorOnChainInfo>> get(Runtime& rt, SectorNumber number) const;
    /// Aborts with not_found if the sector is missing.
    ActorResult<SectorOnChainInfo> must_get(Runtime& rt, SectorNumber number) const;
    /// Aborts with not_found if one of them is missing.
    ActorResult<std::vector<SectorOnChainInfo>> load_sectors(Runtime& rt, const BitField& numbers) const;
    /// Loads the sectors of a proof. A faulty sector is replaced with the first healthy one, so that the proof keeps
    /// its length. Returns an empty list if all are faulty.
    ActorResult<std::vector<SectorOnChainInfo>> load_for_proof(Runtime& rt, const BitField& proven,
                                                               const BitField& faults) const;
    Done store(Runtime& rt, const std::vector<SectorOnChainInfo>& sectors);
    Done delete_sectors(Runtime& rt, const BitField& numbers);
    ActorResult<Cid> flush(Runtime& rt) { return checked(rt, amt_.flush()); }
    const AmtArray<SectorOnChainInfo>& amt() const { return amt_; }

  private:
    explicit Sectors(AmtArray<SectorOnChainInfo> amt) : amt_(std::move(amt)) {}
    AmtArray<SectorOnChainInfo> amt_;
};

/// Selects those of `sectors` that are in `field`. Aborts with illegal_state if one is missing.
ActorResult<std::vector<SectorOnChainInfo>> select_sectors(std::span<const SectorOnChainInfo> sectors,
                                                           const BitField& field);

using PartitionSectorMap = std::map<std::uint64_t, BitField>;

/// Sectors by deadline and partition, as messages declare them.
class DeadlineSectorMap {
  public:
    Done add(std::uint64_t deadline, std::uint64_t partition, const BitField& sectors) {
        if (deadline >= kWPoStPeriodDeadlines) return illegal_argument(no_such_deadline(deadline));
        by_deadline_[deadline][partition] |= sectors;
        return {};
    }
    /// Aborts with illegal_argument if there are more partitions or sectors than this.
    Done check(std::uint64_t max_partitions, std::uint64_t max_sectors) const;
    const std::map<std::uint64_t, PartitionSectorMap>& by_deadline() const { return by_deadline_; }

  private:
    std::map<std::uint64_t, PartitionSectorMap> by_deadline_;
};

}  // namespace strata::actors::miner
