// strata proofs setup: makes Groth16 keys for one sector size.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>

#include <strata/cli/commands.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/params/parameter_name.hpp>
#include <strata/proofs/params/parameter_store.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// The circuits of larger sectors have too many rows for the memory of a machine.
constexpr std::uint64_t kLargestSector = std::uint64_t{512} << 20;

struct Setup {
    std::string sector;
    std::string folder;
    bool update = false;
};

Status make(proofs::ParameterStore& store, proofs::CircuitKind kind, std::uint64_t size) {
    const auto name = proofs::circuit_kind_name(kind);
    STRATA_TRY(const auto file, proofs::parameter_name(kind, size));
    if (store.has(kind, size)) {
        fmt::print("{:8} already exists: {}\n", name, file);
        return {};
    }
    crypto::SystemRandom random;
    const auto start = Clock::now();
    STRATA_OK(store.make(kind, size, random, terminal_watch(std::string(name))));
    clear_progress();
    fmt::print("{:8} made in {:.1f} s: {}\n", name, std::chrono::duration<double>(Clock::now() - start).count(), file);
    return {};
}

Status run_setup(const Setup& options) {
    STRATA_TRY(const auto size, proofs::parse_sector_bytes(options.sector));
    if (size > kLargestSector)
        return fail(
            Errc::invalid_argument,
            fmt::format("--sector {}: keys can be made for sectors of up to 512MiB; keys of larger sectors need more "
                        "memory than a machine has",
                        options.sector));
    proofs::ParameterStore store(options.folder.empty() ? cache_folder() / "params" : fs::path(options.folder));
    std::vector kinds{proofs::CircuitKind::window_post, proofs::CircuitKind::winning_post, proofs::CircuitKind::porep};
    if (options.update) kinds.push_back(proofs::CircuitKind::sector_update);
    for (const auto kind : kinds) STRATA_OK(make(store, kind, size));
    fmt::print("These keys are INSECURE: this machine chose their secrets. Use the keys on local networks only.\n");
    return {};
}

}  // namespace

void add_proofs_setup(CLI::App& proofs, Run& run) {
    auto options = std::make_shared<Setup>();
    auto* verb = proofs.add_subcommand("setup", "make insecure proof keys for local networks: porep, winning, window");
    verb->add_option("--sector", options->sector, "sector size: 2KiB, 8MiB or 512MiB")->required();
    verb->add_option("--folder", options->folder, "where the keys are kept (default ~/.cache/strata/params)");
    verb->add_flag("--update", options->update, "also make keys for sector updates");
    verb->callback([options, &run] { run = [options] { return exit_code_of(run_setup(*options)); }; });
}

}  // namespace strata::cli
