#include <strata/cli/main.hpp>

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include <strata/base/nearest_word.hpp>
#include <strata/cli/beacon_command.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/lotus_names.hpp>
#include <strata/cli/repo_command.hpp>
#include <strata/cli/storage_verbs.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/terminal/width.hpp>

namespace strata::cli {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done; 1 something failed, or the verdict is \"no\";\n"
    "2 a verb or option is wrong; 130 stopped by Ctrl-C before the verb was done.";

// For somebody who has just built the program.
constexpr const char* kBegin =
    "Begin here: a network of your own, on this machine alone.\n"
    "  strata devnet up         in this terminal; the first start makes proof keys (a minute)\n"
    "and in a second terminal:\n"
    "  strata put FILE          stores a file and prints its CID\n"
    "  strata deals show        how far it is, or why it failed\n"
    "  strata get CID           gets it back\n"
    "  strata wallet list       your money; strata send ADDRESS AMOUNT gives some to somebody else\n";

/// Returns the deepest verb on the command line.
CLI::App* named_verb(CLI::App& app) {
    CLI::App* verb = &app;
    while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
    return verb;
}

std::vector<std::string> verbs_of(CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* verb : app.get_subcommands([](CLI::App*) { return true; })) names.push_back(verb->get_name());
    return names;
}

std::string path_of(const CLI::App& verb) {
    return verb.get_parent() == nullptr ? "strata" : path_of(*verb.get_parent()) + " " + verb.get_name();
}

/// Appends the verbs of this name anywhere below `app`.
void find_by_name(CLI::App& app, const std::string& name, std::vector<std::string>& found) {
    for (auto* verb : app.get_subcommands([](CLI::App*) { return true; })) {
        if (verb->get_name() == name) found.push_back(path_of(*verb));
        find_by_name(*verb, name, found);
    }
}

/// Returns verbs that a wrong word may mean: the nearest ones here, those of Lotus' names included, or else those with
/// this very name elsewhere.
std::vector<std::string> suggestions(CLI::App& verb, const std::string& word) {
    constexpr std::size_t kNear = 2;
    std::size_t least = kNear;
    std::vector<std::string> out;
    const auto consider = [&](std::string_view name, std::string path) {
        const auto distance = edit_distance(name, word);
        if (distance > least) return;
        if (distance < least) out.clear();
        least = distance;
        if (std::ranges::find(out, path) == out.end()) out.push_back(std::move(path));
    };
    for (const auto& name : verbs_of(verb)) consider(name, path_of(verb) + " " + name);
    const auto above = path_of(verb).substr(std::string_view("strata").size());
    for (const auto& row : lotus_names()) {
        const auto theirs = " " + std::string(row.theirs);
        const auto last = theirs.rfind(' ');
        if (theirs.substr(0, last) == above) consider(theirs.substr(last + 1), "strata " + std::string(row.ours));
    }
    if (!out.empty()) return out;
    auto* root = &verb;
    while (root->get_parent() != nullptr) root = root->get_parent();
    find_by_name(*root, word, out);
    return out;
}

/// Says that a verb is missing or unknown, which verbs there are, and which one may be meant.
void explain_missing_verb(CLI::App& verb, const std::string& word) {
    std::string list;
    for (const auto& name : verbs_of(verb)) list += (list.empty() ? "" : ", ") + name;
    if (word.empty() && verb.get_parent() == nullptr) {
        print_error(std::string("strata: a verb is missing\n\n") + kBegin +
                    "\nstrata --help shows all verbs, strata VERB --help what one can do.");
        return;
    }
    if (word.empty()) {
        print_error(fmt::format("{}: a verb is missing; the verbs are {}", path_of(verb), list));
    } else {
        print_error(fmt::format("{}: there is no verb \"{}\"; the verbs are {}", path_of(verb), word, list));
        for (const auto& path : suggestions(verb, word)) fmt::print(stderr, "Did you mean \"{}\"?\n", path);
    }
    fmt::print(stderr, "Run \"{} --help\" to see what they do.\n", path_of(verb));
}

/// Returns the word after `verb` on the command line; empty if there is none, or if it is an option.
std::string first_word(const CLI::App& verb, int argc, char** argv) {
    int at = 1;
    if (verb.get_parent() != nullptr) {
        while (at < argc && argv[at] != verb.get_name()) ++at;
        ++at;
    }
    return at < argc && argv[at][0] != '-' ? argv[at] : "";
}

