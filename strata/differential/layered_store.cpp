#include <strata/differential/layered_store.hpp>

#include <strata/ipld/dag.hpp>

namespace strata::differential {

Result<Bytes> LayeredStore::get(const Cid& cid) {
    if (const auto it = own_.find(cid); it != own_.end()) return it->second;
    if (const auto it = base_.find(cid); it != base_.end()) return it->second;
    return fail(Errc::missing_block, "the store has no block " + cid.to_string());
}

Result<bool> LayeredStore::has(const Cid& cid) {
    return own_.contains(cid) || base_.contains(cid);
}

Result<Cid> LayeredStore::put(Codec codec, BytesView data) {
    const Cid cid = Cid::hash_of(codec, data);
    STRATA_OK(put_block(cid, data));
    return cid;
}

Status LayeredStore::put_block(const Cid& cid, BytesView data) {
    if (!base_.contains(cid) && own_.emplace(cid, to_bytes(data)).second) size_ += data.size();
    return {};
}

Status LayeredStore::keep_only(const std::vector<Cid>& roots) {
    std::map<Cid, Bytes> kept;
    std::vector<Cid> waiting = roots;
    std::size_t size = 0;
    while (!waiting.empty()) {
        const Cid cid = waiting.back();
        waiting.pop_back();
        // Blocks of the base link only to the base. Commitments and the code of actors look like links, but have no
        // block here.
        auto node = own_.extract(cid);
        if (node.empty()) continue;
        STRATA_TRY(const auto links, links_of(cid.codec(), node.mapped()));
        waiting.insert(waiting.end(), links.begin(), links.end());
        size += node.mapped().size();
        kept.insert(std::move(node));
    }
    own_ = std::move(kept);
    size_ = size;
    return {};
}

}  // namespace strata::differential
