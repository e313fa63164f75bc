#pragma once
// Checks the collections in a set of blocks generically: every AMT, HAMT and KAMT is rebuilt from its entries, and must
// then have the same root.
#include <strata/conformance/suite.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata::conformance {

/// Walks the collections, which are found by their shape. Each failure is a case; one more case gives the counts.
void walk_collections(MemoryBlockstore& store, Report& report);

}  // namespace strata::conformance
