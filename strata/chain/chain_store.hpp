#pragma once
// Headers, messages and receipts by CID, and the one mutable fact: the head. Blocks lie in the Blockstore, the head
// and the execution results in the KeyValue. Thread-safe; a Tipset is shared and immutable.
// Source: node.md §2, §3, §10 (lotus chain/store).
#include <functional>
#include <mutex>

#include <strata/chain/tipset.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/store/key_value.hpp>

namespace strata::chain {

struct BlockMessages {
    std::vector<Message> bls;
    std::vector<SignedMessage> secp;
};

class ChainStore {
  public:
    /// Both must outlive the store.
    ChainStore(Blockstore& blocks, store::KeyValue& meta) : blocks_(blocks), meta_(meta) {}

    Blockstore& blocks() { return blocks_; }
    store::KeyValue& meta() { return meta_; }

    /// Reads genesis and head of an existing chain. Errors: not_found for an empty store.
    Status open();
    /// Starts a chain: the header is stored, becomes genesis and head.
    Status start(const BlockHeader& genesis);
    TipsetPtr genesis() const { return genesis_; }
    TipsetPtr head() const;
    /// Durable. The caller has validated the tipset and chosen it.
    Status set_head(const TipsetPtr& tipset);

    Result<Cid> put_header(const BlockHeader& header);
    Result<BlockHeader> header(const Cid& cid);
    /// Errors: missing_block if one of its headers is not here.
    Result<TipsetPtr> tipset(const TipsetKey& key);
    Result<TipsetPtr> parent(const Tipset& tipset) { return this->tipset(tipset.parents()); }
    Result<bool> has_tipset(const TipsetKey& key);

    enum class Null { previous, next };  // which tipset stands for a null round
    /// The tipset at `epoch` on the chain that ends in `tip`. Errors: out_of_range above the tip or below 0.
    Result<TipsetPtr> tipset_at(ChainEpoch epoch, const TipsetPtr& tip, Null null);

    /// Stores the messages and their two lists; returns the MsgMeta CID.
    Result<Cid> put_messages(const BlockMessages& messages);
    Result<BlockMessages> messages(const BlockHeader& header);
    /// Message or signed message under this CID.
    Result<SignedMessage> signed_message(const Cid& cid);
    Result<Message> message(const Cid& cid);

    Result<Cid> put_receipts(const std::vector<Receipt>& receipts);
    Result<std::vector<Receipt>> receipts(const Cid& root);

  private:
    Blockstore& blocks_;
    store::KeyValue& meta_;
    TipsetPtr genesis_;
    mutable std::mutex mutex_;
    TipsetPtr head_;
    std::map<TipsetKey, TipsetPtr> cache_;
};

/// CIDs of the lists as a block names them, without storing anything.
Result<Cid> msg_meta_cid(const std::vector<Cid>& bls, const std::vector<Cid>& secp);

}  // namespace strata::chain
