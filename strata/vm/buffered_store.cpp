#include <strata/vm/buffered_store.hpp>

#include <strata/vm/link_scan.hpp>

namespace strata::vm {

Result<Bytes> BufferedStore::get(const Cid& cid) {
    if (const auto it = pending_.find(cid); it != pending_.end()) return it->second;
    return base_.get(cid);
}
Result<bool> BufferedStore::has(const Cid& cid) {
    if (pending_.contains(cid)) return true;
    return base_.has(cid);
}
Result<Cid> BufferedStore::put(Codec codec, BytesView data) {
    const Cid cid = Cid::hash_of(codec, data);
    pending_.try_emplace(cid, to_bytes(data));
    return cid;
}
Status BufferedStore::put_block(const Cid& cid, BytesView data) {
    pending_.try_emplace(cid, to_bytes(data));
    return {};
}

// A block on the path from the root to the present position of the walk.
struct BufferedStore::Step {
    Cid cid;
    Bytes data;
    std::vector<Cid> links;
    std::size_t next = 0;
};

// Takes a block out of the pending ones; returns an empty optional if it is in the base store already.
Result<std::optional<BufferedStore::Step>> BufferedStore::take(const Cid& cid) {
    auto node = pending_.extract(cid);
    if (node.empty()) return std::optional<Step>{};
    auto scan = scan_links(cid.codec(), node.mapped());
    if (scan.failure) return fail(Errc::internal, "state block " + cid.to_string() + " is not valid DAG-CBOR");
    return std::optional(Step{cid, std::move(node.mapped()), std::move(scan.links), 0});
}

// The walk keeps its own stack instead of recursing, because actors choose how deeply their blocks nest.
Status BufferedStore::flush(const Cid& root) {
    std::vector<Step> path;
    STRATA_TRY(auto first, take(root));
    if (first) path.push_back(std::move(*first));
    while (!path.empty()) {
        Step& top = path.back();
        if (top.next == top.links.size()) {
            STRATA_OK(base_.put_block(top.cid, top.data));
            path.pop_back();
            continue;
        }
        STRATA_TRY(auto child, take(top.links[top.next++]));
        if (child) path.push_back(std::move(*child));
    }
    pending_.clear();
    return {};
}

}  // namespace strata::vm
