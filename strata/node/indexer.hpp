#pragma once
// Completes the index of a chain that was taken over from a snapshot while its node runs: a thread of its own walks the
// headers down to genesis in small steps with pauses, so that old epochs can be asked for. A restart goes on where the
// last run stopped. Source: chain/chain_store.hpp (index_down).
#include <atomic>
#include <thread>

#include <strata/chain/tipset.hpp>

namespace strata::chain {
class ChainStore;
}

namespace strata::node {

class Indexer {
  public:
    struct Pace {
        std::uint64_t tipsets = 512;           // of one step
        std::chrono::milliseconds pause{50};   // between two steps
        std::chrono::seconds after_error{60};  // until a step that failed is tried again
    };

    /// Starts the thread, unless the index is complete. `chain` must outlive the indexer.
    Indexer(chain::ChainStore& chain, Pace pace);
    ~Indexer();
    Indexer(const Indexer&) = delete;
    Indexer& operator=(const Indexer&) = delete;

    bool is_done() const { return is_done_; }

  private:
    void work(const std::stop_token& stop);

    chain::ChainStore& chain_;
    const Pace pace_;
    std::atomic<bool> is_done_ = false;
    std::jthread thread_;
};

}  // namespace strata::node
