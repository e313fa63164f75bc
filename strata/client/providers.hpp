#pragma once
// Finds the storage providers of a network, and where each takes deals and serves data over HTTP.
#include <strata/base/watch.hpp>
#include <strata/client/node_calls.hpp>
#include <strata/market/market_client.hpp>

namespace strata::client {

struct Provider {
    std::string url;  // http://HOST:PORT
    market::ProviderAsk terms;
};

/// Where to look. URLs come first: those that the person named, or those of a local network's folder.
struct ProviderSearch {
    std::vector<std::string> urls;
    /// True: only `urls` are asked, and each must answer. False: a miner that is not among them is looked up on the
    /// chain, by the addresses that it announced there.
    bool named = false;
};

struct FoundProviders {
    std::vector<Provider> providers;      // cheapest first; equal prices by miner
    std::vector<std::string> complaints;  // why others cannot be asked, as "WHO: reason"
};

/// Finds the provider of `miner`, or every provider if it is empty. A miner that announced more than 4 addresses is
/// asked at the first 4. `watch` is told who is asked. Errors: those of the node's calls; cancelled.
Result<FoundProviders> find_providers(NodeCalls& node, const ProviderSearch& search,
                                      const std::optional<Address>& miner, const Watch& watch);
/// Returns where the provider of `miner` is that was at `url` when it was last asked: there, or where find_providers()
/// finds it; empty if nowhere. Errors: as above.
Result<std::string> find_again(NodeCalls& node, const ProviderSearch& search, const Address& miner,
                               const std::string& url, const Watch& watch);

/// Returns the URL of a binary multiaddr that ends with http or https; empty for any other.
std::optional<std::string> http_url(BytesView multiaddr);
/// Returns the binary multiaddr of http://HOST:PORT or https://HOST:PORT. Errors: invalid_argument.
Result<Bytes> http_multiaddr(const std::string& url);

}  // namespace strata::client
