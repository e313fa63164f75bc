// strata man: manual pages, made from the tree of verbs. Source: man-pages(7), groff_man(7).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <strata/base/files.hpp>
#include <strata/cli/command_tree.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/terminal.hpp>

namespace strata::cli {
namespace {

struct ManOptions {
    std::vector<std::string> verb;
    std::filesystem::path folder;
};

/// Escapes what roff would read as a request.
std::string plain(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins_line = i == 0 || text[i - 1] == '\n';
        if (begins_line && (text[i] == '.' || text[i] == '\'')) out += "\\&";
        if (text[i] == '\\')
            out += "\\e";
        else if (text[i] == '-')
            out += "\\-";
        else
            out += text[i];
    }
    return out;
}

std::string synopsis_of(const TreeVerb& verb) {
    std::string out = "\\fB" + plain(verb.name()) + "\\fR";
    if (!verb.verbs.empty()) return out + " \\fIVERB\\fR";
    bool has_options = false;
    for (const auto& option : verb.options) {
        has_options |= !option.names.empty();
        if (!option.names.empty()) continue;
        const auto argument = "\\fI" + plain(option.argument) + "\\fR" + (option.is_repeated ? "..." : "");
        out += " " + (option.is_required ? argument : "[" + argument + "]");
    }
    return out + (has_options ? " [\\fIOPTION\\fR...]" : "");
}

std::string option_entry(const TreeOption& option) {
    std::string names;
    for (const auto& name : option.names) names += (names.empty() ? "" : ", ") + ("\\fB" + plain(name) + "\\fR");
    if (!option.argument.empty()) names += (names.empty() ? "" : " ") + ("\\fI" + plain(option.argument) + "\\fR");
    return ".TP\n" + names + "\n" + plain(option.description) + (option.is_required ? " (required)" : "") +
           (option.usual.empty() ? "" : plain(" (default: " + option.usual + ")")) + "\n";
}

std::string page_of(const TreeVerb& verb) {
    std::string title = verb.name("-");
    for (char& c : title) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::string out =
        fmt::format(".TH {} 1 \"\" \"strata {}\" \"Strata\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{}\n", plain(title),
                    STRATA_VERSION, plain(verb.name("-")), plain(verb.description), synopsis_of(verb));
    if (!verb.verbs.empty()) {
        out += ".SH VERBS\n";
        for (const auto& [name, what] : verb.verbs)
            out += ".TP\n\\fB" + plain(verb.name("-") + "-" + name) + "\\fR(1)\n" + plain(what) + "\n";
    }
    out += ".SH OPTIONS\n";
    for (const auto& option : verb.options) out += option_entry(option);
    if (constexpr std::string_view kExample = "Example: "; verb.footer.starts_with(kExample))
        out += ".SH EXAMPLES\n.nf\n" + plain(verb.footer.substr(kExample.size())) + "\n.fi\n";
    out += ".SH EXIT STATUS\n";
    for (const auto& one : kExitCodes) out += fmt::format(".TP\n{}\n{}\n", one.code, plain(one.meaning));
    if (!verb.path.empty()) {
        auto up = verb;
        up.path.pop_back();
        out += ".SH SEE ALSO\n\\fB" + plain(up.name("-")) + "\\fR(1)\n";
    }
    return out;
}

Status write_pages(const CLI::App& root, const std::filesystem::path& folder) {
    STRATA_OK(make_folders(folder));
    Status done;
    walk_tree(root, [&](const TreeVerb& verb) {
        if (done) done = write_file(folder / (verb.name("-") + ".1"), as_bytes(page_of(verb)));
    });
    return done;
}

Status print_page(const CLI::App& root, const std::vector<std::string>& path) {
    std::string page;
    walk_tree(root, [&](const TreeVerb& verb) {
        if (verb.path == path) page = page_of(verb);
    });
    if (page.empty()) {
        std::string words;
        for (const auto& word : path) words += " " + word;
        return fail(Errc::invalid_argument,
                    "strata man: there is no verb \"strata" + words + "\"; strata --help lists them");
    }
    fmt::print("{}", page);
    return {};
}

}  // namespace

void add_man(CLI::App& app, Run& run) {
    auto options = std::make_shared<ManOptions>();
    auto* man = app.add_subcommand("man", "print the manual page of a verb, or write those of all verbs");
    man->footer("Example: strata man wallet new | man -l -");
    man->add_option("VERB", options->verb, "the words of the verb (default: the program)");
    man->add_option("--folder", options->folder, "write the pages of all verbs into this folder");
    man->callback([&app, &run, options] {
        run = [&app, options] {
            return exit_code_of(options->folder.empty() ? print_page(app, options->verb)
                                                        : write_pages(app, options->folder));
        };
    });
}

}  // namespace strata::cli
