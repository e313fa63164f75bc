#include <strata/simulation/world.hpp>

#include <fmt/format.h>

namespace strata::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostViolations = 20;
constexpr std::size_t kMostMisdeeds = 3;
constexpr std::size_t kWantedPeers = 4;
constexpr double kGraylist = -2'500;  // net::GossipConfig::graylist_threshold

LinkQuality quality_of(const std::set<Fault>& faults) {
    LinkQuality out{.latency = 10ms, .jitter = 20ms};
    if (faults.contains(Fault::loss)) out.losses = 30;
    if (faults.contains(Fault::slow)) {
        out.latency = 60ms;
        out.jitter = 150ms;
        out.bytes_per_second = 256 << 10;
    }
    return out;
}

class World {
  public:
    World(const SimOptions& options, std::unique_ptr<SimNetwork> shared)
        : options_(options),
          shared_(std::move(shared)),
          queue_(crypto::SeededRandom(as_bytes(fmt::format("strata sim {}", options.seed)))),
          carrier_(queue_, quality_of(options.faults)) {
        out_.seed = options.seed;
    }
    Status begin();
    SimResult run();

  private:
    crypto::RandomSource& random() { return queue_.random(); }
    Instant epoch_time() const { return std::chrono::seconds(shared_->network.block_delay); }
    void violation(std::string text);
    void add_node(SimNodeConfig config);
    void every(Instant interval, const std::function<void()>& work);
    void seek_peers(SimNode& node);
    void pay();
    void go_wrong();
    void restart_one();
    void divide();
    void check_often();
    void check_scores();
    void check_limits();
    void check_one_head();
    void check_states();
    void check_supply();
    bool have_one_head();

    void on_made(std::size_t node, const BlockHeader& block, bool is_valid);
    void on_head(std::size_t node, const chain::HeadChange& change);

    const SimOptions& options_;
    std::unique_ptr<SimNetwork> shared_;
    EventQueue queue_;
    LossyCarrier carrier_;
    SimHooks hooks_;
    std::vector<std::unique_ptr<SimNode>> nodes_;
    std::map<std::pair<Address, ChainEpoch>, Cid> signed_;  // by honest miners
    std::set<Cid> bad_;
    std::set<Cid> honest_;
    std::set<Address> honest_miners_;
    std::map<TipsetKey, Cid> states_;
    std::map<std::size_t, Instant> quiet_since_;
    Nonce nonce_ = 0;
    bool is_calm_ = false;
    bool has_one_head_ = false;
    SimResult out_;
};

void World::violation(std::string text) {
    if (out_.violations.size() >= kMostViolations) return;
    const auto epoch = queue_.now() / epoch_time();
    out_.violations.push_back(fmt::format("epoch {}: {}", epoch, std::move(text)));
}

void World::every(Instant interval, const std::function<void()>& work) {
    queue_.after(interval, [this, interval, work] {
        work();
        every(interval, work);
    });
}

void World::add_node(SimNodeConfig config) {
    config.number = nodes_.size();
    if (options_.faults.contains(Fault::skew)) config.skew = queue_.draw(-400ms, 400ms);
    nodes_.push_back(std::make_unique<SimNode>(std::move(config), *shared_, queue_, carrier_, hooks_));
}

