#pragma once
// Reads the complete state of an actor. Only code that knows the layout of states uses it: the readers of this folder,
// the makers of a genesis, and tests.
#include <strata/vm/state_tree.hpp>

namespace strata::actors {

/// Reads the state of the actor `id` as S. Errors: not_found if the actor does not exist; missing_block, malformed.
template <class S>
Result<S> state_of(vm::StateTree& tree, ActorId id) {
    STRATA_TRY(const auto actor, tree.get(id));
    if (!actor) return fail(Errc::not_found, "the state has no actor f0" + std::to_string(id));
    return get_cbor<S>(tree.store(), actor->head);
}

}  // namespace strata::actors
