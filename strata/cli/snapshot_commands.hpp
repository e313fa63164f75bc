#pragma once
// The verbs below `strata chain` that work on snapshots.
#include <string>

#include <strata/cli/commands.hpp>
#include <strata/types/basic.hpp>

namespace strata::cli {

/// The options with which `strata chain export` writes a snapshot.
struct SnapshotExportCommand {
    std::string repository;  // empty: not a snapshot
    std::string file, tipset = "head", format, f3;
    ChainEpoch recent_states = 2000;
    std::uint64_t memory_mib = 6144;
    bool checksum = false;
};
void add_snapshot_options(CLI::App& verb, SnapshotExportCommand& command);
/// Runs the export; returns the exit code.
int run_snapshot_export(const SnapshotExportCommand& command);

/// Adds `import`, `validate` and `show`.
void add_snapshot_verbs(CLI::App& chain, Run& run);

}  // namespace strata::cli
