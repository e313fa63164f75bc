#include <strata/simulation/sim_node.hpp>

namespace strata::simulation {
namespace {

using namespace std::chrono_literals;

constexpr Instant kTick = 200ms;
constexpr std::uint64_t kPropagation = 1;  // seconds; node/runner.cpp for blocks every 4 s
constexpr ChainEpoch kWithheld = 3;        // epochs
constexpr std::uint64_t kAhead = 40;       // seconds
constexpr ChainEpoch kSettledWithin = 5;   // as node/network.cpp

BlockMsg gossip_form(const chain::FullBlock& block) {
    BlockMsg out{block.header, {}, {}};
    for (const auto& message : block.messages.bls) out.bls_messages.push_back(message.cid());
    for (const auto& message : block.messages.secp) out.secp_messages.push_back(message.cid());
    return out;
}

std::string worker_name(std::size_t miner) {
    return "worker " + std::to_string(miner);
}

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
      blocks_(shared.genesis_blocks) {}

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
        for (const auto miner : config_.miners) STRATA_OK(wallet.import_key(sim_key(worker_name(miner))));
    }
    if (config_.forgets_blocks) forget_blocks();
    auto life = std::make_shared<Life>();
    STRATA_TRY(life->chain,
               chain::LocalChain::open(blocks_, meta_, shared_.network, shared_.proofs, nullptr, *shared_.actors));
    life_ = std::move(life);
    ++lives_;
    mined_ = -1;
    life_->wallet = std::make_unique<wallet::Wallet>(meta_);
    life_->producer = std::make_unique<chain::BlockProducer>(*life_->chain, *life_->wallet, shared_.beacon, prover_);
    const std::string name = "node " + std::to_string(config_.number);
    life_->random = std::make_unique<crypto::SeededRandom>(
        as_bytes(name + " " + std::to_string(lives_) + " " + std::to_string(queue_.random().u64())));
    life_->swarm = std::make_unique<net::Swarm>(
        net::PrivateKey::ed25519(crypto::SeededRandom(as_bytes(name)).bytes<32>()), net::SwarmConfig{}, *life_->random);
    const auto clock = [this] { return unix_time(); };
    const auto wake = [this] { advance_soon(); };
    life_->service.emplace(*life_->swarm, *life_->chain, shared_.genesis.cid(),
                           p2p::ServiceConfig{.post = later(0ms, 1ms), .unix_time = clock, .wake = wake});
    life_->topics.emplace(*life_->swarm, *life_->chain,
                          p2p::TopicsConfig{.network = shared_.network.name,
                                            .post = later(0ms, 1ms),
                                            .check_block = later(1ms, 20ms),
                                            .check_message = later(1ms, 40ms),
                                            .unix_time = clock,
                                            .wake = wake,
                                            .wants_messages = [] { return true; }});
    life_->swarm->add_listener(&life_->topics->gossip());
    life_->chain->on_head(
        [this](const auto& reverted, const auto& applied) { hooks_.on_head(config_.number, {reverted, applied}); });
    carrier_.plug(place_, *life_->swarm);
    later(0ms, kTick)([this] { tick(); });
    return {};
}

void SimNode::stop(LossyCarrier::Leave how) {
    carrier_.unplug(place_, how);
    life_->swarm.reset();
    life_->topics.reset();
    life_->service.reset();
    life_->producer.reset();
    life_.reset();
}

void SimNode::forget_blocks() {
    std::vector<store::Write> batch;
    const auto read = meta_.for_each("producer/", [&](std::string_view key, BytesView) -> Result<bool> {
        batch.push_back({std::string(key), std::nullopt});
        return true;
    });
    STRATA_CHECK(read.has_value());
    STRATA_CHECK(meta_.write(batch).has_value());
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
    if (!done) hooks_.on_failure(config_.number, done.error());
}

void SimNode::tick() {
    later(kTick, kTick)([this] { tick(); });
    advance();
    const auto& network = shared_.network;
    const auto time = now();
    const auto epoch = static_cast<ChainEpoch>((time - network.genesis_timestamp) / network.block_delay);
    if (config_.misdeed == Misdeed::spam && queue_.random().below(5) == 0) {
        const auto garbage = queue_.random().bytes<64>();
        for (const auto& topic : {p2p::block_topic(network.name), p2p::message_topic(network.name)})
            (void)gossip().publish(topic, garbage);
    }
    if (mined_ > epoch || time < network.timestamp_at(epoch) + kPropagation) return;
    const auto head = life_->chain->head()->height();
    for (const auto& task : life_->chain->sync_status().tasks)
        if (task.target_height > head + kSettledWithin || task.target_height == 0) return;
    mined_ = epoch + 1;
    mine(epoch + 1);
}

