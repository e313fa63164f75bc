#pragma once
// A network of nodes inside one process: gossip with its verdicts, requests for chains, partitions. The order
// of deliveries comes from a seed, so a run can be repeated. For tests and local networks. One thread drives the
// network; nodes may publish from any thread, such as one of the API's.
#include <map>

#include <strata/base/mutex.hpp>
#include <strata/chain/peer_api.hpp>
#include <strata/crypto/random.hpp>

namespace strata::p2p {

class MemoryNetwork {
  public:
    explicit MemoryNetwork(BytesView seed);
    ~MemoryNetwork();
    MemoryNetwork(const MemoryNetwork&) = delete;
    MemoryNetwork& operator=(const MemoryNetwork&) = delete;

    /// Connects a node: the network listens to what the node publishes and becomes the source of its syncer. The node
    /// must outlive the network and be idle when the network ends. Returns the node's number.
    std::size_t join(chain::Peer& node);

    /// Splits the network: nodes reach each other within a group only; a node that is in no group is alone.
    void partition(const std::vector<std::vector<std::size_t>>& groups);
    /// Ends a partition: every node reaches every other. The nodes exchange their heads, as at the beginning of a
    /// connection, and their waiting messages.
    Status heal();

    /// Delivers everything that is due at `now`. Refusals are counted; an error is a failure of a node itself.
    Status run_until(std::uint64_t now);
    std::uint64_t now() const STRATA_EXCLUDES(mutex_);

    /// The numbers of deliveries so far; `lost` are those that a partition stopped.
    struct Counts {
        std::uint64_t blocks = 0;
        std::uint64_t messages = 0;
        std::uint64_t refused = 0;
        std::uint64_t lost = 0;
    };
    const Counts& counts() const { return counts_; }
    const std::string& last_refusal() const { return last_refusal_; }

    /// Returns the name under which other nodes know this one.
    static chain::PeerName name_of(std::size_t node) { return "node " + std::to_string(node); }

  private:
    struct Delivery {
        std::size_t from = 0;
        std::size_t to = 0;
        std::shared_ptr<const chain::FullBlock> block;
        std::shared_ptr<const SignedMessage> message;
        bool is_hello = false;  // the block is part of the sender's head, so it is not new and gets no verdict
    };
    class Peers;
    bool can_reach(std::size_t a, std::size_t b) const { return group_[a] == group_[b]; }
    void broadcast(const Delivery& what) STRATA_EXCLUDES(mutex_);
    std::optional<Delivery> take_due(std::uint64_t now) STRATA_EXCLUDES(mutex_);
    Status deliver(const Delivery& what);
    Status deliver_message(const Delivery& what);
    Status deliver_block(const Delivery& what, std::uint64_t now);
    void count_refusal(const Error& why);

    std::vector<chain::Peer*> nodes_;
    std::vector<std::unique_ptr<Peers>> peers_;  // of each node
    std::vector<std::size_t> group_;             // of each node; nodes reach each other if their groups are equal
    mutable Mutex mutex_;                        // guards what publishing uses
    crypto::SeededRandom random_ STRATA_GUARDED_BY(mutex_);
    std::multimap<std::pair<std::uint64_t, std::uint64_t>, Delivery> queue_
        STRATA_GUARDED_BY(mutex_);  // by time, then by a random number
    std::uint64_t now_ STRATA_GUARDED_BY(mutex_) = 0;
    Counts counts_;
    std::string last_refusal_;
};

}  // namespace strata::p2p
