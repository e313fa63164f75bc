#pragma once
// Opens a node's repository (store/repository.hpp) and the chain in it.
#include <strata/store/repository.hpp>

namespace strata::node {

/// Opens or creates the repository in `folder`. A new chain begins with `genesis_car`, packed or not; an existing one
/// must begin with the same genesis, unless the path is empty. Errors, each with what to do: busy (a different process
/// uses it), no_space, io, malformed, verification (the chain of a different network, or not that of the backup from
/// which the node was restored).
Result<std::unique_ptr<store::Repository>> open_repository(const std::filesystem::path& folder,
                                                           const std::filesystem::path& genesis_car);

/// Returns the first block of a CAR with a genesis, packed or not. Errors: malformed, io.
Result<Cid> genesis_in(const std::filesystem::path& car);

}  // namespace strata::node
