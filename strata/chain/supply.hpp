#pragma once
// Computes the circulating supply that the VM passes to actors. Source: docs/protocol/fvm.md §3.10 (lotus
// chain/stmgr/supply.go).
#include <strata/chain/network.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {

/// The parts of the circulating supply, in attoFIL.
struct Supply {
    TokenAmount vested;
    TokenAmount mined;
    TokenAmount reserve_disbursed;
    TokenAmount burnt;
    TokenAmount locked;
    TokenAmount circulating() const;
};

/// Returns the supply in `state` as the messages of `epoch` see it. Errors: missing_block, malformed; not_found if a
/// singleton is missing.
Result<Supply> vm_supply(const Network& network, ChainEpoch epoch, vm::StateTree& state);

}  // namespace strata::chain
