// strata node backup and restore: all that nobody can make again of a node, in one file.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/file_writer.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/find_node.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/node_backup.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/devnet/chosen_network.hpp>
#include <strata/http/client.hpp>
#include <strata/node/backup.hpp>
#include <strata/node/repository.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 40;
constexpr std::chrono::hours kMostTime{24};

struct BackupCommand : NodeOptions {
    fs::path file, repository;
};

struct RestoreCommand {
    fs::path file, repository;
    std::string network;
    std::int64_t signed_until = -1;
    bool check_only = false;
    bool json = false;
};

nlohmann::ordered_json to_json(const node::BackupContent& content) {
    return {{"Program", content.facts.program},
            {"Network", content.facts.network},
            {"Genesis", content.facts.genesis ? nlohmann::ordered_json{{"/", content.facts.genesis->to_string()}}
                                              : nlohmann::ordered_json(nullptr)},
            {"Head", content.facts.head},
            {"MadeAt", content.facts.made_at},
            {"Records", content.records},
            {"Files", content.files},
            {"Keys", content.keys},
            {"Encrypted", content.is_encrypted},
            {"Sectors", content.sectors}};
}

void show(const node::BackupContent& content, bool json) {
    if (json) return fmt::print("{}\n", to_json(content).dump(1));
    fmt::print("network {}, head at epoch {}; {} records, {} of sectors; {} keys, {}\n", content.facts.network,
               content.facts.head, content.records, content.sectors, content.keys,
               content.keys == 0      ? "so nothing to lose with the wallet"
               : content.is_encrypted ? "encrypted under the wallet's passphrase, without which they are lost"
                                      : "NOT encrypted: who has this file has the keys");
}

/// The node sends it, and it is read as restore would read it before it gets its name: a damaged one replaces no good
/// one.
Result<node::BackupContent> from_running(const node::ApiAccess& place, const fs::path& file) {
    STRATA_TRY(auto writer, FileWriter::create(file, FileAccess::owner_only));
    std::map<std::string, std::string> headers;
    if (!place.token.empty()) headers["Authorization"] = "Bearer " + place.token;
    STRATA_TRY(const auto answer,
               http::get_stream(place.url + "/backup", [&](BytesView bytes) { return writer.write(bytes); }, headers,
                                {.body_bytes = kMostBytes, .total = kMostTime}));
    if (answer.status != 200)
        return fail(answer.status == 401 || answer.status == 403 ? Errc::verification : Errc::io,
                    fmt::format("the node at {} answered {}: {}", place.url, answer.status, as_text(answer.body)));
    STRATA_TRY(auto received, writer.take());
    STRATA_TRY(auto content, node::read_backup(unfinished_path(file)));
    STRATA_OK(received.commit());
    return content;
}

/// A node whose repository nobody holds is read from the disk; one that runs is asked.
Result<node::BackupContent> back_up(const BackupCommand& command) {
    fs::path folder = command.repository;
    node::ApiAccess place;
    if (!folder.empty()) {
        place = node::read_access_files(folder);
    } else if (names_folder(command)) {
        STRATA_TRY(folder, node_folder(command));
        if (auto found = find_node(command)) place = std::move(*found);
    } else {
        STRATA_TRY(place, find_node(command));
    }
    if (folder.empty()) return from_running(place, command.file);
    auto stopped = node::backup_stopped(folder, command.file);
    if (stopped || stopped.error().code() != Errc::busy || place.url.empty()) return stopped;
    return from_running(place, command.file);
}

int run_backup(const BackupCommand& command) {
    const auto done = back_up(command);
    if (!done) return exit_code_of(Error(done.error()).with_context("strata node backup"));
    show(*done, command.json);
    return kDone;
}

Result<node::BackupContent> restore(const RestoreCommand& command) {
    if (command.check_only) return node::read_backup(command.file);
    if (command.repository.empty())
        return fail(Errc::invalid_argument, "name the folder that becomes the node's with --repo");
    node::RestoreOptions options;
    if (command.signed_until >= 0) options.signed_until = command.signed_until;
    if (!command.network.empty()) {
        STRATA_TRY(const auto chosen,
                   devnet::choose_network({.name = command.network, .parameters = cache_folder() / "params"}));
        options.genesis = chosen.genesis_cid;
        if (!options.genesis && !chosen.genesis.empty()) {
            STRATA_TRY(options.genesis, node::genesis_in(chosen.genesis));
        }
    }
    return node::restore_backup(command.file, command.repository, options);
}

int run_restore(const RestoreCommand& command) {
    const auto done = restore(command);
    if (!done) return exit_code_of(Error(done.error()).with_context("strata node restore"));
    show(*done, command.json);
    if (!command.check_only && !command.json)
        fmt::print("restored into {}; start it with strata node run --repo {} --network {}\n",
                   command.repository.string(), command.repository.string(),
                   command.network.empty() ? "NETWORK" : command.network);
    return kDone;
}

}  // namespace

void add_node_backup(CLI::App& node, Run& run) {
    auto backup = std::make_shared<BackupCommand>();
    auto* verb =
        node.add_subcommand("backup",
                            "write all that nobody can make again into a file, while the node runs or stopped: "
                            "keys, own messages, sectors, deals, what was signed, identity and settings");
    verb->footer("Example: strata node backup node.backup --node provider-1");
    verb->add_option("FILE", backup->file, "the file to write; only its owner may read it")->required();
    add_node_options(*verb, *backup);
    verb->add_option("--repo", backup->repository, "the node's folder, in place of --network and --node");
    verb->callback([backup, &run] { run = [backup] { return run_backup(*backup); }; });

    auto restore = std::make_shared<RestoreCommand>();
    verb = node.add_subcommand("restore", "make a node's folder from a backup; the chain comes from the network again");
    verb->footer("Example: strata node restore node.backup --repo FOLDER --network calibnet");
    verb->add_option("FILE", restore->file, "what strata node backup wrote")->required();
    verb->add_option("--repo", restore->repository,
                     "the folder to make; it may have the lost node's provider and pieces, and nothing else");
    verb->add_option("--network", restore->network,
                     "refuse a backup of a different network: a folder, a description or a name, as of node run");
    verb->add_option("--signed-until", restore->signed_until,
                     "the last epoch for which the lost node can have signed a block (default: the epoch in which the "
                     "restored node starts); until the head is above it the miner makes none")
        ->check(CLI::NonNegativeNumber);
    verb->add_flag("--check", restore->check_only, "only check the file and tell what is in it");
    verb->add_flag("--json", restore->json, "print the result as JSON");
    verb->callback([restore, &run] { run = [restore] { return run_restore(*restore); }; });
}

}  // namespace strata::cli
