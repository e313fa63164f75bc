#pragma once
// A node's repository (store/repository.hpp) with a chain in it.
#include <strata/store/repository.hpp>

namespace strata::node {

/// Opens or creates the repository in `folder`. A new chain begins with `genesis_car`; one that is there must begin
/// with the same genesis. Errors: busy (another process has it), no_space, io, malformed, verification (the chain of a
/// different network), each with what to do.
Result<std::unique_ptr<store::Repository>> open_repository(const std::filesystem::path& folder,
                                                           const std::filesystem::path& genesis_car);

}  // namespace strata::node
