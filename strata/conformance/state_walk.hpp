#pragma once
// Generic check of the collections in a set of blocks: every AMT and HAMT is read, and built anew from its entries must
// get the same root.
#include <strata/conformance/suite.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata::conformance {

/// Collections are found by their shape; each kind becomes one case per failure and one with the count.
void walk_collections(MemoryBlockstore& store, Report& report);

}  // namespace strata::conformance
