#include <strata/simulation/world.hpp>

#include <deque>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <strata/base/large_stack.hpp>
#include <strata/base/mutex.hpp>
#include <strata/base/thread_pool.hpp>

namespace strata::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostMisdeeds = 3;
constexpr std::size_t kEclipsers = 2;  // nodes that keep one honest node to themselves
constexpr ChainEpoch kLookEvery = 5;
constexpr std::size_t kCheckedTipsets = 2 * kLookEvery;
constexpr ChainEpoch kSupplyEvery = 50;
constexpr ChainEpoch kLongestDivision = 15;
constexpr Instant kBeforeBlocks = 1'500ms;  // of the next epoch: those of this one had their time
constexpr std::uint64_t kNewPeer = 6;       // one of as many looks at its peers leads a node to a new one
constexpr std::size_t kMostWaiting = std::size_t{64} << 20;  // bytes of gossip for peers that read slowly

LinkQuality quality_of(const SimOptions& options) {
    if (options.links) return *options.links;
    LinkQuality out{.latency = 10ms, .jitter = 20ms};
    if (options.faults.contains(Fault::loss)) out.losses = 30;
    if (options.faults.contains(Fault::slow)) {
        out.latency = 60ms;
        out.jitter = 150ms;
        out.bytes_per_second = 256 << 10;
    }
    return out;
}

/// Networks are made once for each process: it takes longer than a short run.
class Networks {
  public:
    using Key = std::tuple<SimNetwork::Size, std::string, crypto::bls::Substitute::Kind>;

    static Result<SimNetwork*> get(const SimNetwork::Size& size, const std::string& name,
                                   crypto::bls::Substitute::Kind kind) {
        static Networks networks;
        const Lock lock(networks.mutex_);
        auto& entry = networks.all_[Key(size, name, kind)];
        if (!entry) {
            STRATA_TRY(entry, SimNetwork::make(size, name));
        }
        return entry.get();
    }

  private:
    Mutex mutex_;
    std::map<Key, std::unique_ptr<SimNetwork>> all_ STRATA_GUARDED_BY(mutex_);
};

class World {
  public:
    explicit World(const SimOptions& options)
        : options_(options),
          queue_(crypto::SeededRandom(as_bytes(fmt::format("strata sim {}", options.seed)))),
          carrier_(queue_, quality_of(options)),
          checks_([this] { return epoch(); }) {
        out_.seed = options.seed;
    }
    Status begin();
    Result<SimResult> run();

  private:
    Status run_until(Instant time);
    crypto::RandomSource& random() { return queue_.random(); }
    Instant epoch_time() const { return std::chrono::seconds(shared_->network.block_delay); }
    ChainEpoch epoch() const { return queue_.now() / epoch_time(); }
    void set_hooks();
    Status add_nodes();
    std::vector<Misdeed> draw_misdeeds();
    void add_node(SimNodeConfig config, SimNetwork& network);
    void every(Instant interval, const std::function<void()>& work);
    void seek_peers(SimNode& node);

    // These functions cause the faults.
    void go_wrong();
    void restart_one();
    void divide();
    void eclipse();
    void set_parts();
    void start(SimNode& node);

    // The checks.
    void look();
    void look_at_scores();
    void look_at_sizes(SimNode& node);
    void look_at_states(SimNode& node);
    void look_at_supply(SimNode& node);
    void look_for_agreement();
    std::vector<std::size_t> honest_nodes() const;
    bool have_one_head() const;
    void look_at_end(bool had_one_head);

    void on_made(std::size_t node, const BlockHeader& block, bool is_valid);
    void on_arrival(std::size_t node, const BlockHeader& block);
    void on_head(std::size_t node, const chain::HeadChange& change);

