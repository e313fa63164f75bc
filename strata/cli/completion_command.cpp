// strata completion: what a shell needs to complete verbs and options, made from the tree of verbs. Sources: bash(1),
// "Programmable Completion"; zshcompsys(1).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <strata/cli/command_tree.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>

namespace strata::cli {
namespace {

/// Returns the path as the scripts compare it: "" for the program, " wallet new" for a verb.
std::string place_of(const TreeVerb& verb) {
    std::string out;
    for (const auto& word : verb.path) out += " " + word;
    return out;
}

/// Returns the first sentence, or line, of a description, for a list.
std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// Quotes a text for both shells.
std::string shell_quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

/// Returns a pattern of all places, for the loop that finds the verb among the words.
std::string all_places(const CLI::App& root) {
    std::string out;
    walk_tree(root, [&](const TreeVerb& verb) {
        if (!verb.path.empty()) out += (out.empty() ? "" : "|") + shell_quoted(place_of(verb));
    });
    return out;
}

std::string bash(const CLI::App& root) {
    std::string out =
        "# Completion of strata for bash. Load it with: source <(strata completion bash)\n"
        "_strata() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} place='' words='' i\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        case \"$place ${COMP_WORDS[i]}\" in\n"
        "            " +
        all_places(root) +
        ") place=\"$place ${COMP_WORDS[i]}\" ;;\n"
        "        esac\n"
        "    done\n"
        "    case \"$place\" in\n";
    walk_tree(root, [&](const TreeVerb& verb) {
        std::string words;
        for (const auto& [name, what] : verb.verbs) words += (words.empty() ? "" : " ") + name;
        for (const auto& option : verb.options)
            for (const auto& name : option.names) words += (words.empty() ? "" : " ") + name;
        out += fmt::format("        {}) words={} ;;\n", shell_quoted(place_of(verb)), shell_quoted(words));
    });
    // Where no word fits, bash completes names of files.
    return out +
           "    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
           "}\n"
           "complete -o default -F _strata strata\n";
}

/// Quotes a word and its description as _describe reads them.
std::string described(const std::string& name, const std::string& what) {
    std::string escaped;
    for (const char c : name) escaped += c == ':' ? std::string("\\:") : std::string(1, c);
    return shell_quoted(escaped + ":" + first_line(what));
}

std::string zsh(const CLI::App& root) {
    std::string out =
        "#compdef strata\n"
        "# Completion of strata for zsh. Put it into a folder of $fpath as _strata, or: source <(strata completion "
        "zsh)\n"
        "_strata() {\n"
        "    local place='' i\n"
        "    local -a verbs options\n"
        "    for ((i = 2; i < CURRENT; i++)); do\n"
        "        case \"$place ${words[i]}\" in\n"
        "            " +
        all_places(root) +
        ") place=\"$place ${words[i]}\" ;;\n"
        "        esac\n"
        "    done\n"
        "    case \"$place\" in\n";
    walk_tree(root, [&](const TreeVerb& verb) {
        std::string verbs, options;
        for (const auto& [name, what] : verb.verbs) verbs += " " + described(name, what);
        for (const auto& option : verb.options)
            for (const auto& name : option.names) options += " " + described(name, option.description);
        out += fmt::format("        {})\n            verbs=({} )\n            options=({} )\n            ;;\n",
                           shell_quoted(place_of(verb)), verbs, options);
    });
    return out +
           "    esac\n"
           "    if [[ $PREFIX == -* ]]; then\n"
           "        _describe -o option options\n"
           "    elif (( $#verbs )); then\n"
           "        _describe verb verbs\n"
           "    else\n"
           "        _files\n"
           "    fi\n"
           "}\n"
           "(( $+functions[compdef] )) && compdef _strata strata\n";
}

}  // namespace

void add_completion(CLI::App& app, Run& run) {
    auto* completion = app.add_subcommand("completion", "print a script that completes verbs and options in a shell");
    completion->require_subcommand(1);
    const auto add = [&](const char* name, const char* what, const char* example,
                         std::string (*script)(const CLI::App&)) {
        auto* shell = completion->add_subcommand(name, what);
        shell->footer(std::string("Example: ") + example);
        shell->callback([&app, &run, script] {
            run = [&app, script] {
                fmt::print("{}", script(app));
                return kDone;
            };
        });
    };
    add("bash", "print the script for bash", "source <(strata completion bash)", bash);
    add("zsh", "print the script for zsh", "strata completion zsh > ~/.zfunc/_strata", zsh);
}

}  // namespace strata::cli