void SimNode::mine(ChainEpoch epoch) {
    for (const auto miner : config_.miners) mine_with(miner, epoch);
}

void SimNode::mine_with(std::size_t miner, ChainEpoch epoch) {
    const auto base = life_->chain->head();
    if (base->height() >= epoch) return;
    auto& producer = *life_->producer;
    const auto win = producer.check_win(miner_address(miner), base, epoch);
    if (!win) return hooks_.on_failure(config_.number, win.error());
    if (!*win) return;
    const auto messages = producer.select(**win);
    if (!messages) return hooks_.on_failure(config_.number, messages.error());
    auto block = producer.make_block(**win, *messages);
    // The slash filter refuses a second block, which is what it is for.
    if (!block && block.error().code() == Errc::verification) return;
    if (!block) return hooks_.on_failure(config_.number, block.error());
    if (!is_honest()) return misbehave(std::move(*block));
    hooks_.on_made(config_.number, block->header, true);
    submit(*block);
}

void SimNode::submit(const chain::FullBlock& block) {
    const auto taken = life_->chain->submit_block(block, now());
    if (!taken) hooks_.on_failure(config_.number, taken.error());
}

void SimNode::send(const chain::FullBlock& block) {
    (void)gossip().publish(p2p::block_topic(shared_.network.name), to_cbor(gossip_form(block)));
}

chain::FullBlock SimNode::resigned(chain::FullBlock block) const {
    const auto miner = static_cast<std::size_t>(*block.header.miner.as_id() - 1000);
    const auto signature = wallet::sign_with(sim_key(worker_name(miner)), block.header.signing_bytes());
    STRATA_CHECK(signature.has_value());
    block.header.block_sig = *signature;
    return block;
}

void SimNode::misbehave(chain::FullBlock block) {
    auto& header = block.header;
    const auto due = Instant(1'000 * static_cast<std::int64_t>(header.timestamp - SimNetwork::kGenesisTime));
    const auto wait = std::max(Instant(0), due - queue_.now());
    const auto delayed = [&](Instant extra, chain::FullBlock what, bool is_valid) {
        hooks_.on_made(config_.number, what.header, is_valid);
        later(wait + extra, wait + extra)([this, what = std::move(what)] { send(what); });
    };
    switch (config_.misdeed) {
        case Misdeed::none:
        case Misdeed::spam:
            hooks_.on_made(config_.number, header, true);
            return submit(block);
        case Misdeed::equivocate:
            delayed(0ms, block, true);
            ++header.fork_signaling;
            return delayed(0ms, resigned(std::move(block)), true);
        case Misdeed::withhold: {
            const auto delay = static_cast<std::int64_t>(shared_.network.block_delay) * kWithheld;
            return delayed(std::chrono::seconds(delay), std::move(block), true);
        }
        case Misdeed::bad_root:
            header.parent_state_root = header.messages;
            return delayed(0ms, resigned(std::move(block)), false);
        case Misdeed::bad_proof:
            header.win_post_proof.front().bytes.push_back(1);
            return delayed(0ms, resigned(std::move(block)), false);
        case Misdeed::bad_signature:
            header.block_sig->data.back() ^= 1;
            return delayed(0ms, std::move(block), false);
        case Misdeed::future:
            header.timestamp += kAhead;
            return delayed(0ms, resigned(std::move(block)), false);
    }
}

void SimNode::pay(Nonce nonce) {
    SignedMessage out;
    out.message.from = sim_address("faucet");
    out.message.to = sim_address("client");
    out.message.nonce = nonce;
    out.message.value = TokenAmount(1'000);
    out.message.gas_limit = 10'000'000;
    out.message.gas_fee_cap = BigInt(1'000'000'000);
    out.message.gas_premium = BigInt(1'000);
    const auto signature = wallet::sign_with(sim_key("faucet"), out.message.cid().bytes());
    STRATA_CHECK(signature.has_value());
    out.signature = *signature;
    (void)life_->chain->push(out, chain::AddKind::local);
    carrier_.touch(place_);
}

}  // namespace strata::simulation
