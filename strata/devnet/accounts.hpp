#pragma once
// Who is who on a local network: keys drawn from its seed, public by intent.
#include <strata/types/basic.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::devnet {

inline constexpr std::size_t kProviders = 3;
/// Miners of a genesis begin here (node.md §22).
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
    std::vector<Account> providers;  // owner and worker of f01000, f01001, ...
    Account client;
    Account faucet;    // for whoever tries something
    Account verifier;  // root of the verified registry
    Account reserve;   // owner of what is in no other account (f090)
};

/// The same for the same seed.
Accounts make_accounts(std::string_view seed);

}  // namespace strata::devnet
