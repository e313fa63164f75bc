#pragma once
// What is due next, collected while an epoch is worked through.
#include <strata/types/basic.hpp>

namespace strata::provider {

class Wakeups {
  public:
    /// Something can be done at `epoch`, whatever the chain does.
    void wake_at(ChainEpoch epoch) { earlier(wake_, epoch); }
    /// Something can be done once there is a tipset of `epoch` or later.
    void needs_tipset_at(ChainEpoch epoch) {
        earlier(wake_, epoch);
        earlier(block_, epoch);
    }
    std::optional<ChainEpoch> wake() const { return wake_; }
    bool wants_block(ChainEpoch epoch) const { return block_ && *block_ <= epoch; }

  private:
    static void earlier(std::optional<ChainEpoch>& to, ChainEpoch epoch) {
        if (!to || epoch < *to) to = epoch;
    }
    std::optional<ChainEpoch> wake_, block_;
};

}  // namespace strata::provider
