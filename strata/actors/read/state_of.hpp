#pragma once
// Reads the complete state of an actor. Only code that knows the layout of states uses it: the readers of this folder,
// the makers of a genesis, and tests.
#include <strata/actors/bundle.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::actors {

/// Reads the state of the actor `id` as S. Errors: not_found if the actor does not exist; missing_block, malformed.
template <class S>
Result<S> state_of(vm::StateTree& tree, ActorId id) {
    STRATA_TRY(const auto actor, tree.get(id));
    if (!actor) return fail(Errc::not_found, "the state has no actor f0" + std::to_string(id));
    return get_cbor<S>(tree.store(), actor->head);
}

/// Reads the part of an actor's state that is the same in all versions. Old and New are its states up to version 18 and
/// since version 19, and Common is made from either. The actor's code says which one it has; code of no official bundle
/// counts as version 18. Errors: those of state_of.
template <class Common, class Old, class New>
Result<Common> common_state_of(vm::StateTree& tree, ActorId id) {
    STRATA_TRY(const auto actor, tree.get(id));
    if (!actor) return fail(Errc::not_found, "the state has no actor f0" + std::to_string(id));
    const auto* const bundle = bundle_with(actor->code);
    if (bundle != nullptr && bundle->version >= kSolsticeActors) {
        STRATA_TRY(auto state, get_cbor<New>(tree.store(), actor->head));
        return Common(std::move(state));
    }
    STRATA_TRY(auto state, get_cbor<Old>(tree.store(), actor->head));
    return Common(std::move(state));
}

}  // namespace strata::actors
