#pragma once
// strata beacon run: the beacon of a local network as a process of its own, which serves its rounds over HTTP in
// drand's form. Its nodes, and those of Lotus, get them there.
#include <strata/devnet/network_beacon.hpp>
#include <strata/terminal/report.hpp>

namespace strata::devnet {

struct BeaconProcessOptions {
    std::filesystem::path network;  // as own_beacon() takes it
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free port
};

/// Serves the rounds until `stop`. Errors: those of own_beacon() and of http::Server::start; busy if the beacon of this
/// local network runs already.
Status run_beacon_process(const BeaconProcessOptions& options, terminal::Report& report, const std::atomic<bool>& stop);

}  // namespace strata::devnet
