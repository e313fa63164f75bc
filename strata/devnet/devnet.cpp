#include <strata/devnet/devnet.hpp>

#include <fmt/format.h>

#include <strata/actors/table.hpp>
#include <strata/base/log.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/chain/winning.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/node/node.hpp>
#include <strata/node/shared.hpp>
#include <strata/p2p/memory_network.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/provider/api.hpp>
#include <strata/provider/config.hpp>
#include <strata/wasm/actor_table.hpp>

namespace strata::devnet {
namespace {

const Log kLog("devnet");

/// In virtual time a block is made after this many null rounds even if nothing waits for one: lookbacks reach back 900
/// epochs (finality), and must find a tipset there.
constexpr ChainEpoch kLongestGap = 700;

/// After this many failed deliveries the remaining ones wait for the next call: the node will not recover by trying
/// more.
constexpr int kDeliveryTries = 16;

}  // namespace

/// The parts that all nodes share, and the network between them.
struct Devnet::Machinery {
    Machinery(const DevnetConfig& config, std::unique_ptr<vm::ActorTable> table)
        : beacon(network_beacon(config)),
          network(describe_network(config, beacon)),
          random(as_bytes(config.seed)),
          actors(std::move(table)),
          parameters(config.parameters),
          proofs(config.parameters),
          jobs(config.time),
          mesh(random.fork("network").bytes<32>()) {}

