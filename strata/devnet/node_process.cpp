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

/// Returns the addresses of the network's nodes that run, or ran and did not end well: dialling those fails at once.
std::vector<net::Multiaddr> known_peers(const fs::path& network, std::vector<net::Multiaddr> out) {
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

/// The parts that a node does not own, in a process with one node.
struct Surroundings {
    Surroundings(const DevnetConfig& config, std::unique_ptr<vm::ActorTable> table)
        : beacon(network_beacon(config)),
          network(describe_network(config, beacon)),
          actors(std::move(table)),
          parameters(config.parameters),
          proofs(config.parameters),
          jobs(Jobs::Time::real) {}
    node::Shared shared(const Watch& watch) {
        return {.network = network,
                .actors = *actors,
                .proofs = proofs,
                .parameters = parameters,
                .beacon = beacon,
                .jobs = jobs,
                .progress = watch.progress,
                .stop = watch.stop};
    }

    chain::LocalBeacon beacon;
    chain::Network network;
    std::unique_ptr<vm::ActorTable> actors;
    proofs::ParameterStore parameters;
    chain::KeyedProofVerifier proofs;
    Jobs jobs;
};

node::NodeConfig node_config(const NodeProcessOptions& options, const DevnetConfig& config) {
    node::NodeConfig out;
    out.name = options.name;
    out.folder = options.folder;
    out.genesis_car = options.network / "genesis.car";
    out.http_port = options.http_port;
    const auto accounts = make_accounts(config.seed);
    if (const auto index = provider_index(options.name)) {
        out.keys = {accounts.providers[*index].key};
        out.provider = provider_config(config, *index);
        out.market = market_config(config);
    } else if (options.name == kClientName) {
        out.keys = {accounts.client.key, accounts.faucet.key};
    }
    return out;
}

std::function<std::chrono::nanoseconds()> network_time(std::uint64_t lag) {
    return [lag] { return std::chrono::system_clock::now().time_since_epoch() - std::chrono::seconds(lag); };
}

void show(node::Node& node, terminal::Report& report) {
    report.fact("network", node.chain().network().name);
    report.fact("genesis", node.chain().genesis()->cids().front().to_string());
    report.fact("API", node.url() + "/rpc/v1");
    for (const auto& address : node.network()->addresses()) report.fact("peers reach it at", address.to_string());
}

}  // namespace

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
    if (options.folder.empty()) options.folder = options.network / options.name;
    if (!has_network(options.network))
        return fail(Errc::not_found, "there is no network in " + options.network.string() +
                                         "; `strata devnet up --processes` makes one, and --folder names it");
    STRATA_TRY(const auto lock, FolderLock::take(options.folder));
    DevnetConfig config;
    config.folder = options.network;
    config.parameters = options.parameters;
    config.bundle = options.bundle;
    config.wasm_cache = options.wasm_cache;
    config.time = Jobs::Time::real;
    config.stop = &stop;
    STRATA_TRY(config, settled_config(config));
    STRATA_TRY(const auto lag, time_lag(options.network));
    auto actors = actors::native_actors();
    if (!config.bundle.empty()) {
        STRATA_TRY(actors, wasm::open_wasm_actors(config.bundle, config.wasm_cache));
    }
    Surroundings around(config, std::move(actors));
    STRATA_OK(check_network_folder(config, around.network));
    auto settings = node_config(options, config);
    const auto unix_time = network_time(lag);
    settings.network = node::NetworkConfig{
        .key = options.folder / "libp2p.key",
        .listen = options.listen,
        .announce = {},
        .known_peers = [network = options.network, peers = options.peers] { return known_peers(network, peers); },
        .unix_time = unix_time};
    crypto::SystemRandom random;
    STRATA_TRY(const auto node, node::Node::open(std::move(settings), around.shared(report.watch(&stop)),
                                                 crypto::SeededRandom(random.bytes<32>())));
    STRATA_OK(check_network_chain(config, node->chain()));
    if (const auto index = provider_index(options.name))
        STRATA_OK(import_presealed(config, *index, *node->local_provider()));
    STRATA_OK(write_addresses(options.folder, node->network()->addresses()));
    STRATA_OK(note_url(options.folder, node->url()));
    show(*node, report);
    kLog.info("the node runs", {{"node", options.name}, {"network", around.network.name}});
    node::Runner(*node, around.network, unix_time).run(stop);
    STRATA_OK(remove_url_note(options.folder));
    return remove_path(options.folder / kAddressesFile);
}

}  // namespace strata::devnet
