#pragma once
// Which network a process runs on: a local one by its folder, one by a description file, or a public one by its name.
#include <atomic>

#include <strata/chain/beacon_source.hpp>
#include <strata/chain/network.hpp>
#include <strata/devnet/devnet.hpp>
#include <strata/net/multiaddr.hpp>

namespace strata::devnet {

struct NetworkChoice {
    /// The folder of a local network, a description file (as chain::parse_network reads it), or mainnet, calibnet or
    /// butterflynet.
    std::string name;
    std::filesystem::path genesis{};  // a CAR, packed or not; a local network has its own
    std::filesystem::path parameters{};
    std::filesystem::path bundle{};  // of the official actors; empty: native ones
    std::filesystem::path wasm_cache{};
    std::vector<std::string> drand{};                // URLs of drand servers to ask; empty: those of the network
    const std::atomic<bool>* stop_beacon = nullptr;  // no further server is asked soon after it turns true
};

struct ChosenNetwork {
    chain::Network network;
    std::filesystem::path genesis;                // empty if the person named none
    std::optional<Cid> genesis_cid;               // of the network; empty if it is not known
    std::unique_ptr<chain::BeaconSource> beacon;  // null if nobody is known to have its rounds
    bool remote_beacon = false;                   // it answers over a network
    std::uint64_t time_lag = 0;                   // seconds by which the network's time lags behind the calendar
    std::optional<DevnetConfig> local;            // of a network in a folder
    std::vector<net::Multiaddr> bootstrap;        // peers that are published with the network
};

/// Errors: not_found if there is no such network; malformed, with the file and the field; invalid_argument for options
/// that do not fit the network; verification if the genesis is not that of the description.
Result<ChosenNetwork> choose_network(const NetworkChoice& choice);

}  // namespace strata::devnet
