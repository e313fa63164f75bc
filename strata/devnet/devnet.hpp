#pragma once
// A whole network in one process: storage providers and a client, each a node with its own repository and chain, over
// an in-memory network. One thread drives it; time is what the caller says, so the same seed makes the same chain.
#include <strata/base/watch.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/devnet/accounts.hpp>
#include <strata/node/node.hpp>
#include <strata/p2p/memory_network.hpp>

namespace strata::devnet {

struct DevnetConfig {
    /// Of this network alone. One that holds a whole network is taken as it is, whatever else is said here.
    std::filesystem::path folder;
    /// Proof keys, shared by all networks of this machine.
    std::filesystem::path parameters;
    std::uint64_t sector_size = 2048;
    std::string seed;
    std::uint64_t genesis_timestamp = 0;
    std::uint64_t block_delay = 4;  // seconds
    Jobs::Time time = Jobs::Time::virtual_time;
    /// Providers, then the client, from here on upwards; 0: any free ones.
    std::uint16_t first_port = 0;
};

class Devnet {
  public:
    /// Makes the network if the folder has none (sectors, genesis), and starts its nodes. The proof keys must be there.
    /// Errors: busy (folder or port taken), io, not_found (no proof keys), verification (another network's folder).
    static Result<std::unique_ptr<Devnet>> open(const DevnetConfig& config, const Watch& watch = {});
    ~Devnet();

    const chain::Network& network() const { return network_; }
    const Accounts& accounts() const { return accounts_; }
    std::uint64_t sector_size() const { return config_.sector_size; }
    std::filesystem::path genesis_car() const { return config_.folder / "genesis.car"; }
    node::Node& provider(std::size_t index) { return *nodes_.at(index); }
    node::Node& client() { return *nodes_.back(); }
    const std::vector<std::unique_ptr<node::Node>>& nodes() const { return nodes_; }
    const p2p::MemoryNetwork& mesh() const { return mesh_; }
    p2p::MemoryNetwork& mesh() { return mesh_; }

    /// The epoch that the next step is about.
    ChainEpoch epoch() const { return epoch_; }
    /// Everybody does what is due in this epoch, and winners make blocks if somebody waits for one. Then time goes on
    /// to the next epoch in which something is due.
    Status step();
    /// Virtual time: each block costs a proof, so one winner of an epoch makes a block, in turn, or all of them do.
    enum class Winners { one, all };
    void let_win(Winners winners) { winners_ = winners; }
    /// Steps until `done`, which is asked after each step. Errors: out_of_range if that takes more than `epochs`;
    /// cancelled; those of `done`.
    Status run_until(const std::function<Result<bool>()>& done, ChainEpoch epochs, const std::atomic<bool>& stop);
    /// Asked of each win when nobody waits for a block: true makes the block all the same. No epoch is passed over
    /// while there is a wish.
    using Wish = std::function<bool(std::size_t provider, const chain::Win& win)>;
    void wish(Wish wish) { wish_ = std::move(wish); }

    /// Blocks so far that a provider won with a proof of this sector.
    std::uint64_t blocks_with(std::size_t provider, SectorNumber sector) const;

    /// Real time: one epoch. All winners make blocks, as long as half of the epoch is left: a proof takes seconds.
    /// What is pushed meanwhile is delivered by `deliver`. `clock`: unix seconds, never before the epoch's time.
    Status real_epoch(ChainEpoch epoch, const std::function<std::uint64_t()>& clock);
    Status deliver(std::uint64_t now) { return mesh_.run_until(now); }

  private:
    explicit Devnet(DevnetConfig config);
    Status open_nodes(const Watch& watch);
    Status work(std::uint64_t now);
    bool is_block_wanted() const;
    ChainEpoch next_epoch() const;
    Result<bool> mine(std::uint64_t now, bool wanted, const std::function<bool()>& may_go_on);

    DevnetConfig config_;
    Accounts accounts_;
    chain::LocalBeacon beacon_;
    chain::Network network_;
    crypto::SeededRandom random_;
    std::unique_ptr<vm::ActorTable> actors_;
    proofs::ParameterStore parameters_;
    chain::KeyedProofVerifier proofs_;
    Jobs jobs_;
    p2p::MemoryNetwork mesh_;
    std::vector<std::unique_ptr<node::Node>> nodes_;
    ChainEpoch epoch_ = 1;
    Wish wish_;
    Winners winners_ = Winners::one;
    std::map<std::pair<std::size_t, SectorNumber>, std::uint64_t> won_;
};

}  // namespace strata::devnet
