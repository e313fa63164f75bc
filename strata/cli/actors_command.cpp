// strata actors diff: runs the same messages through the native actors and through those of a bundle, and compares.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <strata/actors/table.hpp>
#include <strata/base/files.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/differential/campaign.hpp>
#include <strata/differential/gas.hpp>
#include <strata/differential/official.hpp>
#include <strata/terminal/report.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;
using namespace differential;

constexpr std::uint64_t kMaxFile = std::uint64_t{1} << 30;

struct Options {
    std::string bundle;
    std::uint64_t seed = 1;
    std::size_t steps = 1000;
    std::size_t seeds = 1;
    std::size_t jobs = 1;
    std::string out = ".";
    std::string replay;
    bool long_jumps = false;
    bool no_contracts = false;
    bool self = false;
    bool table = false;
    bool verbose = false;
    bool fit = false;
};

void print_difference(const Difference& difference, const Step& step, std::size_t number) {
    fmt::print("DIFFERENCE at step {}: {}\nat the end of epoch {}: {}\n", number, describe(step), difference.epoch,
               difference.text);
    if (!difference.calls.empty()) fmt::print("the calls that differ:\n");
    for (const auto& call : difference.calls) fmt::print("  {}\n", call);
    std::fflush(stdout);
}

// Shortens the sequence of a seed, writes it, and says how to run it again.
Status keep_difference(const Options& options, const Start& start, const Implementations& both,
                       const SeedResult& found) {
    const auto run = [&](const std::vector<Step>& steps) { return run_steps(start, both, steps); };
    auto steps =
        shrink(found.sequence.steps, found.difference->sort, run, terminal_watch("seed " + std::to_string(found.seed)));
    clear_progress();
    Sequence sequence{found.seed, start.root, steps ? std::move(*steps) : found.sequence.steps};
    STRATA_TRY(const auto last, run_steps(start, both, sequence.steps));
    if (last) print_difference(last->difference, sequence.steps[last->step], last->step);
    STRATA_OK(make_folders(options.out));
    const auto file = fs::path(options.out) / fmt::format("difference-{}.json", found.seed);
    STRATA_OK(write_file(file, as_bytes(to_json(sequence))));
    fmt::print("{} of {} steps are left. Run them again with:\n  strata actors diff {} --replay {}\n",
               sequence.steps.size(), found.sequence.steps.size(),
               options.self ? "--self" : "--bundle " + options.bundle, file.string());
    return {};
}

Result<int> replay(const Options& options, const Start& start, const Implementations& both) {
    STRATA_OK(check_regular_file("--replay", options.replay));
    STRATA_TRY(const auto bytes, read_file(options.replay, kMaxFile));
    auto sequence = parse_sequence(as_text(bytes));
    if (!sequence) return std::move(sequence).error().with_context(options.replay);
    if (sequence->start != start.root)
        return fail(Errc::invalid_argument,
                    fmt::format("{}: the sequence starts from the state {}, but this program starts from {}",
                                options.replay, sequence->start.to_string(), start.root.to_string()));
    STRATA_TRY(const auto found, run_steps(start, both, sequence->steps));
    if (found) {
        print_difference(found->difference, sequence->steps[found->step], found->step);
    } else {
        fmt::print("{} steps without a difference\n", sequence->steps.size());
    }
    return found ? kFault : kDone;
}

struct Sum {
    Coverage coverage;
    Work work;
    std::uint64_t steps = 0;
    std::size_t differences = 0;
    bool stopped = false;
};

void print_sum(const Options& options, const Sum& sum, std::size_t seeds) {
    if (options.table) terminal::Report(stdout).table(coverage_table(sum.coverage));
    const auto never = never_successful(sum.coverage);
    fmt::print("{} methods of the native actors never succeeded{}{}\n", never.size(), never.empty() ? "" : ": ",
               fmt::join(never, ", "));
    if (sum.work.out_of_gas != 0)
        fmt::print("{} messages ran out of gas, which is a fault of the generator\n", sum.work.out_of_gas);
    fmt::print("{} seeds, {} steps ({} messages, {} epochs of cron), {} differences\n", seeds, sum.steps,
               sum.work.messages, sum.work.cron_epochs, sum.differences);
}

