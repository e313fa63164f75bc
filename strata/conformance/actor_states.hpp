#pragma once
// Decodes every actor state of every state tree in a set of blocks, and checks that it is encoded to the same bytes.
#include <strata/conformance/suite.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata::conformance {

/// Walks trees of version 5 whose system actor records a bundle with the Ethereum actors (layouts of actors v18); older
/// trees are left to state_walk.hpp, which also reads a miner's own tables and an EVM contract's state generically.
void walk_actor_states(MemoryBlockstore& store, Report& report);

}  // namespace strata::conformance
