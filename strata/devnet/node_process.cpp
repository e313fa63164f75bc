#include <strata/devnet/node_process.hpp>

#include <fmt/format.h>

#include <charconv>
#include <ranges>

#include <strata/actors/table.hpp>
#include <strata/base/files.hpp>
#include <strata/base/folder_lock.hpp>
#include <strata/base/jobs.hpp>
#include <strata/base/log.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/devnet/snapshot_start.hpp>
#include <strata/node/node.hpp>
#include <strata/node/runner.hpp>
#include <strata/node/shared.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/provider/config.hpp>
#include <strata/wasm/actor_table.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;

const Log kLog("devnet");

constexpr const char* kTimeLagFile = "time-lag";
constexpr std::uint64_t kMaxAddressesFile = 64 << 10;  // bytes
constexpr std::size_t kMaxNodes = 1'000;               // whose addresses are read

/// Returns the index of the provider with this name; empty for any other node.
std::optional<std::size_t> provider_index(std::string_view name) {
    for (std::size_t i = 0; i < kProviders; ++i)
        if (name == provider_name(i)) return i;
    return std::nullopt;
}

void read_addresses(const fs::path& file, std::vector<net::Multiaddr>& out) {
    const auto content = read_file(file, kMaxAddressesFile);
    if (!content) return;
    for (const auto line : std::views::split(as_text(*content), '\n')) {
        auto address = net::Multiaddr::parse(std::string_view(line));
        if (address) out.push_back(std::move(*address));
    }
}

/// Returns the addresses of the nodes that run, or that ran and were killed: dialling those fails at once.
std::vector<net::Multiaddr> known_peers(const fs::path& network) {
    std::vector<net::Multiaddr> out;
    std::error_code error;
    std::size_t nodes = 0;
    for (fs::directory_iterator at(network, error), end; !error && at != end && nodes < kMaxNodes;
         at.increment(error)) {
        if (!at->is_directory(error)) continue;
        ++nodes;
        read_addresses(at->path() / kAddressesFile, out);
    }
    return out;
}

Status write_addresses(const fs::path& folder, const std::vector<net::Multiaddr>& addresses) {
    std::string text;
    for (const auto& address : addresses) text += address.to_string() + "\n";
    return write_file(folder / kAddressesFile, as_bytes(text));
}

/// Stands for the beacon of a network from which this node has no rounds. It validates without, and makes no blocks.
class NoBeacon final : public chain::BeaconSource {
  public:
    Result<BeaconEntry> entry(std::uint64_t round) override {
        return fail(Errc::not_found, fmt::format("round {} of the beacon is not known here, and this node asks no "
                                                 "drand server; name some with --drand",
                                                 round));
    }
};

/// The parts that a node does not own, in a process with one node.
struct Surroundings {
    Surroundings(ChosenNetwork settings, std::unique_ptr<vm::ActorTable> table, const fs::path& keys)
        : chosen(std::move(settings)),
          actors(std::move(table)),
          parameters(keys),
          proofs(keys),
          jobs(Jobs::Time::real) {}
    node::Shared shared(const Watch& watch) {
        return {.network = chosen.network,
                .actors = *actors,
                .proofs = proofs,
                .parameters = parameters,
                .beacon = chosen.beacon ? *chosen.beacon : no_beacon,
                .jobs = jobs,
                .progress = watch.progress,
                .stop = watch.stop};
    }

    ChosenNetwork chosen;
    NoBeacon no_beacon;
    std::unique_ptr<vm::ActorTable> actors;
    proofs::ParameterStore parameters;
    chain::KeyedProofVerifier proofs;
    Jobs jobs;
};

Result<std::unique_ptr<vm::ActorTable>> open_actors(const NetworkChoice& choice) {
    if (choice.bundle.empty()) return actors::native_actors();
    return wasm::open_wasm_actors(choice.bundle, choice.wasm_cache);
}

