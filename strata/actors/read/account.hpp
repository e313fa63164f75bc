#pragma once
// Reads the states of accounts, and of contracts in so far as they are like accounts. Layouts: docs/protocol/fvm.md
// §8.2, §8.14.
#include <strata/types/basic.hpp>

namespace strata {
class Blockstore;
namespace vm {
struct ActorState;
class StateTree;
}  // namespace vm
}  // namespace strata

namespace strata::actors::read {

/// Returns the key of `account`, which is an account actor. Errors: missing_block, malformed.
Result<Address> account_key(Blockstore& blocks, const vm::ActorState& account);

/// Returns the key of the account with this ID; an address that is not an ID is returned unchanged. Errors: not_found
/// if there is no such actor; malformed also for an actor that is not an account.
Result<Address> key_of(vm::StateTree& tree, const Address& address);

/// An EVM contract.
struct Contract {
    Cid bytecode;     // raw
    Cid storage;      // KAMT
    Nonce nonce = 0;  // of the EVM, not of the actor
    bool destroyed = false;
};
/// `contract` is an EVM actor. Errors: missing_block, malformed.
Result<Contract> load_contract(Blockstore& blocks, const vm::ActorState& contract);

}  // namespace strata::actors::read