    const SimOptions& options_;
    SimNetwork* shared_ = nullptr;
    EventQueue queue_;
    LossyCarrier carrier_;
    Checks checks_;
    SimHooks hooks_;
    std::vector<std::unique_ptr<SimNode>> nodes_;
    std::vector<unsigned> half_;     // of the network that a partition made, for each node
    std::set<std::size_t> captive_;  // the node of an eclipse and those that hold it
    struct Sent {
        std::size_t node = 0;
        Instant time{};
        std::set<std::size_t> by_gossip{}, by_head{};
    };
    std::map<Cid, Sent> sent_;
    bool is_calm_ = false;
    SimResult out_;
};

void World::every(Instant interval, const std::function<void()>& work) {
    queue_.after(interval, [this, interval, work] {
        work();
        every(interval, work);
    });
}

void World::set_hooks() {
    hooks_.on_made = [this](auto node, const auto& block, bool is_valid) { on_made(node, block, is_valid); };
    hooks_.on_arrival = [this](auto node, const auto& block) { on_arrival(node, block); };
    hooks_.on_head = [this](auto node, const auto& change) { on_head(node, change); };
    hooks_.on_failure = [this](auto node, const auto& why) { checks_.on_failure(node, why); };
}

void World::add_node(SimNodeConfig config, SimNetwork& network) {
    config.number = nodes_.size();
    if (options_.faults.contains(Fault::skew)) config.skew = queue_.draw(-400ms, 400ms);
    nodes_.push_back(std::make_unique<SimNode>(std::move(config), network, queue_, carrier_, hooks_));
    half_.push_back(0);
}

// Returns one misdeed for each dishonest node.
std::vector<Misdeed> World::draw_misdeeds() {
    std::vector<Misdeed> left(options_.misdeeds.begin(), options_.misdeeds.end());
    std::vector<Misdeed> out;
    for (std::size_t i = 0; i < kMostMisdeeds && !left.empty(); ++i) {
        const auto place = left.begin() + static_cast<std::ptrdiff_t>(random().below(left.size()));
        out.insert(out.end(), *place == Misdeed::eclipse ? kEclipsers : 1, *place);
        left.erase(place);
    }
    return out;
}

Status World::add_nodes() {
    const auto misdeeds = out_.misdeeds = draw_misdeeds();
    const SimNetwork::Size size{options_.nodes, options_.miners, misdeeds.size()};
    STRATA_TRY(shared_, Networks::get(size, "sim", options_.signatures));
    for (std::size_t i = 0; i < options_.nodes; ++i) {
        SimNodeConfig config;
        for (std::size_t miner = i; miner < options_.miners; miner += options_.nodes) {
            config.miners.push_back(miner);
            checks_.add_honest_miner(miner_address(miner));
        }
        // One node that does not keep to the rules is enough to be found, but any miner may forget what it signed.
        if (i == 0 || options_.canary == Canary::slash_filter) config.canary = options_.canary;
        add_node(std::move(config), *shared_);
    }
    for (std::size_t i = 0; i < misdeeds.size(); ++i) {
        auto* network = shared_;
        SimNodeConfig config{.miners = {options_.miners + i}, .misdeed = misdeeds[i]};
        if (misdeeds[i] == Misdeed::stranger) {
            STRATA_TRY(network, Networks::get({1, 1, 0}, "stranger", options_.signatures));
            config.miners = {0};
        }
        add_node(std::move(config), *network);
    }
    return {};
}

Status World::begin() {
    set_hooks();
    STRATA_OK(add_nodes());
    for (auto& node : nodes_) STRATA_OK(node->start());
    for (auto& node : nodes_) {
        seek_peers(*node);
        every(5s, [this, one = node.get()] { seek_peers(*one); });
    }
    every(2s, [this] {
        auto& node = *nodes_[random().below(options_.nodes)];
        if (node.is_up()) node.pay();
    });
    every(epoch_time(), [this] { go_wrong(); });
    every(kLookEvery * epoch_time(), [this] { look(); });
    queue_.at(epoch_time() - kBeforeBlocks, [this] {
        look_for_agreement();
        every(epoch_time(), [this] { look_for_agreement(); });
    });
    return {};
}

