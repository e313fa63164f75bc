#pragma once
// When a network changes its rules: heights and network versions as data. The named heights are those of Lotus'
// configurations. Source: lotus build/buildconstants/params_*.go (b835fab), chain/consensus/filcns/upgrades.go,
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

#include <strata/types/network.hpp>

namespace strata::chain {

struct Upgrade {
    std::string_view name;       // as Lotus names the height: "FireHorse" for UpgradeFireHorseHeight
    ChainEpoch height = 0;       // below 0: part of what the network began with
    NetworkVersion version = 0;  // 0: the upgrade changed something else than the version
};

/// The height of an upgrade that is not planned yet.
inline constexpr ChainEpoch kNotPlanned = 999'999'999'999'999;

class UpgradeSchedule {
  public:
    UpgradeSchedule() = default;
    /// `upgrades` in the order of their versions.
    UpgradeSchedule(NetworkVersion genesis, std::vector<Upgrade> upgrades)
        : genesis_(genesis), upgrades_(std::move(upgrades)) {}

    /// The version of an epoch. An upgrade at height H holds for the epochs above H; one below 0 never counts, since
    /// the genesis was made for a later version.
    NetworkVersion version_at(ChainEpoch epoch) const;
    /// Empty if the network has no upgrade of this name.
    std::optional<ChainEpoch> height_of(std::string_view name) const;
    /// Plans an upgrade that the schedule has already at a different height. Checked: the name must exist.
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
