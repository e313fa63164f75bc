// strata chain check CAR --network FILE [--vk DIR] [--bundle FILE]: checks a recorded chain against our rules and our
// execution.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/conformance/chain_check.hpp>

namespace strata::cli {
namespace {

struct Options {
    conformance::ChainCheckOptions check;
    bool json = false;
};

void print_text(const conformance::ChainCheck& result) {
    for (const auto& error : result.errors) fmt::print("ERROR {}\n", error);
    for (const auto& [why, count] : result.skipped) fmt::print("{} tipsets were not executed: {}\n", count, why);
    if (result.refused_changes != 0)
        fmt::print("{} headers with a changed field were refused, as expected\n", result.refused_changes);
    // The genesis block is not counted: no rule applies to it.
    fmt::print("{} of {} blocks are valid by all rules; winning proofs: {}\n", result.valid_blocks, result.blocks - 1,
               result.winning_proofs);
    fmt::print("{} tipsets, {} messages; state and receipts match after {} tipsets ({:.1f} %); {} errors\n",
               result.tipsets, result.messages, result.executed, result.share(), result.errors.size());
}

void print_json(const conformance::ChainCheck& result) {
    const nlohmann::json out{{"tipsets", result.tipsets},
                             {"blocks", result.blocks},
                             {"messages", result.messages},
                             {"valid_blocks", result.valid_blocks},
                             {"refused_changes", result.refused_changes},
                             {"winning_proofs", result.winning_proofs},
                             {"executed", result.executed},
                             {"skipped", result.skipped},
                             {"errors", result.errors}};
    fmt::print("{}\n", out.dump(1));
}

int run_check(const Options& options) {
    if (const auto car = check_regular_file("CAR", options.check.car); !car) return exit_code_of(car);
    if (const auto file = check_regular_file("--network", options.check.network); !file) return exit_code_of(file);
    if (!options.check.bundle.empty())
        if (const auto bundle = check_regular_file("--bundle", options.check.bundle); !bundle)
            return exit_code_of(bundle);
    const auto result = conformance::check_chain(options.check);
    if (!result) return exit_code_of(result.error());
    options.json ? print_json(*result) : print_text(*result);
    return result->errors.empty() ? kDone : kFault;
}

}  // namespace

void add_chain(CLI::App& app, Run& run) {
    auto* chain = app.add_subcommand("chain", "check recorded chains");
    chain->require_subcommand(1);
    auto options = std::make_shared<Options>();
    options->check.wasm_cache = cache_folder() / "wasm";
    auto* check = chain->add_subcommand("check", "validate and execute every tipset of a chain");
    check->add_option("CAR", options->check.car, "the chain: .car or .car.zst with messages, receipts and states")
        ->required();
    check->add_option("--network", options->check.network, "description of the network (network.json)")->required();
    check->add_option("--vk", options->check.verifying_keys,
                      "folder of verifying keys (default: winning proofs are not verified)");
    check->add_option("--bundle", options->check.bundle,
                      "bundle of the official actors, which then run as WASM and count their own gas (default: native "
                      "actors with the recorded gas)");
    check->add_option("--max-errors", options->check.max_errors, "stop after this many errors")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    check
        ->add_option("--tamper", options->check.tamper,
                     "change each field of every n-th header and expect a refusal; 0: change none")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    check->add_flag("--json", options->json, "print the result as JSON");
    check->callback([options, &run] { run = [options] { return run_check(*options); }; });
}

}  // namespace strata::cli
