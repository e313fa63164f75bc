#pragma once
// The door between a chain and the network that carries its blocks and messages. LocalChain is behind it. Threads:
// listeners are called on any thread that publishes, without a lock; everything else may come from any thread. Source:
// docs/protocol/node.md §8.1, §17, §21 (lotus chain/sub, chain/exchange, chain/sync.go).
#include <strata/chain/block_source.hpp>
#include <strata/chain/verdict.hpp>

namespace strata::chain {

/// Holds what a node tells of its chain when it meets a peer (docs/protocol/node.md §17).
struct HeadNotice {
    TipsetKey head;
    ChainEpoch height = 0;
    BigInt weight;
    Cid genesis;
};

class Peer {
  public:
    virtual ~Peer() = default;

    /// Sets the source of missing blocks. It must outlive the chain, or be replaced first.
    virtual void set_source(BlockSource& source) = 0;
    /// Called with the peer whose block turned out to be bad, and why.
    using RefusalListener = std::function<void(const PeerName&, const Error&)>;
    virtual void on_refusal(RefusalListener listener) = 0;
    using MessageListener = std::function<void(const SignedMessage&)>;
    using BlockListener = std::function<void(const FullBlock&)>;
    virtual void on_message(MessageListener listener) = 0;  // own messages
    virtual void on_block(BlockListener listener) = 0;      // own blocks

    /// Decides about a block that gossip brings, before anything of it is fetched or stored. `now` is in Unix seconds,
    /// as everywhere below.
    virtual Decision check_block(const BlockMsg& block, std::uint64_t now) = 0;
    /// Returns the verdict on a message that gossip brings; an accepted message is in the pool then. The listeners are
    /// not called, because the network that received it passes it on. Errors: failures of this node, which say nothing
    /// about the peer.
    virtual Result<Decision> receive_message(const SignedMessage& message) = 0;
    /// Takes a block that check_block() accepted, or one of a peer's head. Errors: those of Syncer::announce.
    virtual Status receive_block(const FullBlock& block, std::uint64_t now, const PeerName& from) = 0;
    /// Takes a block of gossip that check_block() accepted. Messages that are not here are asked of peers. Errors:
    /// those of Syncer::announce.
    virtual Status receive_block(const BlockMsg& block, std::uint64_t now, const PeerName& from) = 0;
    /// Does what can be done now: publishes own blocks whose time has come, takes early ones of peers, continues sync.
    /// Errors: failures of this node.
    virtual Status advance(std::uint64_t now) = 0;

    /// Answers a peer's request. Errors: not_found, busy.
    virtual ChainAnswer serve(const ChainRequest& request) = 0;
    /// Returns the blocks of the head, to be sent to a new peer; empty while the head is genesis. Errors:
    /// missing_block, io.
    virtual Result<std::vector<FullBlock>> head_blocks() = 0;
    /// Returns the head of this node. Errors: missing_block, io.
    virtual Result<HeadNotice> head_notice() = 0;
    /// Takes a peer's statement about its head; advance() follows it. Errors: those of Syncer::follow.
    virtual Status follow_head(const TipsetKey& head, std::uint64_t now, const PeerName& from) = 0;
    /// Gives local messages that still wait to the message listeners again.
    virtual Status republish() = 0;
};

}  // namespace strata::chain
