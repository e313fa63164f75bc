#include <strata/actors/read/account.hpp>

#include <strata/actors/account/state.hpp>
#include <strata/actors/evm/state.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::actors::read {

Result<Address> account_key(Blockstore& blocks, const vm::ActorState& account) {
    STRATA_TRY(const auto state, get_cbor<account::State>(blocks, account.head));
    return state.address;
}

Result<Address> key_of(vm::StateTree& tree, const Address& address) {
    const auto id = address.as_id();
    if (!id) return address;
    STRATA_TRY(const auto account, tree.get(*id));
    if (!account) return fail(Errc::not_found, "the state has no account " + address.to_string());
    return account_key(tree.store(), *account);
}

Result<Contract> load_contract(Blockstore& blocks, const vm::ActorState& contract) {
    STRATA_TRY(const auto state, get_cbor<evm::State>(blocks, contract.head));
    return Contract{state.bytecode, state.contract_state, state.nonce, state.tombstone.has_value()};
}

}  // namespace strata::actors::read
