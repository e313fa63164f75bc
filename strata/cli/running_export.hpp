#pragma once
// Exports a snapshot from a node that runs: the node sends it over HTTP (api/snapshot_http.hpp).
#include <optional>

#include <strata/cli/snapshot_commands.hpp>
#include <strata/node/access_files.hpp>

namespace strata::cli {

/// Returns how to reach the node of a command: that of --api, or the one that runs in the folder of --repo. Empty if
/// neither is there.
std::optional<node::ApiAccess> running_node(const SnapshotExportCommand& command);

/// Writes the file, which appears complete or not at all; returns the exit code.
int run_running_export(const node::ApiAccess& node, const SnapshotExportCommand& command);

}  // namespace strata::cli
