#pragma once
// Headers with one field changed: no rule may let any of them pass.
#include <vector>

#include <strata/types/block_header.hpp>

namespace strata::conformance {

struct ChangedHeader {
    const char* field;
    BlockHeader block;
};

/// Returns copies of a valid header above genesis, each with a different field changed. Fields whose change leaves the
/// header as it is are left out.
std::vector<ChangedHeader> changed_headers(const BlockHeader& block);

}  // namespace strata::conformance
