// The verbs below `strata chain` that work on snapshots: export (with --repo), import, validate, show.
#include <fmt/chrono.h>
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include <strata/base/unpack.hpp>
#include <strata/chain/network.hpp>
#include <strata/cli/actors_option.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/snapshot_commands.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/conformance/chain_replay.hpp>
#include <strata/node/snapshot.hpp>

namespace strata::cli {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// The options of --tipsets and --validate.
struct ExecutionOptions {
    std::size_t tipsets = 0;
    std::string network;  // a description, or the name of a public network
    ActorsOption actors;
};

struct ImportCommand {
    std::string file, folder, genesis;
    node::SnapshotImportOptions options;
    ExecutionOptions execution;
};
struct ValidateCommand {
    std::string file, scratch;
    ChainEpoch states = 2000;
    ExecutionOptions execution;
    bool json = false;
};
struct ShowCommand {
    std::string file;
    bool json = false;
};

void add_execution_options(CLI::App& verb, ExecutionOptions& options, const char* count) {
    verb.add_option(count, options.tipsets, "execute this number of the newest tipsets again and compare their states")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    add_actors_option(verb, options.actors);
    verb.add_option("--bundles,--bundle", options.actors.bundle,
                    "the official actors for the execution, which then run as WASM");
}

std::string text_of(const std::vector<Cid>& cids) {
    std::string out;
    for (const auto& cid : cids) out += (out.empty() ? "" : " ") + cid.to_string();
    return out;
}
json json_of(const std::vector<Cid>& cids) {
    auto out = json::array();
    for (const auto& cid : cids) out.push_back(cid.to_string());
    return out;
}

Result<conformance::ChainReplay> execute(const ExecutionOptions& execution, conformance::NewestTipsets newest,
                                         const fs::path& file, const char* verb) {
    conformance::ChainReplayOptions options{.newest = std::move(newest), .car = file};
    options.wasm_cache = cache_folder() / "wasm";
    STRATA_TRY(options.bundles, chosen_bundles(execution.actors));
    if (!execution.network.empty() && !node::genesis_of_public_network(execution.network))
        options.network = execution.network;
    options.watch = terminal_watch(verb);
    return conformance::replay_chain(options);
}

// Prints what the execution found; returns false if it found errors.
bool print_execution(const conformance::ChainReplay& result) {
    for (const auto& error : result.errors) fmt::print("ERROR {}\n", error);
    for (const auto& [why, count] : result.skipped) fmt::print("{} tipsets were not executed: {}\n", count, why);
    fmt::print("state and receipts match after {} of {} executed tipsets; {} errors\n", result.executed, result.due,
               result.errors.size());
    return result.errors.empty();
}

// --- export ---

Result<chain::SnapshotFormat> format_of(const std::string& name) {
    if (name == "v1") return chain::SnapshotFormat::v1;
    if (name == "v2") return chain::SnapshotFormat::v2;
    if (name == "indexed") return chain::SnapshotFormat::indexed;
    return fail(Errc::invalid_argument, fmt::format("--format {}: expected v1, v2 or indexed", name));
}

Result<node::SnapshotFileExport> export_to_file(const SnapshotExportCommand& command) {
    node::SnapshotFileOptions options{.recent_states = command.recent_states,
                                      .epoch = {},
                                      .f3 = command.f3,
                                      .checksum = command.checksum,
                                      .max_memory = command.memory_mib << 20U,
                                      .watch = terminal_watch("chain export")};
    STRATA_TRY(options.format, format_of(command.format.empty() ? "v2" : command.format));
    if (!command.f3.empty()) STRATA_OK(check_regular_file("--f3", command.f3));
    if (command.tipset != "head") {
        ChainEpoch epoch = 0;
        const auto* const end = command.tipset.data() + command.tipset.size();
        const auto read = std::from_chars(command.tipset.data(), end, epoch);
        if (read.ec != std::errc{} || read.ptr != end || epoch < 0)
            return fail(Errc::invalid_argument,
                        fmt::format("--tipset {}: expected an epoch or 'head'", command.tipset));
        options.epoch = epoch;
    }
    return node::export_snapshot(command.repository, command.file, options);
}

// --- import ---

// A public network has its genesis and name; any other is described by a file.
Status expect_network(ImportCommand& command, std::optional<chain::Network>& network) {
    auto& expected = command.options.expected;
    if (!command.execution.network.empty()) {
        expected.genesis = node::genesis_of_public_network(command.execution.network);
        if (!expected.genesis) {
            STRATA_OK(check_regular_file("--network", command.execution.network));
            STRATA_TRY(const auto text, read_unpacked(command.execution.network));
            auto read = chain::parse_network(text);
            if (!read) return std::move(read).error().with_context(command.execution.network);
            network = std::move(*read);
            expected.network = &*network;
        }
    }
    if (!command.genesis.empty()) {
        auto cid = Cid::parse(command.genesis);
        if (!cid) return std::move(cid).error().with_context("--genesis " + command.genesis);
        expected.genesis = *cid;
    }
    if (command.options.in_place && !expected.genesis)
        return fail(Errc::invalid_argument,
                    "--in-place needs the genesis of the chain: name a public network with --network, or the CID of "
                    "its genesis block with --genesis");
    return {};
}

Result<bool> validate_imported(const ImportCommand& command) {
    STRATA_TRY(auto chain, node::OpenedChain::open(command.folder));
    STRATA_TRY(const auto result, execute(command.execution,
                                          {.blocks = &chain.blocks(),
                                           .head = chain.head()->cids(),
                                           .genesis = chain.genesis()->cids().front(),
                                           .count = command.execution.tipsets},
                                          command.file, "chain import"));
    clear_progress();
    return print_execution(result);
}

int run_import(ImportCommand& command) {
    std::optional<chain::Network> network;
    auto ready = check_regular_file("FILE", command.file);
    if (ready) ready = expect_network(command, network);
    if (!ready) return exit_code_of(ready);
    command.options.watch = terminal_watch("chain import");
    const auto done = node::import_snapshot(command.file, command.folder, command.options);
    if (!done) return exit_code_of(done.error());
    clear_progress();
    if (done->resumed_at != 0) fmt::print("the import went on at byte {} of the unpacked file\n", done->resumed_at);
    if (command.options.in_place)
        fmt::print("the chain is used in place: the file must stay where it is\n");
    else
        fmt::print("{} blocks, {} bytes imported\n", done->blocks, done->bytes);
    fmt::print("network {}, genesis {}, head at epoch {}: {}\n", done->network,
               done->genesis->cids().front().to_string(), done->head->height(), text_of(done->head->cids()));
    if (done->f3) fmt::print("F3 data: {}/f3.snapshot\n", command.folder);
    if (command.execution.tipsets == 0) return kDone;
    const auto valid = validate_imported(command);
    if (!valid) return exit_code_of(valid.error());
    return *valid ? kDone : kFault;
}

// --- validate ---

struct Validated {
    std::uint64_t blocks = 0;
    chain::ChainCheck chain;
    std::optional<conformance::ChainReplay> executed;
};

Result<Validated> validate(const ValidateCommand& command) {
    STRATA_OK(check_regular_file("FILE", command.file));
    if (!command.execution.network.empty() && !node::genesis_of_public_network(command.execution.network))
        STRATA_OK(check_regular_file("--network", command.execution.network));
    const auto watch = terminal_watch("chain validate");
    Validated out;
    STRATA_TRY(out.blocks, node::check_blocks(command.file, watch));
    const auto scratch = command.scratch.empty() ? fs::temp_directory_path() : fs::path(command.scratch);
    STRATA_TRY(auto snapshot, node::OpenedSnapshot::open(command.file, scratch, watch));
    STRATA_TRY(out.chain,
               chain::check_chain(snapshot.blocks(), snapshot.head(), {.most_states = command.states, .watch = watch}));
    const auto genesis = out.chain.genesis->cids().front();
    if (const auto wanted = node::genesis_of_public_network(command.execution.network); wanted && *wanted != genesis)
        return fail(Errc::verification,
                    fmt::format("the chain begins with {}, expected {}, the genesis of {}", genesis.to_string(),
                                wanted->to_string(), command.execution.network));
    if (command.execution.tipsets == 0) return out;
    STRATA_TRY(out.executed, execute(command.execution,
                                     {.blocks = &snapshot.blocks(),
                                      .head = snapshot.head(),
                                      .genesis = genesis,
                                      .count = command.execution.tipsets},
                                     command.file, "chain validate"));
    return out;
}

int run_validate(const ValidateCommand& command) {
    const auto done = validate(command);
    if (!done) return exit_code_of(done.error());
    clear_progress();
    const auto& chain = done->chain;
    const bool valid = !done->executed || done->executed->errors.empty();
    if (command.json) {
        json out{{"blocks", done->blocks},
                 {"network", chain.network},
                 {"genesis", chain.genesis->cids().front().to_string()},
                 {"head", json_of(chain.head->cids())},
                 {"height", chain.head->height()},
                 {"tipsets", chain.tipsets},
                 {"headers", chain.headers},
                 {"states", chain.states},
                 {"valid", valid}};
        if (done->executed)
            out.update({{"due", done->executed->due},
                        {"executed", done->executed->executed},
                        {"skipped", done->executed->skipped},
                        {"errors", done->executed->errors}});
        fmt::print("{}\n", out.dump(1));
        return valid ? kDone : kFault;
    }
    fmt::print("{} blocks match their CIDs\n", done->blocks);
    fmt::print("network {}, genesis {}\n", chain.network, chain.genesis->cids().front().to_string());
    fmt::print("{} tipsets, {} headers, linked from epoch {} to genesis\n", chain.tipsets, chain.headers,
               chain.head->height());
    fmt::print("messages and states are complete for the newest {} tipsets\n", chain.states);
    if (done->executed) print_execution(*done->executed);
    return valid ? kDone : kFault;
}

// --- show ---

void print_facts(const node::SnapshotFacts& facts) {
    fmt::print("version {}{}\n", facts.version,
               facts.indexed  ? ", packed with an index"
               : facts.packed ? ", packed"
                              : "");
    fmt::print("{} bytes, {} blocks{}\n", facts.file_bytes, facts.blocks,
               facts.blocks_counted ? "" : " as the index tells");
    if (facts.height)
        fmt::print("head at epoch {}, {:%Y-%m-%dT%H:%M:%SZ}\n", *facts.height,
                   fmt::gmtime(static_cast<std::time_t>(*facts.timestamp)));
    fmt::print("head {}\n", text_of(facts.head));
    if (!facts.network.empty()) fmt::print("network {}\n", facts.network);
    if (!facts.public_network.empty()) fmt::print("the genesis of {} is in it\n", facts.public_network);
    if (!facts.f3) return;
    fmt::print("F3 data {}, {} bytes", facts.f3->to_string(), facts.f3_bytes);
    if (facts.f3_range) fmt::print(", instances {} to {}", facts.f3_range->first, facts.f3_range->latest);
    fmt::print("\n");
}

json json_of(const node::SnapshotFacts& facts) {
    json out{{"version", facts.version},       {"indexed", facts.indexed}, {"packed", facts.packed},
             {"file_bytes", facts.file_bytes}, {"blocks", facts.blocks},   {"blocks_counted", facts.blocks_counted},
             {"head", json_of(facts.head)},    {"network", facts.network}, {"public_network", facts.public_network}};
    if (facts.height) out.update({{"height", *facts.height}, {"timestamp", *facts.timestamp}});
    if (facts.f3) out["f3"] = {{"cid", facts.f3->to_string()}, {"bytes", facts.f3_bytes}};
    if (facts.f3_range)
        out["f3"].update({{"version", facts.f3_range->version},
                          {"first", facts.f3_range->first},
                          {"latest", facts.f3_range->latest}});
    return out;
}

int run_show(const ShowCommand& command) {
    const auto regular = check_regular_file("FILE", command.file);
    if (!regular) return exit_code_of(regular);
    const auto facts = node::snapshot_facts(command.file, terminal_watch("chain show"));
    if (!facts) return exit_code_of(facts.error());
    clear_progress();
    if (command.json)
        fmt::print("{}\n", json_of(*facts).dump(1));
    else
        print_facts(*facts);
    return kDone;
}

}  // namespace

