// strata repo: what a stopped node has on disk.
#include <strata/cli/repo_command.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/cli/exit_codes.hpp>
#include <strata/cli/keep_option.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/node/stored_states.hpp>

namespace strata::cli {
namespace {

using nlohmann::json;

struct CheckCommand {
    std::string folder;
    std::uint64_t states = UINT64_MAX;
    std::uint64_t memory_mib = 6'144;
    bool all = false;
    bool json = false;
};

struct CollectCommand {
    std::string folder;
    ChainEpoch keep_epochs = chain::kDefaultKeptEpochs;
};

struct ShowCommand {
    std::string folder;
    bool json = false;
};

std::string mib(std::uint64_t bytes) {
    return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

// --- check ---

void print(const chain::StoreCheck& found) {
    fmt::print("{} tipsets, {} headers, linked from epoch {} to genesis\n", found.tipsets, found.headers,
               found.head->height());
    if (found.without_messages != 0)
        fmt::print("{} tipsets came with a snapshot without messages\n", found.without_messages);
    if (found.states != 0)
        fmt::print("states are complete for {} tipsets, from epoch {} on\n", found.states, found.states_from);
    if (found.forks != 0) fmt::print("{} valid blocks of forks are complete\n", found.forks);
    fmt::print("{} blocks, {}, match their CIDs\n", found.blocks, mib(found.bytes));
    if (found.left_out != 0) fmt::print("{} blocks with the code of actors are not in this node\n", found.left_out);
}

int run_check(const CheckCommand& command) {
    const auto found = node::check_repository(
        command.folder,
        {.most_states = command.states, .max_memory = command.memory_mib << 20U, .watch = terminal_watch("repo check")},
        command.all);
    if (!found) return exit_code_of(found.error());
    clear_progress();
    if (!command.json) {
        print(*found);
        return kDone;
    }
    const json out{{"head", found->head->height()},
                   {"tipsets", found->tipsets},
                   {"headers", found->headers},
                   {"states", found->states},
                   {"states_from", found->states_from},
                   {"forks", found->forks},
                   {"without_messages", found->without_messages},
                   {"blocks", found->blocks},
                   {"bytes", found->bytes},
                   {"left_out", found->left_out}};
    fmt::print("{}\n", out.dump(1));
    return kDone;
}

// --- collect ---

int run_collect(const CollectCommand& command) {
    if (command.keep_epochs == 0)
        return exit_code_of(fail(Errc::invalid_argument, "--keep-epochs all: there is nothing to collect then"));
    const auto done = node::collect_repository(command.folder, command.keep_epochs, terminal_watch("repo collect"));
    if (!done) return exit_code_of(done.error());
    clear_progress();
    fmt::print("{} freed; the states that are kept have {}\n", mib(done->freed), mib(done->kept));
    return kDone;
}

// --- show ---

void print(const node::StoredStates& found) {
    for (const auto& family : found.families)
        fmt::print("{:<12} {:>12}  {}\n", family.name, mib(family.bytes),
                   family.is_chain ? "headers, messages and receipts, for good"
                   : family.is_old ? (found.collecting ? "older states, dropped when the collection ends"
                                                       : "older states, dropped by the next collection")
                                   : "states");
    fmt::print("{} in all files of the repository\n", mib(found.disk_bytes));
    fmt::print("head at epoch {}\n", found.head->height());
    if (found.last)
        fmt::print("the last collection began at epoch {}; the states from epoch {} on are kept\n", found.last->head,
                   found.last->kept_from);
    else
        fmt::print("nothing was collected yet\n");
    if (found.collecting) fmt::print("a collection has begun and not ended; the node goes on with it\n");
    if (!found.in_place.empty()) fmt::print("below them: the snapshot {}\n", found.in_place);
}

int run_show(const ShowCommand& command) {
    const auto found = node::stored_states(command.folder);
    if (!found) return exit_code_of(found.error());
    if (!command.json) {
        print(*found);
        return kDone;
    }
    auto families = json::array();
    for (const auto& family : found->families)
        families.push_back(
            {{"name", family.name}, {"bytes", family.bytes}, {"old", family.is_old}, {"chain", family.is_chain}});
    json out{{"families", std::move(families)},
             {"disk_bytes", found->disk_bytes},
             {"head", found->head->height()},
             {"collecting", found->collecting},
             {"old_chain", found->old_chain},
             {"in_place", found->in_place},
             {"last", nullptr}};
    if (found->last)
        out["last"] = {
            {"head", found->last->head}, {"bytes", found->last->bytes}, {"kept_from", found->last->kept_from}};
    fmt::print("{}\n", out.dump(1));
    return kDone;
}

constexpr const char* kFolder = "folder of a stopped node, of a local network, or of a demo run with --keep";

}  // namespace

void add_repo(CLI::App& app, Run& run) {
    auto* repo = app.add_subcommand("repo", "check what a stopped node has on disk, and remove old states");
    repo->require_subcommand(1);

    auto check = std::make_shared<CheckCommand>();
    auto* verb = repo->add_subcommand("check",
                                      "read the chain, its messages and receipts and the kept states, and "
                                      "check every block against its CID");
    verb->add_option("FOLDER", check->folder, kFolder)->required();
    verb->add_option("--recent-states", check->states, "the most tipsets whose states are walked (default: all kept)");
    verb->add_option("--max-memory", check->memory_mib, "MiB for the set of visited blocks")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->add_flag("--all", check->all, "read also the blocks that nothing leads to, and the records");
    verb->add_flag("--json", check->json, "print the result as JSON");
    verb->callback([check, &run] { run = [check] { return run_check(*check); }; });

    auto collect = std::make_shared<CollectCommand>();
    verb = repo->add_subcommand("collect", "remove old states now; after Ctrl-C the same command goes on");
    verb->add_option("FOLDER", collect->folder, kFolder)->required();
    add_keep_option(*verb, collect->keep_epochs);
    verb->callback([collect, &run] { run = [collect] { return run_collect(*collect); }; });

    auto show = std::make_shared<ShowCommand>();
    verb = repo->add_subcommand("show", "tell which families of blocks there are, their sizes, and what is kept");
    verb->add_option("FOLDER", show->folder, kFolder)->required();
    verb->add_flag("--json", show->json, "print the result as JSON");
    verb->callback([show, &run] { run = [show] { return run_show(*show); }; });
}

}  // namespace strata::cli
