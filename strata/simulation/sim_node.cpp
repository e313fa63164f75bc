#include <strata/simulation/sim_node.hpp>

#include <fmt/format.h>

#include <strata/simulation/odd_peers.hpp>

namespace strata::simulation {
namespace {

using namespace std::chrono_literals;

constexpr Instant kTick = 200ms;
constexpr std::uint64_t kPropagation = 1;        // seconds; node/runner.cpp for blocks every 4 s
constexpr Instant kKeepAlive = 4s;               // as node/network.cpp for blocks every 4 s
constexpr Instant kPingTimeout = 10s;            // as node/network.cpp for blocks every 4 s
constexpr std::uint64_t kSlowReading = 4 << 10;  // bytes a second
constexpr ChainEpoch kAheadEpochs = 3;           // of blocks that are sent before their time
constexpr std::int64_t kRepublishEvery = 8;      // epochs; node/network.cpp: 30 s

}  // namespace

Result<Bytes> NodeBlocks::get(const Cid& cid) {
    STRATA_TRY(const bool shared, genesis_.has(cid));
    return shared ? genesis_.get(cid) : own_.get(cid);
}
Result<bool> NodeBlocks::has(const Cid& cid) {
    STRATA_TRY(const bool shared, genesis_.has(cid));
    return shared ? Result<bool>(true) : own_.has(cid);
}

SimNode::SimNode(SimNodeConfig config, SimNetwork& shared, EventQueue& queue, LossyCarrier& carrier,
                 const SimHooks& hooks)
    : config_(std::move(config)),
      shared_(shared),
      queue_(queue),
      carrier_(carrier),
      hooks_(hooks),
      place_(carrier.add_place()),
      blocks_(shared.genesis_blocks),
      beacon_(shared.beacon) {
    if (config_.misdeed == Misdeed::slow_reader) carrier_.set_reading(place_, kSlowReading);
}

SimNode::~SimNode() {
    if (is_up()) stop(LossyCarrier::Leave::silent);
}

std::chrono::nanoseconds SimNode::unix_time() const {
    return std::chrono::seconds(SimNetwork::kGenesisTime) + std::max(Instant(0), queue_.now() + config_.skew);
}
std::uint64_t SimNode::now() const {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(unix_time()).count());
}

// Work of a life that has ended is dropped, as with the threads of a process.
p2p::Post SimNode::later(Instant least, Instant most) {
    return [this, least, most, life = std::weak_ptr(life_)](std::function<void()> work) {
        queue_.after(queue_.draw(least, most), [this, life, work = std::move(work)] {
            if (life.expired()) return;
            work();
            carrier_.touch(place_);
        });
    };
}

Status SimNode::start() {
    if (std::exchange(is_new_, false)) {
        chain::ChainStore store(blocks_, meta_);
        STRATA_OK(store.start(shared_.genesis));
        wallet::Wallet wallet(meta_);
        for (const auto miner : config_.miners) STRATA_OK(wallet.import_key(sim_key(shared_.worker_name(miner))));
    }
    if (config_.canary == Canary::slash_filter) forget_blocks();
    auto life = std::make_shared<Life>(WindowPosts(shared_, config_.miners));
    const vm::ActorTable* actors = shared_.actors.get();
    if (config_.canary == Canary::execution) {
        life->odd_actors = std::make_unique<IdleCron>(*actors);
        actors = life->odd_actors.get();
    }
    STRATA_TRY(life->chain, chain::LocalChain::open(blocks_, meta_, shared_.network, shared_.proofs, nullptr, *actors));
    life->settling.emplace(p2p::SettlingTimes::of(shared_.network.block_delay), queue_.now());
    life_ = std::move(life);
    ++lives_;
    life_->wallet = std::make_unique<wallet::Wallet>(meta_);
    life_->producer = std::make_unique<chain::BlockProducer>(*life_->chain, *life_->wallet, beacon_, prover_);
    connect();
    life_->chain->on_head(
        [this](const auto& reverted, const auto& applied) { hooks_.on_head(config_.number, {reverted, applied}); });
    life_->chain->on_arrival([this](const auto& block) { hooks_.on_arrival(config_.number, block); });
    carrier_.plug(place_, *life_->swarm);
    later(0ms, kTick)([this] { tick(); });
    return {};
}

// Tells of the tasks that have waited longest.
std::string SimNode::waiting_tasks(const chain::SyncStatus& status) const {
    constexpr std::size_t kShown = 4;
    std::string out;
    for (std::size_t i = 0; i < std::min(kShown, status.tasks.size()); ++i) {
        const auto& task = status.tasks[i];
        out += fmt::format("; a task of {} to epoch {}, since {} s, {} at epoch {}", task.from, task.target_height,
                           now() - task.began, task.stage == chain::SyncStatus::Stage::headers ? "headers" : "blocks",
                           task.height);
    }
    return out;
}

std::string SimNode::note() {
    const auto status = life_->chain->sync_status();
    const auto gossip = life_->topics->gossip().stats();
    const auto topic = p2p::block_topic(shared_.network.name);
    const auto& blocks = life_->topics->blocks();
    const auto notice = life_->chain->head_notice();
    return fmt::format(
        "weight {}, gossip with {} peers, {} in the mesh; blocks: {} accepted, {} ignored, {} rejected; sync: {} "
        "tasks, {} "
        "finished, {} refused, the last one because of \"{}\", {} requests wait{}",
        notice ? notice->weight.to_string() : "unknown", gossip.peers, life_->topics->gossip().mesh(topic).size(),
        blocks.accepted.load(), blocks.ignored.load(), blocks.rejected.load(), status.tasks.size(), status.finished,
        status.refused, status.last_refusal, status.requests, waiting_tasks(status));
}

