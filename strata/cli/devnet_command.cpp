// strata devnet up: a local network in real time.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include <strata/base/hex.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/home.hpp>
#include <strata/devnet/real_time.hpp>

namespace strata::cli {
namespace {

struct Options {
    devnet::UpOptions up;
    std::string sector = "2KiB";
    std::string block_time = "4s";
};

/// "4s" or "4".
Result<std::uint64_t> parse_seconds(const std::string& text) {
    std::uint64_t out = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, out);
    const auto rest = std::string_view(read.ptr, end);
    if (read.ec != std::errc{} || (!rest.empty() && rest != "s") || out == 0 || out > 3600)
        return fail(Errc::invalid_argument, "--block-time: seconds, 1s to 3600s");
    return out;
}

int run_up(Options& options) {
    const auto size = parse_sector_size(options.sector);
    const auto delay = parse_seconds(options.block_time);
    if (!size || *size > SectorSize::size_8MiB) {
        fmt::print(stderr, "--sector {}: local networks have sectors of 2KiB or 8MiB\n", options.sector);
        return 2;
    }
    if (!delay) {
        fmt::print(stderr, "{}\n", delay.error().message());
        return 2;
    }
    options.up.sector_size = static_cast<std::uint64_t>(*size);
    options.up.block_delay = *delay;
    if (options.up.seed.empty()) {
        crypto::SystemRandom random;
        options.up.seed = to_hex(random.bytes<8>());
    }
    terminal::Report report(stdout);
    const auto done = devnet::run_up(options.up, report, stop_signal());
    if (!done && done.error().code() != Errc::cancelled) {
        fmt::print(stderr, "\nstrata devnet up: {}\n", done.error().message());
        return 1;
    }
    return 0;
}

}  // namespace

void add_devnet(CLI::App& app, Run& run) {
    auto* devnet = app.add_subcommand("devnet", "local networks");
    devnet->require_subcommand(1);
    auto options = std::make_shared<Options>();
    options->up.folder = cache_folder() / "devnet";
    options->up.parameters = cache_folder() / "params";
    auto* verb =
        devnet->add_subcommand("up", "run a local network until Ctrl-C; the same folder goes on where it stood");
    verb->add_option("--block-time", options->block_time, "of a new network")->capture_default_str();
    verb->add_option("--sector", options->sector, "2KiB or 8MiB, of a new network")->capture_default_str();
    verb->add_option("--seed", options->up.seed, "of a new network's keys (default: any)");
    verb->add_option("--folder", options->up.folder, "where the network lives (default ~/.cache/strata/devnet)");
    verb->add_option("--params", options->up.parameters, "where proof keys are kept (default ~/.cache/strata/params)");
    verb->add_option("--port", options->up.first_port, "HTTP of provider 1; the other nodes follow; 0: any free ones")
        ->capture_default_str();
    verb->callback([options, &run] { run = [options] { return run_up(*options); }; });
}

}  // namespace strata::cli
