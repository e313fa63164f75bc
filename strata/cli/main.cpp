#include <strata/cli/main.hpp>

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include <strata/base/nearest_word.hpp>
#include <strata/cli/beacon_command.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/repo_command.hpp>
#include <strata/cli/storage_verbs.hpp>

namespace strata::cli {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done; 1 something failed, or the verdict is \"no\"; 2 a verb or option is wrong; 130 stopped by\n"
    "Ctrl-C before the verb was done.";

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

/// Says that a verb is missing or unknown, which verbs there are, and which one may be meant.
void explain_missing_verb(CLI::App& verb, const std::string& word) {
    const auto names = verbs_of(verb);
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    if (word.empty()) {
        fmt::print(stderr, "{}: a verb is missing; the verbs are {}\n", path_of(verb), list);
    } else {
        fmt::print(stderr, "{}: there is no verb \"{}\"; the verbs are {}\n", path_of(verb), word, list);
        constexpr std::size_t kNear = 2;
        for (const auto& name : names)
            if (edit_distance(name, word) <= kNear)
                fmt::print(stderr, "Did you mean \"{} {}\"?\n", path_of(verb), name);
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

int explain(CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
        return app.exit(error);  // --help, --version
    auto& verb = *named_verb(app);
    if (!verbs_of(verb).empty()) {
        explain_missing_verb(verb, first_word(verb, argc, argv));
        return kWrongUsage;
    }
    fmt::print(stderr, "{}: {}\nRun \"{} --help\" to see its options.\n", path_of(verb), error.what(), path_of(verb));
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

int run(int argc, char** argv) try {
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
    add_demo(app, chosen);
    add_devnet(app, chosen, log);
    add_node(app, chosen);
    add_beacon(app, chosen);
    add_vectors(app, chosen);
    add_proofs(app, chosen);
    add_chain(app, chosen);
    add_actors(app, chosen);
    add_bundle(app, chosen);
    add_evm(app, chosen);
    add_sim(app, chosen);
    add_wallet(app, chosen);
    add_send(app, chosen);
    add_net(app, chosen);
    add_sync(app, chosen);
    add_auth(app, chosen);
    add_sp(app, chosen);
    add_deals(app, chosen);
    add_put(app, chosen);
    add_get(app, chosen);
    add_repo(app, chosen);
    add_config(app, chosen);
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
