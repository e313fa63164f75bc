#pragma once
// A complete network in one process: storage providers and a client, each a node with its own repository and chain,
// over an in-memory network. One thread drives it. The caller sets the time, so the same seed makes the same chain. A
// failure of one node is reported to its health() and tried again; the other nodes continue.
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>

#include <strata/base/jobs.hpp>
#include <strata/base/watch.hpp>
#include <strata/devnet/accounts.hpp>

namespace strata::chain {
struct Network;
struct Win;
}  // namespace strata::chain
namespace strata::node {
class Node;
}
namespace strata::p2p {
class MemoryNetwork;
}
namespace strata::vm {
class ActorTable;
}

namespace strata::devnet {

struct DevnetConfig {
    /// A folder that only this network uses. If it holds a network already, that network's description replaces the
    /// seed, the sector size, the genesis time and the block delay given here.
    std::filesystem::path folder;
    /// The folder of the proof keys; all networks of a machine may share it.
    std::filesystem::path parameters;
    std::uint64_t sector_size = 2048;
    std::string seed;
    std::uint64_t genesis_timestamp = 0;
    std::uint64_t block_delay = 4;  // seconds
    /// The bundle of the official devnet actors (wasm/bundle.hpp), which then run as WASM. Empty: native actors run. A
    /// network keeps the kind that it was made with, since the two differ in gas.
    std::filesystem::path bundle;
    std::filesystem::path wasm_cache;  // for compiled code (wasm/engine.hpp); may be empty
    Jobs::Time time = Jobs::Time::virtual_time;
    /// The port of the first provider; the other providers and then the client have the ports that follow. 0: any free
    /// ports.
    std::uint16_t first_port = 0;
    bool empty_blocks = false;  // as in node::NodeConfig
    /// Ends winning proofs soon after it turns true; may be null, and must outlive the network.
    const std::atomic<bool>* stop = nullptr;
};

class Devnet {
  public:
    /// Makes the network (sectors, genesis) if the folder has none, and starts its nodes. The proof keys must exist.
    /// Errors: busy (a folder or a port is taken; ports are tried before anything is sealed), io, not_found (no proof
    /// keys), malformed and verification (see check_network_folder).
    static Result<std::unique_ptr<Devnet>> open(const DevnetConfig& config, const Watch& watch = {});
    ~Devnet();

    const chain::Network& network() const;
    const Accounts& accounts() const { return accounts_; }
    std::uint64_t sector_size() const { return config_.sector_size; }
    std::filesystem::path genesis_car() const { return config_.folder / "genesis.car"; }
    node::Node& provider(std::size_t index) { return *nodes_.at(index); }
    node::Node& client() { return *nodes_.back(); }
    const std::vector<std::unique_ptr<node::Node>>& nodes() const { return nodes_; }
    const p2p::MemoryNetwork& mesh() const;
    p2p::MemoryNetwork& mesh();

    /// The epoch that the next step will work on.
    ChainEpoch epoch() const { return epoch_; }
    /// Lets every node do what is due in this epoch, and lets winners make blocks if something waits for a block. Then
    /// moves on to the next epoch in which something is due.
    void step();
    /// Who makes blocks in virtual time, where each block costs a proof: one winner of each epoch, in turn, or all of
    /// them.
    enum class Winners { one, all };
    void let_win(Winners winners) { winners_ = winners; }
    /// Steps until `done`, which is asked after each step, returns true. Errors: out_of_range if that takes more than
    /// `epochs`, with the failures of the nodes; cancelled; those of `done`.
    Status run_until(const std::function<Result<bool>()>& done, ChainEpoch epochs, const std::atomic<bool>& stop);
    /// Asked for each win if nothing waits for a block; if it returns true, the block is made even so. While a
    /// wish is set, no epoch is left out.
    using Wish = std::function<bool(std::size_t provider, const chain::Win& win)>;
    void wish(Wish wish) { wish_ = std::move(wish); }

    /// How many blocks a provider made with a winning proof of this sector.
    std::uint64_t blocks_with(std::size_t provider, SectorNumber sector) const;

    /// Works through one epoch in real time. Winners make blocks one after another as long as half of the epoch is
    /// left, since a proof takes seconds. Messages that are pushed meanwhile are delivered by `deliver`. `clock`
    /// returns unix seconds in the network's time, never earlier than the epoch's timestamp.
    void real_epoch(ChainEpoch epoch, const std::function<std::uint64_t()>& clock);
    /// Delivers the blocks and messages that are due.
    void deliver(std::uint64_t now);
    /// Lists the present failures, one line for each part of a node: "provider-1, mining, 3 times since epoch 17: …".
    /// Empty if nothing fails.
    std::vector<std::string> failures() const;

  private:
    Devnet(DevnetConfig config, std::unique_ptr<vm::ActorTable> actors);
    Status open_nodes(const Watch& watch);
    /// Refuses to begin at genesis if a provider has records of sectors on chain in addition to the pre-sealed ones.
    Status check_chain_is_there() const;
    void work(std::uint64_t now);
    bool stopped() const { return config_.stop != nullptr && config_.stop->load(std::memory_order_relaxed); }
    bool is_block_wanted() const;
    ChainEpoch next_epoch() const;
    enum class Mined { nothing, block, cancelled };
    Mined mine_with(std::size_t provider, std::uint64_t now, bool wanted);
    /// Returns true if a block was made. After each block, `may_make_more` says whether the next winner has a turn.
    bool mine(std::uint64_t now, bool wanted, const std::function<bool()>& may_make_more);

    struct Machinery;
    DevnetConfig config_;
    Accounts accounts_;
    std::unique_ptr<Machinery> machinery_;
    std::vector<std::unique_ptr<node::Node>> nodes_;
    ChainEpoch epoch_ = 1;
    std::uint64_t refused_ = 0;  // how many refusals were logged so far
    Wish wish_;
    Winners winners_ = Winners::one;
    std::map<std::pair<std::size_t, SectorNumber>, std::uint64_t> won_;  // blocks by provider and sector
};

}  // namespace strata::devnet
