#pragma once
// Writes the chain of a stopped node or local network as a file.
#include <filesystem>

#include <strata/chain/chain_export.hpp>

namespace strata::node {

struct ExportedChain {
    chain::ChainExport content;
    TipsetKey head;
    ChainEpoch height = 0;
    std::filesystem::path description;  // beside the CAR; empty if the network has none
};

/// Returns the folder of the node whose chain is meant: `folder` is that of a node, of a local network (its client's
/// chain is taken) or of a demo that was kept. Errors: not_found if it holds no chain.
Result<std::filesystem::path> node_folder(const std::filesystem::path& folder);

/// Writes the chain of the node in `folder` to `file` (chain/chain_export.hpp). `folder` is that of a node, of a local
/// network (its client's chain is taken) or of a demo that was kept. A description of the network is copied beside the
/// file: NAME.network.json for NAME.car. Errors: not_found if the folder holds no chain; busy while the node runs; io,
/// no_space, malformed, cancelled.
Result<ExportedChain> export_chain(const std::filesystem::path& folder, const std::filesystem::path& file,
                                   const Watch& watch);

}  // namespace strata::node
