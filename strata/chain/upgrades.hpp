#pragma once
// Describes when a network changes its rules: heights and network versions as data. The named heights are those of
// Lotus' configurations. Source: lotus build/buildconstants/params_*.go (b835fab), chain/consensus/filcns/upgrades.go,
// chain/stmgr/forks.go.
//
// Which epoch's version a rule takes (lotus chain/stmgr, chain/consensus/filcns):
//   messages of a block        the block's height
//   winning proof              the height of the block's parents
//   lookback                   the round that is looked up
//   execution, supply, prices  the epoch that is executed
//   base fee                   the height of the parents
#include <string_view>
#include <vector>

#include <strata/types/basic.hpp>

namespace strata::chain {

/// A named height at which rules change.
struct Upgrade {
    std::string_view name;       // as Lotus names the height: "FireHorse" for UpgradeFireHorseHeight
    ChainEpoch height = 0;       // below 0 if the network began with this upgrade
    NetworkVersion version = 0;  // 0 if the upgrade did not change the version
};

/// The height that stands for an upgrade that is not planned yet.
inline constexpr ChainEpoch kNotPlanned = 999'999'999'999'999;

class UpgradeSchedule {
  public:
    UpgradeSchedule() = default;
    /// Takes the upgrades in the order of their versions.
    UpgradeSchedule(NetworkVersion genesis, std::vector<Upgrade> upgrades)
        : genesis_(genesis), upgrades_(std::move(upgrades)) {}

    /// Returns the version of an epoch. An upgrade at height H holds for the epochs above H; one below 0 never counts,
    /// since the genesis was made for a later version.
    NetworkVersion version_at(ChainEpoch epoch) const;
    /// Returns the height of an upgrade. Empty if the network has no upgrade of this name.
    std::optional<ChainEpoch> height_of(std::string_view name) const;
    /// Moves an upgrade of the schedule to a different height. The name must exist (checked).
    void move(std::string_view name, ChainEpoch height);

    NetworkVersion genesis_version() const { return genesis_; }
    const std::vector<Upgrade>& upgrades() const { return upgrades_; }

  private:
    NetworkVersion genesis_ = kFireHorse;
    std::vector<Upgrade> upgrades_;
};

UpgradeSchedule mainnet_upgrades();
UpgradeSchedule calibnet_upgrades();
UpgradeSchedule butterflynet_upgrades();
UpgradeSchedule devnet_2k_upgrades();

}  // namespace strata::chain
