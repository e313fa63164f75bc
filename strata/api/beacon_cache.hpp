#pragma once
// Entries of the beacon that were asked for. A local beacon signs an entry each time, and one question about a far
// epoch needs an entry for every round on the way there.
#include <map>

#include <strata/base/mutex.hpp>
#include <strata/chain/beacon_source.hpp>

namespace strata::api {

/// Thread-safe.
class BeaconCache {
  public:
    /// `source` may be null, and must outlive the cache.
    explicit BeaconCache(chain::BeaconSource* source) : source_(source) {}

    bool has_source() const { return source_ != nullptr; }
    /// Errors: unsupported without a source; those of the source.
    Result<BeaconEntry> entry(std::uint64_t round);

  private:
    // 150 bytes each; more than a question may need (one finality of null rounds).
    static constexpr std::size_t kMost = 8192;

    chain::BeaconSource* const source_;
    Mutex mutex_;
    std::map<std::uint64_t, BeaconEntry> entries_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::api
