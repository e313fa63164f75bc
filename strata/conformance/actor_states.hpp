#pragma once
// Every actor state of every state tree in a set of blocks, read as its type and written again to the same bytes.
#include <strata/conformance/suite.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata::conformance {

/// For trees of version 5 whose system actor names a bundle with the Ethereum actors (layouts of actors v18); older
/// trees are left to state_walk.hpp. A miner's own tables and an EVM contract's state are read generically there too.
void walk_actor_states(MemoryBlockstore& store, Report& report);

}  // namespace strata::conformance