chain::Peer& SimNode::peer() {
    return life_->odd_peer ? *life_->odd_peer : *life_->chain;
}

// Joins the network, as node/network.cpp does.
void SimNode::connect() {
    const std::string name = shared_.name + " node " + std::to_string(config_.number);
    life_->random = std::make_unique<crypto::SeededRandom>(
        as_bytes(name + " " + std::to_string(lives_) + " " + std::to_string(queue_.random().u64())));
    if (config_.misdeed == Misdeed::liar) life_->odd_peer = std::make_unique<LyingPeer>(*life_->chain, *life_->random);
    if (config_.canary == Canary::validation) life_->odd_peer = std::make_unique<CarelessPeer>(*life_->chain);
    net::SwarmConfig settings;
    settings.connection.yamux.keep_alive = kKeepAlive;
    settings.connection.yamux.ping_timeout = kPingTimeout;
    life_->swarm = std::make_unique<net::Swarm>(
        net::PrivateKey::ed25519(crypto::SeededRandom(as_bytes(name)).bytes<32>()), settings, *life_->random);
    const auto clock = [this] { return unix_time(); };
    const auto wake = [this] { advance_soon(); };
    life_->service.emplace(*life_->swarm, peer(), shared_.genesis.cid(),
                           p2p::ServiceConfig{.post = later(0ms, 1ms), .unix_time = clock, .wake = wake});
    life_->topics.emplace(*life_->swarm, peer(),
                          p2p::TopicsConfig{.network = shared_.network.name,
                                            .post = later(0ms, 1ms),
                                            .check_block = later(1ms, 20ms),
                                            .check_message = later(1ms, 40ms),
                                            .unix_time = clock,
                                            .wake = wake,
                                            .wants_messages = [] { return true; }});
    life_->swarm->add_listener(&life_->topics->gossip());
}

void SimNode::stop(LossyCarrier::Leave how) {
    carrier_.unplug(place_, how);
    life_->swarm.reset();
    life_->topics.reset();
    life_->service.reset();
    life_->producer.reset();
    life_.reset();
}

void SimNode::advance_soon() {
    if (std::exchange(life_->will_advance, true)) return;
    later(1ms, 30ms)([this] {
        life_->will_advance = false;
        advance();
    });
}

void SimNode::advance() {
    const auto done = life_->chain->advance(now());
    if (!done) failed(done.error());
}

void SimNode::tick() {
    later(kTick, kTick)([this] { tick(); });
    advance();
    if (!is_honest()) disturb();
    const auto& network = shared_.network;
    const auto time = now();
    const auto epoch = static_cast<ChainEpoch>((time - network.genesis_timestamp) / network.block_delay);
    if (std::exchange(life_->epoch, epoch) != epoch) on_epoch(epoch);
    if (life_->mined > epoch || time < network.timestamp_at(epoch) + kPropagation || !is_settled()) return;
    life_->mined = epoch + 1;
    mine(epoch + 1);
}

void SimNode::on_epoch(ChainEpoch epoch) {
    if (const auto sent = life_->posts.on_epoch(*life_->chain, epoch); !sent) failed(sent.error());
    if (epoch % kRepublishEvery == 0)
        if (const auto done = life_->chain->republish(); !done) failed(done.error());
    // The checkpoint is what keeps this node on the head that it has.
    if (config_.canary == Canary::fork_choice) (void)life_->chain->consensus().set_checkpoint(life_->chain->head());
}

// As in node/network.cpp.
bool SimNode::is_settled() {
    if (life_->settling->is_settled()) return true;
    const auto compared = life_->service->heads_compared();
    return life_->settling->look(queue_.now(), life_->chain->head()->height(), compared, life_->chain->sync_status());
}

void SimNode::mine(ChainEpoch epoch) {
    for (const auto miner : config_.miners) mine_with(miner, epoch);
    if (config_.misdeed == Misdeed::future)
        for (const auto miner : config_.miners) mine_with(miner, epoch + kAheadEpochs);
}

void SimNode::mine_with(std::size_t miner, ChainEpoch epoch) {
    const auto base = life_->chain->head();
    if (base->height() >= epoch) return;
    auto& producer = *life_->producer;
    const auto win = producer.check_win(miner_address(miner), base, epoch);
    if (!win) return failed(win.error());
    if (!*win) return;
    const auto messages = producer.select(**win);
    if (!messages) return failed(messages.error());
    auto block = producer.make_block(**win, *messages);
    // The slash filter refuses a second block, which is what it is for.
    if (!block && block.error().code() == Errc::verification) return;
    if (!block) return failed(block.error());
    if (!is_honest()) return misbehave(std::move(*block));
    hooks_.on_made(config_.number, block->header, true);
    submit(*block);
}

void SimNode::submit(const chain::FullBlock& block) {
    const auto taken = life_->chain->submit_block(block, now());
    if (!taken) failed(taken.error());
}

void SimNode::pay() {
    const auto nonce = life_->chain->next_nonce(sim_address("faucet"));
    if (!nonce) return failed(nonce.error());
    SignedMessage out;
    out.message = {.version = 0,
                   .to = sim_address("client"),
                   .from = sim_address("faucet"),
                   .nonce = *nonce,
                   .value = TokenAmount(1'000),
                   .gas_limit = 10'000'000,
                   .gas_fee_cap = BigInt(1'000'000'000),
                   .gas_premium = BigInt(1'000),
                   .method = 0,
                   .params = {}};
    const auto signature = wallet::sign_with(sim_key("faucet"), out.message.cid().bytes());
    STRATA_CHECK(signature.has_value());
    out.signature = *signature;
    // A pool may have a reason to refuse it, such as a message of this nonce from a different node.
    (void)life_->chain->push(out, chain::AddKind::local);
    carrier_.touch(place_);
}

}  // namespace strata::simulation
