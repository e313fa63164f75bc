#pragma once
// Reads settings from a TOML file and the environment, and writes what a person reads about them. A value of the
// environment replaces that of the file: "api.port" is STRATA_API_PORT, lists are separated by commas. Source: TOML 1.0
// (toml.io).
#include <filesystem>
#include <map>

#include <strata/node/settings.hpp>

namespace strata::node {

struct LoadedSettings {
    Settings settings;
    /// Where each value comes from that is not the default: "config.toml, line 3" or "the environment's
    /// STRATA_API_PORT". By name.
    std::map<std::string, std::string, std::less<>> origins;
};

/// Returns the value of a variable of the environment; empty if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

/// The name of the file in a node's folder that is read if no other is named.
inline constexpr const char* kSettingsFile = "config.toml";

/// Reads the file, unless its name is empty, and the environment. Errors: not_found for the file; invalid_argument for
/// what is not TOML, for an unknown name, a value of the wrong kind or out of its range, with file, line and what is
/// expected.
Result<LoadedSettings> load_settings(const std::filesystem::path& file, const Environment& environment);

/// Returns the name of the variable of the environment: STRATA_API_PORT for "api.port".
std::string variable_of(std::string_view setting);
/// Returns a value as TOML writes it; "" for one that is left to the program.
std::string to_toml(const SettingValue& value);
/// Returns what there is to say of a setting in some lines: purpose, default, range, variable, when it takes effect.
std::string explain(const Setting& setting);
/// Returns a complete file, in which every setting is explained and has its default as a comment.
std::string settings_template();
/// Returns the names of the settings whose values differ.
std::vector<const Setting*> differences(const Settings& a, const Settings& b);

}  // namespace strata::node
