#pragma once
// One node of a simulated network: it wires the parts as node/network.cpp and node/runner.cpp do in a process, in
// virtual time. A stopped node keeps what it had written, as after the kill of a process. One thread.
#include <strata/chain/block_producer.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/p2p/service.hpp>
#include <strata/p2p/settling.hpp>
#include <strata/p2p/topics.hpp>
#include <strata/simulation/lossy_carrier.hpp>
#include <strata/simulation/sim_network.hpp>
#include <strata/simulation/window_posts.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::simulation {

/// How a dishonest node behaves.
enum class Misdeed : std::uint8_t {
    none,
    equivocate,     // signs two blocks of each epoch
    withhold,       // keeps its blocks back
    bad_root,       // blocks with a wrong state
    bad_proof,      // blocks with a wrong winning proof
    bad_signature,  // blocks that its worker did not sign
    future,         // blocks with a wrong time, and good ones before their time
    spam,           // bytes that are nothing
    flood,          // blocks without parents, and messages that nobody can include
    liar,           // wrong answers in hello and chain exchange
    slow_reader,    // reads a few KiB a second
    stranger,       // belongs to a network with a different genesis
    eclipse,        // keeps an honest node to itself for a while; the world arranges it
};

/// A rule that is switched off on purpose, so that the checks must find it.
enum class Canary : std::uint8_t {
    none,
    slash_filter,  // miners forget at a restart what they signed
    fork_choice,   // a node keeps the first head that it sees
    validation,    // a node takes blocks without checking them
    execution,     // a node leaves out a part of every epoch
};

/// Called with the events of a node.
struct SimHooks {
    /// A block of this node, before it leaves. `is_valid` is false if the node knows that it breaks a rule.
    std::function<void(std::size_t node, const BlockHeader& block, bool is_valid)> on_made;
    /// A block leaves the node that made it, or gossip brought it to a node.
    std::function<void(std::size_t node, const BlockHeader& block)> on_arrival;
    std::function<void(std::size_t node, const chain::HeadChange& change)> on_head;
    std::function<void(std::size_t node, const Error& why)> on_failure;
};

struct SimNodeConfig {
    std::size_t number = 0;
    std::vector<std::size_t> miners{};
    Misdeed misdeed = Misdeed::none;
    Canary canary = Canary::none;
    Instant skew{0};  // of the clock; positive is ahead
};

/// Reads blocks of genesis from a store that all nodes share, and keeps the rest.
class NodeBlocks final : public Blockstore {
  public:
    explicit NodeBlocks(MemoryBlockstore& genesis) : genesis_(genesis) {}
    Result<Bytes> get(const Cid& cid) override;
    Result<bool> has(const Cid& cid) override;
    Result<Cid> put(Codec codec, BytesView data) override { return own_.put(codec, data); }
    Status put_block(const Cid& cid, BytesView data) override { return own_.put_block(cid, data); }

  private:
    MemoryBlockstore& genesis_;
    MemoryBlockstore own_;
};

class SimNode {
  public:
    /// All references must outlive the node.
    SimNode(SimNodeConfig config, SimNetwork& shared, EventQueue& queue, LossyCarrier& carrier, const SimHooks& hooks);
    SimNode(const SimNode&) = delete;
    SimNode& operator=(const SimNode&) = delete;
    ~SimNode();

    /// Errors: those of LocalChain::open.
    Status start();
    void stop(LossyCarrier::Leave how);
    bool is_up() const { return life_ != nullptr; }
    bool is_honest() const { return config_.misdeed == Misdeed::none; }
    const SimNodeConfig& config() const { return config_; }
    LossyCarrier::Place place() const { return place_; }
    /// These are there while the node is up.
    chain::LocalChain& chain() { return *life_->chain; }
    net::Swarm& swarm() { return *life_->swarm; }
    net::Gossip& gossip() { return life_->topics->gossip(); }

    /// Pushes a transfer of the faucet.
    void pay();
    /// Says what may explain why the node's head is not that of the others.
    std::string note();
    /// The latest time of a block that the node may take now, in Unix seconds.
    std::uint64_t latest_block_time() const { return now() + chain::kClockDrift; }

  private:
    struct Life {
        explicit Life(WindowPosts window_posts) : posts(std::move(window_posts)) {}
        std::unique_ptr<vm::ActorTable> odd_actors;
        std::unique_ptr<chain::LocalChain> chain;
        std::unique_ptr<chain::Peer> odd_peer;
        std::unique_ptr<wallet::Wallet> wallet;
        std::unique_ptr<chain::BlockProducer> producer;
        std::optional<p2p::Service> service;
        std::optional<p2p::Topics> topics;
        std::unique_ptr<crypto::SeededRandom> random;
        std::unique_ptr<net::Swarm> swarm;
        WindowPosts posts;
        ChainEpoch epoch = -1;  // in which it had last worked
        ChainEpoch mined = -1;
        std::optional<p2p::Settling> settling;
        bool will_advance = false;
    };
    std::chrono::nanoseconds unix_time() const;
    std::string waiting_tasks(const chain::SyncStatus& status) const;
    std::uint64_t now() const;
    p2p::Post later(Instant least, Instant most);
    void connect();
    void advance_soon();
    void advance();
    void tick();
    void on_epoch(ChainEpoch epoch);
    bool is_settled();
    void mine(ChainEpoch epoch);
    void mine_with(std::size_t miner, ChainEpoch epoch);
    void submit(const chain::FullBlock& block);
    void failed(const Error& why) const { hooks_.on_failure(config_.number, why); }
    chain::Peer& peer();

    // misdeeds.cpp
    void misbehave(chain::FullBlock block);
    void disturb();
    void send_block_without_parents();
    void send_message_with_gap();
    void send(const chain::FullBlock& block);
    void publish(const std::string& topic, BytesView data);
    chain::FullBlock resigned(chain::FullBlock block) const;
    void forget_blocks();

    SimNodeConfig config_;
    SimNetwork& shared_;
    EventQueue& queue_;
    LossyCarrier& carrier_;
    const SimHooks& hooks_;
    const LossyCarrier::Place place_;
    NodeBlocks blocks_;
    store::MemoryKeyValue meta_;
    chain::StubWinningProver prover_;
    RememberedBeacon beacon_;
    bool is_new_ = true;
    std::uint64_t lives_ = 0;
    std::optional<chain::FullBlock> last_;  // that this node won, if it is dishonest
    std::shared_ptr<Life> life_;
};

}  // namespace strata::simulation
