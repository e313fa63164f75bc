#pragma once
// The door between a chain and the network that carries its blocks and messages. LocalChain is behind it.
// Threads: listeners are called on whatever thread publishes, without a lock; everything else may come from any thread.
// Source: docs/protocol/node.md §8.1, §17, §21 (lotus chain/sub, chain/exchange, chain/sync.go).
#include <strata/chain/block_source.hpp>
#include <strata/chain/verdict.hpp>

namespace strata::chain {

class Peer {
  public:
    virtual ~Peer() = default;

    /// Whom to ask for what is missing; must outlive the chain, or be replaced first.
    virtual void set_source(BlockSource& source) = 0;
    /// Called with the peer whose block turned out to be bad, and why.
    using RefusalListener = std::function<void(const PeerName&, const Error&)>;
    virtual void on_refusal(RefusalListener listener) = 0;
    using MessageListener = std::function<void(const SignedMessage&)>;
    using BlockListener = std::function<void(const FullBlock&)>;
    virtual void on_message(MessageListener listener) = 0;  // own messages
    virtual void on_block(BlockListener listener) = 0;      // own blocks

    /// The verdict on a block that gossip brings, before anything of it is fetched or stored. `now`: unix seconds, as
    /// everywhere below.
    virtual Decision check_block(const BlockMsg& block, std::uint64_t now) = 0;
    /// The verdict on a message that gossip brings; an accepted one is in the pool then. Listeners are not called: the
    /// network that received it passes it on. Errors: failures of this node, which say nothing about the peer.
    virtual Result<Decision> receive_message(const SignedMessage& message) = 0;
    /// A block that check_block() accepted, or of the head of a peer. Errors: those of Syncer::announce.
    virtual Status receive_block(const FullBlock& block, std::uint64_t now, const PeerName& from) = 0;
    /// Does what can be done now: publishes own blocks whose time has come, takes early ones of peers, goes on with
    /// sync. Errors: failures of this node.
    virtual Status advance(std::uint64_t now) = 0;

    /// The answer to a peer that asks. Errors: not_found, busy.
    virtual ChainAnswer serve(const ChainRequest& request) = 0;
    /// The blocks of the head, which a new peer is told; none while the head is genesis. Errors: missing_block, io.
    virtual Result<std::vector<FullBlock>> head_blocks() = 0;
    /// Local messages that still wait are given to the message listeners again.
    virtual Status republish() = 0;
};

}  // namespace strata::chain
