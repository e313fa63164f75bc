#pragma once
// Does most of the next upgrade's migration ahead of its height, on a thread of its own, so that the blocks of that
// epoch do not wait for all of it. It never changes a state or a result. Source: lotus chain/stmgr/forks.go
// (preMigrationWorker), chain/consensus/filcns/upgrades.go (the epochs).
#include <atomic>
#include <functional>
#include <thread>

#include <strata/chain/network.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::chain {

/// Returns the height of the first upgrade that can be prepared at `epoch`: it is more than 15 and at most 120 epochs
/// above, and its migration is in this program. Empty if there is none.
std::optional<ChainEpoch> upgrade_to_prepare(const Network& network, ChainEpoch epoch);

class UpgradePreparer {
  public:
    /// Called on the preparer's thread with the upgrade's height when the work for it has ended. The code `cancelled`
    /// says that it was stopped.
    using Listener = std::function<void(ChainEpoch upgrade, const Status& result)>;

    /// The work stops this many epochs before the upgrade, whose blocks then have the machine for themselves.
    static constexpr ChainEpoch kStop = 10;

    /// `network` and `blocks` must outlive the object; `blocks` must be thread-safe.
    UpgradePreparer(const Network& network, Blockstore& blocks, Listener listener)
        : network_(network), blocks_(blocks), listener_(std::move(listener)) {}
    UpgradePreparer(const UpgradePreparer&) = delete;
    UpgradePreparer& operator=(const UpgradePreparer&) = delete;
    /// Stops the work and waits until it has ended.
    ~UpgradePreparer() { stop_ = true; }

    /// Starts the work if there is an upgrade_to_prepare(), and stops it before the upgrade. It returns at once. Call
    /// it with each new head, from one thread at a time; the state of the head's parents must be in `blocks`. An
    /// upgrade is prepared once, also if that fails or the chain goes back, and never two at the same time.
    void on_head(const Tipset& head);

  private:
    const Network& network_;
    Blockstore& blocks_;
    const Listener listener_;
    ChainEpoch upgrade_ = -1;  // the height of the last one that was begun
    std::atomic<bool> stop_ = false;
    std::atomic<bool> works_ = false;  // the thread has not ended its work yet
    std::jthread thread_;
};

}  // namespace strata::chain
