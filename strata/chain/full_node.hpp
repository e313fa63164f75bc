#pragma once
// Holds everything that a running node has: chain, states, pool, consensus, sync, and the listeners that connect it to
// a network. Reads no clock. Thread-safe; no lock is held while a block is checked or a listener runs.
#include <strata/chain/block_door.hpp>
#include <strata/chain/message_pool.hpp>
#include <strata/chain/syncer.hpp>

namespace strata::chain {

class FullNode {
  public:
    /// Opens a node. All arguments must outlive it. The store must hold a chain already (ChainStore::start).
    static Result<std::unique_ptr<FullNode>> open(Blockstore& blocks, store::KeyValue& meta, const Network& network,
                                                  vm::ProofVerifier& proofs, WinningPoStVerifier* winning_post,
                                                  const vm::ActorTable& actors);

    ChainStore& chain() { return chain_; }
    StateManager& states() { return states_; }
    BlockRules& rules() { return rules_; }
    MessagePool& pool() { return pool_; }
    Consensus& consensus() { return consensus_; }
    BlockDoor& door() { return door_; }
    Syncer& syncer() { return syncer_; }
    /// Returns why a block is bad. Empty if it is not known to be bad. `now` is in Unix seconds.
    std::optional<std::string> bad_reason(const Cid& block, std::uint64_t now) { return bad_.reason(block, now); }
    const Network& network() const { return network_; }
    TipsetPtr head() const { return chain_.head(); }
    /// Returns the state after the head, which the API calls current.
    Result<vm::StateTree> head_state();

    /// Gives a message of the node's owner to the pool and then to the message listeners. Errors: those of
    /// MessagePool::add.
    Result<Cid> push(const SignedMessage& message, AddKind kind = AddKind::local);
    /// Takes a block of the node's owner on parents that are valid here. It goes through all rules, is kept even if it
    /// is lighter than the head, and goes to the block listeners. A block whose time has not come waits for `advance`.
    /// `now` is in Unix seconds. Errors: verification (it is bad); not_found (its parents are not valid here); busy
    /// (too many wait).
    Status submit_block(const FullBlock& block, std::uint64_t now);
    /// Gives local messages that still wait to the message listeners again.
    Status republish();

    /// Takes a message of a peer. Listeners are not called: the network layer that received it passes it on.
    Status receive_message(const SignedMessage& message);
    /// Takes a block that gossip brought and door() accepted. Errors: those of Syncer::announce.
    Status receive_block(const FullBlock& block, std::uint64_t now, const PeerName& from) {
        return syncer_.announce(block, from, now);
    }
    /// Does the work that is due at `now`: publishes own blocks whose time has come, takes early ones of peers, and
    /// continues sync. Errors: failures of this node.
    Status advance(std::uint64_t now);

    /// Answers a peer's request for tipsets. Errors: not_found, busy.
    ChainAnswer serve(const ChainRequest& request) { return serve_chain(chain_, request); }

    using MessageListener = std::function<void(const SignedMessage&)>;
    using BlockListener = std::function<void(const FullBlock&)>;
    void on_message(MessageListener listener);  // own messages
    void on_block(BlockListener listener);      // own blocks
    void on_head(Consensus::HeadListener listener) { consensus_.on_head(std::move(listener)); }

    /// Returns a message of the pool or of a block, by its CID or that of the signed message. Errors: not_found.
    Result<Message> find_message(const Cid& cid);

    /// The result of a search: where a message was executed, and its receipt.
    struct Lookup {
        Cid message;  // the executed message; it differs from the one asked for if that was replaced
        Receipt receipt;
        TipsetPtr executed_in;  // the tipset that holds the receipt, as StateSearchMsg answers
        ChainEpoch height = 0;  // the height of executed_in
    };
    static constexpr ChainEpoch kNoLimit = -1;
    /// Searches back from the head over `lookback` epochs. A replacement counts if it makes the same call. Errors:
    /// not_found if this node does not know the message; verification if a different one took its nonce.
    Result<std::optional<Lookup>> search(const Cid& message, ChainEpoch lookback = kNoLimit,
                                         bool allow_replaced = true);
    /// Does the same from a given tipset.
    Result<std::optional<Lookup>> search_from(const TipsetPtr& from, const Cid& message, ChainEpoch lookback,
                                              bool allow_replaced);

  private:
    FullNode(Blockstore& blocks, store::KeyValue& meta, const Network& network, vm::ProofVerifier& proofs,
             WinningPoStVerifier* winning_post, const vm::ActorTable& actors)
        : network_(network),
          chain_(blocks, meta),
          states_(chain_, network, proofs, actors),
          rules_(chain_, network, winning_post,
                 [this](const TipsetPtr& tipset) -> Result<Cid> {
                     STRATA_TRY(const auto state, states_.state_after(tipset));
                     return state.state_root;
                 }),
          pool_(states_),
          consensus_(chain_),
          validator_(states_, rules_, consensus_, bad_),
          door_(states_, rules_),
          syncer_(states_, consensus_, validator_, bad_) {}
    Status take_own_block(const FullBlock& block, std::uint64_t now);
    void publish(const SignedMessage& message);
    Result<TipsetPtr> first_after(const TipsetPtr& tip, const Address& sender, Nonce nonce, ChainEpoch floor);
    Result<Cid> listed_cid(const Tipset& tipset, const Message& message);
    Result<std::optional<Lookup>> executed(const TipsetPtr& child, const Cid& cid, const Message& message,
                                           bool allow_replaced);

    const Network& network_;
    ChainStore chain_;
    StateManager states_;
    BlockRules rules_;
    MessagePool pool_;
    Consensus consensus_;
    BadBlocks bad_;
    BlockValidator validator_;
    BlockDoor door_;
    Syncer syncer_;
    Mutex mutex_;
    std::vector<MessageListener> message_listeners_ STRATA_GUARDED_BY(mutex_);
    std::vector<BlockListener> block_listeners_ STRATA_GUARDED_BY(mutex_);
    std::vector<FullBlock> own_early_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::chain
