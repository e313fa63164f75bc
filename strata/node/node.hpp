#pragma once
// One node put together: repository, chain, wallet; with a miner also provider, market and block production; HTTP for
// the API, deals and retrieval. One thread drives it, the chain's; HTTP has threads of its own.
#include <strata/api/service.hpp>
#include <strata/chain/block_producer.hpp>
#include <strata/http/server.hpp>
#include <strata/market/market_http.hpp>
#include <strata/node/shared.hpp>
#include <strata/provider/provider.hpp>
#include <strata/retrieval/retrieval.hpp>
#include <strata/store/rocks_store.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::node {

struct NodeConfig {
    std::filesystem::path folder;
    /// Where an empty repository takes its chain's beginning from.
    std::filesystem::path genesis_car;
    std::string http_address = "127.0.0.1";
    std::uint16_t http_port = 0;  // 0: any free one
    /// Of a storage provider; its folder is this node's.
    std::optional<provider::ProviderConfig> provider;
    /// Of a storage provider; the miner is the provider's.
    market::MarketConfig market{};
    /// Keys of the wallet.
    std::vector<wallet::PrivateKey> keys;
};

/// Keys whose secrets one machine drew prove anything: a public network must not see their proofs, nor trust them.
/// Errors: verification with name and digest.
Status refuse_insecure_keys(const Shared& shared);

class Node {
  public:
    /// `random` serves this node alone. Errors: verification for insecure proof keys on a public network; those of
    /// open_repository; busy for the port; not_found if the chain has no such miner.
    static Result<std::unique_ptr<Node>> open(NodeConfig config, const Shared& shared, crypto::SeededRandom random);
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node();

    chain::FullNode& full() { return *full_; }
    wallet::Wallet& wallet() { return wallet_; }
    store::KeyValue& records() { return repository_->metadata(); }
    std::string url() const { return http_->url(); }
    const std::filesystem::path& folder() const { return config_.folder; }
    /// Null for a node without a miner.
    provider::Provider* provider() { return provider_.get(); }
    market::ProviderMarket* market() { return market_.get(); }

    /// Provider and market do what is due. What fails is tried again; errors are those of the repository.
    Status on_epoch(ChainEpoch epoch);
    /// The next epoch at which there is something to do, whatever others do.
    std::optional<ChainEpoch> next_wakeup() const;
    /// Does something wait for a block: a message, a proof, a deadline? After on_epoch(epoch).
    bool wants_block(ChainEpoch epoch) const;

    /// Nothing without a miner, or if it does not win on the head.
    Result<std::optional<chain::Win>> check_win(ChainEpoch epoch);
    /// The block of a win, with what the pool has, validated here and given to the peers.
    Status make_block(const chain::Win& win, std::uint64_t now);

  private:
    Node(NodeConfig config, const Shared& shared, crypto::SeededRandom random,
         std::unique_ptr<store::RocksStore> repository);
    Status open_provider();
    http::Response handle(const http::Request& request);

    NodeConfig config_;
    const Shared shared_;
    crypto::SeededRandom random_;
    std::unique_ptr<store::RocksStore> repository_;
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
