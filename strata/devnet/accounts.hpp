#pragma once
// The accounts of a local network. Their keys follow from the network's seed and are public on purpose.
#include <strata/types/basic.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::devnet {

inline constexpr std::size_t kProviders = 3;
/// The ID of the first miner of a genesis (docs/protocol/node.md §22).
inline constexpr ActorId kFirstMiner = 1000;
inline Address miner_address(std::size_t provider) {
    return Address::id(kFirstMiner + provider);
}

struct Account {
    std::string name;
    wallet::PrivateKey key;
    Address address;
    TokenAmount balance;  // at genesis
};

struct Accounts {
    std::vector<Account> providers;  // owner and worker of t01000, t01001, ...
    Account client;
    Account faucet;    // funds for experiments
    Account verifier;  // root of the verified registry
    Account reserve;   // owner of the funds that no other account has (t090)
};

/// Makes the accounts of a seed; equal seeds give equal accounts.
Accounts make_accounts(std::string_view seed);

}  // namespace strata::devnet
