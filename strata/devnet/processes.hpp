#pragma once
// strata devnet up --processes: a local network whose nodes are processes of their own, over loopback. This process
// makes the network, starts its nodes, starts them again when they die, and tells how they are.
#include <strata/chain/keep_epochs.hpp>
#include <strata/devnet/real_time.hpp>

namespace strata::devnet {

struct ProcessesOptions {
    UpOptions up;
    /// The TCP port at which peers reach the first provider; the other nodes have those that follow. 0: any free ones.
    std::uint16_t first_peer_port = 0;
    /// As in node::NodeConfig.
    ChainEpoch keep_epochs = chain::kDefaultKeptEpochs;
};

/// Runs the network until `stop`. A node that dies is started again after a pause that grows while it keeps dying.
/// Errors: those of up_config, of making keys and network, and of starting a process.
Status run_processes(const ProcessesOptions& options, terminal::Report& report, const std::atomic<bool>& stop);

}  // namespace strata::devnet
