#include <strata/types/block_header.hpp>

namespace strata {

Cid BlockHeader::cid() const {
    return Cid::hash_of(Codec::dag_cbor, strata::to_cbor(*this));
}

Bytes BlockHeader::signing_bytes() const {
    BlockHeader unsigned_header = *this;
    unsigned_header.block_sig.reset();
    return strata::to_cbor(unsigned_header);
}

Bytes TipsetKey::bytes() const {
    Bytes out;
    for (const auto& cid : cids_) append(out, cid.bytes());
    return out;
}

Result<TipsetKey> TipsetKey::from_bytes(BytesView bytes) {
    std::vector<Cid> cids;
    while (!bytes.empty()) {
        STRATA_TRY(cids.emplace_back(), Cid::take(bytes));
    }
    return TipsetKey(std::move(cids));
}

std::string TipsetKey::to_string() const {
    std::string out = "{";
    for (const auto& cid : cids_) out += (out.size() > 1 ? "," : "") + cid.to_string();
    return out + "}";
}

}  // namespace strata
