#pragma once
// The sectors of a miner by number. Source: builtin-actors v18 actors/miner/src/sectors.rs.
#include <span>

#include <strata/actors/miner/checked.hpp>
#include <strata/actors/miner/types.hpp>

namespace strata::actors::miner {

inline constexpr unsigned kSectorsAmtWidth = 5;

class Sectors {
  public:
    static ActorResult<Sectors> load(Runtime& rt, const Cid& root);

    ActorResult<std::optional<SectorOnChainInfo>> get(Runtime& rt, SectorNumber number) const;
    /// Aborts with not_found if it is missing.
    ActorResult<SectorOnChainInfo> must_get(Runtime& rt, SectorNumber number) const;
    ActorResult<std::vector<SectorOnChainInfo>> load_sectors(Runtime& rt, const BitField& numbers) const;
    /// Loads the sectors of a proof. A faulty sector is replaced by the first healthy one, so that the proof keeps its
    /// length. Empty if all are faulty.
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

}  // namespace strata::actors::miner
