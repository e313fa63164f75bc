// strata sim: runs networks of nodes in memory, in virtual time, with faults and hostile peers that a seed draws.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <mutex>
#include <thread>

#include <strata/base/hex.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/simulation/world.hpp>

namespace strata::cli {
namespace {

using namespace simulation;

struct Options {
    SimOptions run;
    std::uint64_t seeds = 1;
    std::size_t jobs = 1;
    std::string faults = "all", adversaries = "all", canary = "none";
    bool json = false;
};

std::string replay_command(const Options& options, std::uint64_t seed) {
    return fmt::format(
        "strata sim --seed {} --nodes {} --miners {} --epochs {} --faults {} --adversaries {} --canary {}", seed,
        options.run.nodes, options.run.miners, options.run.epochs, options.faults, options.adversaries, options.canary);
}

void print(const Options& options, const SimResult& result) {
    const auto hash = to_hex(result.hash);
    if (options.json) {
        // Nothing in these texts needs escapes but quotation marks.
        std::string list;
        for (auto text : result.violations) {
            std::ranges::replace(text, '"', '\'');
            std::ranges::replace(text, '\\', '/');
            list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", text);
        }
        fmt::print(
            "{{\"seed\": {}, \"hash\": \"{}\", \"height\": {}, \"blocks\": {}, \"restarts\": {}, "
            "\"longest_revert\": {}, \"violations\": [{}]}}\n",
            result.seed, hash, result.height, result.blocks, result.restarts, result.longest_revert, list);
    } else {
        fmt::print("seed {}: {} events {}; epoch {}, {} blocks, {} restarts, at most {} epochs reverted\n", result.seed,
                   result.violations.empty() ? "good" : "BAD", hash.substr(0, 16), result.height, result.blocks,
                   result.restarts, result.longest_revert);
        for (const auto& text : result.violations) fmt::print("  {}\n", text);
        if (!result.violations.empty()) fmt::print("  replay: {}\n", replay_command(options, result.seed));
    }
    std::fflush(stdout);
}

Result<int> run_sim(Options options) {
    STRATA_TRY(options.run.faults, parse_faults(options.faults));
    STRATA_TRY(options.run.misdeeds, parse_misdeeds(options.adversaries));
    STRATA_TRY(options.run.canary, parse_canary(options.canary));
    std::mutex mutex;
    std::uint64_t next = 0, bad = 0;
    Status failure;
    const auto work = [&] {
        while (!stop_signal()) {
            auto one = options.run;
            {
                const std::lock_guard lock(mutex);
                if (next == options.seeds || !failure) return;
                one.seed += next++;
            }
            const auto result = simulate(one);
            const std::lock_guard lock(mutex);
            if (!result) {
                failure = result.error();
                return;
            }
            if (!result->violations.empty()) ++bad;
            print(options, *result);
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < options.jobs; ++i) threads.emplace_back(work);
    }
    if (!failure) return std::move(failure).error();
    if (stop_signal()) return kStopped;
    if (!options.json) fmt::print("{} seeds, {} with violations\n", options.seeds, bad);
    return bad == 0 ? kDone : kFault;
}

}  // namespace

void add_sim(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    auto* sim = app.add_subcommand("sim", "run networks of nodes in memory, with faults and hostile peers");
    sim->add_option("--seed", options->run.seed, "the first seed")->capture_default_str();
    sim->add_option("--seeds", options->seeds, "how many seeds")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    sim->add_option("--nodes", options->run.nodes, "honest nodes")->check(CLI::Range(1, 100))->capture_default_str();
    sim->add_option("--miners", options->run.miners, "miners, shared out among the honest nodes")
        ->check(CLI::Range(1, 800))
        ->capture_default_str();
    sim->add_option("--epochs", options->run.epochs, "epochs with faults")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    sim->add_option("--faults", options->faults,
                    "none, all, or some of loss, slow, skew, reset, half-open, restart, partition")
        ->capture_default_str();
    sim->add_option("--adversaries", options->adversaries,
                    "none, all, or some of equivocate, withhold, bad-root, bad-proof, bad-signature, future, spam; a "
                    "seed draws at most three")
        ->capture_default_str();
    sim->add_option("--canary", options->canary,
                    "switch off a rule that the checks must find: slash-filter, fork-choice")
        ->capture_default_str();
    sim->add_option("--jobs", options->jobs, "threads; the results do not depend on them")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    sim->add_flag("--json", options->json, "print one object for each seed");
    sim->callback([options, &run] {
        run = [options] {
            const auto code = run_sim(*options);
            return code ? *code : exit_code_of(code.error());
        };
    });
}

}  // namespace strata::cli
