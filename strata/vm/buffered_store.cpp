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

Status BufferedStore::write_reachable(const Cid& cid) {
    const auto it = pending_.find(cid);
    if (it == pending_.end()) return {};  // in the base store already
    const Bytes data = std::move(it->second);
    pending_.erase(it);
    const auto scan = scan_links(cid.codec(), data);
    if (!scan) return fail(Errc::internal, "a state block that is not DAG-CBOR: " + cid.to_string());
    for (const auto& link : scan->links) STRATA_OK(write_reachable(link));
    return base_.put_block(cid, data);
}

Status BufferedStore::flush(const Cid& root) {
    STRATA_OK(write_reachable(root));
    pending_.clear();
    return {};
}

}  // namespace strata::vm
