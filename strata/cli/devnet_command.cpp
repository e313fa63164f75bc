// strata devnet up: runs a local network in real time.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include <strata/cli/actors_option.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/keep_option.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/devnet/processes.hpp>

namespace strata::cli {
namespace {

struct Options {
    devnet::UpOptions up;
    bool processes = false;
    std::uint16_t first_peer_port = 0;
    ChainEpoch keep_epochs = chain::kDefaultKeptEpochs;
    ActorsOption actors;
    std::string sector, block_time, seed;  // empty if the person did not give the option
};

/// Reads "4s" or "4".
Result<std::uint64_t> parse_seconds(const std::string& text) {
    std::uint64_t out = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, out);
    const auto rest = std::string_view(read.ptr, end);
    if (read.ec != std::errc{} || (!rest.empty() && rest != "s") || out == 0 || out > 3600)
        return fail(Errc::invalid_argument, fmt::format("--block-time {}: expected 1s to 3600s", text));
    return out;
}

Status parse_options(Options& options) {
    if (!options.sector.empty()) {
        STRATA_TRY(options.up.sector_size, local_sector_size(options.sector));
    }
    if (!options.block_time.empty()) {
        STRATA_TRY(options.up.block_delay, parse_seconds(options.block_time));
    }
    if (!options.seed.empty()) options.up.seed = options.seed;
    if (options.up.folder != cache_folder() / "devnet")
        options.up.network_option = "--network " + options.up.folder.string();
    STRATA_TRY(options.up.bundle, chosen_bundle(options.actors));
    return {};
}

// The terminal belongs to the report, so the log goes to a file in the network's folder.
Status begin_log(LogOptions log, const std::filesystem::path& folder) {
    if (log.levels.empty()) log.levels = "info";
    if (log.file.empty()) {
        std::error_code error;
        std::filesystem::create_directories(folder, error);
        if (error) return fail(Errc::io, fmt::format("cannot create {}: {}", folder.string(), error.message()));
        log.file = folder / "strata.log";
    }
    return start_log(log);
}

int run_up(Options& options, const LogOptions& log) {
    auto done = parse_options(options);
    if (done) done = begin_log(log, options.up.folder);
    if (done) {
        terminal::Report report(stdout);
        done = options.processes ? devnet::run_processes({options.up, options.first_peer_port, options.keep_epochs},
                                                         report, stop_signal())
                                 : devnet::run_up(options.up, report, stop_signal());
    }
    // A stop is the normal end of this verb.
    if (done || done.error().code() == Errc::cancelled) return kDone;
    return exit_code_of(std::move(done).error().with_context("\nstrata devnet up"));
}

}  // namespace

void add_devnet(CLI::App& app, Run& run, const LogOptions& log) {
    auto* devnet = app.add_subcommand("devnet", "run local networks");
    devnet->require_subcommand(1);
    auto options = std::make_shared<Options>();
    options->up.folder = cache_folder() / "devnet";
    options->up.parameters = cache_folder() / "params";
    options->up.wasm_cache = cache_folder() / "wasm";
    auto* verb =
        devnet->add_subcommand("up", "run a local network until Ctrl-C; with the same folder it continues its chain");
    verb->add_option("--block-time", options->block_time, "seconds between blocks of a new network (default 4s)");
    verb->add_option("--sector", options->sector, "sector size of a new network: 2KiB or 8MiB (default 2KiB)");
    verb->add_option("--seed", options->seed,
                     "seed of a new network, from which its keys follow (default: a random seed)");
    verb->add_option("--folder", options->up.folder, "where the network is kept (default ~/.cache/strata/devnet)");
    verb->add_option("--params", options->up.parameters, "where proof keys are kept (default ~/.cache/strata/params)");
    add_actors_options(*verb, options->actors);
    verb->add_option("--port", options->up.first_port,
                     "HTTP port of provider 1; the other nodes get the ports that follow; 0: any free ports")
        ->capture_default_str();
    verb->add_flag(
        "--empty-blocks", options->up.empty_blocks,
        "null rounds have Ethereum blocks without transactions, for clients that do not expect gaps (Foundry)");
    auto* processes = verb->add_flag("--processes", options->processes,
                                     "each node is a process of its own, and others may join: strata devnet join");
    add_keep_option(*verb, options->keep_epochs);
    verb->get_option("--keep-epochs")->needs(processes);
    verb->add_option("--peer-port", options->first_peer_port,
                     "TCP port at which peers reach provider 1; the other nodes get the ports that follow; 0: any")
        ->needs(processes)
        ->capture_default_str();
    verb->callback([options, &run, &log] { run = [options, &log] { return run_up(*options, log); }; });
    add_devnet_join(app, *devnet, run);
}

}  // namespace strata::cli
