#pragma once
// A network of full nodes inside one process: gossip, requests for blocks, delays, partitions; the order of deliveries
// comes from a seed, so a run can be repeated. For tests and local networks. One thread drives it; nodes may publish
// from any thread, an API's for one.
#include <mutex>

#include <strata/chain/full_node.hpp>
#include <strata/crypto/random.hpp>

namespace strata::p2p {

class MemoryNetwork {
  public:
    explicit MemoryNetwork(BytesView seed) : random_(seed) {}

    /// Hangs itself on the node's listeners; the node must outlive the network. Returns its number.
    std::size_t join(chain::FullNode& node);

    /// Nodes reach each other within a group only; a node that is in none is alone.
    void partition(const std::vector<std::vector<std::size_t>>& groups);
    /// Everybody reaches everybody; all exchange heads and waiting messages.
    Status heal();
    /// A delivery takes between `least` and `most` seconds, as the seed says.
    void set_delay(std::uint64_t least, std::uint64_t most);

    /// Delivers what is due until nothing is. Errors: fatal ones of a node only; refusals are counted.
    Status run_until(std::uint64_t now);
    std::uint64_t now() const { return now_; }

    struct Counts {
        std::uint64_t blocks = 0;
        std::uint64_t messages = 0;
        std::uint64_t refused = 0;
        std::uint64_t lost = 0;
    };
    const Counts& counts() const { return counts_; }
    const std::string& last_refusal() const { return last_refusal_; }

  private:
    struct Delivery {
        std::size_t from = 0;
        std::size_t to = 0;
        std::shared_ptr<const chain::FullBlock> block;
        std::shared_ptr<const SignedMessage> message;
    };
    class Peers;
    bool reach(std::size_t a, std::size_t b) const { return group_[a] == group_[b]; }
    void broadcast(const Delivery& what);
    std::optional<Delivery> take_due(std::uint64_t now);
    Status deliver(const Delivery& delivery);

    std::vector<chain::FullNode*> nodes_;
    std::vector<std::size_t> group_;
    std::mutex queue_mutex_;  // guards what broadcast uses: time, lots, queue
    crypto::SeededRandom random_;
    std::multimap<std::pair<std::uint64_t, std::uint64_t>, Delivery> queue_;  // by time, then by lot
    std::uint64_t least_delay_ = 0;
    std::uint64_t most_delay_ = 0;
    std::uint64_t now_ = 0;
    Counts counts_;
    std::string last_refusal_;
};

}  // namespace strata::p2p
