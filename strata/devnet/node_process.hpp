#pragma once
// One node as a process of its own. The nodes of a local network share its folder, and find each other by the addresses
// that each writes into its own folder.
#include <functional>

#include <strata/devnet/chosen_network.hpp>
#include <strata/node/settings_file.hpp>
#include <strata/terminal/report.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::devnet {

struct NodeProcessOptions {
    NetworkChoice network;
    /// In a local network "provider-1" to "provider-3" and "client" have their keys and sectors from it; any other name
    /// is a full node without.
    std::string name;
    std::filesystem::path folder;  // the node's own; empty: the one of its name in the folder of a local network
    /// Those of the file, the environment and the command line together.
    node::Settings settings{};
    /// Asked many times a second: returns the settings anew after the owner wished it, otherwise nothing.
    std::function<std::optional<Result<node::LoadedSettings>>()> changed_settings = [] { return std::nullopt; };
    /// A file or a URL of http or https; empty for none. See begin_with_snapshot().
    std::string snapshot{};
    /// A network without published peers is refused.
    bool needs_bootstrap = false;
    /// On a network with stub proofs: the miner that makes blocks, whose worker's key is among `keys` or in the wallet.
    std::optional<Address> stub_miner{};
    std::vector<wallet::PrivateKey> keys{};
    /// Keep an index of the chain; empty: as node::NodeConfig::Index::by_network.
    std::optional<bool> index{};
    bool rebuild_index = false;
    bool empty_blocks = false;
};

/// Runs the node until `stop`. Errors: those of choose_network() and Node::open.
Status run_node_process(const NodeProcessOptions& options, terminal::Report& report, const std::atomic<bool>& stop);

/// Writes by how many seconds the time of the network lags behind the calendar: a network that did not run for a while
/// goes on as if no time had passed. All of its processes read this when they start.
Status set_time_lag(const std::filesystem::path& network, std::uint64_t seconds);
/// Returns it; 0 if it was never set. Errors: malformed.
Result<std::uint64_t> time_lag(const std::filesystem::path& network);

/// Returns the clock of a network whose time lags behind the calendar: the time since 1970.
std::function<std::chrono::nanoseconds()> network_time(std::uint64_t lag);

/// The file of a node's folder with the addresses at which peers reach it, one on each line.
inline constexpr const char* kAddressesFile = "addresses";

}  // namespace strata::devnet
