#include <strata/chain/chain_store.hpp>

#include <strata/ipld/amt.hpp>

namespace strata::chain {
namespace {

constexpr std::string_view kHeadKey = "chain/head";
constexpr std::string_view kGenesisKey = "chain/genesis";
constexpr std::size_t kCachedTipsets = 4096;
// Width of v0 lists: 8 children (node.md §2.2).
constexpr unsigned kListWidth = 3;

template <class T>
Result<Cid> put_list(Blockstore& blocks, const std::vector<T>& items) {
    AmtArray<T> list(blocks, kListWidth, Amt::Version::v0);
    for (const auto& item : items) STRATA_OK(list.push(item));
    return list.flush();
}

template <class T>
Result<std::vector<T>> read_list(Blockstore& blocks, const Cid& root) {
    STRATA_TRY(const auto list, AmtArray<T>::load(blocks, root, kListWidth, Amt::Version::v0));
    std::vector<T> items;
    STRATA_OK(list.for_each([&](std::uint64_t index, const T& item) -> Status {
        if (index != items.size()) return fail(Errc::malformed, "a list with gaps");
        items.push_back(item);
        return {};
    }));
    return items;
}

Result<Cid> put_meta(Blockstore& blocks, const std::vector<Cid>& bls, const std::vector<Cid>& secp) {
    MsgMeta meta;
    STRATA_TRY(meta.bls_messages, put_list(blocks, bls));
    STRATA_TRY(meta.secp_messages, put_list(blocks, secp));
    return put_cbor(blocks, meta);
}

}  // namespace

Status ChainStore::open() {
    STRATA_TRY(const auto genesis, meta_.get(kGenesisKey));
    STRATA_TRY(const auto head, meta_.get(kHeadKey));
    if (!genesis || !head) return fail(Errc::not_found, "the store holds no chain");
    STRATA_TRY(const auto genesis_key, TipsetKey::from_bytes(*genesis));
    STRATA_TRY(const auto head_key, TipsetKey::from_bytes(*head));
    STRATA_TRY(genesis_, tipset(genesis_key));
    STRATA_TRY(const auto head_tipset, tipset(head_key));
    const std::lock_guard lock(mutex_);
    head_ = head_tipset;
    return {};
}

Status ChainStore::start(const BlockHeader& genesis) {
    STRATA_OK(put_header(genesis));
    STRATA_TRY(genesis_, Tipset::make({genesis}));
    STRATA_OK(meta_.put(kGenesisKey, genesis_->key().bytes()));
    return set_head(genesis_);
}

TipsetPtr ChainStore::head() const {
    const std::lock_guard lock(mutex_);
    return head_;
}

Status ChainStore::set_head(const TipsetPtr& tipset) {
    STRATA_OK(meta_.put(kHeadKey, tipset->key().bytes()));
    const std::lock_guard lock(mutex_);
    head_ = tipset;
    return {};
}

Result<Cid> ChainStore::put_header(const BlockHeader& header) {
    return put_cbor(blocks_, header);
}
Result<BlockHeader> ChainStore::header(const Cid& cid) {
    return get_cbor<BlockHeader>(blocks_, cid);
}

Result<TipsetPtr> ChainStore::tipset(const TipsetKey& key) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto it = cache_.find(key); it != cache_.end()) return it->second;
    }
    std::vector<BlockHeader> headers;
    for (const auto& cid : key.cids()) {
        STRATA_TRY(headers.emplace_back(), header(cid));
    }
    STRATA_TRY(auto made, Tipset::make(std::move(headers)));
    if (made->key() != key) return fail(Errc::malformed, "a tipset key that is not in tipset order");
    const std::lock_guard lock(mutex_);
    if (cache_.size() >= kCachedTipsets) cache_.clear();
    cache_.emplace(key, made);
    return made;
}

Result<bool> ChainStore::has_tipset(const TipsetKey& key) {
    for (const auto& cid : key.cids()) {
        STRATA_TRY(const bool here, blocks_.has(cid));
        if (!here) return false;
    }
    return !key.empty();
}

Result<TipsetPtr> ChainStore::tipset_at(ChainEpoch epoch, const TipsetPtr& tip, Null null) {
    if (epoch < 0 || epoch > tip->height())
        return fail(Errc::out_of_range, "epoch " + std::to_string(epoch) + " is not on the chain");
    TipsetPtr at = tip;
    TipsetPtr above = tip;
    while (at->height() > epoch) {
        above = at;
        STRATA_TRY(at, parent(*at));
    }
    return at->height() == epoch || null == Null::previous ? at : above;
}

Result<Cid> ChainStore::put_messages(const BlockMessages& messages) {
    std::vector<Cid> bls;
    std::vector<Cid> secp;
    for (const auto& message : messages.bls) {
        STRATA_TRY(bls.emplace_back(), put_cbor(blocks_, message));
    }
    for (const auto& message : messages.secp) {
        STRATA_TRY(secp.emplace_back(), put_cbor(blocks_, message));
    }
    return put_meta(blocks_, bls, secp);
}

Result<BlockMessages> ChainStore::messages(const BlockHeader& header) {
    STRATA_TRY(const auto meta, get_cbor<MsgMeta>(blocks_, header.messages));
    STRATA_TRY(const auto bls, read_list<Cid>(blocks_, meta.bls_messages));
    STRATA_TRY(const auto secp, read_list<Cid>(blocks_, meta.secp_messages));
    BlockMessages out;
    for (const auto& cid : bls) {
        STRATA_TRY(out.bls.emplace_back(), message(cid));
    }
    for (const auto& cid : secp) {
        STRATA_TRY(out.secp.emplace_back(), signed_message(cid));
    }
    return out;
}

Result<Message> ChainStore::message(const Cid& cid) {
    return get_cbor<Message>(blocks_, cid);
}
Result<SignedMessage> ChainStore::signed_message(const Cid& cid) {
    return get_cbor<SignedMessage>(blocks_, cid);
}

Result<Cid> ChainStore::put_receipts(const std::vector<Receipt>& receipts) {
    return put_list(blocks_, receipts);
}
Result<std::vector<Receipt>> ChainStore::receipts(const Cid& root) {
    return read_list<Receipt>(blocks_, root);
}

Result<Cid> msg_meta_cid(const std::vector<Cid>& bls, const std::vector<Cid>& secp) {
    MemoryBlockstore scratch;
    return put_meta(scratch, bls, secp);
}

}  // namespace strata::chain