Status World::begin() {
    hooks_.on_made = [this](auto node, const auto& block, bool valid) { on_made(node, block, valid); };
    hooks_.on_head = [this](auto node, const auto& change) { on_head(node, change); };
    hooks_.on_failure = [this](auto node, const auto& why) {
        violation(fmt::format("node {} failed: {}", node, why.message()));
    };
    for (std::size_t i = 0; i < options_.nodes; ++i) {
        SimNodeConfig config;
        for (std::size_t miner = i; miner < options_.miners; miner += options_.nodes) {
            config.miners.push_back(miner);
            honest_miners_.insert(miner_address(miner));
        }
        config.forgets_blocks = options_.canary == Canary::slash_filter;
        add_node(std::move(config));
    }
    std::vector<Misdeed> misdeeds(options_.misdeeds.begin(), options_.misdeeds.end());
    for (std::size_t i = 0; i < kMostMisdeeds && !misdeeds.empty(); ++i) {
        const auto place = static_cast<std::ptrdiff_t>(random().below(misdeeds.size()));
        add_node({.miners = {options_.miners + i}, .misdeed = misdeeds[static_cast<std::size_t>(place)]});
        misdeeds.erase(misdeeds.begin() + place);
    }
    for (auto& node : nodes_) STRATA_OK(node->start());
    for (auto& node : nodes_) {
        seek_peers(*node);
        every(5s, [this, one = node.get()] { seek_peers(*one); });
    }
    every(2s, [this] { pay(); });
    every(epoch_time(), [this] { go_wrong(); });
    every(5 * epoch_time(), [this] { check_often(); });
    return {};
}

void World::seek_peers(SimNode& node) {
    if (!node.is_up()) return;
    for (std::size_t tries = 0; tries < 8 && carrier_.connections(node.place()) < kWantedPeers; ++tries) {
        const auto& other = *nodes_[random().below(nodes_.size())];
        if (&other == &node || !other.is_up() || carrier_.are_connected(node.place(), other.place())) continue;
        carrier_.dial(node.place(), other.place());
    }
}

void World::pay() {
    auto& node = *nodes_[random().below(options_.nodes)];
    if (node.is_up()) node.pay(nonce_++);
}

void World::go_wrong() {
    if (is_calm_) return;
    const auto happens = [&](Fault fault, std::uint64_t of_hundred) {
        return options_.faults.contains(fault) && random().below(100) < of_hundred;
    };
    if (happens(Fault::reset, 20)) carrier_.break_one(false);
    if (happens(Fault::half_open, 5)) carrier_.break_one(true);
    if (happens(Fault::restart, 5)) queue_.after(queue_.draw(0ms, epoch_time()), [this] { restart_one(); });
    if (happens(Fault::partition, 2)) divide();
    if (options_.canary == Canary::fork_choice && nodes_[0]->is_up()) {
        auto& chain = nodes_[0]->chain();
        (void)chain.consensus().set_checkpoint(chain.head());
    }
}

void World::restart_one() {
    auto& node = *nodes_[random().below(nodes_.size())];
    if (!node.is_up() || is_calm_) return;
    ++out_.restarts;
    node.stop(random().below(2) == 0 ? LossyCarrier::Leave::reset : LossyCarrier::Leave::silent);
    queue_.after(queue_.draw(100ms, random().below(4) == 0 ? 60s : 2s), [this, &node] {
        if (node.is_up()) return;
        const auto started = node.start();
        if (!started)
            return violation(
                fmt::format("node {} does not start again: {}", node.config().number, started.error().message()));
        seek_peers(node);
    });
}

void World::divide() {
    for (const auto& node : nodes_)
        if (random().below(2) == 0) carrier_.set_part(node->place(), 1);
    queue_.after(queue_.draw(epoch_time(), 15 * epoch_time()), [this] {
        for (const auto& node : nodes_) carrier_.set_part(node->place(), 0);
        for (const auto& node : nodes_) carrier_.touch(node->place());
    });
}

void World::on_made(std::size_t node, const BlockHeader& block, bool is_valid) {
    ++out_.blocks;
    const auto cid = block.cid();
    queue_.note(cid.bytes());
    if (!is_valid) {
        bad_.insert(cid);
        return;
    }
    if (!nodes_[node]->is_honest()) return;
    honest_.insert(cid);
    const auto [it, is_first] = signed_.try_emplace({block.miner, block.height}, cid);
    if (!is_first && it->second != cid)
        violation(fmt::format("miner {} of node {} signed two blocks of epoch {}", block.miner.to_string(), node,
                              block.height));
}

