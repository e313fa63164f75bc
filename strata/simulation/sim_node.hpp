#pragma once
// One node of a simulated network: the parts that node/network.cpp and node/runner.cpp wire in a process, in virtual
// time. A stopped node keeps what it had written, as after the kill of a process. One thread.
#include <strata/chain/block_producer.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/p2p/service.hpp>
#include <strata/p2p/topics.hpp>
#include <strata/simulation/lossy_carrier.hpp>
#include <strata/simulation/sim_network.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::simulation {

/// What a dishonest miner does with the blocks that it wins.
enum class Misdeed : std::uint8_t { none, equivocate, withhold, bad_root, bad_proof, bad_signature, future, spam };

/// What a run wants to know of a node.
struct SimHooks {
    /// A block of this node, before it leaves. `is_valid` is false if the node knows that it breaks a rule.
    std::function<void(std::size_t node, const BlockHeader& block, bool is_valid)> on_made;
    std::function<void(std::size_t node, const chain::HeadChange& change)> on_head;
    std::function<void(std::size_t node, const Error& why)> on_failure;
};

struct SimNodeConfig {
    std::size_t number = 0;
    std::vector<std::size_t> miners{};
    Misdeed misdeed = Misdeed::none;
    Instant skew{0};              // of the clock; positive is ahead
    bool forgets_blocks = false;  // a canary: the slash filter's records are lost at a restart
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
    void pay(Nonce nonce);
    void behave() { config_.misdeed = Misdeed::none; }

  private:
    struct Life {
        std::unique_ptr<chain::LocalChain> chain;
        std::unique_ptr<wallet::Wallet> wallet;
        std::unique_ptr<chain::BlockProducer> producer;
        std::optional<p2p::Service> service;
        std::optional<p2p::Topics> topics;
        std::unique_ptr<crypto::SeededRandom> random;
        std::unique_ptr<net::Swarm> swarm;
        bool will_advance = false;
    };
    std::chrono::nanoseconds unix_time() const;
    std::uint64_t now() const;
    p2p::Post later(Instant least, Instant most);
    void advance_soon();
    void advance();
    void tick();
    void mine(ChainEpoch epoch);
    void mine_with(std::size_t miner, ChainEpoch epoch);
    void misbehave(chain::FullBlock block);
    void submit(const chain::FullBlock& block);
    void send(const chain::FullBlock& block);
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
    bool is_new_ = true;
    std::uint64_t lives_ = 0;
    ChainEpoch mined_ = -1;
    std::shared_ptr<Life> life_;
};

}  // namespace strata::simulation
