#pragma once
// Checks the collections in a set of blocks generically: every AMT and HAMT is read, and rebuilt from its entries it
// must have the same root.
#include <strata/conformance/suite.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata::conformance {

/// Walks the collections, which are found by their shape; each kind becomes one case per failure and one with the
/// count.
void walk_collections(MemoryBlockstore& store, Report& report);

}  // namespace strata::conformance
