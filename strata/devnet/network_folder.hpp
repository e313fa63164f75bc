#pragma once
// The folder of a local network before its nodes: a description (network.json, as chain::parse_network reads it), the
// genesis CAR, the pre-sealed sectors. The description is written last: a folder without it is not a network yet.
#include <strata/devnet/accounts.hpp>
#include <strata/devnet/devnet.hpp>

namespace strata::devnet {

/// What the folder says of the network it holds; else what `config` says.
/// Errors: malformed with what to do.
Result<DevnetConfig> settled_config(const DevnetConfig& config);

chain::Network describe_network(const DevnetConfig& config, const chain::LocalBeacon& beacon);

/// Seals the first sectors and makes the genesis, unless the folder holds them. Errors: io, cancelled.
Status make_network(const DevnetConfig& config, const chain::Network& network, const Accounts& accounts,
                    const vm::ActorTable& actors, const Watch& watch);

/// The provider's first sectors come into its own folder. May be repeated.
Status import_presealed(const DevnetConfig& config, std::size_t index, provider::Provider& provider);

provider::ProviderConfig provider_config(const DevnetConfig& config, std::size_t index);
market::MarketConfig market_config(const DevnetConfig& config);

}  // namespace strata::devnet
