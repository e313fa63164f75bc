#include <strata/http/message.hpp>

#include <charconv>

#include <strata/base/hex.hpp>

namespace strata::http {
namespace {

Result<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const auto byte = i + 2 < text.size() ? from_hex(text.substr(i + 1, 2)) : Result<Bytes>(Errc::malformed);
            if (!byte) return fail(Errc::malformed, "bad percent encoding in the target");
            out.push_back(static_cast<char>((*byte)[0]));
            i += 2;
        } else {
            out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

Response typed(unsigned status, std::string_view type, std::string_view body) {
    return {status, {{"Content-Type", std::string(type)}}, to_bytes(as_bytes(body))};
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
    const auto it = headers.find(std::string(name));
    return it == headers.end() ? std::string_view() : it->second;
}

Response text_response(unsigned status, std::string_view text) {
    return typed(status, "text/plain; charset=utf-8", std::string(text) + "\n");
}
Response json_response(unsigned status, std::string_view json) {
    return typed(status, "application/json", json);
}

Result<std::optional<ByteRange>> requested_range(const Request& request, std::uint64_t size) {
    constexpr std::string_view kUnit = "bytes=";
    std::string_view text = request.header("range");
    if (!text.starts_with(kUnit) || text.find(',') != std::string_view::npos) return std::optional<ByteRange>{};
    text.remove_prefix(kUnit.size());
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::optional<ByteRange>{};
    const auto first = text.substr(0, dash);
    const auto last = text.substr(dash + 1);
    if (first.empty()) {  // the last n bytes
        const auto count = number(last);
        if (!count) return std::optional<ByteRange>{};
        if (*count == 0 || size == 0) return fail(Errc::out_of_range, "the range is empty");
        return std::optional(ByteRange{size - std::min(*count, size), size - 1});
    }
    const auto from = number(first);
    const auto to = last.empty() ? std::optional(UINT64_MAX) : number(last);
    if (!from || !to || *to < *from) return std::optional<ByteRange>{};
    if (*from >= size) return fail(Errc::out_of_range, "the range begins after the end");
    return std::optional(ByteRange{*from, std::min(*to, size - 1)});
}

Result<Target> parse_target(std::string_view target) {
    const auto question = target.find('?');
    Target out;
    STRATA_TRY(out.path, percent_decoded(target.substr(0, question), false));
    if (out.path.empty() || out.path[0] != '/') return fail(Errc::malformed, "the target is no path");
    if (question == std::string_view::npos) return out;
    std::string_view rest = target.substr(question + 1);
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        STRATA_TRY(auto name, percent_decoded(pair.substr(0, equals), true));
        STRATA_TRY(auto value, percent_decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true));
        out.query.emplace(std::move(name), std::move(value));
    }
    return out;
}

}  // namespace strata::http
