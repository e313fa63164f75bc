#include <strata/ipld/collected_blockstore.hpp>
#include <strata/node/node.hpp>

#include <fmt/format.h>

#include <chrono>

#include <nlohmann/json.hpp>

#include <strata/api/service.hpp>
#include <strata/api/tokens.hpp>
#include <strata/base/log.hpp>
#include <strata/base/log_levels.hpp>
#include <strata/chain/address_prefix.hpp>
#include <strata/chain/block_producer.hpp>
#include <strata/chain/collector.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/chain/upgrade_preparer.hpp>
#include <strata/explorer/explorer.hpp>
#include <strata/http/server.hpp>
#include <strata/index/follower.hpp>
#include <strata/market/market_http.hpp>
#include <strata/node/access_files.hpp>
#include <strata/node/backup_door.hpp>
#include <strata/node/indexer.hpp>
#include <strata/node/network_api.hpp>
#include <strata/node/open_checks.hpp>
#include <strata/node/passphrase.hpp>
#include <strata/node/provider_door.hpp>
#include <strata/node/repository.hpp>
#include <strata/node/rounds.hpp>
#include <strata/node/shared.hpp>
#include <strata/node/snapshot.hpp>
#include <strata/provider/local_provider.hpp>
#include <strata/retrieval/retrieval.hpp>
#include <strata/vm/externs.hpp>

namespace strata::node {
namespace {

const Log kLog("node");

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class From, class To>
void take_if_set(const std::optional<From>& from, To& to) {
    if (from) to = *from;
}

void take_storage_settings(const Settings& from, provider::ProviderConfig& provider, market::MarketConfig& market) {
    const provider::MaxFees usual;
    provider.max_fees->usual = from.provider_max_fee.value_or(usual.usual);
    provider.max_fees->window_post = from.provider_max_post_fee.value_or(usual.window_post);
    take_if_set(from.provider_accept_delay, provider.accept_delay);
    take_if_set(from.provider_message_confidence, provider.message_confidence);
    take_if_set(from.provider_batch, provider.batch);
    take_if_set(from.market_max_waiting, market.max_waiting);
    take_if_set(from.market_max_waiting_per_client, market.max_waiting_per_client);
    take_if_set(from.market_data_wait, market.data_wait);
    take_if_set(from.market_publish_delay, market.publish_delay);
    take_if_set(from.market_publish_batch, market.publish_batch);
    if (from.market_price) market.ask.price_per_gib_epoch = TokenAmount(*from.market_price);
}

}  // namespace

Status refuse_insecure_keys(const Shared& shared) {
    if (!chain::is_public(shared.network)) return {};
    STRATA_TRY(const auto keys, shared.parameters.insecure_keys());
    if (keys.empty()) return {};
    const auto& [name, digest] = keys.front();
    return fail(Errc::verification, "the proof keys " + name + " (" + digest + ") in " +
                                        shared.parameters.folder().string() +
                                        " are insecure, because the machine that made them knew their secrets; for " +
                                        shared.network.name + ", name the folder of the published keys");
}

/// One node put together. Members use the members above them, so they are destroyed in the reverse order.
struct Node::Parts {
    static Result<std::unique_ptr<Parts>> open(NodeConfig config, const Shared& shared, crypto::SeededRandom random);
    Parts(NodeConfig config, Shared shared, crypto::SeededRandom random, std::unique_ptr<store::Repository> repository);
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    ~Parts();

    store::KeyValue& records() const { return repository_->records(); }
    void on_epoch(ChainEpoch epoch);
    std::optional<ChainEpoch> next_wakeup() const;
    bool wants_block(ChainEpoch epoch) const;
    Result<std::optional<chain::Win>> check_win(ChainEpoch epoch);
    Status make_block(const chain::Win& win, std::uint64_t now);

    Status unlock_wallet();
    Status open_index();
    Status open_provider();
    Status open_stub_miner();
    void produce_blocks(const Address& miner, chain::WinningProver& prover);
    void follow_heads();
    void collect_states();
    void log_preparation(ChainEpoch upgrade, const Status& result);
    chain::ChainStopwatches chain_stopwatches();
    Histogram& duration_histogram(std::string_view name, std::string_view help);
    Histogram& sealing_time(std::string_view step);
    http::Response handle(const http::Request& request);
    http::Response health_answer(const http::Request& request);
    std::string waits_for();
    Status change(const Settings& settings);
    bool is_behind_backup() const;
    Result<bool> may_mine(ChainEpoch epoch);
    BackupFacts backup_facts() const;
    std::string status_text();
    std::string metrics_text();

