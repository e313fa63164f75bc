#include <strata/api/beacon_cache.hpp>

namespace strata::api {

Result<BeaconEntry> BeaconCache::entry(std::uint64_t round) {
    if (source_ == nullptr)
        return fail(Errc::unsupported, "this node asks no beacon: only rounds that the chain has recorded are known");
    {
        const Lock lock(mutex_);
        const auto it = entries_.find(round);
        if (it != entries_.end()) return it->second;
    }
    // The source may ask the network, so other calls must not wait for it with the mutex.
    STRATA_TRY(auto entry, source_->entry(round));
    const Lock lock(mutex_);
    if (entries_.size() >= kMost) entries_.erase(entries_.begin());
    entries_.emplace(round, entry);
    return entry;
}

}  // namespace strata::api