void add_snapshot_options(CLI::App& verb, SnapshotExportCommand& command) {
    verb.add_option("--repo", command.repository,
                    "folder of a stopped node, of a local network, or of a demo run with --keep: write a snapshot, "
                    "with the states of recent epochs, instead of a recorded chain");
    verb.add_option("--tipset", command.tipset, "the epoch of the snapshot's head, or 'head'")->capture_default_str();
    verb.add_option("--recent-states", command.recent_states, "how many epochs have their states and messages")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    verb.add_option("--format", command.format,
                    "v1: a CAR; v2: a CAR with metadata (default); indexed: packed with an index, .forest.car.zst");
    verb.add_option("--f3", command.f3, "a file of F3 data to put in");
    verb.add_option("--max-memory", command.memory_mib,
                    "MiB for the set of visited blocks; 3072 are enough for 107 million blocks")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb.add_flag("--sha256", command.checksum, "write FILE.sha256sum beside the file");
}

int run_snapshot_export(const SnapshotExportCommand& command) {
    const auto done = export_to_file(command);
    if (!done) return exit_code_of(done.error());
    clear_progress();
    const auto& content = done->content;
    fmt::print("{}: {} tipsets up to epoch {}, {} blocks, {} bytes; head {}\n", command.file, content.tipsets,
               done->height, content.blocks, done->file_bytes, done->head.to_string());
    if (content.left_out != 0)
        fmt::print("{} blocks with the code of actors are not in this node and were left out\n", content.left_out);
    if (!done->checksum.empty()) fmt::print("{}: its SHA-256\n", done->checksum.string());
    return kDone;
}

