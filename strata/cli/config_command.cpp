// strata config: the settings of a node, explained, as a file to begin with, and as they hold.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/files.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/node/settings_file.hpp>

namespace strata::cli {
namespace {

struct Options {
    std::filesystem::path file;
    std::string name;
    bool json = false;
};

int fault(const Error& error, std::string_view verb) {
    return exit_code_of(Error(error).with_context(fmt::format("strata config {}", verb)));
}

int explain(const Options& options) {
    if (options.name.empty()) {
        for (const auto& setting : node::all_settings()) fmt::print("{}\n", node::explain(setting));
        return kDone;
    }
    bool is_known = false;
    for (const auto& setting : node::all_settings()) {
        if (setting.name != options.name && !setting.name.starts_with(options.name + ".")) continue;
        is_known = true;
        fmt::print("{}\n", node::explain(setting));
    }
    if (is_known) return kDone;
    const auto near = node::nearest_setting(options.name);
    fmt::print(stderr, "strata config explain: there is no setting or section \"{}\"{}\n", options.name,
               near.empty() ? "; without a name, all are listed" : fmt::format("; did you mean \"{}\"?", near));
    return kWrongUsage;
}

int init(const Options& options) {
    const auto text = node::settings_template();
    if (options.file.empty()) {
        fmt::print("{}", text);
        return kDone;
    }
    std::error_code error;
    if (std::filesystem::exists(options.file, error))
        return fault(fail(Errc::invalid_argument,
                          options.file.string() + " exists already; name a different file, or remove it first"),
                     "init");
    if (const auto written = write_file(options.file, as_bytes(text)); !written) return fault(written.error(), "init");
    fmt::print("{}: every setting with its default; edit it, and start the node with --config {}\n",
               options.file.string(), options.file.string());
    return kDone;
}

nlohmann::ordered_json json_of(const node::SettingValue& value) {
    return std::visit(
        [](const auto& one) -> nlohmann::ordered_json {
            if constexpr (std::same_as<std::remove_cvref_t<decltype(one)>, std::monostate>)
                return nullptr;
            else
                return one;
        },
        value);
}

void show_json(const node::LoadedSettings& loaded) {
    auto out = nlohmann::ordered_json::array();
    for (const auto& setting : node::all_settings()) {
        const auto from = loaded.origins.find(setting.name);
        out.push_back({{"name", setting.name},
                       {"value", json_of(setting.get(loaded.settings))},
                       {"from", from == loaded.origins.end() ? "default" : from->second}});
    }
    fmt::print("{}\n", out.dump(2));
}

void show_text(const node::LoadedSettings& loaded) {
    for (const auto& setting : node::all_settings()) {
        const auto from = loaded.origins.find(setting.name);
        const auto value = node::to_toml(setting.get(loaded.settings));
        fmt::print("{} = {}{}\n", setting.name, value.empty() ? "(chosen by the kind of network)" : value,
                   from == loaded.origins.end() ? "" : "    # " + from->second);
    }
}

int show(const Options& options) {
    const auto loaded = node::load_settings(options.file, node::process_environment());
    if (!loaded) return fault(loaded.error(), "show");
    if (options.json)
        show_json(*loaded);
    else
        show_text(*loaded);
    return kDone;
}

}  // namespace

void add_config(CLI::App& app, Run& run) {
    auto* const config = app.add_subcommand("config", "the settings of a node: what there is, and what holds");
    config->require_subcommand(1);
    auto options = std::make_shared<Options>();
    auto* const explains =
        config->add_subcommand("explain", "say what settings are for, what they may be, and their defaults");
    explains->add_option("name", options->name, "a setting such as api.port, or a section such as api (default: all)");
    explains->callback([options, &run] { run = [options] { return explain(*options); }; });
    auto* const inits = config->add_subcommand("init", "write a file with every setting, explained, at its default");
    inits->add_option("file", options->file, "the new file (default: the standard output)");
    inits->callback([options, &run] { run = [options] { return init(*options); }; });
    auto* const shows = config->add_subcommand("show", "show each setting's value, and where it comes from");
    shows->add_option("file", options->file, "the file, such as config.toml in a node's folder (default: none)");
    shows->add_flag("--json", options->json, "print JSON");
    shows->callback([options, &run] { run = [options] { return show(*options); }; });
}

}  // namespace strata::cli
