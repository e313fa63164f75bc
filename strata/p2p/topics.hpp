#pragma once
// Filecoin's gossip: blocks and messages, on the topics of a network. What comes is judged by the chain, and what the
// chain publishes is sent. Source: docs/protocol/node.md §8.1, §14.2, §16 (lotus chain/sub/incoming.go,
// node/modules/lp2p/pubsub.go).
#include <atomic>

#include <strata/chain/peer_api.hpp>
#include <strata/net/gossip.hpp>
#include <strata/p2p/post.hpp>

namespace strata::p2p {

/// Returns the topic of blocks, or of messages, of the network with this name (in its genesis, not the common name).
std::string block_topic(std::string_view network);
std::string message_topic(std::string_view network);

struct TopicsConfig {
    std::string network;
    Post post;
    /// Runs checks that take time: signatures, states. Blocks and messages have queues of their own, so that messages
    /// never hold up a block. Both may run on any thread, and drop work only when the node ends.
    Post check_block;
    Post check_message;
    std::function<std::chrono::nanoseconds()> unix_time;
    /// Called after the chain took a block, on the thread of the check: `chain::Peer::advance` has work.
    std::function<void()> wake;
    /// Called once with each block of gossip that is passed on: its height, and the time of the network at which it
    /// came. On the thread of the check.
    std::function<void(ChainEpoch height, std::chrono::nanoseconds arrived)> on_new_block =
        [](ChainEpoch, std::chrono::nanoseconds) {};
    /// Messages are subscribed to when this first returns true, since a node that is far behind cannot judge them.
    std::function<bool()> wants_messages;
    /// Peers with a score of their own for being there: bootstrap nodes.
    std::function<bool(const net::PeerId&)> is_bootstrap = [](const net::PeerId&) { return false; };
    /// Called on the swarm's thread with a peer that brought a new block that is passed on.
    std::function<void(const net::PeerId&)> on_useful = [](const net::PeerId&) {};
    std::size_t judged_messages = 192;  // at once; further ones are ignored. Below net::GossipConfig::judging
};

/// Counts of what came and what was decided, for the node's metrics.
struct TopicsCounts {
    std::atomic<std::uint64_t> accepted{}, ignored{}, rejected{}, dropped{};
};

/// All calls come from the swarm's thread, but those of the chain to its listeners, which may come from any and even
/// after the end of this object; the owner's `post` must drop work by then. Order of destruction: the host, then the
/// threads of the checks, then this, then the chain.
class Topics {
  public:
    /// Subscribes to blocks and listens to what the chain publishes. The owner passes the swarm's calls to gossip().
    Topics(net::Swarm& swarm, chain::Peer& chain, TopicsConfig config);
    Topics(const Topics&) = delete;
    Topics& operator=(const Topics&) = delete;

    net::Gossip& gossip() { return gossip_; }
    /// Subscribes to messages once they are wanted. To be called about every second.
    void on_time();

    const TopicsCounts& blocks() const { return blocks_; }
    const TopicsCounts& messages() const { return messages_; }

  private:
    using Verdict = std::optional<net::GossipVerdict>;
    Verdict on_block(const net::GossipDelivery& delivery);
    Verdict on_message(const net::GossipDelivery& delivery);
    net::GossipVerdict take_block(BytesView data, const chain::PeerName& from, std::chrono::nanoseconds arrived);
    net::GossipVerdict take_message(BytesView data);
    void settle(std::uint64_t ticket, net::GossipVerdict verdict, TopicsCounts& counts);
    void send(const std::string& topic, BytesView data);
    std::uint64_t now() const;

    chain::Peer& chain_;
    const TopicsConfig config_;
    const std::string block_topic_, message_topic_;
    net::Gossip gossip_;
    bool has_messages_ = false;  // subscribed
    std::size_t judging_messages_ = 0;
    TopicsCounts blocks_, messages_;
};

}  // namespace strata::p2p
