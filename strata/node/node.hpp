#pragma once
// One node put together: repository, chain, wallet; with a miner also provider, market and block production; HTTP for
// the API, deals, retrieval, metrics and health. One thread drives it, the chain's; HTTP has threads of its own.
#include <strata/api/service.hpp>
#include <strata/chain/block_producer.hpp>
#include <strata/http/server.hpp>
#include <strata/market/market_http.hpp>
#include <strata/node/health.hpp>
#include <strata/node/shared.hpp>
#include <strata/provider/provider.hpp>
#include <strata/retrieval/retrieval.hpp>
#include <strata/store/repository.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::node {

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

    chain::FullNode& full() { return *full_; }
    wallet::Wallet& wallet() { return wallet_; }
    store::KeyValue& records() { return repository_->records(); }
    std::string url() const { return http_->url(); }
    const std::filesystem::path& folder() const { return config_.folder; }
    /// Null for a node without a miner.
    provider::Provider* provider() { return provider_.get(); }
    market::ProviderMarket* market() { return market_.get(); }

    /// Provider and market do what is due. A part that fails is reported to health() and tries again at the next epoch.
    void on_epoch(ChainEpoch epoch);
    /// The next epoch at which this node has work to do even if nobody else acts; empty if there is none.
    std::optional<ChainEpoch> next_wakeup() const;
    /// Whether something waits for a block: a message, a proof, a deadline. To be asked after on_epoch(epoch).
    bool wants_block(ChainEpoch epoch) const;

    /// The right to make a block on the head; empty for a node without a miner, or if the miner does not win.
    Result<std::optional<chain::Win>> check_win(ChainEpoch epoch);
    /// Makes the block of a win from what the pool has; it is validated here and given to the peers. Errors: those of
    /// BlockProducer::make_block and FullNode::submit_block; the epoch then passes without this block.
    Status make_block(const chain::Win& win, std::uint64_t now);

    Health& health() { return health_; }
    const Health& health() const { return health_; }
    Metrics& metrics() { return metrics_; }

  private:
    Node(NodeConfig config, const Shared& shared, crypto::SeededRandom random,
         std::unique_ptr<store::Repository> repository);
    Status open_provider();
    void log_heads();
    http::Response handle(const http::Request& request);
    http::Response health_answer(const http::Request& request);
    std::string metrics_text();

    NodeConfig config_;
    const Shared shared_;
    Metrics metrics_;
    Health health_;
    crypto::SeededRandom random_;
    std::unique_ptr<store::Repository> repository_;
    wallet::Wallet wallet_;
    std::unique_ptr<chain::FullNode> full_;
    std::unique_ptr<provider::Provider> provider_;
    std::unique_ptr<retrieval::PieceStore> pieces_;
    std::unique_ptr<market::ProviderMarket> market_;
    std::unique_ptr<market::MarketHttp> deals_;
    std::unique_ptr<retrieval::Retrieval> retrieval_;
    std::unique_ptr<chain::BlockProducer> producer_;
    std::unique_ptr<api::Service> api_;
    std::unique_ptr<http::Server> http_;
};

}  // namespace strata::node
