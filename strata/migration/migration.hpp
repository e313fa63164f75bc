#pragma once
// The migrations of the state to network versions 28 and 29: pure functions of a state, over a store of blocks.
// Source: forest 0.39.0 src/state_migration/{nv28,nv29,common}; go-state-types builtin/v18/migration.
//
// The memory is that of the cache and of a path through the map of actors; time and memory do not depend on the states
// of actors. An error leaves some blocks in the store that nothing links to, and never a state root.
#include <strata/actors/bundle.hpp>
#include <strata/migration/code_swap.hpp>

namespace strata::migration {

/// Returns the state root after the upgrade from network version 27 to 28. `root` is the state after the upgrade's
/// epoch, and `to` the bundle of actors v18 for this network. Errors: those of swap_codes; not_found if a singleton is
/// missing; internal if the state's manifest and `to` do not name the same actors.
Result<Cid> to_fire_horse(Blockstore& blocks, const Cid& root, const actors::Bundle& to, NodeCache& cache);

/// Returns the state root after the upgrade from version 28 to 29 at `height`, with the bundle of actors v19. The first
/// streams of the reward actor start at the epoch above. Errors: those of to_fire_horse; internal if the state lacks an
/// actor that the first streams name.
Result<Cid> to_solstice(Blockstore& blocks, const Cid& root, ChainEpoch height, const actors::Bundle& to,
                        NodeCache& cache);

/// Does the part of a migration that can be done ahead, on a state of an earlier epoch. Errors: those of swap_codes.
Status prepare(Blockstore& blocks, const Cid& root, const actors::Bundle& to, NodeCache& cache);

}  // namespace strata::migration
