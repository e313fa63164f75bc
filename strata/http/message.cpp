#include <strata/http/message.hpp>

#include <array>
#include <charconv>
#include <condition_variable>

#include <strata/base/hex.hpp>
#include <strata/base/mutex.hpp>

namespace strata::http {
namespace {

Result<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const auto byte = i + 2 < text.size() ? from_hex(text.substr(i + 1, 2)) : Result<Bytes>(Errc::malformed);
            if (!byte)
                return fail(Errc::malformed, "the target has a % that is not followed by two hexadecimal digits");
            out.push_back(static_cast<char>((*byte)[0]));
            i += 2;
        } else {
            out.push_back((plus_is_space && text[i] == '+') ? ' ' : text[i]);
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

/// The beginnings of this server's own URL paths, which an answer may name although they look like local paths.
constexpr std::array<std::string_view, 6> kPublicPaths = {"/ipfs", "/ipns", "/piece", "/market", "/rpc", "/p2p"};
/// The characters that separate a path from the words around it.
constexpr std::string_view kPathEnds = " \t\n\"'`,;()<>";

/// Returns true for "/a/b", but not for "a/b", "/", "1/2" or the server's own "/ipfs/a".
bool is_local_path(std::string_view word) {
    if (!word.starts_with('/') || word.size() < 2) return false;
    return std::ranges::none_of(kPublicPaths, [&](std::string_view prefix) {
        return word == prefix || (word.starts_with(prefix) && word[prefix.size()] == '/');
    });
}

Response response_of(unsigned status, std::string_view type, std::string_view body) {
    return {status, {{"Content-Type", std::string(type)}}, to_bytes(as_bytes(body))};
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
    const auto it = headers.find(std::string(name));
    return it == headers.end() ? std::string_view() : it->second;
}

Response text_response(unsigned status, std::string_view text) {
    return response_of(status, "text/plain; charset=utf-8", std::string(text) + "\n");
}
Response json_response(unsigned status, std::string_view json) {
    return response_of(status, "application/json", json);
}

Response error_response(unsigned status, const Error& error) {
    return text_response(status, public_text(error));
}

std::string public_text(const Error& error) {
    // The operating system's error text may contain a file's path in any form, so none of it is shown.
    if (error.code() == Errc::io) return "this node could not read or write its own files";
    const std::string text = error.message();
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (kPathEnds.contains(text[at])) {
            out.push_back(text[at++]);
            continue;
        }
        const auto end = std::min(text.find_first_of(kPathEnds, at), text.size());
        const auto word = std::string_view(text).substr(at, end - at);
        // In "file=/a/b" and "in:/a/b" the path begins after the "=" or ":".
        const auto slash = word.find('/');
        const auto mark = word.substr(0, slash).find_last_of("=:");
        const bool has_mark = slash != std::string_view::npos && mark != std::string_view::npos;
        const auto from = has_mark ? mark + 1 : 0;
        if (is_local_path(word.substr(from))) {
            out += std::string(word.substr(0, from)) + "(a local path)";
            if (word.ends_with(':')) out.push_back(':');  // as in "cannot open /a/b: no space"
        } else {
            out += word;
        }
        at = end;
    }
    return out;
}

Response await_answer(Response response) {
    if (!std::holds_alternative<Later>(response.body)) return response;
    struct Box {
        Mutex mutex;
        Condition filled;
        std::optional<Response> answer STRATA_GUARDED_BY(mutex);
    };
    const auto box = std::make_shared<Box>();
    std::get<Later>(response.body).start([box](Response&& answer) {
        const Lock lock(box->mutex);
        box->answer = std::move(answer);
        box->filled.notify_all();
    });
    Lock lock(box->mutex);
    while (!box->answer) box->filled.wait(lock);
    return await_answer(std::move(*box->answer));
}

Result<std::optional<ByteRange>> requested_range(const Request& request, std::uint64_t size) {
    // A range that cannot be read, or a list of ranges, is ignored: the client gets all bytes (RFC 9110 §14.2).
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
        if (*count == 0 || size == 0)
            return fail(Errc::out_of_range, "the range asks for the last " + std::to_string(*count) + " of " +
                                                std::to_string(size) + " bytes, so it is empty");
        return std::optional(ByteRange{size - std::min(*count, size), size - 1});
    }
    const auto from = number(first);
    const auto to = last.empty() ? std::optional(UINT64_MAX) : number(last);
    if (!from || !to || *to < *from) return std::optional<ByteRange>{};
    if (*from >= size)
        return fail(Errc::out_of_range, "the range begins at byte " + std::to_string(*from) + ", expected less than " +
                                            std::to_string(size) + ", the number of bytes");
    return std::optional(ByteRange{*from, std::min(*to, size - 1)});
}

Result<Target> parse_target(std::string_view target) {
    // A proxy sends the whole URL (RFC 9112 §3.2.2). A :// after the first slash belongs to the path.
    if (const auto scheme = target.find("://"); scheme != std::string_view::npos && scheme < target.find('/')) {
        const auto slash = target.find('/', scheme + 3);
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    const auto question = target.find('?');
    Target out;
    STRATA_TRY(out.path, percent_decoded(target.substr(0, question), /*plus_is_space=*/false));
    if (out.path.empty() || out.path[0] != '/')
        return fail(Errc::malformed, "the target of the request is '" + out.path.substr(0, 100) +
                                         "', expected a path that begins with /");
    if (question == std::string_view::npos) return out;
    std::string_view rest = target.substr(question + 1);
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        STRATA_TRY(auto name, percent_decoded(pair.substr(0, equals), /*plus_is_space=*/true));
        STRATA_TRY(auto value, percent_decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1),
                                               /*plus_is_space=*/true));
        out.query.emplace(std::move(name), std::move(value));
    }
    return out;
}

std::string bracketed(std::string_view host) {
    const bool is_bare_ipv6 = host.contains(':') && !host.starts_with('[');
    return is_bare_ipv6 ? "[" + std::string(host) + "]" : std::string(host);
}

}  // namespace strata::http