void World::on_head(std::size_t node, const chain::HeadChange& change) {
    if (!change.reverted.empty()) {
        const auto depth = change.reverted.front()->height() - change.reverted.back()->height() + 1;
        if (nodes_[node]->is_honest()) out_.longest_revert = std::max(out_.longest_revert, depth);
        if (depth >= options_.final_after && nodes_[node]->is_honest())
            violation(fmt::format("node {} reverted {} epochs, which were final", node, depth));
    }
    for (const auto& tipset : change.applied)
        for (const auto& block : tipset->blocks()) {
            const auto cid = block.cid();
            if (bad_.contains(cid))
                violation(
                    fmt::format("node {} took the bad block {} of epoch {}", node, cid.to_string(), block.height));
            if (honest_miners_.contains(block.miner) && !honest_.contains(cid))
                violation(
                    fmt::format("node {} took a block that miner {} did not make", node, block.miner.to_string()));
        }
}

void World::check_often() {
    check_scores();
    check_limits();
    check_states();
}

void World::check_scores() {
    for (std::size_t i = 0; i < options_.nodes; ++i)
        for (std::size_t j = 0; j < options_.nodes; ++j) {
            if (i == j || !nodes_[i]->is_up() || !nodes_[j]->is_up()) continue;
            const auto score = nodes_[i]->gossip().score(nodes_[j]->swarm().id());
            if (score < kGraylist) violation(fmt::format("node {} gives node {} the gossip score {}", i, j, score));
        }
}

void World::check_limits() {
    for (const auto& node : nodes_) {
        if (!node->is_up() || !node->is_honest()) continue;
        const auto number = node->config().number;
        const auto limit = [&](std::string_view what, std::size_t got, std::size_t most) {
            if (got > most) violation(fmt::format("node {} has {} {}, more than {}", number, got, what, most));
        };
        const auto status = node->chain().sync_status();
        const auto stats = node->gossip().stats();
        const chain::SyncLimits sync;
        limit("tasks of sync", status.tasks.size(), sync.tasks);
        limit("early blocks", status.early_blocks, sync.early_blocks);
        limit("bytes of announced blocks", status.body_bytes, sync.body_bytes);
        limit("bytes of gossip in its cache", stats.cached_bytes, net::GossipConfig().cache_bytes);
        limit("bytes of gossip that wait", stats.waiting_bytes, std::size_t{64} << 20);
        limit("connections", node->swarm().connection_count(), net::SwarmConfig().connections);
    }
}

// The parents of the head were executed by each node that has it.
void World::check_states() {
    for (const auto& node : nodes_) {
        if (!node->is_up() || !node->is_honest()) continue;
        const auto head = node->chain().head();
        queue_.note(head->key().bytes());
        if (head->height() == 0) continue;
        const auto state = node->chain().state_after(head);
        if (!state) {
            violation(fmt::format("node {} has no state: {}", node->config().number, state.error().message()));
            continue;
        }
        const auto [it, is_first] = states_.try_emplace(head->key(), state->state_root);
        if (!is_first && it->second != state->state_root)
            violation(fmt::format("node {} has a different state at epoch {}", node->config().number, head->height()));
    }
}

bool World::have_one_head() {
    const auto& first = nodes_[0]->chain().head()->key();
    return std::ranges::all_of(
        nodes_, [&](const auto& node) { return !node->is_honest() || node->chain().head()->key() == first; });
}

void World::check_one_head() {
    if (has_one_head_) return;
    std::string text = "the heads did not become one:";
    for (const auto& node : nodes_)
        text += fmt::format(" node {} {}@{}", node->config().number, node->chain().head()->cids().front().to_string(),
                            node->chain().head()->height());
    violation(std::move(text));
}