// A node that has enough peers also tries a new one now and then, and leaves an old one for it, as the look-ups of a
// DHT do. Without that, the parts of a divided network would stay apart when each node has found enough peers in its
// part.
void World::seek_peers(SimNode& node) {
    if (!node.is_up()) return;
    auto wanted = options_.peers;
    if (random().below(kNewPeer) == 0) {
        wanted = carrier_.connections(node.place()) + 1;
        const auto peers = node.swarm().peers();
        if (wanted > 2 * options_.peers && !peers.empty()) {
            node.swarm().disconnect(peers[random().below(peers.size())], queue_.now());
            carrier_.touch(node.place());
        }
    }
    for (std::size_t tries = 0; tries < 2 * options_.peers && carrier_.connections(node.place()) < wanted; ++tries) {
        const auto& other = *nodes_[random().below(nodes_.size())];
        if (&other == &node || !other.is_up() || carrier_.are_connected(node.place(), other.place())) continue;
        carrier_.dial(node.place(), other.place());
    }
}

void World::go_wrong() {
    if (is_calm_) return;
    const auto happens = [&](bool may_happen, std::uint64_t of_hundred) {
        return may_happen && random().below(100) < of_hundred;
    };
    const auto& faults = options_.faults;
    if (happens(faults.contains(Fault::reset), 20)) carrier_.break_one(false);
    if (happens(faults.contains(Fault::half_open), 5)) carrier_.break_one(true);
    if (happens(faults.contains(Fault::restart), 5))
        queue_.after(queue_.draw(0ms, epoch_time()), [this] { restart_one(); });
    if (happens(faults.contains(Fault::partition), 2)) divide();
    const auto is_eclipser = [](const auto& node) { return node->config().misdeed == Misdeed::eclipse; };
    if (happens(std::ranges::any_of(nodes_, is_eclipser), 3)) eclipse();
}

void World::start(SimNode& node) {
    if (node.is_up()) return;
    if (const auto started = node.start(); !started) return checks_.on_failure(node.config().number, started.error());
    seek_peers(node);
}

void World::restart_one() {
    auto& node = *nodes_[random().below(nodes_.size())];
    if (!node.is_up() || is_calm_) return;
    ++out_.restarts;
    node.stop(random().below(2) == 0 ? LossyCarrier::Leave::reset : LossyCarrier::Leave::silent);
    queue_.after(queue_.draw(100ms, random().below(4) == 0 ? 60s : 2s), [this, &node] { start(node); });
}

void World::set_parts() {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        carrier_.set_part(nodes_[i]->place(), half_[i] + (captive_.contains(i) ? 2 : 0));
    for (const auto& node : nodes_) carrier_.touch(node->place());
}

void World::divide() {
    for (auto& half : half_) half = random().below(2) == 0 ? 1 : 0;
    set_parts();
    const auto time = queue_.draw(epoch_time(), kLongestDivision * epoch_time());
    queue_.after(time, [this] {
        std::ranges::fill(half_, 0);
        set_parts();
    });
}

// The nodes that hold a captive are all that it sees, and what they make they show to nobody else.
void World::eclipse() {
    if (!captive_.empty()) return;
    captive_.insert(random().below(options_.nodes));
    for (std::size_t i = options_.nodes; i < nodes_.size(); ++i)
        if (nodes_[i]->config().misdeed == Misdeed::eclipse) captive_.insert(i);
    set_parts();
    for (const auto i : captive_) seek_peers(*nodes_[i]);
    const auto time = queue_.draw(3 * epoch_time(), kLongestDivision * epoch_time());
    queue_.after(time, [this] {
        captive_.clear();
        set_parts();
    });
}

