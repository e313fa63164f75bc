#pragma once
// One node of a local network as a process of its own: a storage provider, the client, or a node that joins. All of
// them share the network's folder, and find each other by the addresses that each writes into its own folder.
#include <strata/net/multiaddr.hpp>
#include <strata/terminal/report.hpp>

namespace strata::devnet {

struct NodeProcessOptions {
    std::filesystem::path network;  // the network's folder
    /// "provider-1" to "provider-3" or "client", which have their keys and sectors from the network; any other name is
    /// a full node without.
    std::string name;
    std::filesystem::path folder;  // the node's own; empty: the one of its name in the network's folder
    std::filesystem::path parameters;
    std::vector<net::Multiaddr> listen;
    std::vector<net::Multiaddr> peers;  // to dial, beside those that the folder names
    std::uint16_t http_port = 0;
    // As in DevnetConfig.
    std::filesystem::path bundle;
    std::filesystem::path wasm_cache;
};

/// Runs the node until `stop`. Errors: not_found if the folder holds no network; those of Node::open.
Status run_node_process(const NodeProcessOptions& options, terminal::Report& report, const std::atomic<bool>& stop);

/// Writes by how many seconds the time of the network lags behind the calendar: a network that did not run for a while
/// goes on as if no time had passed. All of its processes read this when they start.
Status set_time_lag(const std::filesystem::path& network, std::uint64_t seconds);
/// Returns it; 0 if it was never set. Errors: malformed.
Result<std::uint64_t> time_lag(const std::filesystem::path& network);

/// The file of a node's folder with the addresses at which peers reach it, one on each line.
inline constexpr const char* kAddressesFile = "addresses";

}  // namespace strata::devnet
