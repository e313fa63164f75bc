// strata demo: stores a file on a local network, has it proven and paid for, and retrieves it.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/cli/actors_option.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/devnet/demo.hpp>

namespace strata::cli {
namespace {

struct Options {
    devnet::DemoOptions demo;
    std::string sector;
    ActorsOption actors;
    bool json = false;
};

// Amounts are strings in attoFIL, since JSON numbers cannot hold them.
nlohmann::ordered_json to_json(const devnet::DemoResult& result, const terminal::Report& report) {
    nlohmann::ordered_json out{{"seed", result.seed},
                               {"sectorSize", result.sector_size},
                               {"genesis", result.genesis.to_string()},
                               {"head", result.head.to_string()},
                               {"height", result.height},
                               {"tipsets", result.account.tipsets},
                               {"blocks", result.account.blocks},
                               {"messages", result.account.messages},
                               {"root", result.root.to_string()},
                               {"fileSize", result.file_size},
                               {"powerBefore", result.power_before.to_string()},
                               {"powerAfter", result.power_after.to_string()},
                               {"windowProofs", result.window_proofs},
                               {"newSectorBlocks", result.new_sector_blocks},
                               {"gasUsed", result.account.gas_used},
                               {"gasBurnt", result.account.gas_burnt.to_string()},
                               {"clientPaid", result.paid_by_client.to_string()},
                               {"clientFees", result.client_fees.to_string()},
                               {"burnt", result.burnt.to_string()},
                               {"supply", result.supply.to_string()}};
    for (const auto& deal : result.deals)
        out["deals"].push_back({{"id", deal.status.id},
                                {"piece", deal.piece.info.cid.to_string()},
                                {"paddedSize", deal.piece.info.size},
                                {"sector", deal.status.sector}});
    for (const auto& [title, seconds] : report.times()) out["seconds"][title] = seconds;
    return out;
}

// If the result is printed as JSON, the report goes to the standard error output, so that the standard output has only
// the JSON.
int run_demo(Options& options) {
    if (!options.sector.empty()) {
        const auto size = local_sector_size(options.sector);
        if (!size) return exit_code_of(size.error());
        options.demo.sector_size = *size;
    }
    auto bundle = chosen_bundle(options.actors);
    if (!bundle) return exit_code_of(bundle.error());
    options.demo.bundle = std::move(*bundle);
    if (options.demo.seed.empty()) {
        crypto::SystemRandom random;
        options.demo.seed = to_hex(random.bytes<8>());
    }
    terminal::Report report(options.json ? stderr : stdout);
    devnet::Demo demo(options.demo, report, stop_signal());
    const auto done = demo.run();
    report.finish();
    if (!done) return exit_code_of(Error(done.error()).with_context("\nstrata demo"));
    if (options.json) {
        fmt::print("{}\n", to_json(demo.result(), report).dump(1));
    } else {
        demo.print_table();
    }
    return kDone;
}

}  // namespace

void add_demo(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    options->demo.folder = cache_folder() / "demo";
    options->demo.parameters = cache_folder() / "params";
    options->demo.wasm_cache = cache_folder() / "wasm";
    auto* verb = app.add_subcommand(
        "demo", "store a file on a local network with real proofs, have it proven and paid for, and get it back");
    verb->add_option("--file", options->demo.file, "the file to store")->required();
    verb->add_option("--sector", options->sector,
                     "sector size: 2KiB or 8MiB (default: the smallest that holds the file)");
    verb->add_option("--seed", options->demo.seed, "the same seed makes the same chain (default: a random seed)");
    verb->add_option("--folder", options->demo.folder,
                     "where the network is kept during the demo (default ~/.cache/strata/demo)");
    verb->add_option("--params", options->demo.parameters,
                     "where proof keys are kept (default ~/.cache/strata/params)");
    add_actors_options(*verb, options->actors);
    verb->add_flag("--keep", options->demo.keep, "keep the nodes' repositories for inspection");
    verb->add_flag("--json", options->json, "print the result as JSON, and the report on the standard error output");
    verb->callback([options, &run] { run = [options] { return run_demo(*options); }; });
}

}  // namespace strata::cli
