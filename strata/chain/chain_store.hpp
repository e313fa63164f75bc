#pragma once
// Stores headers, messages and receipts by CID; the head, which is the one mutable fact; and an index of the main chain
// by height. Blocks are kept in the Blockstore; head, index and execution results in the KeyValue. Thread-safe as far
// as both are; a Tipset is shared and immutable. Source: docs/protocol/node.md §2, §3, §10 (lotus chain/store).
#include <atomic>
#include <functional>
#include <optional>

#include <strata/base/lru_map.hpp>
#include <strata/base/mutex.hpp>
#include <strata/base/watch.hpp>
#include <strata/chain/tipset.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/store/key_value.hpp>

namespace strata::chain {

class ChainStore {
  public:
    /// `blocks` and `meta` must outlive the store.
    ChainStore(Blockstore& blocks, store::KeyValue& meta) : blocks_(blocks), meta_(meta) {}

    Blockstore& blocks() { return blocks_; }
    store::KeyValue& meta() { return meta_; }

    /// Reads genesis and head of an existing chain. Errors: not_found for an empty store.
    Status open();
    /// Starts a chain: stores the header and makes it genesis and head.
    Status start(const BlockHeader& genesis);
    /// Takes over a chain whose headers are in the store: writes genesis and head, with `also`, in one durable batch.
    /// No state is needed. Where the index of the main chain is not complete, `index_down` continues it.
    Status adopt(const TipsetPtr& genesis, const TipsetPtr& head, std::vector<store::Write> also = {})
        STRATA_EXCLUDES(mutex_);
    /// Adds the anchors of the chain that ends in `head`, from there or from where an earlier call stopped, for at most
    /// `most` tipsets. A call continues an earlier one only if both name the same head. Returns the lowest tipset that
    /// was reached; genesis means that the index is complete. May run beside set_head(). Errors: missing_block with the
    /// epoch; verification if the heights do not fall; cancelled.
    Result<TipsetPtr> index_down(const TipsetPtr& head, std::uint64_t most = UINT64_MAX, const Watch& watch = {});
    TipsetPtr genesis() const { return genesis_; }
    TipsetPtr head() const STRATA_EXCLUDES(mutex_);
    /// Sets the head durably, with the index of the main chain in one batch. The caller has validated the tipset and
    /// chosen it. Only one caller at a time may do this.
    Status set_head(const TipsetPtr& tipset);
    /// Does the same for a caller that already knows the path from the present head.
    Status set_head(const TipsetPtr& tipset, const HeadChange& path) STRATA_EXCLUDES(mutex_);

    Result<Cid> put_header(const BlockHeader& header);
    Result<BlockHeader> header(const Cid& cid);
    /// Returns a tipset that must be in the store, because a validated block names it. The key's blocks may be in any
    /// order. Errors: missing_block if one of its headers is missing; invalid_argument if they do not form a tipset.
    Result<TipsetPtr> tipset(const TipsetKey& key) STRATA_EXCLUDES(mutex_);
    /// Returns a tipset that a user or a peer asks for. Errors: not_found if one of its headers is not in the store;
    /// invalid_argument.
    Result<TipsetPtr> find_tipset(const TipsetKey& key);
    Result<TipsetPtr> parent(const Tipset& tipset) { return this->tipset(tipset.parents()); }
    Result<bool> has_tipset(const TipsetKey& key);

    using Null = NullRound;
    /// Returns the tipset at `epoch` on the chain that ends in `tip`. Reads at most twice kAnchorEvery tipsets of the
    /// main chain, and the tipsets of a fork above the main chain. Errors: out_of_range above the tip or below 0; busy
    /// for an epoch that is far below the part of the main chain that is in the index.
    Result<TipsetPtr> tipset_at(ChainEpoch epoch, const TipsetPtr& tip, Null null);
    /// The index has an entry, an anchor, for every epoch that is a multiple of this: the tipset at that epoch or, in a
    /// null round, the first one above it.
    static constexpr ChainEpoch kAnchorEvery = 32;

    /// Stores the messages and their two lists; returns the MsgMeta CID.
    Result<Cid> put_messages(const BlockMessages& messages);
    Result<BlockMessages> messages(const BlockHeader& header);
    /// Returns the message or signed message with this CID.
    Result<SignedMessage> signed_message(const Cid& cid);
    Result<Message> message(const Cid& cid);

    Result<Cid> put_receipts(const std::vector<Receipt>& receipts);
    Result<std::vector<Receipt>> receipts(const Cid& root);

  private:
    Result<std::vector<store::Write>> index_writes(const TipsetPtr& tipset, const HeadChange& path);
    Result<TipsetPtr> leap(const Tipset& from, const Tipset& below, ChainEpoch epoch);

    static constexpr std::size_t kCachedTipsets = 4096;
    static constexpr ChainEpoch kMostUnindexed = 2 * kChainFinality;

    Blockstore& blocks_;
    store::KeyValue& meta_;
    TipsetPtr genesis_;
    mutable Mutex mutex_;
    TipsetPtr head_ STRATA_GUARDED_BY(mutex_);
    LruMap<TipsetKey, TipsetPtr> cache_ STRATA_GUARDED_BY(mutex_){
        kCachedTipsets};                           // tipsets by the keys under which they were asked for
    std::atomic<std::uint64_t> index_version_{0};  // odd while the index changes
    std::atomic<ChainEpoch> indexed_from_{0};      // the lowest epoch of which the index knows the main chain
};

/// Returns the CID that a block names for these lists, without storing anything.
Result<Cid> msg_meta_cid(const std::vector<Cid>& bls, const std::vector<Cid>& secp);

}  // namespace strata::chain
