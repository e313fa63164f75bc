#pragma once
// One node put together: repository, chain, wallet; with a miner also provider, market and block production; HTTP for
// the API, deals, retrieval, metrics and health. One thread drives it, the chain's thread; HTTP has its own threads.
#include <filesystem>
#include <memory>

#include <strata/market/provider_market.hpp>
#include <strata/node/health.hpp>
#include <strata/node/network.hpp>
#include <strata/node/settings.hpp>
#include <strata/provider/config.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::chain {
class Chain;
class Peer;
struct Win;
}  // namespace strata::chain
namespace strata::crypto {
class SeededRandom;
}
namespace strata::provider {
class LocalProvider;
class Provider;
}  // namespace strata::provider

namespace strata::node {

struct Shared;

struct NodeConfig {
    /// The node's name in log lines.
    std::string name = "node";
    std::filesystem::path folder;
    /// In an empty repository, the chain begins with this file's genesis.
    std::filesystem::path genesis_car;
    /// The owner's choices; those for peers are taken from `network`, and `keep_epochs` from below. What they say of
    /// provider and market comes before what `provider` and `market` say.
    Settings settings;
    /// Set for a storage provider. Its folder is replaced with one below this node's.
    std::optional<provider::ProviderConfig> provider;
    /// A miner whose blocks have the stub text as their proofs, on a network that allows it; it has no provider here.
    std::optional<Address> stub_miner;
    /// Used for a storage provider only. Its miner is replaced with the provider's.
    market::MarketConfig market{};
    /// These keys are imported into the wallet. If it has no default key yet, the first one becomes it.
    std::vector<wallet::PrivateKey> keys;
    /// True if the beacon answers over a network: a miner's rounds are then fetched on a thread of their own.
    bool remote_beacon = false;
    /// The states of this number of newest tipsets are kept (chain/collector.hpp); 0: all.
    ChainEpoch keep_epochs = 0;
    /// Whether the node keeps an index of its chain (strata/index) for the Ethereum methods: by default on networks
    /// that are not public, where it costs little.
    enum class Index { by_network, on, off };
    Index index = Index::by_network;
    bool rebuild_index = false;  // from nothing
    /// Null rounds have Ethereum blocks without transactions (api::Options::empty_blocks).
    bool empty_blocks = false;
    /// Set for a node that has peers in other processes.
    std::optional<NetworkConfig> network;
    /// Called by the API's method Shutdown; it must return at once. Empty: the method ends with an error.
    std::function<void()> shutdown;
};

/// Refuses to start a node of a public network with proof keys that one machine made: a person who knows the secrets
/// behind a key can prove anything. Errors: verification with the key's name and digest.
Status refuse_insecure_keys(const Shared& shared);

class Node {
  public:
    /// Opens a node; nothing else may use `random`. Errors: verification for insecure proof keys on a public network,
    /// and if the repository's chain differs from the description in `shared` (see check_description); not_found if the
    /// chain has no such miner, a verifying key is missing, or there are sealed sectors without a repository; busy if
    /// the port is taken; those of open_repository.
    static Result<std::unique_ptr<Node>> open(NodeConfig config, const Shared& shared, crypto::SeededRandom random);
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node();

    chain::Chain& chain();
    /// The interface of the chain to which a network connects.
    chain::Peer& peer();
    wallet::Wallet& wallet();
    store::KeyValue& records();
    /// The blocks of the repository: those of the chain, and those that the node's owner adds.
    Blockstore& blocks();
    std::string url() const;
    /// Returns a token that allows everything at this node's API.
    std::string admin_token() const;
    const std::filesystem::path& folder() const;
    /// Null for a node without a miner.
    provider::Provider* provider();
    /// The same provider, with what only this process can do, such as importing sealed files. Null without a miner.
    provider::LocalProvider* local_provider();
    market::ProviderMarket* market();

    /// Lets provider and market do what is due. A part that fails is reported to health() and tries again at the next
    /// epoch.
    void on_epoch(ChainEpoch epoch);
    /// The next epoch at which this node has work even if nothing comes from outside; empty if there is none.
    std::optional<ChainEpoch> next_wakeup() const;
    /// True if a message, a proof or a deadline waits for a block. Call it after on_epoch(epoch).
    bool wants_block(ChainEpoch epoch) const;

    /// Returns true for a node with a miner.
    bool makes_blocks() const;
    /// Returns the right to make a block on the head; empty for a node without a miner, or if the miner does not win.
    /// Errors: those of BlockProducer::check_win; busy while a round of the beacon is being fetched: ask again.
    Result<std::optional<chain::Win>> check_win(ChainEpoch epoch);
    /// Proves a win ahead of make_block(), and looks at its base again, as BlockProducer::prove and refresh do.
    Status prove(chain::Win& win);
    Status refresh(chain::Win& win);
    /// Makes the block of a win from the messages in the pool, validates it and sends it to the peers. After an error
    /// the epoch passes without this block. Errors: those of BlockProducer::make_block and LocalChain::submit_block.
    Status make_block(const chain::Win& win, std::uint64_t now);

    /// Null for a node that is alone, or whose owner connects its peer().
    Network* network();

    /// Takes those of the owner's choices that may change while the node runs. Errors: invalid_argument.
    Status change(const Settings& settings);

    Health& health();
    const Health& health() const;
    Metrics& metrics();

  private:
    struct Parts;
    explicit Node(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace strata::node
