#include <strata/node/settings_file.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <ranges>
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <strata/base/files.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxFile = 1 << 20;  // bytes

std::string_view kind_words(Setting::Kind kind) {
    switch (kind) {
        case Setting::Kind::flag:
            return "true or false";
        case Setting::Kind::number:
            return "a whole number";
        case Setting::Kind::text:
            return "a text in quotes";
        case Setting::Kind::texts:
            return "a list of texts in brackets";
    }
    return "";
}

Error wrong_kind(const Setting& setting) {
    return fail(Errc::invalid_argument, fmt::format("{} expects {}", setting.name, kind_words(setting.kind)));
}

/// Empty if the node is not of the kind that the setting has.
std::optional<SettingValue> value_of(const toml::node& from, Setting::Kind kind) {
    if (kind == Setting::Kind::flag && from.is_boolean()) return SettingValue(from.as_boolean()->get());
    if (kind == Setting::Kind::number && from.is_integer()) return SettingValue(from.as_integer()->get());
    if (kind == Setting::Kind::text && from.is_string()) return SettingValue(from.as_string()->get());
    if (kind != Setting::Kind::texts || !from.is_array()) return std::nullopt;
    std::vector<std::string> out;
    for (const auto& one : *from.as_array()) {
        if (!one.is_string()) return std::nullopt;
        out.push_back(one.as_string()->get());
    }
    return SettingValue(std::move(out));
}

/// The same for a text of the environment.
std::optional<SettingValue> value_of(std::string_view from, Setting::Kind kind) {
    if (kind == Setting::Kind::text) return SettingValue(std::string(from));
    if (kind == Setting::Kind::flag) {
        if (from == "true" || from == "1") return SettingValue(true);
        if (from == "false" || from == "0") return SettingValue(false);
        return std::nullopt;
    }
    if (kind == Setting::Kind::number) {
        std::int64_t out = 0;
        const auto read = std::from_chars(from.data(), from.data() + from.size(), out);
        if (read.ec != std::errc() || read.ptr != from.data() + from.size()) return std::nullopt;
        return SettingValue(out);
    }
    std::vector<std::string> out;
    for (const auto part : std::views::split(from, ','))
        if (!part.empty()) out.emplace_back(std::string_view(part));
    return SettingValue(std::move(out));
}

class FileReader {
  public:
    FileReader(const fs::path& file, LoadedSettings& to) : file_(file), to_(to) {}

    Status read() {
        STRATA_TRY(const Bytes content, read_file(file_, kMaxFile));
        const auto parsed = toml::parse(as_text(content), file_.string());
        if (!parsed)
            return fail(Errc::invalid_argument,
                        fmt::format("{}: {}", place(parsed.error().source().begin.line), parsed.error().description()));
        for (const auto& [section, node] : parsed.table()) {
            if (!node.is_table()) {
                STRATA_OK(unknown(section.str(), node));
                continue;
            }
            for (const auto& [key, value] : *node.as_table())
                STRATA_OK(take(fmt::format("{}.{}", section.str(), key.str()), value));
        }
        return {};
    }

  private:
    std::string place(std::uint32_t line) const { return fmt::format("{}, line {}", file_.string(), line); }

    Status unknown(std::string_view name, const toml::node& at) const {
        const auto near = nearest_setting(name);
        return fail(Errc::invalid_argument,
                    fmt::format("{}: there is no setting \"{}\"{}; \"strata config explain\" lists all",
                                place(at.source().begin.line), name,
                                near.empty() ? "" : fmt::format(", did you mean \"{}\"?", near)));
    }

    Status take(const std::string& name, const toml::node& value) {
        const auto* setting = find_setting(name);
        if (setting == nullptr) return unknown(name, value);
        const auto where = place(value.source().begin.line);
        const auto taken = value_of(value, setting->kind);
        auto done = taken ? setting->set(to_.settings, *taken) : Status(wrong_kind(*setting));
        if (!done) return std::move(done).error().with_context(where);
        to_.origins[name] = where;
        return {};
    }

