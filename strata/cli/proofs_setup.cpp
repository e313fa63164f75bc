// strata proofs setup: Groth16 keys for one sector size.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>

#include <strata/cli/commands.hpp>
#include <strata/cli/home.hpp>
#include <strata/proofs/params/parameter_name.hpp>
#include <strata/proofs/params/parameter_store.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Setup {
    std::string sector;
    std::string folder;
    bool update = false;
};

/// One line that is drawn over itself; nothing where nobody looks.
class ProgressBar {
  public:
    explicit ProgressBar(std::string_view name) : name_(name), seen_(isatty(STDERR_FILENO) == 1) {}
    void show(std::string_view step, double done) const {
        if (!seen_) return;
        constexpr int kWidth = 40;
        const auto full = static_cast<int>(done * kWidth);
        fmt::print(stderr, "\r{:8} [{:#<{}}{:<{}}] {:3.0f} % {:12}", name_, "", full, "", kWidth - full, done * 100,
                   step);
    }
    void finish() const {
        if (seen_) fmt::print(stderr, "\r{:90}\r", "");
    }

  private:
    std::string name_;
    bool seen_;
};

Status make(proofs::ParameterStore& store, proofs::CircuitKind kind, std::uint64_t size) {
    const auto name = proofs::circuit_kind_name(kind);
    STRATA_TRY(const auto file, proofs::parameter_name(kind, size));
    if (store.has(kind, size)) {
        fmt::print("{:8} there already: {}\n", name, file);
        return {};
    }
    const ProgressBar bar(name);
    const proofs::Watch watch{[&](std::string_view step, double done) { bar.show(step, done); }};
    crypto::SystemRandom random;
    const auto start = Clock::now();
    const auto made = store.make(kind, size, random, watch);
    bar.finish();
    STRATA_OK(made);
    fmt::print("{:8} made in {:.1f} s: {}\n", name, std::chrono::duration<double>(Clock::now() - start).count(), file);
    return {};
}

int run_setup(const Setup& options) {
    const auto size = proofs::parse_sector_bytes(options.sector);
    if (!size) {
        fmt::print(stderr, "{}\n", size.error().message());
        return 2;
    }
    proofs::ParameterStore store(options.folder.empty() ? cache_folder() / "params" : fs::path(options.folder));
    std::vector kinds{proofs::CircuitKind::window_post, proofs::CircuitKind::winning_post, proofs::CircuitKind::porep};
    if (options.update) kinds.push_back(proofs::CircuitKind::sector_update);
    for (const auto kind : kinds) {
        if (const auto status = make(store, kind, *size); !status) {
            fmt::print(stderr, "{}\n", status.error().message());
            return 1;
        }
    }
    fmt::print("These keys are INSECURE: this machine drew their secrets. Use them on local networks only.\n");
    return 0;
}

}  // namespace

void add_proofs_setup(CLI::App& proofs, Run& run) {
    auto options = std::make_shared<Setup>();
    auto* verb = proofs.add_subcommand("setup", "make insecure proof keys for local networks: porep, winning, window");
    verb->add_option("--sector", options->sector, "sector size: 2KiB or 8MiB")->required();
    verb->add_option("--folder", options->folder, "where keys are kept (default ~/.cache/strata/params)");
    verb->add_flag("--update", options->update, "keys for sector updates too");
    verb->callback([options, &run] { run = [options] { return run_setup(*options); }; });
}

}  // namespace strata::cli
