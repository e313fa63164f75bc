#pragma once
// Which miner a verb of `sp` is about.
#include <strata/cli/storage_place.hpp>

namespace strata::cli {

struct MinerOptions : StorageOptions {
    MinerOptions() { name = "provider-1"; }
};
/// Adds --miner.
void add_miner_option(CLI::App& verb, MinerOptions& options);
/// Returns the miner's address: --miner, or the first miner of the network, which on a local network is provider-1.
/// Errors: invalid_argument; not_found; those of the node.
Result<std::string> miner_of(const MinerOptions& options, api::Client& node, char prefix);

}  // namespace strata::cli
