#pragma once
// Knows the waiting Ethereum transactions by their hashes, so that a look-up does not go through the pool. It follows
// the pool's changes from the start. Native messages are found by their CIDs, which the pool itself knows.
#include <map>
#include <memory>

#include <strata/base/mutex.hpp>
#include <strata/chain/api.hpp>

namespace strata::api {

/// Thread-safe. Held by a shared pointer, because the chain keeps its listener for as long as it lives.
class PoolHashes {
  public:
    /// The chain must outlive the object.
    static std::shared_ptr<PoolHashes> open(chain::Chain& chain);

    /// Returns the waiting message whose transaction has this hash; empty if there is none. Errors: those of the pool.
    Result<std::optional<SignedMessage>> find(const Hash256& hash) STRATA_EXCLUDES(mutex_);

  private:
    explicit PoolHashes(chain::Chain& chain) : chain_(chain) {}
    void note(const SignedMessage& message, bool is_added) STRATA_EXCLUDES(mutex_);

    chain::Chain& chain_;
    Mutex mutex_;
    std::map<Hash256, Cid> cids_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::api
