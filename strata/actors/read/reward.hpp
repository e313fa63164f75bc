#pragma once
// Reads the state of the reward actor. Layout: docs/protocol/fvm.md §8.5.
#include <strata/types/basic.hpp>

namespace strata::vm {
class StateTree;
}

namespace strata::actors::read {

struct Reward {
    TokenAmount mined;            // what all miners have earned so far
    StoragePower baseline_power;  // of this epoch
};
/// Errors: not_found without a reward actor; missing_block, malformed.
Result<Reward> load_reward(vm::StateTree& tree);

}  // namespace strata::actors::read
