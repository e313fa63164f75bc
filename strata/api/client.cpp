#include <strata/api/client.hpp>

#include <nlohmann/json.hpp>

#include <strata/api/fault.hpp>
#include <strata/http/client.hpp>

namespace strata::api {
namespace {

constexpr http::ClientLimits kLimits{
    .body_bytes = std::uint64_t{64} << 20, .timeout = std::chrono::seconds(120), .total = std::chrono::seconds(300)};
constexpr std::size_t kMessageShown = 2000;
constexpr unsigned kUnauthorized = 401;

std::string with_path(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    const auto scheme = url.find("://");
    const auto path = url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
    return path == std::string::npos ? url + "/rpc/v1" : url;
}

std::string text_in(const Json& object, const char* name) {
    const auto it = object.find(name);
    return it != object.end() && it->is_string() ? it->get<std::string>().substr(0, std::size_t{4} << 20)
                                                 : std::string();
}

/// Says what the person may do about a refusal; empty for most of them.
std::string_view next_step(const Refusal& refusal) {
    if (refusal.code == static_cast<std::int64_t>(Code::method_not_found))
        return "; this node does not have the method: a newer one may";
    if (refusal.message.starts_with("missing permission")) return "; give a token that allows it with --token";
    return {};
}

}  // namespace

Client::Client(std::string url, std::string token) : url_(with_path(std::move(url))), token_(std::move(token)) {}

Result<Json> Client::ask(const std::string& method, const Json& parameters, Refusal* refusal) {
    const Json call{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "Filecoin." + method}, {"params", parameters}};
    const auto text = text_of(call);
    std::map<std::string, std::string> headers;
    if (!token_.empty()) headers.emplace("Authorization", "Bearer " + token_);
    auto answer = http::send("POST", url_, "application/json", as_bytes(text), kLimits, headers);
    if (!answer) {
        const auto code = answer.error().code();
        if (code == Errc::invalid_argument || code == Errc::too_large) return std::move(answer).error();
        return fail(Errc::io, "no node answers at " + url_ + " (" + answer.error().message() +
                                  "); start a network with strata devnet up, or give the URL of a node with --api");
    }
    if (answer->status == kUnauthorized)
        return fail(Errc::verification,
                    "the node at " + url_ + " does not accept the token; give one of its own with --token");
    auto reply = Json::parse(as_text(answer->body), nullptr, /*allow_exceptions=*/false);
    if (!reply.is_object() || (!reply.contains("result") && !reply.contains("error")))
        return fail(Errc::malformed, "the server at " + url_ + " is not a Filecoin node: it answered with status " +
                                         std::to_string(answer->status) + " and not in JSON-RPC");
    const auto error = reply.find("error");
    if (error == reply.end() || error->is_null()) return std::move(reply["result"]);
    Refusal parts;
    if (error->is_object()) {
        const auto code = error->find("code");
        if (code != error->end() && code->is_number_integer()) parts.code = code->get<std::int64_t>();
        parts.message = text_in(*error, "message");
        parts.data = text_in(*error, "data");
    }
    auto shown = parts.message.substr(0, kMessageShown);
    shown += next_step(parts);
    const bool is_busy = parts.code == static_cast<std::int64_t>(Code::limit_exceeded);
    if (refusal != nullptr) *refusal = std::move(parts);
    return fail(is_busy ? Errc::busy : Errc::verification, "the node refuses " + method + ": " + shown);
}

Result<char> Client::prefix() {
    STRATA_TRY(const auto name, ask("StateNetworkName", Json::array()));
    return name == "mainnet" ? 'f' : 't';
}

}  // namespace strata::api
