// strata sim: runs networks of nodes in memory, in virtual time, with faults and hostile peers that a seed draws.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <thread>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/base/mutex.hpp>
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
    std::string faults = "all", adversaries = "all", canary = "none", signatures = "stub", measure;
    std::int64_t latency = 0;  // milliseconds
    bool json = false;
};

std::string replay_command(const Options& options, std::uint64_t seed) {
    return fmt::format(
        "strata sim --seed {} --nodes {} --miners {} --epochs {} --faults {} --adversaries {} --canary {} --signatures "
        "{} --peers {}{}",
        seed, options.run.nodes, options.run.miners, options.run.epochs, options.faults, options.adversaries,
        options.canary, options.signatures, options.run.peers,
        options.run.links ? fmt::format(" --latency {}", options.latency) : "");
}

/// Returns the least time within which the given percentage of all arrived.
std::int64_t milliseconds_at(const std::vector<net::Instant>& sorted, std::size_t percent) {
    return sorted[(sorted.size() - 1) * percent / 100].count();
}

nlohmann::ordered_json json_of(std::vector<net::Instant> times) {
    if (times.empty()) return nullptr;
    std::ranges::sort(times);
    return {{"p50_ms", milliseconds_at(times, 50)},
            {"p99_ms", milliseconds_at(times, 99)},
            {"longest_ms", milliseconds_at(times, 100)},
            {"count", times.size()}};
}

void print_json(const Options& options, const SimResult& result) {
    auto violations = nlohmann::ordered_json::array();
    for (const auto& [rule, epoch, text] : result.violations)
        violations.push_back({{"rule", name_of(rule)}, {"epoch", epoch}, {"text", text}});
    auto misdeeds = nlohmann::ordered_json::array();
    for (const auto misdeed : result.misdeeds) misdeeds.push_back(name_of(misdeed));
    nlohmann::ordered_json out{{"seed", result.seed},         {"hash", to_hex(result.hash)},
                               {"height", result.height},     {"blocks", result.blocks},
                               {"restarts", result.restarts}, {"longest_revert", result.longest_revert},
                               {"adversaries", misdeeds},     {"violations", violations}};
    if (options.run.measures_blocks) {
        out["to_gossip"] = json_of(result.to_gossip);
        out["to_head"] = json_of(result.to_head);
    }
    fmt::print("{}\n", out.dump());
}

void print_text(const Options& options, const SimResult& result) {
    fmt::print("seed {}: {}, events {}, epoch {}, {} blocks, {} restarts, at most {} epochs reverted\n", result.seed,
               result.violations.empty() ? "good" : "BAD", to_hex(result.hash).substr(0, 16), result.height,
               result.blocks, result.restarts, result.longest_revert);
    for (const auto& [rule, epoch, text] : result.violations)
        fmt::print("  epoch {}, {}: {}\n", epoch, name_of(rule), text);
    if (result.violations.empty()) return;
    std::vector<std::string_view> misdeeds;
    for (const auto misdeed : result.misdeeds) misdeeds.push_back(name_of(misdeed));
    fmt::print("  adversaries: {}\n  replay: {}\n", fmt::join(misdeeds, ", "), replay_command(options, result.seed));
}

void print_times(std::string_view what, std::vector<net::Instant> times) {
    if (times.empty()) return;
    std::ranges::sort(times);
    fmt::print("  {}: p50 {} ms, p99 {} ms, longest {} ms, of {}\n", what, milliseconds_at(times, 50),
               milliseconds_at(times, 99), milliseconds_at(times, 100), times.size());
}

void print(const Options& options, const SimResult& result) {
    if (options.json) {
        print_json(options, result);
    } else {
        print_text(options, result);
        print_times("from the maker of a block to a node by gossip", result.to_gossip);
        print_times("from the maker of a block to a head of a node", result.to_head);
    }
    std::fflush(stdout);
}

Status parse(Options& options) {
    STRATA_TRY(options.run.faults, parse_faults(options.faults));
    STRATA_TRY(options.run.misdeeds, parse_misdeeds(options.adversaries));
    STRATA_TRY(options.run.canary, parse_canary(options.canary));
    STRATA_TRY(options.run.signatures, parse_signatures(options.signatures));
    options.run.measures_blocks = options.measure == "propagation";
    if (options.latency > 0) options.run.links = LinkQuality{.latency = net::Instant(options.latency)};
    return {};
}

/// Runs the seeds on several threads, and prints each result when it is there.
class Seeds {
  public:
    explicit Seeds(const Options& options) : options_(options) {}

    Result<int> run() {
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < options_.jobs; ++i) threads.emplace_back([this] { work(); });
        }
        const Lock lock(mutex_);
        if (!failure_) return failure_.error();
        if (stop_signal()) return kStopped;
        if (!options_.json) fmt::print("{} seeds, {} with violations\n", options_.seeds, bad_);
        return bad_ == 0 ? kDone : kFault;
    }

  private:
    std::optional<std::uint64_t> next() {
        const Lock lock(mutex_);
        if (stop_signal() || taken_ == options_.seeds || !failure_) return std::nullopt;
        return options_.run.seed + taken_++;
    }
    void work() {
        while (const auto seed = next()) {
            auto one = options_.run;
            one.seed = *seed;
            one.is_stopped = [] { return stop_signal().load(); };
            const auto result = simulate(one);
            const Lock lock(mutex_);
            if (!result && stop_signal()) return;
            if (!result) {
                failure_ = result.error();
                return;
            }
            bad_ += result->violations.empty() ? 0 : 1;
            print(options_, *result);
        }
    }

    const Options& options_;
    Mutex mutex_;
    std::uint64_t taken_ STRATA_GUARDED_BY(mutex_) = 0;
    std::uint64_t bad_ STRATA_GUARDED_BY(mutex_) = 0;
    Status failure_ STRATA_GUARDED_BY(mutex_);
};

Result<int> run_sim(Options options) {
    STRATA_OK(parse(options));
    return Seeds(options).run();
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
        ->check(CLI::Range(1, 1'900))
        ->capture_default_str();
    sim->add_option("--epochs", options->run.epochs, "epochs with faults")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    sim->add_option("--faults", options->faults,
                    "none, all, or some of loss, slow, skew, reset, half-open, restart, partition")
        ->capture_default_str();
    sim->add_option("--adversaries", options->adversaries,
                    "none, all, or some of equivocate, withhold, bad-root, bad-proof, bad-signature, future, spam, "
                    "flood, liar, slow-reader, stranger, eclipse; a seed draws at most three")
        ->capture_default_str();
    sim->add_option("--canary", options->canary,
                    "switch off a rule that the checks must find: slash-filter, fork-choice, validation, execution")
        ->capture_default_str();
    sim->add_option("--signatures", options->signatures,
                    "bls, or stub: hashes in the place of BLS signatures, which are quicker by far")
        ->capture_default_str();
    sim->add_option("--peers", options->run.peers, "peers that a node wants to be connected with")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    sim->add_option("--latency", options->latency, "of every link, in milliseconds; else as the faults say")
        ->check(CLI::Range(1, 10'000));
    sim->add_option("--measure", options->measure, "propagation: how long blocks take from node to node")
        ->check(CLI::IsMember({"propagation"}));
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
