#pragma once
// Accounts as Ethereum tools see them: balance, nonce, code, and some slots of storage; and how two states of them
// differ. Source: go-ethereum eth/tracers/native/prestate.go and OpenEthereum's stateDiff for the two forms as JSON.
#include <map>
#include <set>

#include <strata/api/context.hpp>
#include <strata/api/ethereum_json.hpp>

namespace strata::api {

struct AccountNow {
    TokenAmount balance;
    Nonce nonce = 0;                     // of a contract, the nonce that the EVM keeps
    Bytes code;                          // empty for what is not a living contract
    std::map<Hash256, Hash256> storage;  // of the slots that were asked for; zero where a contract has nothing
};

/// Which slots of which accounts are of interest.
using Touched = std::map<EthereumAddress, std::set<Hash256>>;

/// Returns an account of a state; empty if no actor has the address. Errors: those of the store.
Result<std::optional<AccountNow>> account_now(vm::StateTree& state, const EthereumAddress& address,
                                              const std::set<Hash256>& slots);

using Accounts = std::map<EthereumAddress, std::optional<AccountNow>>;
/// Returns all these accounts in the state with this root.
Result<Accounts> accounts_now(Blockstore& blocks, const Cid& root, const Touched& touched);

struct PrestateForm {
    bool diff = false;  // {pre, post} with what changed alone
    bool without_code = false;
    bool without_storage = false;
    bool with_empty = false;
};
/// Prints the accounts before a message, or the difference that it made, as go-ethereum's prestateTracer.
Json print_prestate(const Accounts& before, const Accounts& after, const PrestateForm& form);

/// Prints the difference as OpenEthereum's stateDiff.
Json print_state_diff(const Accounts& before, const Accounts& after);

}  // namespace strata::api
