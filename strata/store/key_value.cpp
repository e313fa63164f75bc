#include <strata/store/key_value.hpp>

namespace strata::store {

Result<std::optional<Bytes>> MemoryKeyValue::get(std::string_view key) {
    const Lock lock(mutex_);
    const auto it = entries_.find(key);
    return it == entries_.end() ? std::optional<Bytes>{} : std::optional<Bytes>{it->second};
}

Status MemoryKeyValue::write(const std::vector<Write>& batch) {
    const Lock lock(mutex_);
    for (const auto& [key, value] : batch) {
        if (value) {
            entries_.insert_or_assign(key, *value);
        } else {
            entries_.erase(key);
        }
    }
    return {};
}

Status MemoryKeyValue::for_each(std::string_view prefix, const Visit& visit) {
    // The visitor may write, so it sees a copy.
    std::vector<std::pair<std::string, Bytes>> found;
    {
        const Lock lock(mutex_);
        for (auto it = entries_.lower_bound(prefix); it != entries_.end() && it->first.starts_with(prefix); ++it)
            found.emplace_back(*it);
    }
    for (const auto& [key, value] : found) {
        STRATA_TRY(const bool more, visit(key, value));
        if (!more) break;
    }
    return {};
}

}  // namespace strata::store
