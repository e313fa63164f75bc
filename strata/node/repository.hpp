#pragma once
// A node's folder: one RocksDB with the blocks of its chain and all records beside them.
#include <strata/store/rocks_store.hpp>
#include <strata/types/block_header.hpp>

namespace strata::node {

/// Opens or creates the repository in `folder`. An empty one takes the chain's beginning from `genesis_car`; another
/// one must hold that very chain. Errors: busy (another process has it), io, malformed, verification (another network's
/// repository), each with what to do.
Result<std::unique_ptr<store::RocksStore>> open_repository(const std::filesystem::path& folder,
                                                           const std::filesystem::path& genesis_car);

}  // namespace strata::node