void World::on_made(std::size_t node, const BlockHeader& block, bool is_valid) {
    ++out_.blocks;
    queue_.note(block.cid().bytes());
    checks_.on_made(node, block, nodes_[node]->is_honest(), is_valid);
}

// The maker hears of its block first, when it leaves.
void World::on_arrival(std::size_t node, const BlockHeader& block) {
    if (!options_.measures_blocks) return;
    const auto [it, is_first] = sent_.try_emplace(block.cid(), Sent{.node = node, .time = queue_.now()});
    if (!is_first && it->second.node != node && it->second.by_gossip.insert(node).second)
        out_.to_gossip.push_back(queue_.now() - it->second.time);
}

void World::on_head(std::size_t node, const chain::HeadChange& change) {
    if (!nodes_[node]->is_honest()) return;
    checks_.on_head(node, change, nodes_[node]->latest_block_time());
    if (!options_.measures_blocks) return;
    for (const auto& tipset : change.applied)
        for (const auto& cid : tipset->cids()) {
            const auto it = sent_.find(cid);
            if (it != sent_.end() && it->second.node != node && it->second.by_head.insert(node).second)
                out_.to_head.push_back(queue_.now() - it->second.time);
        }
}

void World::look() {
    look_at_scores();
    for (std::size_t i = 0; i < options_.nodes; ++i) {
        if (!nodes_[i]->is_up()) continue;
        look_at_sizes(*nodes_[i]);
        look_at_states(*nodes_[i]);
    }
    auto& node = *nodes_[random().below(options_.nodes)];
    if (node.is_up() && epoch() % kSupplyEvery < kLookEvery) look_at_supply(node);
}

void World::look_at_scores() {
    for (std::size_t i = 0; i < options_.nodes; ++i)
        for (std::size_t j = 0; j < options_.nodes; ++j)
            if (i != j && nodes_[i]->is_up() && nodes_[j]->is_up())
                checks_.on_score(i, j, nodes_[i]->gossip().score(nodes_[j]->swarm().id()));
}

void World::look_at_sizes(SimNode& node) {
    const auto size = [&](std::string_view what, std::size_t got, std::size_t limit) {
        checks_.on_size(node.config().number, what, got, limit);
    };
    const chain::SyncLimits sync;
    const net::GossipConfig gossip;
    const auto status = node.chain().sync_status();
    const auto stats = node.gossip().stats();
    size("tasks of sync", status.tasks.size(), sync.tasks);
    size("open requests of sync", status.requests, sync.requests);
    size("early blocks", status.early_blocks, sync.early_blocks);
    size("bytes of early blocks", status.early_bytes, sync.early_bytes);
    size("bytes of announced blocks", status.body_bytes, sync.body_bytes);
    size("bytes of gossip in its cache", stats.cached_bytes, gossip.cache_bytes);
    size("bytes of gossip that wait", stats.waiting_bytes, kMostWaiting);
    size("gossip that is judged", stats.judging, gossip.judging);
    size("connections", node.swarm().connection_count(), net::SwarmConfig().connections);
    size("pending messages", node.chain().pending_count(), node.chain().pool_size().first);
}

// The newest tipsets of the node's chain, with those that only it may have executed.
void World::look_at_states(SimNode& node) {
    auto tipset = node.chain().head();
    queue_.note(tipset->key().bytes());
    for (std::size_t i = 0; i < kCheckedTipsets && tipset->height() > 0; ++i) {
        const auto state = node.chain().state_after(tipset);
        if (!state) return checks_.on_failure(node.config().number, state.error());
        checks_.on_state(node.config().number, *tipset, state->state_root);
        const auto parent = node.chain().tipset(tipset->parents());
        if (!parent) return checks_.on_failure(node.config().number, parent.error());
        tipset = *parent;
    }
}