Result<int> generate(const Options& options, const Start& start, const Implementations& both) {
    const GeneratorOptions how{.contracts = !options.no_contracts, .long_jumps = options.long_jumps};
    const auto tell = [](const SeedResult& one) {
        clear_progress();
        fmt::print("seed {}: {} steps, {} messages, {} epochs of cron: {}\n", one.seed, one.steps, one.work.messages,
                   one.work.cron_epochs,
                   one.stopped      ? "stopped"
                   : one.difference ? one.difference->sort
                                    : "the same");
        std::fflush(stdout);
    };
    if (options.verbose) {
        const auto print = [](const Step& step, const Outcome& outcome) {
            fmt::print("{}: {} {}\n", describe(step), outcome.exit_code, outcome.failure);
        };
        for (std::size_t i = 0; i < options.seeds; ++i)
            STRATA_OK(
                run_seed(start, both, options.seed + i, options.steps, how, terminal_watch("actors diff"), print));
        return kDone;
    }
    STRATA_TRY(const auto results, run_seeds(start, both, options.seed, options.seeds, options.steps, options.jobs, how,
                                             terminal_watch("actors diff"), tell));
    clear_progress();
    Sum sum;
    for (const auto& one : results) {
        add_to(sum.coverage, one.coverage);
        sum.work.messages += one.work.messages;
        sum.work.cron_epochs += one.work.cron_epochs;
        sum.work.out_of_gas += one.work.out_of_gas;
        sum.steps += one.steps;
        sum.differences += one.difference ? 1 : 0;
        sum.stopped = sum.stopped || one.stopped;
    }
    for (const auto& one : results)
        if (one.difference) STRATA_OK(keep_difference(options, start, both, one));
    print_sum(options, sum, results.size());
    if (sum.stopped || results.size() < options.seeds) return kStopped;
    return sum.differences == 0 ? kDone : kFault;
}

void print_distribution(const std::string& of, const GasDistribution& found) {
    constexpr std::size_t kShown = 12;
    if (found.count == 0) {
        fmt::print("{}: none succeeded\n", of);
        return;
    }
    fmt::print("{}: {} succeeded, {} within a fifth of the official gas ({:.2f} %)\n", of, found.count,
               found.within_fifth, 100.0 * static_cast<double>(found.within_fifth) / static_cast<double>(found.count));
    fmt::print("  native / official:");
    for (std::size_t i = 0; i < kQuantiles.size(); ++i)
        fmt::print(" {:g} %: {:.3f}", 100 * kQuantiles[i], found.quantiles[i]);
    fmt::print("\n");
    for (const auto& [ratio, message] : std::span(found.farthest).first(std::min(kShown, found.farthest.size())))
        fmt::print("  {:.3f} {} {}: {} instead of {}\n", ratio, vm::actor_type_name(message.method.type),
                   message.method.method, message.native, message.official);
}

// Prints how far native gas is from official gas, or the table that brings them together.
Result<int> run_gas(const Options& options) {
    const auto natives = actors::native_actors();
    STRATA_TRY(const auto start, make_start());
    STRATA_OK(check_regular_file("--bundle", options.bundle));
    STRATA_TRY(const auto official, official_devnet_actors(options.bundle, cache_folder() / "wasm"));
    const Implementations both{*natives, "native", *official, "official"};
    const GeneratorOptions how{.contracts = !options.no_contracts, .long_jumps = options.long_jumps};
    GasSamples samples;
    for (std::size_t i = 0; i < options.seeds; ++i) {
        STRATA_OK(sample_gas(start, both, options.seed + i, options.steps, how, terminal_watch("actors gas"), samples));
        if (samples.difference)
            return fail(Errc::verification,
                        fmt::format("the two sides differ at seed {}, so their gas cannot be compared; strata actors "
                                    "diff --seed {} shows how",
                                    options.seed + i, options.seed + i));
    }
    clear_progress();
    if (options.fit) {
        fmt::print("{}", costs_text(fit_costs(samples.calls)));
        return kDone;
    }
    for (const bool cron : {false, true}) {
        std::vector<MessageGas> of_kind;
        std::ranges::copy_if(samples.messages, std::back_inserter(of_kind),
                             [&](const MessageGas& message) { return message.is_cron == cron; });
        print_distribution(cron ? "epochs of cron" : "messages", distribution_of(of_kind));
    }
    fmt::print("{} messages had different calls on both sides\nmethods whose gas differs by more than a tenth:\n",
               samples.unlike);
    for (const auto& line : methods_apart(samples.calls)) fmt::print("  {}\n", line);
    return kDone;
}

