#pragma once
// Computes from a state tree what the miner actor would charge for a sector in the next message. The costs depend on
// the states of the reward and power actors. Errors: not_found without these actors; missing_block, malformed.
#include <strata/types/sector.hpp>

namespace strata::vm {
class StateTree;
}

namespace strata::actors::read {

/// Returns the deposit of one pre-commitment.
Result<TokenAmount> pre_commit_deposit(vm::StateTree& tree, SectorSize size);

/// Returns the initial pledge for power that is added at `epoch`. `circulating`: the supply as the VM counts it.
Result<TokenAmount> initial_pledge(vm::StateTree& tree, ChainEpoch epoch, const StoragePower& qa_power,
                                   const TokenAmount& circulating);

}  // namespace strata::actors::read