void World::look_at_supply(SimNode& node) {
    TokenAmount sum;
    const auto read = [&] -> Status {
        STRATA_TRY(auto tree, node.chain().head_state());
        return tree.for_each([&](ActorId, const vm::ActorState& actor) -> Status {
            sum += actor.balance;
            return {};
        });
    }();
    if (!read) return checks_.on_failure(node.config().number, read.error());
    checks_.on_supply(sum);
}

// The honest nodes that are up.
std::vector<std::size_t> World::honest_nodes() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < options_.nodes; ++i)
        if (nodes_[i]->is_up()) out.push_back(i);
    return out;
}

bool World::have_one_head() const {
    const auto nodes = honest_nodes();
    const auto key = [&](std::size_t node) { return nodes_[node]->chain().head()->key(); };
    return !nodes.empty() && std::ranges::all_of(nodes, [&](auto node) { return key(node) == key(nodes.front()); });
}

void World::look_for_agreement() {
    if (!have_one_head()) return;
    const auto nodes = honest_nodes();
    auto& chain = nodes_[nodes.front()]->chain();
    const auto head = chain.head();
    checks_.on_one_head(nodes, head, [&](const chain::TipsetPtr& earlier) {
        const auto at = chain.tipset_at(earlier->height(), head, chain::NullRound::previous);
        return at && (*at)->key() == earlier->key();
    });
}

void World::look_at_end(bool had_one_head) {
    look();
    std::vector<Checks::LastHead> heads;
    for (std::size_t i = 0; i < options_.nodes; ++i) {
        std::vector<std::size_t> peers;
        for (std::size_t j = 0; j < nodes_.size(); ++j)
            if (carrier_.are_connected(nodes_[i]->place(), nodes_[j]->place()) && i != j) peers.push_back(j);
        heads.push_back({nodes_[i]->chain().head(),
                         fmt::format("connected with {}; {}", fmt::join(peers, ", "), nodes_[i]->note())});
    }
    if (!had_one_head) checks_.on_last_heads(heads);
    look_at_supply(*nodes_[0]);
    out_.height = heads.front().tipset->height();
    checks_.on_last_height(out_.height, (options_.epochs + options_.settling) / 4);
    for (const auto& head : heads) queue_.note(head.tipset->key().bytes());
}

Status World::run_until(Instant time) {
    if (options_.is_stopped && options_.is_stopped()) return fail(Errc::cancelled, "the run was stopped");
    queue_.run_until(time);
    return {};
}

Result<SimResult> World::run() {
    const auto end = options_.epochs * epoch_time();
    for (ChainEpoch i = 1; i <= options_.epochs; ++i) STRATA_OK(run_until(i * epoch_time()));
    is_calm_ = true;
    std::ranges::fill(half_, 0);
    captive_.clear();
    set_parts();
    for (const auto& node : nodes_) start(*node);
    bool had_one_head = false;
    const auto all_up = [&] { return std::ranges::all_of(nodes_, [](const auto& node) { return node->is_up(); }); };
    for (ChainEpoch i = 1; i <= options_.settling && all_up(); ++i) {
        STRATA_OK(run_until(end + i * epoch_time() - kBeforeBlocks));
        had_one_head = had_one_head || (i > 3 && have_one_head());
    }
    if (all_up()) look_at_end(had_one_head);
    out_.violations = checks_.found();
    out_.longest_revert = checks_.longest_revert();
    out_.hash = queue_.hash();
    return std::move(out_);
}

}  // namespace

Result<SimResult> simulate(const SimOptions& options) {
    if (options.nodes == 0 || options.miners == 0 || options.miners > 1'900 || options.epochs < 1)
        return fail(Errc::invalid_argument, "a run needs at least one node, one epoch, and 1 to 1900 miners");
    // All on one thread: that of the run has the deep stack that execution needs.
    return run_on_large_stack([&]() -> Result<SimResult> {
        const OneThread one_thread;
        const crypto::bls::Substitute substitute(options.signatures);
        World world(options);
        STRATA_OK(world.begin());
        return world.run();
    });
}

}  // namespace strata::simulation