void take_role(node::NodeConfig& out, const DevnetConfig& config) {
    const auto accounts = make_accounts(config.seed);
    if (const auto index = provider_index(out.name)) {
        out.keys.push_back(accounts.providers[*index].key);
        out.provider = provider_config(config, *index);
        out.market = market_config(config);
    } else if (out.name == kClientName) {
        out.keys.push_back(accounts.client.key);
        out.keys.push_back(accounts.faucet.key);
    }
}

/// The texts are those of settings, which were checked.
Result<std::vector<net::Multiaddr>> addresses_of(const std::vector<std::string>& texts) {
    std::vector<net::Multiaddr> out;
    for (const auto& text : texts) {
        STRATA_TRY(auto address, net::Multiaddr::parse(text));
        out.push_back(std::move(address));
    }
    return out;
}

Result<node::NetworkConfig> network_config(const NodeProcessOptions& options, const ChosenNetwork& chosen,
                                           const std::function<std::chrono::nanoseconds()>& unix_time) {
    const auto& settings = options.settings;
    node::NetworkConfig out;
    out.folder = options.folder;
    out.swarm = settings.swarm;
    out.peers_low = settings.peers_low;
    out.peers_high = settings.peers_high;
    out.unix_time = unix_time;
    STRATA_TRY(out.listen, addresses_of(settings.listen));
    STRATA_TRY(out.announce, addresses_of(settings.announce));
    STRATA_TRY(out.bootstrap, addresses_of(settings.peers));
    if (settings.bootstrap) out.bootstrap.insert(out.bootstrap.end(), chosen.bootstrap.begin(), chosen.bootstrap.end());
    if (chosen.local) out.known_peers = [folder = chosen.local->folder] { return known_peers(folder); };
    return out;
}

node::NodeConfig node_config(const NodeProcessOptions& options, const ChosenNetwork& chosen) {
    node::NodeConfig out;
    out.name = options.name;
    out.folder = options.folder;
    out.genesis_car = chosen.genesis;
    out.settings = options.settings;
    out.keys = options.keys;
    out.stub_miner = options.stub_miner;
    out.remote_beacon = chosen.remote_beacon;
    out.keep_epochs = options.settings.keep_epochs;
    using Index = node::NodeConfig::Index;
    if (options.index) out.index = *options.index ? Index::on : Index::off;
    out.rebuild_index = options.rebuild_index;
    out.empty_blocks = options.empty_blocks;
    if (chosen.local) take_role(out, *chosen.local);
    return out;
}

/// Tells a running node's owner what became of new settings.
void take_changes(const Result<node::LoadedSettings>& loaded, node::Settings& present, node::Node& node) {
    if (!loaded)
        return kLog.error("the settings were read again and are refused; the old ones hold",
                          {{"error", loaded.error().message()}});
    for (const auto* setting : node::differences(present, loaded->settings)) {
        const auto value = node::to_toml(setting->get(loaded->settings));
        if (!setting->is_live)
            kLog.warning("a changed setting takes effect at the next start",
                         {{"setting", setting->name}, {"value", value}});
        else
            kLog.info("a setting has a new value", {{"setting", setting->name}, {"value", value}});
    }
    const auto taken = node.change(loaded->settings);
    if (!taken) kLog.error("a setting could not be changed", {{"error", taken.error().message()}});
    present = loaded->settings;
}

Status finish_local(std::string_view name, const DevnetConfig& config, node::Node& node) {
    STRATA_OK(check_network_chain(config, node.chain()));
    if (const auto index = provider_index(name)) return import_presealed(config, *index, *node.local_provider());
    return {};
}

void show(node::Node& node, terminal::Report& report) {
    report.fact("network", node.chain().network().name);
    report.fact("genesis", node.chain().genesis()->cids().front().to_string());
    report.fact("API", node.url() + "/rpc/v1");
    report.fact("explorer", node.url() + "/explorer/ in a browser");
    for (const auto& address : node.network()->addresses()) report.fact("peers reach it at", address.to_string());
}

