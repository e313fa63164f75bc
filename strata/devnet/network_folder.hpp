#pragma once
// The part of a local network's folder that comes before its nodes: the description (network.json, as
// chain::parse_network reads it), the genesis CAR and the pre-sealed sectors. The description is written last; a folder
// without it is not a network yet.
#include <strata/devnet/accounts.hpp>
#include <strata/devnet/devnet.hpp>

namespace strata::chain {
class Chain;
class LocalBeacon;
}  // namespace strata::chain
namespace strata::market {
struct MarketConfig;
}
namespace strata::provider {
struct ProviderConfig;
class LocalProvider;
}  // namespace strata::provider
namespace strata::vm {
class ActorTable;
}

namespace strata::devnet {

/// The number of sectors that each provider has at genesis; they are numbered from 0.
inline constexpr std::uint64_t kPresealedSectors = 2;

/// The names of the network's nodes, which are also those of their folders.
std::string provider_name(std::size_t index);
inline constexpr std::string_view kClientName = "client";
/// Returns true for the name of a provider or of the client; all other names are of nodes that joined.
bool is_role(std::string_view name);

/// Returns `config` with the values of the folder's description; unchanged if the folder holds no network. Errors:
/// malformed, with the file, the field, the value and what is allowed.
Result<DevnetConfig> settled_config(const DevnetConfig& config);
/// Returns true if the folder holds a network.
bool has_network(const std::filesystem::path& folder);

/// Returns the accounts of the folder's network. Errors: not_found if there is no network; malformed as above.
Result<Accounts> network_accounts(const std::filesystem::path& folder);

/// Returns the text from which the beacon of the network with this seed is made.
std::string beacon_seed(const std::string& seed);
/// Returns the beacon of the network with this seed.
chain::LocalBeacon network_beacon(const DevnetConfig& config);
chain::Network describe_network(const DevnetConfig& config, const chain::LocalBeacon& beacon);

/// Checks that `count` ports beginning with `first` are free, by opening them. If `first` is 0, any free ports will do
/// and none is checked. Errors: busy, with the port that is in use; invalid_argument if a port is more than 65535.
Status check_ports(std::uint16_t first, std::size_t count);

/// Compares the folder's description with `network`, which follows from the seed. Nothing is compared if the folder
/// holds no network. Errors: verification with the field; malformed.
Status check_network_folder(const DevnetConfig& config, const chain::Network& network);
/// Compares the description with the chain: genesis block and sector size. Errors: verification with the field.
Status check_network_chain(const DevnetConfig& config, chain::Chain& chain);

/// Seals the first sectors and makes the genesis, unless the folder holds them. Errors: io, cancelled.
Status make_network(const DevnetConfig& config, const chain::Network& network, const Accounts& accounts,
                    const vm::ActorTable& actors, const Watch& watch);

/// Copies a provider's first sectors into its own folder. May be repeated.
Status import_presealed(const DevnetConfig& config, std::size_t index, provider::LocalProvider& provider);

provider::ProviderConfig provider_config(const DevnetConfig& config, std::size_t index);
market::MarketConfig market_config(const DevnetConfig& config);

}  // namespace strata::devnet
