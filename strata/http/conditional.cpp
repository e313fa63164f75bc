#include <strata/http/conditional.hpp>

#include <array>

namespace strata::http {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// Takes one entity tag from the front of a list, without its W/: If-None-Match compares weakly (RFC 9110 §13.1.2).
/// Empty if there is none.
std::optional<std::string_view> take_tag(std::string_view& list) {
    if (list.starts_with("W/")) list.remove_prefix(2);
    if (!list.starts_with('"')) return std::nullopt;
    const auto end = list.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    const auto tag = list.substr(0, end + 1);
    list.remove_prefix(end + 1);
    return tag;
}

/// Returns the number with leading zeros.
std::string padded(unsigned number, std::size_t digits) {
    const std::string text = std::to_string(number);
    return std::string(digits - std::min(digits, text.size()), '0') + text;
}

}  // namespace

bool matches_none_match(std::string_view if_none_match, std::string_view etag) {
    std::string_view list = trimmed(if_none_match);
    if (list == "*") return true;
    if (etag.starts_with("W/")) etag.remove_prefix(2);
    bool found = false;
    while (!list.empty()) {
        if (list.starts_with(',')) {  // empty elements are allowed (RFC 9110 §5.6.1.2)
            list = trimmed(list.substr(1));
            continue;
        }
        const auto tag = take_tag(list);
        if (!tag) return false;
        found = found || *tag == etag;
        list = trimmed(list);
        if (!list.empty() && !list.starts_with(',')) return false;
    }
    return found;
}

std::string http_date(std::chrono::sys_seconds time) {
    // The names are fixed, because a locale may have different ones.
    constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    const auto two = [](auto number) { return padded(static_cast<unsigned>(number), 2); };
    return std::string(kDays[std::chrono::weekday(day).c_encoding()]) + ", " + two(static_cast<unsigned>(date.day())) +
           " " + kMonths[static_cast<unsigned>(date.month()) - 1] + " " +
           padded(static_cast<unsigned>(static_cast<int>(date.year())), 4) + " " + two(clock.hours().count()) + ":" +
           two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + " GMT";
}

void add_vary(Response& response, std::string_view header) {
    for (auto& [name, value] : response.headers) {
        if (name != "Vary") continue;
        value += ", " + std::string(header);
        return;
    }
    response.headers.emplace_back("Vary", header);
}

}  // namespace strata::http
