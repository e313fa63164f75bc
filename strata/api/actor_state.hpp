#pragma once
// Prints a built-in actor's state like Lotus: with the fields of go-state-types' builtin/v18, or forest's of
// v19.
#include <strata/api/json.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/vm/kernel.hpp>

namespace strata::api {

/// Returns the state whose root is `head`; null for actors without state. Errors: unsupported if the actor is not a
/// built-in one; missing_block, malformed.
Result<Json> actor_state(const Printer& print, Blockstore& blocks, vm::ActorType type, const Cid& head);

}  // namespace strata::api
