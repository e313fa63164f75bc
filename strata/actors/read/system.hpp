#pragma once
// Reads the states of the init actor and the system actor. Layouts: docs/protocol/fvm.md §8.3, §8.15.
#include <functional>

#include <strata/types/basic.hpp>

namespace strata::vm {
class StateTree;
}

namespace strata::actors::read {

/// Errors: not_found without an init actor; missing_block, malformed.
Result<std::string> network_name(vm::StateTree& tree);

/// Returns the first address in the init actor's map that leads to an ID; empty if there is none. `check_may_continue`
/// is called before each entry, because the map is long and has no order by ID; its error ends the search.
Result<std::optional<Address>> find_address(vm::StateTree& tree, ActorId id,
                                            const std::function<Status()>& check_may_continue);

/// Returns the CID of the list of the built-in actors' names and code. Errors: not_found without a system actor;
/// missing_block, malformed.
Result<Cid> manifest_data(vm::StateTree& tree);

}  // namespace strata::actors::read
