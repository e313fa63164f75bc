#pragma once
// Declares the steps of make_genesis() in their order. Source: lotus
// chain/gen/genesis/{genesis,f0*,miners,genesis_eth}.go.
#include <map>

#include <strata/chain/genesis/machine.hpp>
#include <strata/chain/genesis/template.hpp>

namespace strata::chain::genesis {

inline constexpr ActorId kVerifregRootId = 80;
inline constexpr ActorId kFirstVerifierId = 81;
inline constexpr ActorId kFirstMinerId = 1000;

using KeyIds = std::map<Address, ActorId>;

/// Makes the actors init, reward, cron, power, market and the Ethereum address manager.
Status make_singletons(Machine& machine, const GenesisTemplate& what);
/// Makes accounts and multisigs, f080, f081, f090 and f099. Returns the IDs of the keys.
Result<KeyIds> make_accounts(Machine& machine, const GenesisTemplate& what, const Address& first_verifier);
/// Makes the verified registry and datacap, and gives the clients of the sectors' deals the datacap that they need.
Status make_datacap(Machine& machine, const GenesisTemplate& what, const KeyIds& keys);

/// A miner that was created, with deals that wait for their sectors.
struct CreatedMiner {
    Address id;
    ChainEpoch expiration = 0;  // the epoch at which its sectors expire
    std::vector<DealId> deals;
    std::vector<StoragePower> qa_power;  // the power of each sector
};
Result<std::vector<CreatedMiner>> make_miners(Machine& machine, const std::vector<GenesisMiner>& miners);
/// Pre-commits, activates and counts every sector.
Status make_sectors(Machine& machine, const std::vector<GenesisMiner>& miners,
                    const std::vector<CreatedMiner>& created);

}  // namespace strata::chain::genesis
