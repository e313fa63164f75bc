#include <strata/devnet/devnet.hpp>

#include <fmt/format.h>

#include <strata/actors/table.hpp>
#include <strata/devnet/network_folder.hpp>

namespace strata::devnet {
namespace {

/// A block every so often even if nobody wants one: whatever looks back finds a tipset within 900 epochs.
constexpr ChainEpoch kLongestGap = 700;

constexpr std::string_view kBeaconSeed = "strata devnet beacon ";

}  // namespace

Devnet::Devnet(DevnetConfig config)
    : config_(std::move(config)),
      accounts_(make_accounts(config_.seed)),
      beacon_(std::string(kBeaconSeed) + config_.seed),
      network_(describe_network(config_, beacon_)),
      random_(as_bytes(config_.seed)),
      actors_(actors::native_actors()),
      parameters_(config_.parameters),
      proofs_(config_.parameters),
      jobs_(config_.time),
      mesh_(random_.fork("network").bytes<32>()) {}

Devnet::~Devnet() = default;

Result<std::unique_ptr<Devnet>> Devnet::open(const DevnetConfig& config, const proofs::Watch& watch) {
    STRATA_TRY(auto settled, settled_config(config));
    std::unique_ptr<Devnet> net(new Devnet(std::move(settled)));
    STRATA_OK(make_network(net->config_, net->network_, net->accounts_, *net->actors_, watch));
    STRATA_OK(net->open_nodes(watch));
    ChainEpoch head = 0;
    for (const auto& node : net->nodes_) head = std::max(head, node->full().head()->height());
    net->epoch_ = head + 1;
    return net;
}

Status Devnet::open_nodes(const proofs::Watch& watch) {
    const node::World world{network_, *actors_, proofs_, parameters_, beacon_, jobs_, watch.progress};
    for (std::size_t i = 0; i <= kProviders; ++i) {
        const bool is_client = i == kProviders;
        const std::string name = is_client ? "client" : fmt::format("provider-{}", i + 1);
        node::NodeConfig config;
        config.folder = config_.folder / name;
        config.genesis_car = genesis_car();
        if (config_.first_port != 0) config.http_port = static_cast<std::uint16_t>(config_.first_port + i);
        if (is_client) {
            config.keys = {accounts_.client.key, accounts_.faucet.key};
        } else {
            config.keys = {accounts_.providers[i].key};
            config.provider = provider_config(config_, i);
            config.market = market_config(config_);
        }
        STRATA_TRY(auto opened, node::Node::open(std::move(config), world, random_.fork(name)));
        mesh_.join(opened->full());
        nodes_.push_back(std::move(opened));
        if (!is_client) STRATA_OK(import_presealed(config_, i, *nodes_.back()->provider()));
    }
    return mesh_.heal();
}

bool Devnet::is_block_wanted() const {
    const ChainEpoch head = nodes_.back()->full().head()->height();
    if (epoch_ - head >= kLongestGap) return true;
    return std::ranges::any_of(nodes_, [this](const auto& node) { return node->wants_block(epoch_); });
}

ChainEpoch Devnet::next_epoch() const {
    if (wish_) return epoch_ + 1;
    ChainEpoch next = nodes_.back()->full().head()->height() + kLongestGap;
    for (const auto& node : nodes_)
        if (const auto wakeup = node->next_wakeup()) next = std::min(next, *wakeup);
    return std::max(next, epoch_ + 1);
}

Result<bool> Devnet::mine(std::uint64_t now, bool wanted, const std::function<bool()>& may_go_on) {
    bool made = false;
    for (std::size_t k = 0; k < kProviders; ++k) {
        const std::size_t i = (static_cast<std::size_t>(epoch_) + k) % kProviders;
        STRATA_TRY(const auto win, nodes_[i]->check_win(epoch_));
        if (!win || (!wanted && !(wish_ && wish_(i, *win)))) continue;
        STRATA_OK(nodes_[i]->make_block(*win, now));
        ++won_[{i, win->sector.number}];
        made = true;
        if (!may_go_on()) break;
    }
    return made;
}

std::uint64_t Devnet::blocks_with(std::size_t provider, SectorNumber sector) const {
    const auto it = won_.find({provider, sector});
    return it == won_.end() ? 0 : it->second;
}

Status Devnet::work(std::uint64_t now) {
    STRATA_OK(mesh_.run_until(now));
    for (const auto& node : nodes_) STRATA_OK(node->on_epoch(epoch_));
    return mesh_.run_until(now);
}

Status Devnet::step() {
    const std::uint64_t now = network_.timestamp_at(epoch_);
    STRATA_OK(work(now));
    const bool wanted = is_block_wanted();
    STRATA_TRY(const bool made, mine(now, wanted, [this] { return winners_ == Winners::all; }));
    STRATA_OK(mesh_.run_until(now));
    epoch_ = made || wanted ? epoch_ + 1 : next_epoch();
    return {};
}

Status Devnet::run_until(const std::function<Result<bool>()>& done, ChainEpoch epochs, const std::atomic<bool>& stop) {
    const ChainEpoch limit = epoch_ + epochs;
    for (;;) {
        if (stop) return fail(Errc::cancelled, "stopped");
        STRATA_OK(step());
        STRATA_TRY(const bool finished, done());
        if (finished) return {};
        if (epoch_ > limit) return fail(Errc::out_of_range, fmt::format("not done after {} epochs", epochs));
    }
}

Status Devnet::real_epoch(ChainEpoch epoch, const std::function<std::uint64_t()>& clock) {
    epoch_ = epoch;
    STRATA_OK(work(clock()));
    const std::uint64_t half = network_.timestamp_at(epoch) + network_.block_delay / 2;
    STRATA_OK(mine(network_.timestamp_at(epoch), true, [&] { return clock() < half; }));
    return mesh_.run_until(clock());
}

}  // namespace strata::devnet