Result<int> run_diff(const Options& options) {
    if (options.bundle.empty() != options.self)
        return fail(Errc::invalid_argument, "give either --bundle FILE or --self");
    const auto natives = actors::native_actors();
    STRATA_TRY(const auto start, make_start());
    std::unique_ptr<vm::ActorTable> official;
    if (!options.self) {
        STRATA_OK(check_regular_file("--bundle", options.bundle));
        STRATA_TRY(official, official_devnet_actors(options.bundle, cache_folder() / "wasm"));
    }
    const Implementations both{*natives, "native", official ? *official : *natives,
                               official ? "official" : "native again"};
    return options.replay.empty() ? generate(options, start, both) : replay(options, start, both);
}

void add_gas(CLI::App& actors, Run& run) {
    auto options = std::make_shared<Options>();
    auto* gas =
        actors.add_subcommand("gas", "compare the gas of native actors with that of a bundle, over random messages");
    gas->add_option("--bundle", options->bundle, "the official actors: builtin-actors-devnet.car")->required();
    gas->add_option("--seed", options->seed, "the first seed")->capture_default_str();
    gas->add_option("--steps", options->steps, "messages and ranges of cron for each seed")
        ->check(CLI::Range(std::size_t{1}, kMaxSteps))
        ->capture_default_str();
    gas->add_option("--seeds", options->seeds, "how many seeds")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    gas->add_flag("--long", options->long_jumps, "let half a year pass now and then (slow)");
    gas->add_flag("--no-contracts", options->no_contracts, "make no messages to EVM contracts");
    gas->add_flag("--fit", options->fit, "print the table of costs that native actors should have");
    gas->callback([options, &run] {
        run = [options] {
            const auto code = run_gas(*options);
            return code ? *code : exit_code_of(code.error());
        };
    });
}

}  // namespace

void add_actors(CLI::App& app, Run& run) {
    auto* actors = app.add_subcommand("actors", "check the built-in actors");
    actors->require_subcommand(1);
    auto options = std::make_shared<Options>();
    auto* diff = actors->add_subcommand(
        "diff", "run random messages through the native actors and those of a bundle, and compare");
    diff->add_option("--bundle", options->bundle, "the official actors: builtin-actors-devnet.car");
    diff->add_flag("--self", options->self, "compare the native actors with themselves, to try the generator");
    diff->add_option("--seed", options->seed, "the first seed")->capture_default_str();
    diff->add_option("--steps", options->steps, "messages and ranges of cron for each seed")
        ->check(CLI::Range(std::size_t{1}, kMaxSteps))
        ->capture_default_str();
    diff->add_option("--seeds", options->seeds, "how many seeds")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    diff->add_option("--jobs", options->jobs, "threads; the results do not depend on them")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    diff->add_option("--out", options->out, "folder for the sequences that differ")->capture_default_str();
    diff->add_option("--replay", options->replay, "run the steps of this file instead of random ones");
    diff->add_flag("--long", options->long_jumps, "let half a year pass now and then (slow)");
    diff->add_flag("--no-contracts", options->no_contracts, "make no messages to EVM contracts");
    diff->add_flag("--verbose", options->verbose,
                   "print each step and how it ended on the native side, and nothing else");
    diff->add_flag("--table", options->table, "print how the calls of each method ended");
    diff->callback([options, &run] {
        run = [options] {
            const auto code = run_diff(*options);
            return code ? *code : exit_code_of(code.error());
        };
    });
    add_gas(*actors, run);
}

}  // namespace strata::cli
