#include <strata/api/beacon_cache.hpp>

namespace strata::api {

Result<BeaconEntry> BeaconCache::entry(std::uint64_t round) {
    if (source_ == nullptr)
        return fail(Errc::unsupported, "round " + std::to_string(round) +
                                           " is not known: this node has no beacon to ask, and knows only the rounds "
                                           "that the chain has recorded");
    {
        const Lock lock(mutex_);
        const auto it = entries_.find(round);
        if (it != entries_.end()) return it->second;
    }
    // The mutex is not held here, because the source may ask the network, which takes long.
    STRATA_TRY(auto entry, source_->entry(round));
    const Lock lock(mutex_);
    if (entries_.size() >= kMaxEntries) entries_.erase(entries_.begin());
    entries_.emplace(round, entry);
    return entry;
}

}  // namespace strata::api
