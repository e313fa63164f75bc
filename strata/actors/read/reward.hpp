#pragma once
// Reads the state of the reward actor. Layouts: docs/protocol/fvm.md §8.5, docs/protocol/nv29.md.
#include <strata/actors/math/smoothing.hpp>

namespace strata::vm {
class StateTree;
}

namespace strata::actors::read {

struct Reward {
    TokenAmount mined;  // all that was minted so far; since version 19 also what streams earned and what was burnt
    StoragePower baseline_power;     // of this epoch
    FilterEstimate reward_smoothed;  // of one epoch
};
/// Errors: not_found without a reward actor; missing_block, malformed.
Result<Reward> load_reward(vm::StateTree& tree);

}  // namespace strata::actors::read
