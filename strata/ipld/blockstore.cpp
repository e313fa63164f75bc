#include <strata/ipld/blockstore.hpp>

namespace strata {

Result<Bytes> MemoryBlockstore::get(const Cid& cid) {
    const auto it = blocks_.find(cid);
    if (it == blocks_.end()) return fail(Errc::missing_block, "block " + cid.to_string() + " is not in the store");
    return it->second;
}
Result<bool> MemoryBlockstore::has(const Cid& cid) {
    return blocks_.contains(cid);
}
Result<Cid> MemoryBlockstore::put(Codec codec, BytesView data) {
    const Cid cid = Cid::hash_of(codec, data);
    blocks_.try_emplace(cid, to_bytes(data));
    return cid;
}
Status MemoryBlockstore::put_block(const Cid& cid, BytesView data) {
    blocks_.try_emplace(cid, to_bytes(data));
    return {};
}

}  // namespace strata
