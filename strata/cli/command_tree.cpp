#include <strata/cli/command_tree.hpp>

#include <CLI/CLI.hpp>

namespace strata::cli {
namespace {

TreeOption option_of(const CLI::Option& option) {
    TreeOption out;
    out.description = option.get_description();
    out.is_required = option.get_required();
    for (const auto& name : option.get_snames()) out.names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) out.names.push_back("--" + name);
    out.is_repeated = option.get_items_expected_max() > 1;
    if (option.get_positional()) {
        out.argument = option.get_name(true);
    } else if (option.get_items_expected_max() != 0) {
        // CLI11 appends what is checked: "UINT:POSITIVE", "TEXT:{read,write}".
        const auto type = option.get_type_name();
        const auto colon = type.find(':');
        const bool is_choice = colon != std::string::npos && type.find('{', colon) == colon + 1;
        out.argument = is_choice ? type.substr(colon + 1) : type.substr(0, colon);
    }
    out.usual = option.get_default_str();
    return out;
}

void walk(const CLI::App& app, std::vector<std::string> path, const std::function<void(const TreeVerb&)>& visit) {
    TreeVerb verb;
    verb.path = path;
    verb.description = app.get_description();
    verb.footer = app.get_footer();
    for (const auto* option : app.get_options()) verb.options.push_back(option_of(*option));
    const auto below = app.get_subcommands([](const CLI::App*) { return true; });
    for (const auto* one : below) verb.verbs.emplace_back(one->get_name(), one->get_description());
    visit(verb);
    for (const auto* one : below) {
        auto longer = path;
        longer.push_back(one->get_name());
        walk(*one, std::move(longer), visit);
    }
}

}  // namespace

std::string TreeVerb::name(const std::string& between) const {
    std::string out = "strata";
    for (const auto& word : path) out += between + word;
    return out;
}

void walk_tree(const CLI::App& root, const std::function<void(const TreeVerb&)>& visit) {
    walk(root, {}, visit);
}

}  // namespace strata::cli
