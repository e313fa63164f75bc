#pragma once
// The chain of this process, in one object: blocks, states, pool, consensus, sync, and the listeners that a network
// adds. Only what builds a node and what makes blocks includes this; everybody else uses api.hpp and peer_api.hpp.
// Reads no clock. Thread-safe; no lock is held while a block is checked or a listener runs.
#include <strata/chain/api.hpp>
#include <strata/chain/block_door.hpp>
#include <strata/chain/control.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/message_pool.hpp>
#include <strata/chain/peer_api.hpp>
#include <strata/chain/slash_filter.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/chain/syncer.hpp>
#include <strata/ipld/collected_blockstore.hpp>
#include <strata/vm/kernel.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {

/// Holds the stopwatches that measure a chain's work; the default ones measure nothing.
struct ChainStopwatches {
    Stopwatch execution;   // of a tipset
    Stopwatch validation;  // of a block that was not known to be valid, with the execution of its parents
};

class LocalChain final : public Chain, public Peer, public Control {
  public:
    /// All arguments must outlive the node. The store holds a chain already (ChainStore::start).
    static Result<std::unique_ptr<LocalChain>> open(Blockstore& blocks, store::KeyValue& meta, const Network& network,
                                                    vm::ProofVerifier& proofs, WinningPoStVerifier* winning_post,
                                                    const vm::ActorTable& actors,
                                                    const ChainStopwatches& stopwatches = {});

    ChainStore& chain() { return chain_; }
    StateManager& states() { return states_; }
    BlockRules& rules() { return rules_; }
    MessagePool& pool() { return pool_; }
    /// The one filter through which all blocks of this node go before they leave it.
    SlashFilter& slash_filter() { return slash_filter_; }
    Consensus& consensus() { return consensus_; }
    BlockDoor& door() { return door_; }
    Syncer& syncer() { return syncer_; }

    // Chain.
    const Network& network() const override { return network_; }
    TipsetPtr genesis() const override { return chain_.genesis(); }
    TipsetPtr head() const override { return chain_.head(); }
    Result<TipsetPtr> tipset(const TipsetKey& key) override { return chain_.tipset(key); }
    Result<TipsetPtr> tipset_at(ChainEpoch epoch, const TipsetPtr& tip, NullRound null) override;
    Result<BlockHeader> header(const Cid& cid) override { return chain_.header(cid); }
    Result<HeadChange> way(const TipsetPtr& from, const TipsetPtr& to) override;
    Result<BigInt> weight(const Tipset& tipset) override;
    Result<BlockMessages> messages(const BlockHeader& block) override { return chain_.messages(block); }
    Result<std::vector<std::vector<ChainMessage>>> messages_of(const Tipset& tipset) override;
    Result<std::vector<Receipt>> receipts(const Cid& root) override { return chain_.receipts(root); }
    Result<Message> find_message(const Cid& cid) override;
    Result<std::optional<MessageLookup>> search_from(const TipsetPtr& from, const Cid& cid, ChainEpoch lookback,
                                                     bool allow_replaced) override;
    // Others add blocks here that are not part of a state, so these must not be collected.
    Blockstore& blocks() override { return lasting(chain_.blocks()); }
    Result<TipsetState> state_after(const TipsetPtr& tipset) override;
    Result<TipsetExecution> execute(const Tipset& tipset) override;
    Result<TipsetExecution> trace(const Tipset& tipset) override;
    Result<TipsetExecution> trace_with(const Tipset& tipset, ChainEpoch height,
                                       const std::vector<Message>& messages) override;
    Result<vm::Applied> simulate(const TipsetPtr& base, const std::vector<ChainMessage>& messages) override;
    Status sandbox(const TipsetPtr& base, const std::function<Status(Sandbox&)>& use) override;
    Status watch(const Tipset& tipset, TipsetWatcher& watcher) override;
    Result<Hash256> chain_randomness(const TipsetPtr& tip, ChainEpoch epoch) override;
    Result<Hash256> beacon_randomness(const TipsetPtr& tip, ChainEpoch epoch) override;
    Result<BeaconEntry> beacon_entry_at(const TipsetPtr& tip, ChainEpoch epoch) override;
    Result<BeaconEntry> latest_beacon_entry(const TipsetPtr& tip) override;
    Result<Lookback> lookback(const TipsetPtr& base, ChainEpoch round) override;
    using Chain::push;
    Result<Cid> push(const SignedMessage& message, AddKind kind) override;
    Result<Nonce> next_nonce(const Address& from) override { return pool_.next_nonce(from); }
    Result<std::vector<PoolEntry>> pending() override { return pool_.pending(); }
    Result<std::vector<PoolEntry>> pending_from(const Address& from) override { return pool_.pending_from(from); }
    Result<std::optional<SignedMessage>> find_pending(const Cid& cid) override { return pool_.find(cid); }
    std::size_t pending_count() override { return pool_.size(); }
    Result<bool> is_pending(const Cid& message) override { return pool_.find(message).has_value(); }
    Result<std::vector<SignedMessage>> select(const TipsetPtr& base, TicketQuality quality) override;
    Result<TokenAmount> base_fee_after(const Tipset& tipset) override;
    Result<Message> estimate_gas(const TipsetPtr& base, Message message, TokenAmount max_fee) override;
    Result<vm::Applied> run_for_gas(const TipsetPtr& base, Message message) override;
    Result<TokenAmount> estimate_premium(const TipsetPtr& base, std::uint64_t blocks) override;
    SyncStatus sync_status() override { return syncer_.status(); }
    std::optional<std::string> bad_reason(const Cid& block) override { return bad_.reason(block); }
    void on_head(HeadListener listener) override { consensus_.on_head(std::move(listener)); }
    void on_pool_change(PoolListener listener) override { pool_.on_change(std::move(listener)); }
    void on_arrival(ArrivalListener listener) override;

