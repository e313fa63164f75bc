#pragma once
// The messages of the last heartbeats, for peers that ask for them. Source: libp2p/specs gossipsub-v1.0.md, message
// cache; go-libp2p-pubsub mcache.go. One thread.
#include <deque>
#include <map>
#include <memory>

#include <strata/net/gossip_messages.hpp>

namespace strata::net {

class GossipCache {
  public:
    struct Entry {
        std::string topic;
        std::shared_ptr<const Bytes> frame;     // an RPC with this message alone, as it stands on a stream
        std::map<PeerId, unsigned> requests{};  // how often each peer asked
    };

    /// Keeps messages for `history` shifts and offers those of the last `offered`. `bytes` bounds the frames; above it
    /// the oldest messages go first. No number may be zero, and `offered` is at most `history` (checked).
    GossipCache(std::size_t history, std::size_t offered, std::size_t bytes = 64 << 20);

    void put(const MessageName& name, const std::string& topic, std::shared_ptr<const Bytes> frame);
    /// Null if the message is not there.
    Entry* find(const MessageName& name);
    /// Returns the messages of a topic that are offered, the newest window first.
    std::vector<MessageName> offered(const std::string& topic) const;
    /// Begins a new window.
    void shift();
    std::size_t size() const { return entries_.size(); }
    std::size_t bytes() const { return bytes_; }

  private:
    void drop(const MessageName& name);

    const std::size_t history_;
    const std::size_t offered_;
    const std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    std::map<MessageName, Entry> entries_;
    std::deque<std::deque<MessageName>> windows_{1};  // the newest in front
};

}  // namespace strata::net