void add_snapshot_verbs(CLI::App& chain, Run& run) {
    auto import = std::make_shared<ImportCommand>();
    auto* verb = chain.add_subcommand("import", "begin a node with the chain of a snapshot");
    verb->add_option("FILE", import->file, "the snapshot, in any form")->required();
    verb->add_option("--repo", import->folder, "folder of the node, which has no chain yet")->required();
    verb->add_option("--network", import->execution.network,
                     "what the chain must belong to: mainnet, calibnet, or a description of a network");
    verb->add_option("--genesis", import->genesis, "the CID of the block that the chain must begin with");
    verb->add_flag("--in-place", import->options.in_place,
                   "copy nothing: the node reads the file, which must have an index, where it is");
    verb->add_flag("--any-space", import->options.any_space, "do not ask whether the disk has room");
    add_execution_options(*verb, import->execution, "--validate");
    verb->callback([import, &run] { run = [import] { return run_import(*import); }; });

    auto validate = std::make_shared<ValidateCommand>();
    verb = chain.add_subcommand("validate", "check a snapshot: its blocks, the chain to genesis, recent states");
    verb->add_option("FILE", validate->file, "the snapshot, in any form")->required();
    verb->add_option("--network", validate->execution.network,
                     "mainnet, calibnet, or a description of the network for the execution");
    verb->add_option("--recent-states", validate->states, "the most epochs whose states are walked")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    verb->add_option("--scratch", validate->scratch,
                     "folder for a temporary packed copy with an index, if the file has no index");
    add_execution_options(*verb, validate->execution, "--tipsets");
    verb->add_flag("--json", validate->json, "print the result as JSON");
    verb->callback([validate, &run] { run = [validate] { return run_validate(*validate); }; });

    auto show = std::make_shared<ShowCommand>();
    verb = chain.add_subcommand("show", "tell what a snapshot is: version, head, network, F3 data");
    verb->add_option("FILE", show->file, "the snapshot, in any form")->required();
    verb->add_flag("--json", show->json, "print the result as JSON");
    verb->callback([show, &run] { run = [show] { return run_show(*show); }; });
}

}  // namespace strata::cli