    // Control.
    Status set_head(const TipsetPtr& tipset) override { return consensus_.force_head(tipset); }
    Status set_checkpoint(const TipsetPtr& tipset) override { return consensus_.set_checkpoint(tipset); }
    void mark_bad(const Cid& block, std::string reason) override { bad_.add_by_hand(block, std::move(reason)); }
    void unmark_bad(const Cid& block) override { bad_.remove(block); }
    void unmark_all_bad() override { bad_.clear(); }
    Status validate(const TipsetPtr& tipset, std::uint64_t now) override;
    Status clear_pool(bool also_local) override { return pool_.clear(also_local); }
    Status set_pool_size(std::size_t high, std::size_t low) override { return pool_.set_size(high, low); }
    std::pair<std::size_t, std::size_t> pool_size() override { return pool_.size_limits(); }
    /// Takes the owner's own block on parents that are valid here: it goes through all rules, is kept even if it is
    /// lighter than the head, and goes to the block listeners. A block whose time has not come waits for advance().
    /// `now` is in Unix seconds. Errors: verification (it is bad); not_found (its parents are not valid here); busy
    /// (too many blocks wait).
    Status submit_block(const FullBlock& block, std::uint64_t now) override;

    Result<FullBlock> create_block(const BlockTemplate& from, wallet::Wallet& wallet) override;

    // Peer.
    void set_source(BlockSource& source) override { syncer_.set_source(source); }
    void on_refusal(RefusalListener listener) override { syncer_.on_refusal(std::move(listener)); }
    void on_message(MessageListener listener) override;
    void on_block(BlockListener listener) override;
    Decision check_block(const BlockMsg& block, std::uint64_t now) override { return door_.check(block, now); }
    Result<Decision> receive_message(const SignedMessage& message) override;
    Status receive_block(const FullBlock& block, std::uint64_t now, const PeerName& from) override {
        STRATA_OK(syncer_.announce(block, from, now));
        tell_arrival(block.header);
        return {};
    }
    Status receive_block(const BlockMsg& block, std::uint64_t now, const PeerName& from) override;
    Status advance(std::uint64_t now) override;
    ChainAnswer serve(const ChainRequest& request) override { return serve_chain(chain_, request); }
    Result<std::vector<FullBlock>> head_blocks() override;
    Result<HeadNotice> head_notice() override;
    Status follow_head(const TipsetKey& head, std::uint64_t now, const PeerName& from) override {
        return syncer_.follow(head, from, now);
    }
    Status republish() override;

  private:
    LocalChain(Blockstore& blocks, store::KeyValue& meta, const Network& network, vm::ProofVerifier& proofs,
               WinningPoStVerifier* winning_post, const vm::ActorTable& actors, const ChainStopwatches& stopwatches)
        : network_(network),
          chain_(blocks, meta),
          states_(chain_, network, proofs, actors, stopwatches.execution),
          rules_(chain_, network, winning_post,
                 [this](const TipsetPtr& tipset) -> Result<Cid> {
                     STRATA_TRY(const auto state, states_.state_after(tipset));
                     return state.state_root;
                 }),
          pool_(states_),
          slash_filter_(chain_.meta()),
          consensus_(chain_),
          validator_(states_, rules_, consensus_, bad_, stopwatches.validation),
          door_(states_),
          syncer_(states_, consensus_, validator_, bad_) {}
    Status take_own_block(const FullBlock& block, std::uint64_t now);
    void publish(const SignedMessage& message);
    void tell_arrival(const BlockHeader& block);
    Result<std::optional<BlockMessages>> messages_here(const BlockMsg& block);
    Result<TipsetPtr> first_after(const TipsetPtr& tip, const Address& sender, Nonce nonce, ChainEpoch floor);
    Result<Cid> listed_cid(const Tipset& tipset, const Message& message);
    Result<std::optional<MessageLookup>> find_executed(const TipsetPtr& child, const Cid& cid, const Message& wanted,
                                                       bool allow_replaced);

    const Network& network_;
    ChainStore chain_;
    StateManager states_;
    BlockRules rules_;
    MessagePool pool_;
    SlashFilter slash_filter_;
    Consensus consensus_;
    BadBlocks bad_;
    BlockValidator validator_;
    BlockDoor door_;
    Syncer syncer_;
    Mutex mutex_;
    std::vector<MessageListener> message_listeners_ STRATA_GUARDED_BY(mutex_);
    std::vector<BlockListener> block_listeners_ STRATA_GUARDED_BY(mutex_);
    std::vector<ArrivalListener> arrival_listeners_ STRATA_GUARDED_BY(mutex_);
    std::vector<FullBlock> own_early_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::chain
