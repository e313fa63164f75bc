#pragma once
// CREATE, CREATE2 and SELFDESTRUCT. Source: builtin-actors actors/evm/src/interpreter/instructions/lifecycle.rs.
#include <strata/actors/evm/frame.hpp>
#include <strata/actors/evm/system.hpp>

namespace strata::actors::evm {

/// Asks the Ethereum address manager to make a contract. Returns its address; zero if it was not made.
ActorResult<U256> create(System& system, Frame& frame, const U256& value, const U256& offset, const U256& size);
ActorResult<U256> create2(System& system, Frame& frame, const U256& value, const U256& offset, const U256& size,
                          const U256& salt);
/// Sends the contract's balance to the heir and marks the contract as destroyed.
Done self_destruct(System& system, const U256& heir);

}  // namespace strata::actors::evm
