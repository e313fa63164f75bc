#include <strata/node/node.hpp>

#include <strata/node/repository.hpp>

namespace strata::node {

Status refuse_insecure_keys(const World& world) {
    if (!chain::is_public(world.network)) return {};
    STRATA_TRY(const auto keys, world.parameters.insecure_keys());
    if (keys.empty()) return {};
    const auto& [name, digest] = keys.front();
    return fail(Errc::verification, "the proof keys " + name + " (" + digest + ") in " +
                                        world.parameters.folder().string() +
                                        " were made on one machine and are not for " + world.network.name +
                                        "; name a folder with the published ones");
}

Node::Node(NodeConfig config, const World& world, crypto::SeededRandom random,
           std::unique_ptr<store::RocksStore> repository)
    : config_(std::move(config)),
      world_(world),
      random_(std::move(random)),
      repository_(std::move(repository)),
      wallet_(repository_->metadata()) {}

Node::~Node() {
    // Whoever waits for a message is told that it is over, before the server waits for him.
    if (api_) api_->stop();
}

Result<std::unique_ptr<Node>> Node::open(NodeConfig config, const World& world, crypto::SeededRandom random) {
    STRATA_OK(refuse_insecure_keys(world));
    STRATA_TRY(auto repository, open_repository(config.folder / "repository", config.genesis_car));
    std::unique_ptr<Node> node(new Node(std::move(config), world, std::move(random), std::move(repository)));
    for (const auto& key : node->config_.keys) STRATA_OK(node->wallet_.import_key(key));
    STRATA_TRY(node->full_, chain::FullNode::open(node->repository_->blocks(), node->records(), world.network,
                                                  world.proofs, &world.proofs, world.actors));
    if (node->config_.provider) STRATA_OK(node->open_provider());
    node->api_ = std::make_unique<api::Service>(*node->full_, api::Options{.beacon = &world.beacon});
    STRATA_TRY(node->http_, http::Server::start(node->config_.http_address, node->config_.http_port,
                                                [n = node.get()](const auto& request) { return n->handle(request); },
                                                {.lanes = {"/rpc", "/market", "/piece", "/ipfs"}}));
    return node;
}

Status Node::open_provider() {
    provider::ProviderConfig& config = *config_.provider;
    config.folder = config_.folder / "provider";
    STRATA_TRY(provider_, provider::Provider::open(config, *full_, wallet_, records(), world_.parameters, world_.jobs,
                                                   random_, {&world_.proofs, &world_.proofs, world_.progress}));
    STRATA_TRY(pieces_, market::PieceStore::open(config_.folder / "pieces", records()));
    config_.market.miner = config.miner;
    STRATA_TRY(market_, market::ProviderMarket::open(config_.market, *full_, wallet_, *provider_, records(), *pieces_));
    deals_ = std::make_unique<market::MarketHttp>(*market_);
    retrieval_ = std::make_unique<market::Retrieval>(*pieces_);
    producer_ = std::make_unique<chain::BlockProducer>(*full_, wallet_, world_.beacon, *provider_);
    return {};
}

http::Response Node::handle(const http::Request& request) {
    if (api::Service::serves(request)) return api_->handle(request);
    if (deals_ && market::MarketHttp::serves(request.path)) return deals_->handle(request);
    if (retrieval_ && market::Retrieval::serves(request.path)) return retrieval_->handle(request);
    return http::text_response(404, "nothing here; this node's API is at /rpc/v1\n");
}

Status Node::on_epoch(ChainEpoch epoch) {
    if (!provider_) return {};
    STRATA_OK(provider_->on_epoch(epoch));
    return market_->on_epoch(epoch);
}

std::optional<ChainEpoch> Node::next_wakeup() const {
    if (!provider_) return std::nullopt;
    const auto one = market_->next_wakeup();
    const auto other = provider_->next_wakeup();
    if (one && other) return std::min(*one, *other);
    return one ? one : other;
}

bool Node::wants_block(ChainEpoch epoch) const {
    if (!full_->pool().empty()) return true;
    return provider_ && (provider_->wants_block(epoch) || market_->wants_block(epoch));
}

Result<std::optional<chain::Win>> Node::check_win(ChainEpoch epoch) {
    if (!producer_ || epoch <= full_->head()->height()) return std::optional<chain::Win>{};
    return producer_->check_win(config_.provider->miner, full_->head(), epoch);
}

Status Node::make_block(const chain::Win& win, std::uint64_t now) {
    STRATA_TRY(const auto messages, producer_->select(win));
    STRATA_TRY(const auto block, producer_->make_block(win, messages));
    return full_->submit_block(block, now);
}

}  // namespace strata::node