/// Says why a node that joined may wait for ever.
void tell_if_alone(const DevnetConfig& config, node::Node& node, terminal::Report& report) {
    const auto own = node.network()->addresses().size();
    if (known_peers(config.folder).size() > own) return;
    report.fact("no peers",
                "no other node of this network can be reached; one that others may join is started with "
                "strata devnet up --processes");
}

}  // namespace

std::function<std::chrono::nanoseconds()> network_time(std::uint64_t lag) {
    return [lag] { return std::chrono::system_clock::now().time_since_epoch() - std::chrono::seconds(lag); };
}

Status set_time_lag(const fs::path& network, std::uint64_t seconds) {
    return write_file(network / kTimeLagFile, as_bytes(std::to_string(seconds) + "\n"));
}

Result<std::uint64_t> time_lag(const fs::path& network) {
    constexpr std::uint64_t kLongest = 32;
    const auto content = read_file(network / kTimeLagFile, kLongest);
    if (!content && content.error().code() == Errc::not_found) return std::uint64_t{0};
    if (!content) return content.error();
    const auto text = as_text(*content);
    std::uint64_t out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    if (read.ec == std::errc() && std::string_view(read.ptr, text.data() + text.size()) == "\n") return out;
    return fail(Errc::malformed,
                (network / kTimeLagFile).string() +
                    " is not a number of seconds; remove it, and the network's time is the calendar's");
}

Status run_node_process(const NodeProcessOptions& given, terminal::Report& report, const std::atomic<bool>& stop) {
    auto options = given;
    std::atomic<bool> ends = false;  // outlives what asks the beacon
    options.network.stop_beacon = &ends;
    STRATA_TRY(auto chosen, choose_network(options.network));
    if (options.needs_bootstrap && chosen.bootstrap.empty())
        return fail(Errc::invalid_argument,
                    "--bootstrap: no peers are published for this network; leave it out, and name peers with --peer");
    if (options.folder.empty() && chosen.local) options.folder = chosen.local->folder / options.name;
    if (options.folder.empty())
        return fail(Errc::invalid_argument, "name a folder for the node's chain and keys with --repo");
    STRATA_TRY(const auto lock, FolderLock::take(options.folder));
    STRATA_TRY(auto actors, open_actors(options.network));
    if (!options.snapshot.empty())
        STRATA_OK(begin_with_snapshot(options.snapshot, options.folder, chosen, report, stop));
    Surroundings around(std::move(chosen), std::move(actors), options.network.parameters);
    const auto& network = around.chosen;
    auto settings = node_config(options, network);
    const auto unix_time = network_time(network.time_lag);
    STRATA_TRY(settings.network, network_config(options, network, unix_time));
    std::atomic<bool> asked_to_stop = false;  // by the API; outlives the node
    settings.shutdown = [&asked_to_stop] { asked_to_stop = true; };
    crypto::SystemRandom random;
    STRATA_TRY(const auto node, node::Node::open(std::move(settings), around.shared(report.watch(&stop)),
                                                 crypto::SeededRandom(random.bytes<32>())));
    if (network.local) STRATA_OK(finish_local(options.name, *network.local, *node));
    STRATA_OK(write_addresses(options.folder, node->network()->addresses()));
    show(*node, report);
    if (network.local && !is_role(options.name)) tell_if_alone(*network.local, *node, report);
    kLog.info("the node runs", {{"node", options.name}, {"network", network.network.name}});
    node::Runner(*node, network.network, unix_time).run([&] {
        if (const auto loaded = options.changed_settings()) take_changes(*loaded, options.settings, *node);
        return stop || asked_to_stop;
    });
    ends = true;
    return remove_path(options.folder / kAddressesFile);
}

}  // namespace strata::devnet