    const fs::path& file_;
    LoadedSettings& to_;
};

Status take_environment(const Environment& environment, LoadedSettings& to) {
    for (const auto& setting : all_settings()) {
        const auto variable = variable_of(setting.name);
        const auto text = environment(variable);
        if (!text) continue;
        const auto value = value_of(*text, setting.kind);
        auto done = value ? setting.set(to.settings, *value) : Status(wrong_kind(setting));
        if (!done) return std::move(done).error().with_context("the environment's " + variable);
        to.origins[std::string(setting.name)] = "the environment's " + variable;
    }
    return {};
}

std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string range_of(const Setting& setting) {
    if (setting.kind != Setting::Kind::number) return std::string(kind_words(setting.kind));
    return fmt::format("{} to {}{}{}", setting.least, setting.most, setting.unit.empty() ? "" : " ", setting.unit);
}

std::string default_of(const Setting& setting) {
    const auto text = to_toml(setting.get(Settings()));
    return text.empty() ? "chosen by the kind of network" : text;
}

/// Breaks a text into lines of at most 100 characters, each with the prefix.
std::string wrapped(std::string_view prefix, std::string_view text) {
    constexpr std::size_t kWidth = 100;
    std::string out, line(prefix);
    for (const auto part : std::views::split(text, ' ')) {
        const std::string_view word(part);
        if (line.size() + word.size() + 1 > kWidth && line.size() > prefix.size()) {
            out += line + "\n";
            line = prefix;
        }
        line += (line.size() > prefix.size() ? " " : "") + std::string(word);
    }
    return out + line + "\n";
}

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* const value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

Result<LoadedSettings> load_settings(const fs::path& file, const Environment& environment) {
    LoadedSettings out;
    if (!file.empty()) STRATA_OK(FileReader(file, out).read());
    STRATA_OK(take_environment(environment, out));
    STRATA_OK(check_settings(out.settings));
    return out;
}

std::string variable_of(std::string_view setting) {
    std::string out = "STRATA_";
    for (const char c : setting) out += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

std::string to_toml(const SettingValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return toml_text(*text);
    const auto* const texts = std::get_if<std::vector<std::string>>(&value);
    if (texts == nullptr) return "";
    std::string out = "[";
    for (const auto& one : *texts) out += (out.size() > 1 ? ", " : "") + toml_text(one);
    return out + "]";
}

std::string explain(const Setting& setting) {
    return fmt::format(
        "{}\n{}    default: {}\n    allowed: {}\n    environment: {}\n    takes effect: {}\n", setting.name,
        wrapped("    ", setting.sentence), default_of(setting), range_of(setting), variable_of(setting.name),
        setting.is_live ? "at the next start, or when the running node gets SIGHUP" : "at the next start");
}

std::string settings_template() {
    std::string out =
        "# Settings of a Strata node. Every line that begins with a setting's name is a comment with its default: "
        "take\n"
        "# the # away to change it. \"strata config explain\" says more, \"strata config show\" says what holds.\n";
    std::string_view section;
    for (const auto& setting : all_settings()) {
        const auto dot = setting.name.find('.');
        if (setting.name.substr(0, dot) != section) {
            section = setting.name.substr(0, dot);
            out += fmt::format("\n[{}]\n", section);
        }
        const auto text = to_toml(setting.get(Settings()));
        out += "\n" + wrapped("# ", setting.sentence) + wrapped("# ", "Allowed: " + range_of(setting) + ".");
        if (text.empty()) out += "# Default: chosen by the kind of network.\n";
        out += fmt::format("# {} = {}\n", setting.name.substr(dot + 1), text.empty() ? "…" : text);
    }
    return out;
}

std::vector<const Setting*> differences(const Settings& a, const Settings& b) {
    std::vector<const Setting*> out;
    for (const auto& setting : all_settings())
        if (setting.get(a) != setting.get(b)) out.push_back(&setting);
    return out;
}

}  // namespace strata::node
