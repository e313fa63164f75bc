// strata beacon: the beacon of a local network as a process.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include <strata/cli/beacon_command.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/devnet/beacon_process.hpp>

namespace strata::cli {
namespace {

struct Options {
    devnet::BeaconProcessOptions beacon;
    std::string listen = "127.0.0.1:0";
};

/// Reads "127.0.0.1:8080".
Status parse_listen(Options& options) {
    const auto& text = options.listen;
    const auto colon = text.rfind(':');
    const auto* const end = text.data() + text.size();
    if (colon != std::string::npos && colon != 0) {
        const auto read = std::from_chars(text.data() + colon + 1, end, options.beacon.port);
        options.beacon.address = text.substr(0, colon);
        if (read.ec == std::errc{} && read.ptr == end) return {};
    }
    return fail(Errc::invalid_argument,
                fmt::format("--listen {}: expected an address and a port, such as 127.0.0.1:8080", text));
}

int run_beacon(Options& options) {
    auto done = parse_listen(options);
    if (done) {
        terminal::Report report(stdout);
        done = devnet::run_beacon_process(options.beacon, report, stop_signal());
    }
    // A stop is the normal end of this verb.
    if (done) return kDone;
    return exit_code_of(std::move(done).error().with_context("strata beacon run"));
}

}  // namespace

void add_beacon(CLI::App& app, Run& run) {
    auto* beacon = app.add_subcommand("beacon", "run the beacon of a local network");
    beacon->require_subcommand(1);
    auto options = std::make_shared<Options>();
    options->beacon.network = cache_folder() / "devnet";
    auto* verb = beacon->add_subcommand(
        "run", "serve the rounds of a network's own beacon over HTTP, in drand's form, until Ctrl-C");
    verb->add_option("--network", options->beacon.network,
                     "the folder of a local network, or a file that describes a network with a beacon_seed (default "
                     "~/.cache/strata/devnet)");
    verb->add_option("--listen", options->listen, "address and port; port 0: any free port")->capture_default_str();
    verb->footer("Example: strata beacon run --listen 127.0.0.1:8080");
    verb->callback([options, &run] { run = [options] { return run_beacon(*options); }; });
}

}  // namespace strata::cli