    NodeConfig config_;
    // These hold where the owner chose nothing.
    provider::ProviderConfig base_provider_;
    market::MarketConfig base_market_;
    const Shared shared_;
    Metrics metrics_;
    Health health_;
    crypto::SeededRandom random_;
    std::unique_ptr<store::Repository> repository_;
    wallet::Wallet wallet_;
    std::unique_ptr<chain::LocalChain> local_chain_;
    std::unique_ptr<Indexer> indexer_;
    std::unique_ptr<index::ChainIndex> index_;  // empty if the node keeps none
    std::unique_ptr<index::Follower> follower_;
    std::unique_ptr<chain::UpgradePreparer> upgrades_;
    std::unique_ptr<chain::Collector> collector_;  // empty if all states are kept
    std::unique_ptr<provider::LocalProvider> provider_;
    std::unique_ptr<retrieval::PieceStore> pieces_;
    std::unique_ptr<market::ProviderMarket> market_;
    std::unique_ptr<market::MarketHttp> deals_;
    std::unique_ptr<retrieval::Retrieval> retrieval_;
    std::unique_ptr<ProviderDoor> provider_door_;  // set with the provider
    std::unique_ptr<BackupDoor> backups_;
    std::optional<BackupFacts> restored_;                   // what the backup said from which this node was made
    std::atomic<ChainEpoch> held_until_ = kEpochUndefined;  // the miner waits for a head above this epoch
    std::unique_ptr<Rounds> rounds_;                        // for a miner whose beacon answers over a network
    chain::StubWinningProver stub_prover_;
    Address miner_;  // that makes blocks, if there is a producer
    std::unique_ptr<chain::BlockProducer> producer_;
    std::unique_ptr<Network> network_;
    std::optional<NetworkApi> network_api_;
    std::optional<api::Tokens> tokens_;
    std::unique_ptr<api::Service> api_;
    explorer::Explorer explorer_{[this](const auto& request) { return handle(request); }};
    std::unique_ptr<http::Server> http_;
};

Node::Parts::Parts(NodeConfig config, Shared shared, crypto::SeededRandom random,
                   std::unique_ptr<store::Repository> repository)
    : config_(std::move(config)),
      shared_(std::move(shared)),
      health_(config_.name, metrics_),
      random_(std::move(random)),
      repository_(std::move(repository)),
      wallet_(repository_->records(), [this] { return repository_->forget_removed(); }) {}

Node::Parts::~Parts() {
    // Requests that wait for a message must be ended first, because the server's destructor waits for all requests.
    if (api_) api_->stop();
    if (provider_door_) provider_door_->stop();
    if (http_) static_cast<void>(remove_access_files(config_.folder));  // a note of the URL that is left does no harm
}

Result<std::unique_ptr<Node::Parts>> Node::Parts::open(NodeConfig config, const Shared& shared,
                                                       crypto::SeededRandom random) {
    // Checks that write nothing come first: a refused start leaves the folder as it was.
    STRATA_OK(refuse_insecure_keys(shared));
    STRATA_OK(refuse_half_restored(config.folder));
    STRATA_OK(check_sectors_have_records(config.folder));
    if (config.provider) STRATA_OK(check_verifying_keys(shared.parameters, config.provider->seal_proof));
    log_missing_keys(shared);
    STRATA_TRY(auto repository, open_repository(config.folder / "repository", config.genesis_car));
    std::unique_ptr<Parts> node(new Parts(std::move(config), shared, std::move(random), std::move(repository)));
    STRATA_OK(node->unlock_wallet());
    for (const auto& key : node->config_.keys) {
        STRATA_TRY(const auto address, node->wallet_.import_key(key));
        STRATA_TRY(const auto main, node->wallet_.default_address());
        if (!main) STRATA_OK(node->wallet_.set_default(address));
    }
    STRATA_TRY(node->local_chain_,
               chain::LocalChain::open(node->repository_->blocks(), node->records(), shared.network, shared.proofs,
                                       &shared.proofs, shared.actors, node->chain_stopwatches()));
    STRATA_OK(check_description(*node->local_chain_));
    STRATA_TRY(node->restored_, restored_from(node->records()));
    node->follow_heads();
    node->indexer_ = std::make_unique<Indexer>(node->local_chain_->chain(), Indexer::Pace{});
    STRATA_OK(node->open_index());
    if (node->config_.keep_epochs != 0) node->collect_states();
    if (node->config_.provider) STRATA_OK(node->open_provider());
    if (node->config_.stub_miner) STRATA_OK(node->open_stub_miner());
    if (node->config_.network) {
        STRATA_TRY(node->network_,
                   Network::start(*node->config_.network, *node->local_chain_, node->health_, node->metrics_));
    }
    if (node->network_) node->network_api_.emplace(*node->network_);
    const auto& settings = node->config_.settings;
    STRATA_OK(node->local_chain_->set_pool_size(settings.pool.high, settings.pool.low));
    crypto::SystemRandom secrets;  // a token must not follow from the seed of a network
    STRATA_TRY(node->tokens_, api::Tokens::open(node->records(), secrets));
    if (node->provider_)
        node->provider_door_ = std::make_unique<ProviderDoor>(
            *node->provider_, *node->tokens_, node->miner_.to_string(chain::address_prefix(shared.network)),
            node->config_.provider->folder);
    node->backups_ = std::make_unique<BackupDoor>(*node->repository_, *node->tokens_, node->config_.folder,
                                                  [n = node.get()] { return n->backup_facts(); });
    node->api_ = std::make_unique<api::Service>(
        *node->local_chain_,
        api::Options{.beacon = &shared.beacon,
                     .tokens = &*node->tokens_,
                     .wallet = &node->wallet_,
                     .records = &node->records(),
                     .control = node->local_chain_.get(),
                     .network = node->network_api_ ? &*node->network_api_ : nullptr,
                     .usage = node->network_api_ ? &*node->network_api_ : nullptr,
                     .index = node->index_.get(),
                     .empty_blocks = node->config_.empty_blocks,
                     .folder = node->config_.folder,
                     .shutdown = node->config_.shutdown,
                     .limits = settings.api_limits,
                     .answer_seconds = &node->duration_histogram(
                         "strata_api_answer_seconds", "Seconds from the arrival of an API request to its answer.")});
    STRATA_TRY(node->http_,
               http::Server::start(
                   settings.api_address, settings.api_port,
                   [n = node.get()](const auto& request) { return n->handle(request); }, server_limits(settings)));
    STRATA_OK(write_access_files(node->config_.folder, node->http_->url(),
                                 node->tokens_->issue({api::kPermissions.begin(), api::kPermissions.end()})));
    return node;
}

Status Node::Parts::unlock_wallet() {
    STRATA_TRY(const bool locked, wallet_.is_locked());
    const auto& settings = config_.settings;
    const bool has_source = !settings.wallet_passphrase_file.empty() || !settings.wallet_passphrase_command.empty();
    if (!locked) return {};
    if (!has_source) {
        kLog.warning("the wallet is locked, and the node signs nothing until strata wallet unlock",
                     {{"node", config_.name}});
        return {};
    }
    STRATA_TRY(const auto words, settings.wallet_passphrase_file.empty()
                                     ? passphrase_from_command(settings.wallet_passphrase_command)
                                     : passphrase_from_file(settings.wallet_passphrase_file));
    return wallet_.unlock(words);
}

Status Node::Parts::open_index() {
    const bool is_wanted = config_.index == NodeConfig::Index::by_network ? !chain::is_public(shared_.network)
                                                                          : config_.index == NodeConfig::Index::on;
    if (!is_wanted) return {};
    STRATA_TRY(index_, index::ChainIndex::open(config_.folder / "index.sqlite", local_chain_->genesis()->cids().front(),
                                               shared_.network.chain_id));
    if (config_.rebuild_index) STRATA_OK(index_->clear());
    follower_ = std::make_unique<index::Follower>(*local_chain_, *index_, index::Follower::Pace{});
    return {};
}

Status Node::Parts::open_provider() {
    provider::ProviderConfig& config = *config_.provider;
    config.folder = config_.folder / "provider";
    config.on_sealed = [this](std::string_view step, double seconds) { sealing_time(step).observe(seconds); };
    for (const auto* step : {"pre_commit_1", "pre_commit_2", "commit"}) sealing_time(step);
    base_provider_ = config;
    base_market_ = config_.market;
    take_storage_settings(config_.settings, config, config_.market);
    STRATA_TRY(provider_, provider::LocalProvider::open(config, *local_chain_, wallet_, records(), shared_.parameters,
                                                        shared_.jobs, random_,
                                                        {.proofs = &shared_.proofs,
                                                         .winning = &shared_.proofs,
                                                         .progress = shared_.progress,
                                                         .stop = shared_.stop}));
    // A restart retries failed sectors: the operator may have removed the cause since the last run.
    for (const auto& sector : provider_->sectors())
        if (sector.state == provider::SectorState::failed)
            STRATA_OK(provider_->retry_sector(sector.number, local_chain_->head()->height()));
    STRATA_TRY(pieces_, retrieval::PieceStore::open(config_.folder / "pieces", records()));
    config_.market.miner = config.miner;
    config_.market.max_fees = config.max_fees;
    STRATA_TRY(market_,
               market::ProviderMarket::open(
                   config_.market, market::market_chain_through(*local_chain_, wallet_, config_.market.max_fees),
                   *provider_, records(), *pieces_));
    deals_ = std::make_unique<market::MarketHttp>(*market_);
    retrieval_ = std::make_unique<retrieval::Retrieval>(*pieces_);
    produce_blocks(config.miner, *provider_);
    return {};
}

void Node::Parts::produce_blocks(const Address& miner, chain::WinningProver& prover) {
    miner_ = miner;
    if (config_.remote_beacon) rounds_ = std::make_unique<Rounds>(shared_.beacon);
    chain::BeaconSource* const beacon = rounds_ ? rounds_.get() : &shared_.beacon;
    producer_ = std::make_unique<chain::BlockProducer>(*local_chain_, wallet_, *beacon, prover);
}

Status Node::Parts::open_stub_miner() {
    if (producer_ || !shared_.network.stub_winning_post)
        return fail(Errc::invalid_argument,
                    "miner " + config_.stub_miner->to_string() +
                        ": blocks without a proof are made on a network whose description says that winning proofs are "
                        "stubs, and by one miner of a node");
    produce_blocks(*config_.stub_miner, stub_prover_);
    return {};
}

Histogram& Node::Parts::duration_histogram(std::string_view name, std::string_view help) {
    return metrics_.histogram(name, help, duration_bounds());
}

// From a sector of 2 KiB to one of 64 GiB on a slow machine. The rate of the count is the number of sectors in a time.
Histogram& Node::Parts::sealing_time(std::string_view step) {
    return metrics_.histogram("strata_sealing_seconds", "Seconds of work for a step of sealing one sector, by step.",
                              {0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1'200, 2'400, 4'800, 9'600, 19'200, 38'400},
                              {{"step", std::string(step)}});
}

// The chain reads no clock of its own, so the node gives it one.
chain::ChainStopwatches Node::Parts::chain_stopwatches() {
    return {.execution = {&duration_histogram("strata_tipset_execution_seconds", "Seconds to execute a tipset."),
                          seconds_now},
            .validation = {&duration_histogram("strata_block_validation_seconds",
                                               "Seconds to validate a block, with the execution of its parents."),
                           seconds_now}};
}

// While a node catches up, heads follow each other quickly: all are counted, and the log gets some of them.
void Node::Parts::follow_heads() {
    upgrades_ = std::make_unique<chain::UpgradePreparer>(
        shared_.network, repository_->blocks(),
        [this](ChainEpoch upgrade, const Status& result) { log_preparation(upgrade, result); });
    auto& changes = metrics_.counter("strata_head_changes_total", "Changes of the chain's head.");
    local_chain_->on_head(
        [this, &changes, limit = std::make_shared<LogLimit>()](const auto& reverted, const auto& applied) {
            changes.add();
            if (applied.empty()) return;
            const auto& head = applied.back();
            kLog.limited(*limit, LogLevel::info, "the head changed",
                         {{"node", config_.name},
                          {"height", head->height()},
                          {"blocks", head->blocks().size()},
                          {"reverted", reverted.size()},
                          {"first_block", head->cids().front().to_string()}});
            upgrades_->on_head(*head);
        });
}

void Node::Parts::collect_states() {
    chain::CollectorOptions options;
    options.keep_epochs = config_.keep_epochs;
    options.at_end.push_back(no_snapshot_below());
    options.released = [name = config_.name] {
        kLog.info("the snapshot that was used in place is not needed any more; its file may be removed",
                  {{"node", name}});
    };
    collector_ = std::make_unique<chain::Collector>(local_chain_->chain(), &local_chain_->states(),
                                                    repository_->generations(), std::move(options));
    collector_->start();
}

// Without the preparation the upgrade works the same and takes longer.
void Node::Parts::log_preparation(ChainEpoch upgrade, const Status& result) {
    if (result) {
        metrics_.gauge("strata_prepared_upgrade_height", "Height of the last upgrade that was prepared ahead.")
            .set(static_cast<double>(upgrade));
        kLog.info("an upgrade is prepared", {{"node", config_.name}, {"upgrade", upgrade}});
    } else if (result.error().code() == Errc::cancelled) {
        kLog.info("the preparation of an upgrade was stopped", {{"node", config_.name}, {"upgrade", upgrade}});
    } else {
        kLog.warning("an upgrade could not be prepared",
                     {{"node", config_.name}, {"upgrade", upgrade}, {"error", result.error().message()}});
    }
}

http::Response Node::Parts::handle(const http::Request& request) {
    if (api::Service::serves(request)) return api_->handle(request);
    if (deals_ && market::MarketHttp::serves(request.path)) return deals_->handle(request);
    if (retrieval_ && retrieval::Retrieval::serves(request.path)) return retrieval_->handle(request);
    if (request.path == "/metrics" || request.path.starts_with("/health/")) return health_answer(request);
    if (explorer::Explorer::serves(request)) return explorer_.handle(request);
    if (provider_door_ && ProviderDoor::serves(request.path)) return provider_door_->handle(request);
    if (BackupDoor::serves(request.path)) return backups_->handle(request);
    return http::text_response(404, "There is nothing at " + request.path +
                                        ". The node's API is at /rpc/v1, its state at /health/readyz, and the explorer "
                                        "for browsers at /explorer/.");
}

// livez only says that HTTP answers. readyz says whether clients should use this node (docs/operating.md).
http::Response Node::Parts::health_answer(const http::Request& request) {
    if (request.method != "GET" && request.method != "HEAD") {
        auto refused = http::text_response(405, request.method + " is not allowed here; only GET and HEAD are.");
        refused.headers.emplace_back("Allow", "GET, HEAD");
        return refused;
    }
    if (request.path == "/metrics") {
        const auto text = metrics_text();
        return {200, {{"Content-Type", std::string(Metrics::kContentType)}}, to_bytes(as_bytes(text))};
    }
    if (request.path == "/health/status") return http::json_response(200, status_text());
    if (request.path == "/health/livez") return http::text_response(200, "alive");
    if (request.path != "/health/readyz")
        return http::text_response(
            404, "There is nothing at " + request.path + "; ask for /health/livez, /health/readyz or /health/status.");
    const auto reason = waits_for();
    return reason.empty() ? http::text_response(200, "ready") : http::text_response(503, "not ready: " + reason);
}

std::string Node::Parts::waits_for() {
    auto reason = health_.waits_for(local_chain_->head()->height());
    if (network_ && !reason.empty())
        if (const auto waits = network_->waits_for(); !waits.empty()) reason += "; " + waits;
    return reason;
}

/// The state of the node for programs (docs/operating.md). The reasons of failures may name files of this machine, so
/// they are in the log only.
std::string Node::Parts::status_text() {
    const auto head = local_chain_->head()->height();
    const auto epoch = health_.epoch();
    auto waits = waits_for();
    // A miner waits for the beacon while clients are served.
    if (const auto round = rounds_ ? rounds_->waits_for() : ""; !round.empty())
        waits += (waits.empty() ? "" : "; ") + round;
    if (held_until_ >= head)
        waits += fmt::format("{}a head above epoch {}, from which the restored miner can sign nothing twice",
                             waits.empty() ? "" : "; ", held_until_.load());
    auto failures = nlohmann::json::array();
    for (const auto& [part, failure] : health_.failures())
        failures.push_back({{"Part", part_name(part)}, {"Since", failure.since}, {"Times", failure.times}});
    nlohmann::json out{{"Network", shared_.network.name},
                       {"Head", head},
                       {"Epoch", epoch},
                       {"Behind", std::max<ChainEpoch>(epoch - head, 0)},
                       {"WaitsFor", waits},
                       {"Peers", nullptr},
                       {"Failures", std::move(failures)}};
    // A node without a network has no number of peers, which is not the same as having none.
    if (network_)
        if (const auto peers = network_->peers()) out["Peers"] = peers->size();
    return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string Node::Parts::metrics_text() {
    const auto gauge = [this](std::string_view name, std::string_view help, double value) {
        metrics_.gauge(name, help).set(value);
    };
    const auto head = local_chain_->head();
    gauge("strata_head_height", "Epoch of the chain's head.", static_cast<double>(head->height()));
    gauge("strata_epoch", "Epoch that the node works on.", static_cast<double>(health_.epoch()));
    gauge("strata_pool_messages", "Messages that wait in the pool.",
          static_cast<double>(local_chain_->pending_count()));
    // If the base fee cannot be computed now, the gauge keeps its last value: the head may be about to change.
    const auto base_fee = local_chain_->base_fee_after(*head);
    if (const auto atto = base_fee ? base_fee->to_u64() : Result<std::uint64_t>(Errc::not_found))
        gauge("strata_base_fee_attofil", "Base fee of the next block, in attoFIL per unit of gas.",
              static_cast<double>(*atto));
    gauge("strata_failing_parts", "Parts of the node whose last attempt failed.",
          static_cast<double>(health_.failures().size()));
    gauge("strata_states_bytes", "Bytes of states on disk, those that are to be removed included.",
          static_cast<double>(repository_->generations().bytes_of_states()));
    if (const auto covered = index_ ? index_->coverage() : Result<std::optional<index::Coverage>>(std::nullopt);
        covered && *covered) {
        gauge("strata_index_lowest_epoch", "Lowest epoch of the chain that is in the index.",
              static_cast<double>((*covered)->lowest));
        gauge("strata_index_highest_epoch", "Highest epoch of the chain that is in the index.",
              static_cast<double>((*covered)->highest));
    }
    if (collector_) {
        const auto collected = collector_->progress();
        gauge("strata_collecting", "1 while old states are collected.", collected.collecting ? 1 : 0);
        gauge("strata_collected_bytes", "Bytes that the last collection of old states freed.",
              static_cast<double>(collected.freed));
    }
    if (provider_) {
        // States without a sector are set to 0, so that no series keeps an old value.
        std::map<provider::SectorState, std::size_t> sectors;
        for (int state = 0; state <= static_cast<int>(provider::SectorState::ended); ++state)
            sectors[static_cast<provider::SectorState>(state)] = 0;
        for (const auto& sector : provider_->sectors()) ++sectors[sector.state];
        for (const auto& [state, count] : sectors)
            metrics_
                .gauge("strata_sectors", "Sectors of the provider, by state.",
                       {{"state", std::string(sector_state_name(state))}})
                .set(static_cast<double>(count));
    }
    return metrics_.text();
}

void Node::Parts::on_epoch(ChainEpoch epoch) {
    health_.at(epoch);
    // The round of the next block is out now, and is here when the miner asks for it.
    if (rounds_) static_cast<void>(rounds_->entry(shared_.network.beacon_round(epoch + 1)));
    if (!provider_) return;
    provider_door_->run_due(epoch);
    if (is_behind_backup()) return;
    health_.ran(Part::provider, provider_->on_epoch(epoch));
    // The market runs even if the provider failed: deals have deadlines of their own.
    health_.ran(Part::market, market_->on_epoch(epoch));
}

std::optional<ChainEpoch> Node::Parts::next_wakeup() const {
    if (!provider_) return std::nullopt;
    if (!health_.failures().empty()) return health_.epoch() + 1;  // the failed parts try again
    const auto one = market_->next_wakeup();
    const auto other = provider_->next_wakeup();
    if (one && other) return std::min(*one, *other);
    return one ? one : other;
}

bool Node::Parts::wants_block(ChainEpoch epoch) const {
    if (local_chain_->pending_count() > 0) return true;
    return provider_ && (provider_->wants_block(epoch) || market_->wants_block(epoch));
}

Result<std::optional<chain::Win>> Node::Parts::check_win(ChainEpoch epoch) {
    if (!producer_ || epoch <= local_chain_->head()->height()) return std::optional<chain::Win>{};
    STRATA_TRY(const bool may, may_mine(epoch));
    if (!may) return std::optional<chain::Win>{};
    return producer_->check_win(miner_, local_chain_->head(), epoch);
}

// Settings that are not named here wait for the next start (Setting::is_live).
Status Node::Parts::change(const Settings& settings) {
    if (!settings.log_levels.empty()) STRATA_OK(set_log_levels(settings.log_levels));
    STRATA_OK(local_chain_->set_pool_size(settings.pool.high, settings.pool.low));
    http_->set_limits(server_limits(settings));
    api_->set_limits(settings.api_limits);
    if (network_) network_->set_limits(settings.swarm, settings.peers_low, settings.peers_high);
    if (!provider_) return {};
    auto provider = base_provider_;
    auto market = base_market_;
    take_storage_settings(settings, provider, market);
    provider_->change(provider);
    market_->change(std::move(market));
    return {};
}

/// A chain below the backup's head lacks what provider and market have done already.
bool Node::Parts::is_behind_backup() const {
    return restored_ && local_chain_->head()->height() < restored_->head;
}

/// False while a restored miner might sign a second block (chain/slash_filter.hpp).
Result<bool> Node::Parts::may_mine(ChainEpoch epoch) {
    if (!restored_) return true;
    // A late node is asked for the epoch after its head; the lost one may have signed up to the present.
    STRATA_TRY(const auto until, local_chain_->slash_filter().held_until(std::max(epoch, health_.epoch())));
    held_until_ = until.value_or(kEpochUndefined);
    return !until || local_chain_->head()->height() > *until;
}

BackupFacts Node::Parts::backup_facts() const {
    BackupFacts out;
    out.network = shared_.network.name;
    out.genesis = local_chain_->genesis()->cids().front();
    out.head = local_chain_->head()->height();
    return out;
}

Status Node::Parts::make_block(const chain::Win& win, std::uint64_t now) {
    STRATA_TRY(const auto messages, producer_->select(win));
    STRATA_TRY(const auto block, producer_->make_block(win, messages));
    STRATA_OK(local_chain_->submit_block(block, now));
    metrics_.counter("strata_blocks_made_total", "Blocks that this node made.").add();
    return {};
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::open(NodeConfig config, const Shared& shared, crypto::SeededRandom random) {
    STRATA_TRY(auto parts, Parts::open(std::move(config), shared, std::move(random)));
    return std::unique_ptr<Node>(new Node(std::move(parts)));
}

chain::Chain& Node::chain() {
    return *parts_->local_chain_;
}
chain::Peer& Node::peer() {
    return *parts_->local_chain_;
}
wallet::Wallet& Node::wallet() {
    return parts_->wallet_;
}
store::KeyValue& Node::records() {
    return parts_->records();
}
Blockstore& Node::blocks() {
    return lasting(parts_->repository_->blocks());
}
std::string Node::url() const {
    return parts_->http_->url();
}
std::string Node::admin_token() const {
    return parts_->tokens_->issue({api::kPermissions.begin(), api::kPermissions.end()});
}
const std::filesystem::path& Node::folder() const {
    return parts_->config_.folder;
}
provider::Provider* Node::provider() {
    return parts_->provider_.get();
}
provider::LocalProvider* Node::local_provider() {
    return parts_->provider_.get();
}
market::ProviderMarket* Node::market() {
    return parts_->market_.get();
}
Network* Node::network() {
    return parts_->network_.get();
}
Status Node::change(const Settings& settings) {
    return parts_->change(settings);
}
Health& Node::health() {
    return parts_->health_;
}
const Health& Node::health() const {
    return parts_->health_;
}
Metrics& Node::metrics() {
    return parts_->metrics_;
}

void Node::on_epoch(ChainEpoch epoch) {
    parts_->on_epoch(epoch);
}
std::optional<ChainEpoch> Node::next_wakeup() const {
    return parts_->next_wakeup();
}
bool Node::wants_block(ChainEpoch epoch) const {
    return parts_->wants_block(epoch);
}
bool Node::makes_blocks() const {
    return parts_->producer_ != nullptr;
}
Result<std::optional<chain::Win>> Node::check_win(ChainEpoch epoch) {
    return parts_->check_win(epoch);
}
Status Node::prove(chain::Win& win) {
    return parts_->producer_->prove(win);
}
Status Node::refresh(chain::Win& win) {
    return parts_->producer_->refresh(win, parts_->local_chain_->head());
}
Status Node::make_block(const chain::Win& win, std::uint64_t now) {
    return parts_->make_block(win, now);
}

}  // namespace strata::node