    chain::LocalBeacon beacon;
    chain::Network network;
    crypto::SeededRandom random;
    std::unique_ptr<vm::ActorTable> actors;
    proofs::ParameterStore parameters;
    chain::KeyedProofVerifier proofs;
    Jobs jobs;
    p2p::MemoryNetwork mesh;
};

Devnet::Devnet(DevnetConfig config, std::unique_ptr<vm::ActorTable> actors)
    : config_(std::move(config)),
      accounts_(make_accounts(config_.seed)),
      machinery_(std::make_unique<Machinery>(config_, std::move(actors))) {}

Devnet::~Devnet() = default;

const chain::Network& Devnet::network() const {
    return machinery_->network;
}
const p2p::MemoryNetwork& Devnet::mesh() const {
    return machinery_->mesh;
}
p2p::MemoryNetwork& Devnet::mesh() {
    return machinery_->mesh;
}

Result<std::unique_ptr<Devnet>> Devnet::open(const DevnetConfig& config, const Watch& watch) {
    // Cheap checks come before sealing and before anything is written.
    STRATA_TRY(auto settled, settled_config(config));
    STRATA_OK(check_ports(settled.first_port, kProviders + 1));
    auto actors = actors::native_actors();
    if (!settled.bundle.empty()) {
        STRATA_TRY(actors, wasm::open_wasm_actors(settled.bundle, settled.wasm_cache));
    }
    std::unique_ptr<Devnet> net(new Devnet(std::move(settled), std::move(actors)));
    STRATA_OK(check_network_folder(net->config_, net->machinery_->network));
    STRATA_OK(make_network(net->config_, net->machinery_->network, net->accounts_, *net->machinery_->actors, watch));
    STRATA_OK(net->open_nodes(watch));
    STRATA_OK(check_network_chain(net->config_, net->client().chain()));
    ChainEpoch head = 0;
    for (const auto& node : net->nodes_) head = std::max(head, node->chain().head()->height());
    net->epoch_ = head + 1;
    if (head == 0) STRATA_OK(net->check_chain_is_there());
    return net;
}

// Without this check, providers would wait for sectors that the new chain has never seen.
Status Devnet::check_chain_is_there() const {
    for (std::size_t i = 0; i < kProviders; ++i)
        for (const auto& sector : nodes_[i]->provider()->sectors()) {
            if (sector.state < provider::SectorState::wait_seed || sector.number < kPresealedSectors) continue;
            return fail(
                Errc::not_found,
                fmt::format("provider {} has a record of sector {} in state {}, but the chains of all nodes "
                            "are at genesis: their folders repository/chain in {} are missing; restore one "
                            "of them from a copy",
                            i + 1, sector.number, provider::sector_state_name(sector.state), config_.folder.string()));
        }
    return {};
}

// Opens the providers and then the client, connects them, and lets them exchange their heads: a run that was killed may
// have left them at different ones.
Status Devnet::open_nodes(const Watch& watch) {
    const node::Shared shared{.network = machinery_->network,
                              .actors = *machinery_->actors,
                              .proofs = machinery_->proofs,
                              .parameters = machinery_->parameters,
                              .beacon = machinery_->beacon,
                              .jobs = machinery_->jobs,
                              .progress = watch.progress,
                              .stop = config_.stop};
    for (std::size_t i = 0; i <= kProviders; ++i) {
        const bool is_client = i == kProviders;
        const std::string name = is_client ? std::string(kClientName) : provider_name(i);
        node::NodeConfig config;
        config.name = name;
        config.folder = config_.folder / name;
        config.genesis_car = genesis_car();
        config.empty_blocks = config_.empty_blocks;
        if (config_.first_port != 0) config.settings.api_port = static_cast<std::uint16_t>(config_.first_port + i);
        if (is_client) {
            config.keys = {accounts_.client.key, accounts_.faucet.key};
        } else {
            config.keys = {accounts_.providers[i].key};
            config.provider = provider_config(config_, i);
            config.market = market_config(config_);
        }
        STRATA_TRY(auto opened, node::Node::open(std::move(config), shared, machinery_->random.fork(name)));
        machinery_->mesh.join(opened->peer());
        nodes_.push_back(std::move(opened));
        if (!is_client) STRATA_OK(import_presealed(config_, i, *nodes_.back()->local_provider()));
    }
    return machinery_->mesh.heal();
}

bool Devnet::is_block_wanted() const {
    const ChainEpoch head = nodes_.back()->chain().head()->height();  // the last node is the client
    if (epoch_ - head >= kLongestGap) return true;
    return std::ranges::any_of(nodes_, [this](const auto& node) { return node->wants_block(epoch_); });
}

ChainEpoch Devnet::next_epoch() const {
    if (wish_) return epoch_ + 1;
    ChainEpoch next = nodes_.back()->chain().head()->height() + kLongestGap;
    for (const auto& node : nodes_)
        if (const auto wakeup = node->next_wakeup()) next = std::min(next, *wakeup);
    return std::max(next, epoch_ + 1);
}

// Lets one provider make a block if it wins, and if its block is wanted.
Devnet::Mined Devnet::mine_with(std::size_t provider, std::uint64_t now, bool wanted) {
    auto& node = *nodes_[provider];
    auto win = node.check_win(epoch_);
    if (!win) {
        node.health().ran(node::Part::mining, std::move(win).error());
        return Mined::nothing;
    }
    if (!*win) return Mined::nothing;
    if (!wanted && !(wish_ && wish_(provider, **win))) return Mined::nothing;
    auto block = node.make_block(**win, now);
    if (!block && block.error().code() == Errc::cancelled) return Mined::cancelled;
    if (!block)
        block = std::move(block).error().with_context(
            fmt::format("t0{} won epoch {} but could not make its block", kFirstMiner + provider, epoch_));
    node.health().ran(node::Part::mining, block);
    if (!block) return Mined::nothing;
    ++won_[{provider, (*win)->sector.number}];
    return Mined::block;
}

// The provider that comes first changes with the epoch, so that all providers make blocks even if one block ends the
// epoch.
bool Devnet::mine(std::uint64_t now, bool wanted, const std::function<bool()>& may_make_more) {
    bool made = false;
    for (std::size_t k = 0; k < kProviders && !stopped(); ++k) {
        const auto mined = mine_with((static_cast<std::size_t>(epoch_) + k) % kProviders, now, wanted);
        if (mined == Mined::cancelled) break;
        if (mined == Mined::nothing) continue;
        made = true;
        if (!may_make_more()) break;
    }
    return made;
}

std::uint64_t Devnet::blocks_with(std::size_t provider, SectorNumber sector) const {
    const auto it = won_.find({provider, sector});
    return it == won_.end() ? 0 : it->second;
}

void Devnet::deliver(std::uint64_t now) {
    for (int i = 0; i < kDeliveryTries; ++i) {
        const auto delivered = machinery_->mesh.run_until(now);
        if (delivered) break;
        kLog.warning("a node could not take a block or message, which is dropped", {{"error", delivered.error()}});
    }
    // A refusal is not a failure of the network, but in a local one it hints at a bug.
    static LogLimit limit;
    const auto refused = machinery_->mesh.counts().refused;
    if (refused == refused_) return;
    refused_ = refused;
    kLog.limited(limit, LogLevel::warning, "a node refused a block or message from a different node",
                 {{"reason", machinery_->mesh.last_refusal()}, {"refused_so_far", refused}});
}

// Deliveries come first, so that the nodes work on the newest head, and again at the end for what they published.
void Devnet::work(std::uint64_t now) {
    deliver(now);
    for (const auto& node : nodes_) node->on_epoch(epoch_);
    deliver(now);
}

void Devnet::step() {
    const std::uint64_t now = machinery_->network.timestamp_at(epoch_);
    work(now);
    const bool wanted = is_block_wanted();
    const bool made = mine(now, wanted, [this] { return winners_ == Winners::all; });
    deliver(now);
    epoch_ = (made || wanted) ? epoch_ + 1 : next_epoch();
}

std::vector<std::string> Devnet::failures() const {
    std::vector<std::string> out;
    for (const auto& node : nodes_)
        for (const auto& [part, failure] : node->health().failures())
            out.push_back(fmt::format("{}, {}, {} times since epoch {}: {}", node->folder().filename().string(),
                                      node::part_name(part), failure.times, failure.since, failure.why));
    return out;
}

Status Devnet::run_until(const std::function<Result<bool>()>& done, ChainEpoch epochs, const std::atomic<bool>& stop) {
    const ChainEpoch limit = epoch_ + epochs;
    for (;;) {
        if (stop) return fail(Errc::cancelled, "the run was stopped");
        step();
        STRATA_TRY(const bool finished, done());
        if (finished) return {};
        if (epoch_ > limit) {
            const auto failing = failures();
            return fail(Errc::out_of_range,
                        fmt::format("this step was not finished within {} epochs{}{}", epochs,
                                    failing.empty() ? "" : "; failures: ", fmt::join(failing, "; ")));
        }
    }
}

void Devnet::real_epoch(ChainEpoch epoch, const std::function<std::uint64_t()>& clock) {
    epoch_ = epoch;
    work(clock());
    // A further block is begun only in the first half of the epoch, so that it is made before the next epoch begins.
    const std::uint64_t half = machinery_->network.timestamp_at(epoch) + machinery_->network.block_delay / 2;
    mine(machinery_->network.timestamp_at(epoch), /*wanted=*/true, [&] { return clock() < half; });
    deliver(clock());
}

}  // namespace strata::devnet
