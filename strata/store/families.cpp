#include <strata/store/families.hpp>

namespace strata::store {

Error block_is_missing(const Cid& cid) {
    return fail(Errc::missing_block, "block " + cid.to_string() + " is not in this node's store");
}

Result<Bytes> FamilyBlockstore::get(const Cid& cid) {
    STRATA_TRY(auto data, family_->find(cid));
    if (!data) return block_is_missing(cid);
    return std::move(*data);
}

Result<Cid> FamilyBlockstore::put(Codec codec, BytesView data) {
    const Cid cid = Cid::hash_of(codec, data);
    STRATA_OK(family_->put(cid, data));
    return cid;
}

Result<std::optional<Bytes>> MemoryFamily::find(const Cid& cid) {
    const Lock lock(mutex_);
    const auto it = blocks_.find(cid);
    return it == blocks_.end() ? std::nullopt : std::optional(it->second);
}

Result<bool> MemoryFamily::has(const Cid& cid) {
    const Lock lock(mutex_);
    return blocks_.contains(cid);
}

Status MemoryFamily::put(const Cid& cid, BytesView data) {
    const Lock lock(mutex_);
    if (blocks_.try_emplace(cid, to_bytes(data)).second) bytes_ += data.size();
    return {};
}

Status MemoryFamily::for_each(const Cid& after, const Visit& visit) {
    const auto blocks = [&] {
        const Lock lock(mutex_);
        return std::map<Cid, Bytes>(after.defined() ? blocks_.upper_bound(after) : blocks_.begin(), blocks_.end());
    }();
    for (const auto& [cid, data] : blocks) {
        STRATA_TRY(const bool more, visit(cid, data));
        if (!more) break;
    }
    return {};
}

Status MemoryFamily::drop_until(const Cid& last) {
    const Lock lock(mutex_);
    const auto end = blocks_.upper_bound(last);
    for (auto it = blocks_.begin(); it != end; it = blocks_.erase(it)) bytes_ -= it->second.size();
    return {};
}

std::uint64_t MemoryFamily::bytes() const {
    const Lock lock(mutex_);
    return bytes_;
}

std::vector<std::string> MemoryFamilies::family_names() const {
    const Lock lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, family] : families_) names.push_back(name);
    return names;
}

Result<FamilyPtr> MemoryFamilies::family(const std::string& name) {
    const Lock lock(mutex_);
    auto& family = families_[name];
    if (!family) family = std::make_shared<MemoryFamily>();
    return family;
}

Status MemoryFamilies::drop_family(const std::string& name) {
    const Lock lock(mutex_);
    families_.erase(name);
    return {};
}

}  // namespace strata::store
