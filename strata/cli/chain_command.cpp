// strata chain replay CAR: executes a recorded chain from genesis and compares everything with the record.
// strata chain export FOLDER FILE: writes the chain of a stopped node or local network as a CAR; export FILE --repo: a
// snapshot, which a running node sends itself.
// The other verbs are in snapshot_commands.cpp.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include <strata/cli/actors_option.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/snapshot_commands.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/conformance/chain_replay.hpp>
#include <strata/conformance/suite.hpp>
#include <strata/node/chain_export.hpp>

namespace strata::cli {
namespace {

struct ReplayCommand {
    conformance::ChainReplayOptions options;
    ActorsOption actors;
    std::vector<std::string> upgrades;
    bool json = false;
};

struct ExportCommand {
    std::vector<std::string> paths;  // FOLDER FILE, or FILE with --repo
    SnapshotExportCommand snapshot;
};

/// Reads "28=50".
Result<conformance::UpgradeHeight> parse_upgrade(const std::string& text) {
    conformance::UpgradeHeight out;
    const char* const end = text.data() + text.size();
    const auto version = std::from_chars(text.data(), end, out.version);
    if (version.ec == std::errc{} && version.ptr != end && *version.ptr == '=') {
        const auto height = std::from_chars(version.ptr + 1, end, out.height);
        if (height.ec == std::errc{} && height.ptr == end && out.height >= 0) return out;
    }
    return fail(Errc::invalid_argument, fmt::format("--upgrade {}: expected VERSION=HEIGHT, such as 28=50", text));
}

Status complete(ReplayCommand& command) {
    auto& options = command.options;
    // The folder of a recorded chain will do: its files have these names.
    std::error_code ignored;
    if (std::filesystem::is_directory(options.car, ignored))
        options.car = conformance::packed_or_plain(options.car / "chain.car");
    STRATA_OK(check_regular_file("CAR", options.car));
    if (!options.network.empty()) STRATA_OK(check_regular_file("--network", options.network));
    STRATA_TRY(options.bundles, chosen_bundles(command.actors));
    for (const auto& text : command.upgrades) {
        STRATA_TRY(options.upgrades.emplace_back(), parse_upgrade(text));
    }
    options.watch = terminal_watch("chain replay");
    return {};
}

void print_text(const conformance::ChainReplay& result, bool wasm) {
    for (const auto& error : result.errors) fmt::print("ERROR {}\n", error);
    fmt::print("network {}, genesis {}, head at epoch {}; actors: {}\n", result.network, result.genesis.to_string(),
               result.height, wasm ? "official, as WASM" : "native");
    if (!result.ignored.empty()) fmt::print("the description beside the CAR was not used: {}\n", result.ignored);
    for (const auto& [version, height] : result.upgrades) {
        const bool found =
            std::ranges::any_of(result.found, [&, v = version](const auto& it) { return it.version == v; });
        fmt::print("network version {} applies above epoch {}{}\n", version, height,
                   found ? ", as the states of the chain show" : "");
    }
    for (const auto& [why, count] : result.skipped) fmt::print("{} tipsets were not executed: {}\n", count, why);
    if (result.refused_changes != 0)
        fmt::print("{} headers with a changed field were refused, as expected\n", result.refused_changes);
    // The genesis block is not counted: no rule applies to it.
    if (result.described) {
        fmt::print("{} of {} blocks are valid by all rules; winning proofs: {}\n", result.valid_blocks,
                   result.blocks - 1, result.winning_proofs);
    } else {
        fmt::print("the rules for headers were not checked: name a description of the network with --network FILE\n");
    }
    fmt::print("gas: {}\n", result.gas);
    fmt::print("{} tipsets, {} messages; state and receipts match after {} of {} tipsets ({:.1f} %); {} errors\n",
               result.tipsets, result.messages, result.executed, result.due, result.share(), result.errors.size());
}

nlohmann::json to_json(const std::vector<conformance::UpgradeHeight>& upgrades) {
    auto out = nlohmann::json::array();
    for (const auto& [version, height] : upgrades) out.push_back({{"version", version}, {"height", height}});
    return out;
}

void print_json(const conformance::ChainReplay& result, bool wasm) {
    const nlohmann::json out{{"network", result.network},
                             {"genesis", result.genesis.to_string()},
                             {"height", result.height},
                             {"actors", wasm ? "wasm" : "native"},
                             {"described", result.described},
                             {"tipsets", result.tipsets},
                             {"blocks", result.blocks},
                             {"messages", result.messages},
                             {"valid_blocks", result.valid_blocks},
                             {"refused_changes", result.refused_changes},
                             {"winning_proofs", result.winning_proofs},
                             {"gas", result.gas},
                             {"upgrades", to_json(result.upgrades)},
                             {"found_upgrades", to_json(result.found)},
                             {"due", result.due},
                             {"executed", result.executed},
                             {"skipped", result.skipped},
                             {"errors", result.errors}};
    fmt::print("{}\n", out.dump(1));
}

int run_replay(ReplayCommand& command) {
    if (const auto ready = complete(command); !ready) return exit_code_of(ready);
    const auto result = conformance::replay_chain(command.options);
    if (!result) return exit_code_of(result.error());
    clear_progress();
    const bool wasm = !command.options.bundles.empty();
    command.json ? print_json(*result, wasm) : print_text(*result, wasm);
    return result->errors.empty() ? kDone : kFault;
}

/// Returns true if an option was given that a recorded chain would ignore.
bool is_about_snapshot(const SnapshotExportCommand& given) {
    const SnapshotExportCommand usual;
    return !given.format.empty() || !given.f3.empty() || !given.token.empty() || given.checksum ||
           given.tipset != usual.tipset || given.recent_states != usual.recent_states;
}

int run_export(ExportCommand& command) {
    auto& snapshot = command.snapshot;
    if (!snapshot.repository.empty() || !snapshot.api.empty()) {
        if (command.paths.size() != 1)
            return exit_code_of(
                fail(Errc::invalid_argument, "with --repo FOLDER or --api URL, expected one path: the file to write"));
        snapshot.file = command.paths.front();
        return run_snapshot_export(snapshot);
    }
    if (command.paths.size() != 2 || is_about_snapshot(snapshot))
        return exit_code_of(fail(Errc::invalid_argument,
                                 "expected FOLDER FILE for a recorded chain, or FILE --repo FOLDER for a snapshot; "
                                 "--format, --tipset, --recent-states, --f3, --sha256 and --token are for a snapshot"));
    const auto& file = command.paths[1];
    const auto done = node::export_chain(command.paths[0], file, terminal_watch("chain export"));
    if (!done) return exit_code_of(done.error());
    clear_progress();
    fmt::print("{}: {} tipsets up to epoch {}, {} blocks, {} bytes; head {}\n", file, done->content.tipsets,
               done->height, done->content.blocks, done->content.bytes, done->head.to_string());
    if (!done->description.empty()) fmt::print("{}: the description of its network\n", done->description.string());
    return kDone;
}

void add_replay(CLI::App& chain, Run& run) {
    auto command = std::make_shared<ReplayCommand>();
    auto& options = command->options;
    options.wasm_cache = cache_folder() / "wasm";
    auto* verb = chain.add_subcommand(
        "replay", "execute a recorded chain from genesis and compare every state root, receipts root and gas");
    verb->alias("check");  // the name of earlier versions
    verb->add_option(
            "CAR", options.car,
            "the chain: a CAR, plain or packed, with headers, messages and the state of genesis; or a folder with "
            "chain.car")
        ->required();
    add_actors_option(*verb, command->actors);
    verb->add_option("--bundles,--bundle", command->actors.bundle,
                     "the official actors, which then run as WASM and count their own gas: a folder in which the "
                     "bundle of each version is found by its manifest, or a single file");
    verb->add_option("--network", options.network,
                     "description of the network (default: NAME.network.json or network.json beside NAME.car; without "
                     "any, headers are not checked by the rules)");
    verb->add_option("--upgrade", command->upgrades,
                     "VERSION=HEIGHT of an upgrade (default: from the description, else found by execution)");
    verb->add_option("--from", options.from, "the first epoch to execute; its state must be in the CAR")
        ->check(CLI::NonNegativeNumber);
    verb->add_option("--to", options.to, "the last epoch to execute")->check(CLI::NonNegativeNumber);
    verb->add_option("--vk", options.verifying_keys,
                     "folder of verifying keys (default: winning proofs are not verified)");
    verb->add_option("--max-errors", options.max_errors, "stop after this many errors")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->add_option("--tamper", options.tamper,
                     "change each field of every n-th header and expect a refusal; 0: change none")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    verb->add_flag("--json", command->json, "print the result as JSON");
    verb->callback([command, &run] { run = [command] { return run_replay(*command); }; });
}

void add_export(CLI::App& chain, Run& run) {
    auto command = std::make_shared<ExportCommand>();
    auto* verb = chain.add_subcommand("export",
                                      "write the chain of a node or local network as a file; a running node is asked "
                                      "for a snapshot, a recorded chain needs a stopped one");
    verb->add_option("PATHS", command->paths,
                     "FOLDER FILE: write a recorded chain, a CAR of all messages with the state of genesis, from the "
                     "folder of a stopped node, of a stopped local network, or of a demo run with --keep; the "
                     "network's description is put beside it. FILE with --repo or --api: write a snapshot")
        ->required()
        ->expected(1, 2);
    add_snapshot_options(*verb, command->snapshot);
    verb->callback([command, &run] { run = [command] { return run_export(*command); }; });
}

}  // namespace

void add_chain(CLI::App& app, Run& run) {
    auto* chain = app.add_subcommand(
        "chain", "replay recorded chains; write, read and check snapshots; look at the chain of a node");
    chain->require_subcommand(1);
    add_replay(*chain, run);
    add_export(*chain, run);
    add_snapshot_verbs(*chain, run);
    add_chain_queries(*chain, run);
    add_chain_objects(*chain, run);
}

}  // namespace strata::cli
