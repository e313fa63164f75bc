// strata node: one node of a network as a process.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <strata/base/files.hpp>
#include <strata/base/log_levels.hpp>
#include <strata/cli/actors_option.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/index_option.hpp>
#include <strata/cli/keep_option.hpp>
#include <strata/cli/node_backup.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/devnet/node_process.hpp>
#include <strata/node/download.hpp>

namespace strata::cli {
namespace {

struct Options {
    devnet::NodeProcessOptions node;
    std::vector<std::string> listen{"/ip4/127.0.0.1/tcp/0"};
    std::vector<std::string> peers;
    std::string miner;
    std::vector<std::filesystem::path> keys;
    bool wants_bootstrap = false, no_bootstrap = false;
    std::filesystem::path config;
    std::uint16_t http_port = 0;
    ChainEpoch keep_epochs = chain::kDefaultKeptEpochs;
    ActorsOption actors;
    CLI::App *root = nullptr, *verb = nullptr;  // which options were given
};

Status read_miner(Options& options) {
    constexpr std::uint64_t kMaxKeyFile = 4'096;
    for (const auto& file : options.keys) {
        STRATA_TRY(const auto text, read_file(file, kMaxKeyFile));
        auto key = wallet::parse_key(as_text(text));
        if (!key) return std::move(key).error().with_context("--key " + file.string());
        options.node.keys.push_back(std::move(*key));
    }
    if (options.miner.empty()) return {};
    auto miner = Address::parse(options.miner);
    if (!miner || !miner->as_id())
        return fail(Errc::invalid_argument, "--stub-miner " + options.miner + ": expected a miner such as t01000");
    options.node.stub_miner = *miner;
    return {};
}

bool is_given(const Options& options, const char* name) {
    const auto* const option = options.verb->get_option_no_throw(name);
    return option != nullptr && option->count() > 0;
}

/// The file that is named, or the one in the node's folder if there is one; empty for none.
std::filesystem::path settings_file(const Options& options) {
    if (is_given(options, "--config")) return options.config;
    auto folder = options.node.folder;
    std::error_code error;
    if (folder.empty() && std::filesystem::is_directory(options.node.network.name, error))
        folder = std::filesystem::path(options.node.network.name) / options.node.name;
    const auto file = folder / node::kSettingsFile;
    return !folder.empty() && std::filesystem::exists(file, error) ? file : std::filesystem::path();
}

Status set(node::LoadedSettings& to, std::string_view name, std::string_view option, const node::SettingValue& value) {
    auto done = node::find_setting(name)->set(to.settings, value);
    if (!done) return std::move(done).error().with_context(std::string(option));
    to.origins[std::string(name)] = option;
    return {};
}

/// Reads the file and the environment; the command line comes last.
Result<node::LoadedSettings> read_settings(const Options& options) {
    STRATA_TRY(auto out, node::load_settings(settings_file(options), node::process_environment()));
    if (is_given(options, "--listen")) STRATA_OK(set(out, "network.listen", "--listen", options.listen));
    if (is_given(options, "--peer")) STRATA_OK(set(out, "network.peers", "--peer", options.peers));
    if (is_given(options, "--port"))
        STRATA_OK(set(out, "api.port", "--port", static_cast<std::int64_t>(options.http_port)));
    if (is_given(options, "--keep-epochs"))
        STRATA_OK(set(out, "store.keep_epochs", "--keep-epochs", static_cast<std::int64_t>(options.keep_epochs)));
    if (options.no_bootstrap || options.wants_bootstrap)
        STRATA_OK(set(out, "network.bootstrap", options.no_bootstrap ? "--no-bootstrap" : "--bootstrap",
                      options.wants_bootstrap));
    if (options.root->get_option("--log-level")->count() > 0) out.settings.log_levels.clear();
    return out;
}

Status parse(Options& options) {
    STRATA_TRY(const auto loaded, read_settings(options));
    options.node.settings = loaded.settings;
    if (!loaded.settings.log_levels.empty()) STRATA_OK(set_log_levels(loaded.settings.log_levels));
    reload_signal();  // from now on SIGHUP does not end the program, which may import a snapshot for hours first
    options.node.changed_settings = [&options]() -> std::optional<Result<node::LoadedSettings>> {
        if (!reload_signal().exchange(false)) return std::nullopt;
        return read_settings(options);
    };
    options.node.needs_bootstrap = options.wants_bootstrap;
    for (const auto& url : options.node.network.drand)
        if (!node::is_url(url))
            return fail(Errc::invalid_argument,
                        fmt::format("--drand {}: expected a URL such as https://api.drand.sh", url));
    // Native actors use gas of their own, so nodes with the official ones refuse blocks that were made with them.
    if (!options.miner.empty() && options.actors.actors.empty()) options.actors.actors = "wasm";
    STRATA_TRY(options.node.network.bundle, chosen_bundle(options.actors));
    return read_miner(options);
}

int run_node(Options& options, std::string_view verb) {
    auto done = parse(options);
    if (done) {
        terminal::Report report(stdout);
        done = devnet::run_node_process(options.node, report, stop_signal());
    }
    // A stop is the normal end of this verb.
    if (done || done.error().code() == Errc::cancelled) return kDone;
    return exit_code_of(std::move(done).error().with_context(fmt::format("\nstrata {}", verb)));
}

void add_options(CLI::App& root, CLI::App& verb, Options& options) {
    options.root = &root;
    options.verb = &verb;
    options.node.network.parameters = cache_folder() / "params";
    options.node.network.wasm_cache = cache_folder() / "wasm";
    verb.add_option("--repo", options.node.folder,
                    "where the node keeps its chain and keys (default: a folder of its name in the network's folder)");
    verb.add_option("--config", options.config,
                    "a file with settings in TOML (default: config.toml in the node's folder, if it is there); "
                    "\"strata config init\" writes one");
    verb.add_option("--listen", options.listen, "an address for peers, such as /ip4/0.0.0.0/tcp/1347; may be repeated")
        ->capture_default_str();
    verb.add_option("--peer", options.peers,
                    "a peer to connect to: an address that ends with /p2p/ID; may be repeated");
    verb.add_option("--drand", options.node.network.drand,
                    "URL of a server with the beacon's rounds in drand's form; may be repeated (default: the network's "
                    "own: drand's public servers, or the beacon of a local network)");
    verb.add_option("--port", options.http_port, "HTTP port of the API; 0: any free port")->capture_default_str();
    verb.add_option("--params", options.node.network.parameters,
                    "where proof keys are kept (default ~/.cache/strata/params)");
    add_keep_option(verb, options.keep_epochs);
    add_index_option(verb, options.node.index);
    verb.add_flag("--rebuild-index", options.node.rebuild_index, "build the index of the chain anew");
    verb.add_flag("--empty-blocks", options.node.empty_blocks,
                  "give null rounds Ethereum blocks without transactions, for clients that do not expect gaps (Lotus "
                  "answers with an error)");
    add_actors_options(verb, options.actors);
}

}  // namespace

void add_node(CLI::App& app, Run& run) {
    auto* node = app.add_subcommand("node", "run one node as a process, and see how it is");
    node->require_subcommand(1);
    auto options = std::make_shared<Options>();
    auto* verb = node->add_subcommand("run", "run a node until Ctrl-C; with the same folder it continues");
    verb->add_option("--network", options->node.network.name,
                     "the folder of a local network, a file that describes one, mainnet, calibnet or butterflynet")
        ->required();
    verb->add_option("--genesis", options->node.network.genesis,
                     "the CAR of the genesis, unless it lies in the network's folder or beside its description");
    verb->add_option("--stub-miner", options->miner,
                     "a miner that makes blocks here, on a network whose winning proofs are stubs; with the official "
                     "actors, unless --actors says otherwise");
    verb->add_option("--key", options->keys, "a file with a private key for the node's wallet; may be repeated");
    verb->add_option("--import-snapshot", options->node.snapshot,
                     "begin the chain with this snapshot, a file or a URL of http or https; what was interrupted goes "
                     "on, and a file with an index (.forest.car.zst) is used where it is");
    auto* const bootstrap = verb->add_flag("--bootstrap", options->wants_bootstrap,
                                           "dial the peers that are published with the network (so by default for "
                                           "mainnet, calibnet and butterflynet; others have none)");
    verb->add_flag("--no-bootstrap", options->no_bootstrap, "dial only --peer and peers that are remembered")
        ->excludes(bootstrap);
    options->node.name = "node";
    verb->add_option("--name", options->node.name,
                     "provider-1 to provider-3 or client: the node with that role; any other name: a full node")
        ->capture_default_str();
    add_options(app, *verb, *options);
    verb->callback([options, &run] { run = [options] { return run_node(*options, "node run"); }; });
    add_node_state(*node, run);
    add_node_backup(*node, run);
}

void add_devnet_join(CLI::App& app, CLI::App& devnet, Run& run) {
    auto options = std::make_shared<Options>();
    options->node.network.name = cache_folder() / "devnet";
    options->node.name = "joined";
    auto* verb = devnet.add_subcommand("join", "add a full node to the network of `devnet up --processes`");
    verb->add_option("--folder", options->node.network.name, "the network's folder (default ~/.cache/strata/devnet)");
    verb->add_option("--name", options->node.name, "the node's name, which is also its folder's")
        ->capture_default_str();
    add_options(app, *verb, *options);
    verb->callback([options, &run] { run = [options] { return run_node(*options, "devnet join"); }; });
}

}  // namespace strata::cli
