#pragma once
// Tells the person at the terminal what happens in a running network: changes of sectors and deals, what fails and what
// works again, and about once a minute how things stand.
#include <map>

#include <strata/devnet/devnet.hpp>
#include <strata/market/deal_record.hpp>
#include <strata/node/health.hpp>
#include <strata/provider/sector_record.hpp>
#include <strata/terminal/report.hpp>

namespace strata::devnet {

/// One thread, the network's.
class News {
  public:
    /// Both must outlive the object. What is there already is not told.
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
