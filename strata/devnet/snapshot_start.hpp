#pragma once
// Begins the chain of a node with a snapshot, before the node starts: strata node run --import-snapshot.
#include <strata/devnet/chosen_network.hpp>
#include <strata/terminal/report.hpp>

namespace strata::devnet {

/// Imports `source`, a file or a URL of http or https, into the node in `folder`. A file with an index is used where it
/// is, if the network's genesis is known; one that was fetched stays below the folder then. What was interrupted goes
/// on. Errors: busy if there is a chain already, with what to do; those of node::download and node::import_snapshot.
Status begin_with_snapshot(const std::string& source, const std::filesystem::path& folder, const ChosenNetwork& network,
                           terminal::Report& report, const std::atomic<bool>& stop);

}  // namespace strata::devnet
