#pragma once
// One node put together: repository, chain, wallet; with a miner also provider, market and block production; HTTP for
// the API, deals, retrieval, metrics and health. One thread drives it, the chain's; HTTP has threads of its own.
#include <filesystem>
#include <memory>

#include <strata/market/provider_market.hpp>
#include <strata/node/health.hpp>
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
    /// Stands in the log's lines.
    std::string name = "node";
    std::filesystem::path folder;
    /// The chain of an empty repository begins with this file's genesis.
    std::filesystem::path genesis_car;
    std::string http_address = "127.0.0.1";
    std::uint16_t http_port = 0;  // 0: any free one
    /// Set for a storage provider. Its folder is replaced by one below this node's.
    std::optional<provider::ProviderConfig> provider;
    /// Used for a storage provider only. Its miner is replaced by the provider's.
    market::MarketConfig market{};
    /// Imported into the wallet.
    std::vector<wallet::PrivateKey> keys;
};

/// Who knows the secrets that a proof key was made from can prove anything. A public network must not trust keys whose
/// secrets one machine drew.
/// Errors: verification with name and digest.
Status refuse_insecure_keys(const Shared& shared);

class Node {
  public:
    /// `random` serves this node alone. Errors: verification for insecure proof keys on a public network, and for a
    /// repository whose chain differs from the description in `shared` (see check_description); not_found if the chain
    /// has no such miner, verifying keys are missing, or sealed sectors are there without a repository; busy for the
    /// port; those of open_repository.
    static Result<std::unique_ptr<Node>> open(NodeConfig config, const Shared& shared, crypto::SeededRandom random);
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node();

    chain::Chain& chain();
    /// The side of the chain that a network is joined to.
    chain::Peer& peer();
    wallet::Wallet& wallet();
    store::KeyValue& records();
    /// The blocks of the repository: those of the chain, and those that the node's owner puts beside them.
    Blockstore& blocks();
    std::string url() const;
    const std::filesystem::path& folder() const;
    /// Null for a node without a miner.
    provider::Provider* provider();
    /// The same with what only this machine can do, such as taking in sealed files.
    provider::LocalProvider* local_provider();
    market::ProviderMarket* market();

    /// Provider and market do what is due. A part that fails is reported to health() and tries again at the next epoch.
    void on_epoch(ChainEpoch epoch);
    /// The next epoch at which this node has work to do even if nobody else acts; empty if there is none.
    std::optional<ChainEpoch> next_wakeup() const;
    /// Whether something waits for a block: a message, a proof, a deadline. To be asked after on_epoch(epoch).
    bool wants_block(ChainEpoch epoch) const;

    /// The right to make a block on the head; empty for a node without a miner, or if the miner does not win.
    Result<std::optional<chain::Win>> check_win(ChainEpoch epoch);
    /// Makes the block of a win from what the pool has; it is validated here and given to the peers. Errors: those of
    /// BlockProducer::make_block and LocalChain::submit_block; the epoch then passes without this block.
    Status make_block(const chain::Win& win, std::uint64_t now);

    Health& health();
    const Health& health() const;
    Metrics& metrics();

  private:
    struct Parts;
    explicit Node(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace strata::node
