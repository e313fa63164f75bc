#pragma once
// Keeps the power of miners: sends a window proof for each of them in its window, as the provider would, but with a
// stub in the place of the proof. Source: docs/protocol/storage.md §4. One thread.
#include <strata/chain/local_chain.hpp>
#include <strata/simulation/sim_network.hpp>

namespace strata::simulation {

class WindowPosts {
  public:
    /// `shared` must outlive the object.
    WindowPosts(const SimNetwork& shared, std::vector<std::size_t> miners)
        : shared_(shared), miners_(std::move(miners)) {}

    /// Sends what is due. `epoch` is the epoch of the clock. Errors: failures of the node.
    Status on_epoch(chain::LocalChain& chain, ChainEpoch epoch);

  private:
    struct Window {
        std::size_t miner = 0;
        ChainEpoch open = 0;
        std::uint64_t deadline = 0;
        ChainEpoch tries = 0;  // the epoch of the next try
    };
    Status find_windows(chain::LocalChain& chain, ChainEpoch epoch);
    Result<bool> is_posted(chain::LocalChain& chain, const Window& window) const;
    Status send(chain::LocalChain& chain, const Window& window) const;

    const SimNetwork& shared_;
    const std::vector<std::size_t> miners_;
    std::vector<Window> windows_;
};

}  // namespace strata::simulation