/// Prints what --help or --version asks for.
int answer(CLI::App& app, const CLI::ParseError& wish) {
    std::ostringstream out, unused;
    const int code = app.exit(wish, out, unused);
    auto text = out.str();
    const bool is_help = dynamic_cast<const CLI::CallForHelp*>(&wish) != nullptr;
    if (is_help && named_verb(app)->get_parent() == nullptr)
        text.insert(text.find('\n') + 1, std::string("\n") + kBegin + "\n");
    fmt::print("{}", terminal::folded(text, terminal::columns_of(stdout)));
    return code;
}

int explain(CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return answer(app, error);
    auto& verb = *named_verb(app);
    if (!verbs_of(verb).empty()) {
        explain_missing_verb(verb, first_word(verb, argc, argv));
        return kWrongUsage;
    }
    print_error(
        fmt::format("{}: {}\nRun \"{} --help\" to see its options.", path_of(verb), error.what(), path_of(verb)));
    return kWrongUsage;
}

/// Flushes the output and returns the exit code. A device may be full while a verb's last lines are still buffered, and
/// then the verb did not do what it says.
int flush_output(int code) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    std::fputs("strata: not all of the output could be written; check that the device has free space\n", stderr);
    return code == kDone ? kFault : code;
}

}  // namespace

void add_verbs(CLI::App& app, Run& run, const LogOptions& log) {
    const auto group = [&app](const char* name) {
        for (auto* verb : app.get_subcommands([](CLI::App*) { return true; }))
            if (verb->get_group() == "Subcommands") verb->group(name);
    };
    add_devnet(app, run, log);
    add_put(app, run);
    add_get(app, run);
    add_deals(app, run);
    add_wallet(app, run);
    add_send(app, run);
    add_evm(app, run);
    add_demo(app, run);
    group("A network, files, money, contracts");
    add_node(app, run);
    add_config(app, run);
    add_doctor(app, run);
    add_sp(app, run);
    add_net(app, run);
    add_sync(app, run);
    add_auth(app, run);
    add_repo(app, run);
    add_beacon(app, run);
    group("Run a node or a provider");
    add_msg(app, run);
    add_mpool(app, run);
    add_chain(app, run);
    add_state(app, run);
    add_msig(app, run);
    add_paych(app, run);
    group("Look at the chain, and send messages");
    add_car(app, run);
    add_pieces(app, run);
    add_proofs(app, run);
    add_bundle(app, run);
    add_vectors(app, run);
    add_actors(app, run);
    add_sim(app, run);
    group("Without a node: data, proofs, tests");
    add_completion(app, run);
    add_man(app, run);
    group("Help");
}

int run(int count, char** given) try {
    std::vector<std::string> words(given + std::min(count, 1), given + count);
    words = with_our_names(std::move(words));
    std::vector<char*> pointers{given[0]};
    for (auto& word : words) pointers.push_back(word.data());
    const int argc = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
    char** const argv = pointers.data();
    CLI::App app{"Strata: Filecoin in one program"};
    app.footer(kFooter);
    app.set_version_flag("--version", "strata " STRATA_VERSION);
    app.require_subcommand(1);
    LogOptions log{.levels = {}};
    app.add_option(
        "--log-level", log.levels,
        "debug, info, warning, error or off, and other levels for single categories: \"info,provider=debug\"\n"
        "(default: info for devnet up, warning for all other verbs)");
    app.add_option(
        "--log-file", log.file,
        "write the log to this file (default: the standard error output; for devnet up, strata.log in its folder)");
    Run chosen;
    add_verbs(app, chosen, log);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return explain(app, error, argc, argv);
    }
    // A copy: `devnet up` still has to see in `log` which options were given.
    auto options = log;
    if (options.levels.empty()) options.levels = "warning";
    if (const auto started = start_log(options); !started) {
        fmt::print(stderr, "strata: {}\n", started.error().message());
        return kWrongUsage;
    }
    return flush_output(chosen());
} catch (const std::exception& error) {
    // Our own code returns errors; libraries throw when memory runs out or the output cannot be written.
    std::fprintf(stderr, "strata: the verb stopped because of an unexpected failure: %s\n", error.what());
    return kFault;
}

}  // namespace strata::cli
