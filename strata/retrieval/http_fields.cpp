#include <strata/retrieval/http_fields.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>

namespace strata::retrieval {
namespace {

constexpr std::size_t kMaxEntries = 64;  // how many entries of a list are read; a hostile header may have more

bool is_space(char c) {
    return c == ' ' || c == '\t';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// Splits the text at each `separator` outside quoted strings.
std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t i = 0; i <= text.size() && out.size() < kMaxEntries; ++i) {
        if (i < text.size() && quoted && text[i] == '\\') {
            ++i;
        } else if (i < text.size() && text[i] == '"') {
            quoted = !quoted;
        } else if (i >= text.size() || (text[i] == separator && !quoted)) {
            out.push_back(trimmed(text.substr(begin, i - begin)));
            begin = i + 1;
        }
    }
    return out;
}

std::string unquoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
    std::string out;
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        out += text[i];
    }
    return out;
}

// Reads a weight in thousandths: "0.5" is 500. Empty if the text is not a weight: one digit, and at most three decimals
// (RFC 9110 §12.4.2).
std::optional<unsigned> weight(std::string_view text) {
    if (text.empty() || (text[0] != '0' && text[0] != '1') || text.size() > 5) return {};
    if (text.size() > 1 && text[1] != '.') return {};
    unsigned out = static_cast<unsigned>(text[0] - '0') * 1000;
    unsigned unit = 100;
    for (const char c : text.substr(std::min<std::size_t>(text.size(), 2))) {
        if (!is_digit(c)) return {};
        out += static_cast<unsigned>(c - '0') * unit;
        unit /= 10;
    }
    return std::min(out, 1000U);
}

// Percent-encodes everything but letters, digits and the characters of `kept`.
std::string percent_encoded(std::string_view text, std::string_view kept) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_alpha(c) || is_digit(c) || kept.find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<std::uint8_t>(c);
        out += '%';
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    return out;
}

}  // namespace

std::vector<MediaRange> parse_accept(std::string_view header) {
    std::vector<MediaRange> out;
    for (const auto entry : split(header, ',')) {
        const auto parts = split(entry, ';');
        if (parts.empty() || parts[0].empty()) continue;
        MediaRange range{.type = lower(parts[0]), .params = {}};
        for (std::size_t i = 1; i < parts.size(); ++i) {
            const auto equals = parts[i].find('=');
            if (equals == std::string_view::npos) continue;
            auto name = lower(trimmed(parts[i].substr(0, equals)));
            auto value = unquoted(trimmed(parts[i].substr(equals + 1)));
            if (name == "q") {
                range.quality = weight(value).value_or(range.quality);
            } else {
                range.params.emplace(std::move(name), std::move(value));
            }
        }
        if (range.quality == 0) continue;
        // Equal weights keep the order of the header.
        const auto place = std::ranges::upper_bound(out, range.quality, std::greater{}, &MediaRange::quality);
        out.insert(place, std::move(range));
    }
    return out;
}

bool allows_range(std::string_view if_range, std::string_view tag) {
    if_range = trimmed(if_range);
    return if_range.empty() || (!tag.starts_with("W/") && if_range == tag);
}

std::string percent_encoded(std::string_view text) {
    return percent_encoded(text, "-._~/!$&'()*+,;=:@");
}

std::string attachment(std::string_view filename) {
    std::string plain;
    for (const char c : filename) {
        const auto byte = static_cast<std::uint8_t>(c);
        if ((byte & 0xc0) == 0x80) continue;  // the first byte of a UTF-8 character makes one '_', its other bytes none
        const bool is_plain = byte >= 0x20 && byte <= 0x7e && c != '"' && c != '\\';
        plain += is_plain ? c : '_';
    }
    std::string out = "attachment; filename=\"" + plain + '"';
    if (plain != filename) out += "; filename*=UTF-8''" + percent_encoded(filename, "-._~!#$&+^`|");
    return out;
}

}  // namespace strata::retrieval
