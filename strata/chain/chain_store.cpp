#include <strata/chain/chain_store.hpp>

#include <strata/chain/indexing.hpp>
#include <strata/chain/reorg.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/collected_blockstore.hpp>

namespace strata::chain {
namespace {

constexpr std::string_view kHeadKey = "chain/head";
constexpr std::string_view kGenesisKey = "chain/genesis";
// How far the index of an adopted chain reaches: an Indexing. The record is removed once the index is complete.
constexpr std::string_view kIndexingKey = "chain/indexing";
constexpr std::uint64_t kTipsetsBetweenWrites = 2000;
// The bit width of v0 lists: each node has 8 children (docs/protocol/node.md §2.2).
constexpr unsigned kListWidth = 3;

std::string anchor_key(ChainEpoch epoch) {
    return "chain/anchor/" + std::to_string(epoch);
}
// Returns the first anchor above `epoch`, which must be at least -1.
ChainEpoch anchor_above(ChainEpoch epoch) {
    return (epoch + ChainStore::kAnchorEvery) / ChainStore::kAnchorEvery * ChainStore::kAnchorEvery;
}

struct Indexing {
    Bytes head;
    Bytes lowest;  // the key of the lowest tipset whose anchors are written
    ChainEpoch height = 0;
    STRATA_CBOR_TUPLE(head, lowest, height);
};

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
        if (index != items.size())
            return fail(Errc::malformed, "list " + root.to_string() + " of messages or receipts has a gap at index " +
                                             std::to_string(items.size()));
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
    STRATA_TRY(const auto indexing, meta_.get(kIndexingKey));
    if (indexing) {
        STRATA_TRY(const auto record, from_cbor<Indexing>(*indexing));
        indexed_from_ = record.height;
    }
    const Lock lock(mutex_);
    head_ = head_tipset;
    return {};
}

Status ChainStore::adopt(const TipsetPtr& genesis, const TipsetPtr& head, std::vector<store::Write> also) {
    also.push_back({std::string(kGenesisKey), genesis->key().bytes()});
    also.push_back({std::string(kHeadKey), head->key().bytes()});
    STRATA_OK(meta_.write(also));
    genesis_ = genesis;
    const Lock lock(mutex_);
    head_ = head;
    return {};
}

Result<TipsetPtr> ChainStore::index_down(const TipsetPtr& head, std::uint64_t most, const Watch& watch) {
    Indexing record{head->key().bytes(), head->key().bytes(), head->height()};
    TipsetPtr at = head;
    STRATA_TRY(const auto known, meta_.get(kIndexingKey));
    if (known) {
        STRATA_TRY(const auto earlier, from_cbor<Indexing>(*known));
        if (earlier.head == record.head) {
            record = earlier;
            STRATA_TRY(const auto key, TipsetKey::from_bytes(record.lowest));
            STRATA_TRY(at, tipset(key));
        }
    }
    std::vector<store::Write> writes;
    const auto write = [&]() -> Status {
        record.lowest = at->key().bytes();
        record.height = at->height();
        writes.push_back(
            {std::string(kIndexingKey), at->height() == 0 ? std::nullopt : std::optional(to_cbor(record))});
        STRATA_OK(meta_.write(std::exchange(writes, {})));
        indexed_from_ = at->height();
        return {};
    };
    for (std::uint64_t count = 0; at->height() > 0 && count < most; ++count) {
        auto below = parent(*at);
        if (!below)
            return std::move(below).error().with_context("the parents of epoch " + std::to_string(at->height()));
        if ((*below)->height() >= at->height())
            return fail(Errc::verification, "the tipset of epoch " + std::to_string(at->height()) +
                                                " has parents of epoch " + std::to_string((*below)->height()));
        for (ChainEpoch epoch = anchor_above((*below)->height()); epoch <= at->height(); epoch += kAnchorEvery)
            writes.push_back({anchor_key(epoch), at->key().bytes()});
        at = *below;
        if (count % kTipsetsBetweenWrites != 0) continue;
        const double left = static_cast<double>(at->height()) / static_cast<double>(head->height() + 1);
        STRATA_OK(watch.at("headers, epoch " + std::to_string(at->height()), 1.0 - left));
        STRATA_OK(write());
    }
    STRATA_OK(write());
    return at;
}

Status ChainStore::start(const BlockHeader& genesis) {
    STRATA_OK(put_header(genesis));
    STRATA_TRY(genesis_, Tipset::make({genesis}));
    STRATA_OK(meta_.put(kGenesisKey, genesis_->key().bytes()));
    return set_head(genesis_, {});
}

TipsetPtr ChainStore::head() const {
    const Lock lock(mutex_);
    return head_;
}

Status ChainStore::set_head(const TipsetPtr& tipset) {
    const auto from = head();
    if (!from) return set_head(tipset, {});
    STRATA_TRY(const auto path, way_between(*this, from, tipset, kNoRevertLimit));
    return set_head(tipset, path);
}

Result<std::optional<TipsetPtr>> head_of_indexing(ChainStore& chain) {
    STRATA_TRY(const auto known, chain.meta().get(kIndexingKey));
    if (!known) return std::optional<TipsetPtr>();
    STRATA_TRY(const auto record, from_cbor<Indexing>(*known));
    STRATA_TRY(const auto key, TipsetKey::from_bytes(record.head));
    STRATA_TRY(auto head, chain.tipset(key));
    return std::optional(std::move(head));
}

// Removes the anchors of the tipsets that leave the main chain and adds those of the tipsets that join it.
Result<std::vector<store::Write>> ChainStore::index_writes(const TipsetPtr& tipset, const HeadChange& path) {
    std::map<std::string, std::optional<Bytes>> writes;
    ChainEpoch common = tipset->height();
    if (!path.applied.empty()) {
        STRATA_TRY(const auto ancestor, parent(*path.applied.front()));
        common = ancestor->height();
    }
    if (!path.reverted.empty())
        for (ChainEpoch at = anchor_above(common); at <= path.reverted.front()->height(); at += kAnchorEvery)
            writes[anchor_key(at)] = std::nullopt;
    ChainEpoch below = common;
    for (const auto& applied : path.applied) {
        for (ChainEpoch at = anchor_above(below); at <= applied->height(); at += kAnchorEvery)
            writes[anchor_key(at)] = applied->key().bytes();
        below = applied->height();
    }
    std::vector<store::Write> out;
    for (auto& [key, value] : writes) out.push_back({key, std::move(value)});
    return out;
}

Status ChainStore::set_head(const TipsetPtr& tipset, const HeadChange& path) {
    STRATA_TRY(auto writes, index_writes(tipset, path));
    writes.push_back({std::string(kHeadKey), tipset->key().bytes()});
    ++index_version_;
    // Readers of the index that meet an odd or a changed version walk the chain instead, so they need no lock.
    const auto written = meta_.write(writes);
    ++index_version_;
    STRATA_OK(written);
    const Lock lock(mutex_);
    head_ = tipset;
    return {};
}

Result<Cid> ChainStore::put_header(const BlockHeader& header) {
    return put_cbor(lasting(blocks_), header);
}
Result<BlockHeader> ChainStore::header(const Cid& cid) {
    return get_cbor<BlockHeader>(lasting(blocks_), cid);
}

Result<TipsetPtr> ChainStore::tipset(const TipsetKey& key) {
    {
        const Lock lock(mutex_);
        if (const auto* const known = cache_.find(key)) return *known;
    }
    std::vector<BlockHeader> headers;
    for (const auto& cid : key.cids()) {
        STRATA_TRY(headers.emplace_back(), header(cid));
    }
    STRATA_TRY(auto made, Tipset::make(std::move(headers)));
    const Lock lock(mutex_);
    cache_.put(key, made);
    return made;
}

Result<TipsetPtr> ChainStore::find_tipset(const TipsetKey& key) {
    STRATA_TRY(const bool here, has_tipset(key));
    if (!here) return fail(Errc::not_found, "this node has no tipset " + key.to_string());
    return tipset(key);
}

Result<bool> ChainStore::has_tipset(const TipsetKey& key) {
    for (const auto& cid : key.cids()) {
        STRATA_TRY(const bool here, lasting(blocks_).has(cid));
        if (!here) return false;
    }
    return !key.empty();
}

// Returns the tipset of the first anchor at or above `epoch`, in one step from `from`. Returns null if `from` is not
// known to be on the main chain, if the index has no such entry, or if the head changes meanwhile. `below` is the
// parent of `from`.
Result<TipsetPtr> ChainStore::leap(const Tipset& from, const Tipset& below, ChainEpoch epoch) {
    const ChainEpoch here = from.height() / kAnchorEvery * kAnchorEvery;
    // Below the epoch from which the index knows the main chain there are no anchors.
    const ChainEpoch there = std::max(anchor_above(epoch - 1), anchor_above(indexed_from_ - 1));
    // Only if its parent is below the anchor `here`, `from` is the tipset of that anchor.
    if (here <= below.height() || there >= here) return TipsetPtr();
    const auto version = index_version_.load();
    STRATA_TRY(const auto own, meta_.get(anchor_key(here)));
    STRATA_TRY(const auto target, meta_.get(anchor_key(there)));
    if (version % 2 != 0 || version != index_version_.load()) return TipsetPtr();
    if (!own || *own != from.key().bytes()) return TipsetPtr();
    if (there == 0) return genesis_;
    if (!target) return TipsetPtr();
    STRATA_TRY(const auto key, TipsetKey::from_bytes(*target));
    return tipset(key);
}

Result<TipsetPtr> ChainStore::tipset_at(ChainEpoch epoch, const TipsetPtr& tip, Null null) {
    if (epoch < 0 || epoch > tip->height())
        return fail(Errc::out_of_range, "epoch " + std::to_string(epoch) +
                                            " is not on the chain, which reaches from epoch 0 to " +
                                            std::to_string(tip->height()));
    const ChainEpoch indexed = indexed_from_;
    if (indexed > 0 && epoch == 0) return genesis_;
    if (epoch + kMostUnindexed < indexed)
        return fail(Errc::busy, "the index of the chain reaches down to epoch " + std::to_string(indexed) +
                                    " so far, and epoch " + std::to_string(epoch) + " is far below; try again later");
    TipsetPtr at = tip;
    TipsetPtr above = tip;
    // One leap is enough: it ends at the first anchor at or above the epoch, and the few tipsets below that are walked.
    bool leapt = false;
    while (at->height() > epoch) {
        above = at;
        STRATA_TRY(at, parent(*above));
        if (leapt || at->height() <= epoch) continue;
        STRATA_TRY(const auto far, leap(*above, *at, epoch));
        if (!far) continue;
        at = far;
        leapt = true;
    }
    return (at->height() == epoch || null == Null::previous) ? at : above;
}

Result<Cid> ChainStore::put_messages(const BlockMessages& messages) {
    std::vector<Cid> bls;
    std::vector<Cid> secp;
    for (const auto& message : messages.bls) {
        STRATA_TRY(bls.emplace_back(), put_cbor(lasting(blocks_), message));
    }
    for (const auto& message : messages.secp) {
        STRATA_TRY(secp.emplace_back(), put_cbor(lasting(blocks_), message));
    }
    return put_meta(lasting(blocks_), bls, secp);
}

Result<BlockMessages> ChainStore::messages(const BlockHeader& header) {
    STRATA_TRY(const auto meta, get_cbor<MsgMeta>(lasting(blocks_), header.messages));
    STRATA_TRY(const auto bls, read_list<Cid>(lasting(blocks_), meta.bls_messages));
    STRATA_TRY(const auto secp, read_list<Cid>(lasting(blocks_), meta.secp_messages));
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
    return get_cbor<Message>(lasting(blocks_), cid);
}
Result<SignedMessage> ChainStore::signed_message(const Cid& cid) {
    return get_cbor<SignedMessage>(lasting(blocks_), cid);
}

Result<Cid> ChainStore::put_receipts(const std::vector<Receipt>& receipts) {
    return put_list(lasting(blocks_), receipts);
}
Result<std::vector<Receipt>> ChainStore::receipts(const Cid& root) {
    return read_list<Receipt>(lasting(blocks_), root);
}

Result<Cid> msg_meta_cid(const std::vector<Cid>& bls, const std::vector<Cid>& secp) {
    MemoryBlockstore scratch;
    return put_meta(scratch, bls, secp);
}

}  // namespace strata::chain
