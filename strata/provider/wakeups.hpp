#pragma once
// Collects, during on_epoch(), when a provider or market has work next.
#include <strata/types/basic.hpp>

namespace strata::provider {

class Wakeups {
  public:
    /// There is work at `epoch`, whatever the chain does.
    void wake_at(ChainEpoch epoch) { earlier(wake_, epoch); }
    /// There is work once the chain has a tipset at `epoch` or later.
    void needs_tipset_at(ChainEpoch epoch) {
        earlier(wake_, epoch);
        earlier(tipset_, epoch);
    }
    std::optional<ChainEpoch> wake() const { return wake_; }
    /// True if some work needs a tipset at `epoch` or earlier.
    bool wants_block(ChainEpoch epoch) const { return tipset_ && *tipset_ <= epoch; }

  private:
    static void earlier(std::optional<ChainEpoch>& to, ChainEpoch epoch) {
        if (!to || epoch < *to) to = epoch;
    }
    std::optional<ChainEpoch> wake_, tipset_;
};

}  // namespace strata::provider