void World::check_supply() {
    auto& chain = nodes_[0]->chain();
    const auto state = chain.state_after(chain.head());
    if (!state) return violation("the last state is missing: " + state.error().message());
    auto tree = vm::StateTree::load(chain.blocks(), state->state_root);
    if (!tree) return violation("the last state cannot be read: " + tree.error().message());
    TokenAmount sum;
    const auto read = tree->for_each([&](ActorId, const vm::ActorState& actor) -> Status {
        sum += actor.balance;
        return {};
    });
    if (!read) return violation("the actors cannot be read: " + read.error().message());
    if (sum != fil(2'000'000'000))
        violation("all balances together are " + sum.to_string() + " attoFIL, expected 2·10^27");
}

SimResult World::run() {
    const auto end = options_.epochs * epoch_time();
    queue_.run_until(end);
    is_calm_ = true;
    for (const auto& node : nodes_) carrier_.set_part(node->place(), 0);
    for (const auto& node : nodes_)
        if (!node->is_up()) {
            const auto started = node->start();
            if (!started) {
                violation("a node does not start again: " + started.error().message());
                return std::move(out_);
            }
        }
    for (const auto& node : nodes_) carrier_.touch(node->place());
    // Just before the blocks of the next epoch leave, those of this one had their time.
    for (ChainEpoch epoch = 1; epoch <= options_.settling; ++epoch) {
        queue_.run_until(end + epoch * epoch_time() - 1'500ms);
        has_one_head_ = has_one_head_ || (epoch > 3 && have_one_head());
    }
    check_often();
    check_one_head();
    check_supply();
    out_.height = nodes_[0]->chain().head()->height();
    if (out_.height < (options_.epochs + options_.settling) / 4)
        violation(fmt::format("the chain has stopped at epoch {}", out_.height));
    for (const auto& node : nodes_) queue_.note(node->chain().head()->key().bytes());
    out_.hash = queue_.hash();
    return std::move(out_);
}

template <class T>
Result<std::set<T>> parse_list(std::string_view text, const std::vector<std::pair<std::string_view, T>>& names) {
    std::set<T> out;
    if (text == "none") return out;
    std::string known = "none, all";
    for (const auto& [name, value] : names) known += ", " + std::string(name);
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        const auto it = std::ranges::find(names, word, &std::pair<std::string_view, T>::first);
        if (it != names.end())
            out.insert(it->second);
        else if (word == "all")
            for (const auto& [name, value] : names) out.insert(value);
        else
            return fail(Errc::invalid_argument, "\"" + std::string(word) + "\" is not one of these: " + known);
    }
    return out;
}

}  // namespace

Result<std::set<Fault>> parse_faults(std::string_view text) {
    return parse_list<Fault>(text, {{"loss", Fault::loss},
                                    {"slow", Fault::slow},
                                    {"skew", Fault::skew},
                                    {"reset", Fault::reset},
                                    {"half-open", Fault::half_open},
                                    {"restart", Fault::restart},
                                    {"partition", Fault::partition}});
}

Result<std::set<Misdeed>> parse_misdeeds(std::string_view text) {
    return parse_list<Misdeed>(text, {{"equivocate", Misdeed::equivocate},
                                      {"withhold", Misdeed::withhold},
                                      {"bad-root", Misdeed::bad_root},
                                      {"bad-proof", Misdeed::bad_proof},
                                      {"bad-signature", Misdeed::bad_signature},
                                      {"future", Misdeed::future},
                                      {"spam", Misdeed::spam}});
}

Result<Canary> parse_canary(std::string_view text) {
    if (text == "none") return Canary::none;
    if (text == "slash-filter") return Canary::slash_filter;
    if (text == "fork-choice") return Canary::fork_choice;
    return fail(Errc::invalid_argument,
                "\"" + std::string(text) + "\" is not one of these: none, slash-filter, fork-choice");
}

Result<SimResult> simulate(const SimOptions& options) {
    if (options.nodes == 0 || options.miners == 0 || options.miners > 800 || options.epochs < 1)
        return fail(Errc::invalid_argument, "a run needs at least one node, one epoch, and 1 to 800 miners");
    STRATA_TRY(auto shared, SimNetwork::make(options.miners + std::min(kMostMisdeeds, options.misdeeds.size())));
    World world(options, std::move(shared));
    STRATA_OK(world.begin());
    return world.run();
}

}  // namespace strata::simulation
