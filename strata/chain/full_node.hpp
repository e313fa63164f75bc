#pragma once
// Everything that a running node has, in one object: chain, states, pool, consensus, and the listeners that a network
// hangs on. Reads no clock. Parts are thread-safe; blocks are taken one at a time.
#include <strata/chain/consensus.hpp>
#include <strata/chain/message_pool.hpp>

namespace strata::chain {

class FullNode {
  public:
    /// All must outlive the node. The store holds a chain already (ChainStore::start).
    static Result<std::unique_ptr<FullNode>> open(Blockstore& blocks, store::KeyValue& meta, const Network& network,
                                                  vm::ProofVerifier& proofs, WinningPoStVerifier* winning_post,
                                                  const vm::ActorTable& actors);

    ChainStore& chain() { return chain_; }
    StateManager& states() { return states_; }
    BlockRules& rules() { return rules_; }
    MessagePool& pool() { return pool_; }
    Consensus& consensus() { return consensus_; }
    const Network& network() const { return network_; }
    TipsetPtr head() const { return chain_.head(); }
    /// The state after the head: what the API calls current.
    Result<vm::StateTree> head_state();

    /// The owner's own message: pool, then the message listeners. Errors: those of MessagePool::add.
    Result<Cid> push(const SignedMessage& message, AddKind kind = AddKind::local);
    /// The owner's own block: validated here, then the block listeners.
    Status submit_block(const FullBlock& block, std::uint64_t now);
    /// Local messages that still wait are given to the message listeners again.
    Status republish();

    /// From a peer; listeners are not called (whoever received it passes it on).
    Status receive_message(const SignedMessage& message);
    Status receive_block(const FullBlock& block, std::uint64_t now, BlockSource& peers);
    /// Time went on: blocks that came too early are taken.
    Status advance(std::uint64_t now, BlockSource& peers) { return consensus_.advance(now, peers); }

    /// What this node can give to peers that ask. Errors: missing_block, not_found.
    Result<std::vector<FullBlock>> blocks_of(const TipsetKey& key);

    using MessageListener = std::function<void(const SignedMessage&)>;
    using BlockListener = std::function<void(const FullBlock&)>;
    void on_message(MessageListener listener);  // own messages
    void on_block(BlockListener listener);      // own blocks
    void on_head(Consensus::HeadListener listener) { consensus_.on_head(std::move(listener)); }

    /// In the pool or in a block, by the CID of the message or of the signed one. Errors: not_found.
    Result<Message> find_message(const Cid& cid);

    struct Lookup {
        Cid message;  // the one that was executed; another than asked for if it was replaced
        Receipt receipt;
        TipsetPtr executed_in;  // the tipset on whose parents the message was executed: as StateSearchMsg answers
        ChainEpoch height = 0;  // of executed_in
    };
    static constexpr ChainEpoch kNoLimit = -1;
    /// Searches back from the head over `lookback` epochs. A replacement counts if it does the same call.
    /// Errors: not_found if nobody knows the message; verification if another one took its nonce.
    Result<std::optional<Lookup>> search(const Cid& message, ChainEpoch lookback = kNoLimit,
                                         bool allow_replaced = true);
    /// The same from a given tipset.
    Result<std::optional<Lookup>> search_from(const TipsetPtr& from, const Cid& message, ChainEpoch lookback,
                                              bool allow_replaced);

  private:
    FullNode(Blockstore& blocks, store::KeyValue& meta, const Network& network, vm::ProofVerifier& proofs,
             WinningPoStVerifier* winning_post, const vm::ActorTable& actors)
        : network_(network),
          chain_(blocks, meta),
          states_(chain_, network, proofs, actors),
          rules_(chain_, network, winning_post),
          pool_(states_),
          consensus_(states_, rules_) {}
    void publish(const SignedMessage& message);
    Result<Cid> listed_cid(const Tipset& tipset, const Message& message);
    Result<std::optional<Lookup>> executed(const TipsetPtr& child, const Cid& cid, const Message& message,
                                           bool allow_replaced);

    const Network& network_;
    ChainStore chain_;
    StateManager states_;
    BlockRules rules_;
    MessagePool pool_;
    Consensus consensus_;
    std::mutex listeners_mutex_;
    std::vector<MessageListener> message_listeners_;
    std::vector<BlockListener> block_listeners_;
};

}  // namespace strata::chain
