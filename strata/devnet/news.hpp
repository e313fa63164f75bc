#pragma once
// Tells the person at the terminal what happens in a running network: changes of sectors and deals, failures and their
// ends, and about once a minute a summary.
#include <map>

#include <strata/devnet/devnet.hpp>
#include <strata/market/deal_record.hpp>
#include <strata/node/health.hpp>
#include <strata/provider/sector_record.hpp>
#include <strata/terminal/report.hpp>

namespace strata::devnet {

/// To be used on the network's thread.
class News {
  public:
    /// Both must outlive the object. Sectors and deals that exist already are not reported.
    News(Devnet& net, terminal::Report& report);

    /// To be called after each epoch.
    void tell(ChainEpoch epoch);

  private:
    void tell_sectors(std::size_t provider, bool quietly);
    void tell_deals(std::size_t provider, bool quietly);
    void tell_failures();
    void tell_summary(ChainEpoch epoch);
    std::string next_proof(ChainEpoch epoch);

    Devnet& net_;
    terminal::Report& report_;
    std::map<std::pair<std::size_t, SectorNumber>, provider::SectorState> sectors_;
    std::map<std::pair<std::size_t, Cid>, market::DealStage> deals_;
    std::map<std::pair<std::size_t, node::Part>, std::string> failures_;
    ChainEpoch next_summary_ = 0;
};

}  // namespace strata::devnet
