#pragma once
// Caches entries of the beacon. A local beacon signs an entry each time it is asked, and one call about a far epoch
// needs the entry of every round up to it.
#include <map>

#include <strata/base/mutex.hpp>
#include <strata/chain/beacon_source.hpp>

namespace strata::api {

/// A cache of beacon entries. Thread-safe.
class BeaconCache {
  public:
    /// `source` may be null, and must outlive the cache.
    explicit BeaconCache(chain::BeaconSource* source) : source_(source) {}

    bool has_source() const { return source_ != nullptr; }
    /// Returns the entry of a round. Errors: unsupported without a source; those of the source.
    Result<BeaconEntry> entry(std::uint64_t round);

  private:
    // An entry takes about 150 bytes. The limit is more than one call may need (one finality of null rounds).
    static constexpr std::size_t kMaxEntries = 8192;

    chain::BeaconSource* const source_;
    Mutex mutex_;
    std::map<std::uint64_t, BeaconEntry> entries_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::api
