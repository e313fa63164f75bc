#pragma once
// Where the nodes of a network as processes get the rounds of its beacon: from the beacon process of a local network,
// from drand's servers, or computed here. Source: docs/protocol/node.md §4.2.
#include <atomic>
#include <filesystem>

#include <strata/chain/local_beacon.hpp>
#include <strata/drand/drand_http.hpp>

namespace strata::devnet {

/// The folder of the beacon process in the folder of a local network, and the file in it with its URL, one line.
inline constexpr const char* kBeaconFolder = "beacon";
inline constexpr const char* kBeaconUrlFile = "url";

/// Returns the URL that the beacon process of a local network wrote; empty if it wrote none.
std::string beacon_url(const std::filesystem::path& network);

/// The beacon of a network that has one of its own, made from a text.
struct OwnBeacon {
    chain::LocalBeacon beacon;
    std::string seed;
    drand::Info info;
    std::uint64_t time_lag = 0;  // as ChosenNetwork::time_lag
};
/// Reads it from the folder of a local network, or from a description with drand.beacon_seed. Errors: not_found if the
/// network has none; verification if the key is not the one that follows from the text; those of parse_network.
Result<OwnBeacon> own_beacon(const std::filesystem::path& network);

/// Says where a node gets the rounds.
struct BeaconChoice {
    std::vector<std::string> servers{};  // URLs that the person named
    std::uint64_t time_lag = 0;
    const std::atomic<bool>* stop = nullptr;  // as DrandConfig::stop
};
/// Asks the beacon process of a local network, wherever it answers at the time.
std::unique_ptr<chain::BeaconSource> process_beacon(const std::filesystem::path& network, const drand::Info& info,
                                                    const BeaconChoice& choice);
/// Asks the servers of `choice`, or the public ones if it names none.
std::unique_ptr<chain::BeaconSource> drand_beacon(const chain::BeaconChain& chain, const Hash256& hash,
                                                  const BeaconChoice& choice);

}  // namespace strata::devnet
