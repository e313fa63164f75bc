#include <strata/explorer/pages.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>

namespace strata::explorer {
namespace {

constexpr std::uint64_t kMostExact = (std::uint64_t{1} << 53) - 1;  // of a number in JavaScript
constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostCids = 2'400;  // bytes: more than 15 CIDs have

bool all_of(std::string_view text, std::string_view letters) {
    return text.find_first_not_of(letters) == std::string_view::npos;
}
bool has_size(std::string_view text, std::size_t least, std::size_t most) {
    return text.size() >= least && text.size() <= most;
}

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHex = "0123456789abcdefABCDEF";
constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view kBase58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
    if (!whole || out > kMostExact || (text.size() > 1 && text[0] == '0')) return std::nullopt;
    return out;
}

bool is_cid(std::string_view text) {
    if (text.starts_with("Qm")) return text.size() == 46 && all_of(text, kBase58);
    return text.starts_with('b') && has_size(text, 9, 151) && all_of(text, kBase32);
}

// Source: docs/protocol/node.md §1 (addresses).
bool is_address(std::string_view text) {
    if (text.size() < 3 || (text[0] != 'f' && text[0] != 't')) return false;
    const auto rest = text.substr(2);
    switch (text[1]) {
        case '0':
            return has_size(rest, 1, 19) && all_of(rest, kDigits);
        case '1':
        case '2':
            return rest.size() == 39 && all_of(rest, kBase32);
        case '3':
            return rest.size() == 84 && all_of(rest, kBase32);
        case '4': {
            const auto space = rest.find('f');
            if (space == std::string_view::npos) return false;
            const auto below = rest.substr(space + 1);
            return has_size(rest.substr(0, space), 1, 19) && all_of(rest.substr(0, space), kDigits) &&
                   has_size(below, 7, 100) && all_of(below, kBase32);
        }
        default:
            return false;
    }
}

bool is_hex(std::string_view text, std::size_t digits) {
    return text.starts_with("0x") && text.size() == digits + 2 && all_of(text.substr(2), kHex);
}

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> out;
    for (const auto part : std::views::split(text, by)) out.emplace_back(part);
    if (out.empty()) out.emplace_back();
    return out;
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::optional<Json> arguments_of(const Json& page, const std::vector<std::string_view>& parts) {
    const auto& path = page["path"].get_ref<const std::string&>();
    const auto wanted = split(path, '/');
    if (wanted.size() != parts.size()) return std::nullopt;
    Json out = Json::object();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!wanted[i].starts_with(':')) {
            if (wanted[i] != parts[i]) return std::nullopt;
            continue;
        }
        const std::string name(wanted[i].substr(1));
        auto value = checked(page["kinds"][name].get_ref<const std::string&>(), parts[i]);
        if (!value) return std::nullopt;
        out[name] = std::move(*value);
    }
    return out;
}

}  // namespace

std::optional<Json> checked(std::string_view kind, std::string_view text) {
    if (kind == "number") {
        const auto value = number(text);
        return value ? std::optional<Json>(*value) : std::nullopt;
    }
    if (kind == "cid") return is_cid(text) ? std::optional(Json{{"/", text}}) : std::nullopt;
    if (kind == "cids") {
        if (text.size() > kMostCids) return std::nullopt;
        Json out = Json::array();
        for (const auto one : split(text, ',')) {
            if (!is_cid(one)) return std::nullopt;
            out.push_back({{"/", one}});
        }
        return out;
    }
    const bool fits = (kind == "address" && is_address(text)) || (kind == "eth" && is_hex(text, 40)) ||
                      (kind == "hash" && is_hex(text, 64));
    return fits ? std::optional<Json>(text) : std::nullopt;
}

std::string_view kind_of(std::string_view text) {
    constexpr auto kKinds = std::to_array<std::string_view>({"number", "cid", "address", "eth", "hash"});
    const auto it = std::ranges::find_if(kKinds, [&](auto kind) { return checked(kind, text).has_value(); });
    return it == kKinds.end() ? "text" : *it;
}

Pages::Pages(BytesView json) : pages_(Json::parse(as_text(json))["pages"]) {}

std::optional<Visit> Pages::find(std::string_view path, const std::map<std::string, std::string>& query) const {
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const auto parts = split(path, '/');
    const auto text_of = [&](const std::string& name) -> std::string_view {
        const auto it = query.find(name);
        return it == query.end() ? std::string_view() : it->second;
    };
    for (const auto& page : pages_) {
        auto arguments = arguments_of(page, parts);
        if (!arguments) continue;
        for (const auto& [name, rule] : page.value("query", Json::object()).items()) {
            const auto value = number(text_of(name));
            (*arguments)[name] =
                value ? std::min(*value, rule["most"].get<std::uint64_t>()) : rule["else"].get<std::uint64_t>();
        }
        if (page.contains("text")) {
            const auto& name = page["text"].get_ref<const std::string&>();
            (*arguments)[name] = trimmed(text_of(name)).substr(0, kMostText);
        }
        return Visit{&page, std::move(*arguments)};
    }
    return std::nullopt;
}

}  // namespace strata::explorer
