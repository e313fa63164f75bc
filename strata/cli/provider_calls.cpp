#include <strata/cli/provider_calls.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <strata/http/client.hpp>

namespace strata::cli {

using api::Json;

namespace {

constexpr http::ClientLimits kLimits{
    .body_bytes = std::uint64_t{64} << 20, .timeout = std::chrono::seconds(120), .total = std::chrono::seconds(120)};

constexpr std::size_t kMostShown = 2000;

}  // namespace

std::string host_of(const std::string& url) {
    const auto scheme = url.find("://");
    return url.substr(0, url.find('/', scheme == std::string::npos ? 0 : scheme + 3));
}

Result<Json> ask_provider(const NodeOptions& options, const std::string& method, const std::string& path) {
    STRATA_TRY(const auto place, find_node(options));
    const auto url = host_of(place.url) + path;
    std::map<std::string, std::string> headers;
    if (!place.token.empty()) headers.emplace("Authorization", "Bearer " + place.token);
    STRATA_TRY(const auto answer, method == "GET" ? http::get(url, headers, kLimits)
                                                  : http::send(method, url, "application/json", {}, kLimits, headers));
    auto text = std::string(as_text(answer.body)).substr(0, kMostShown);
    while (text.ends_with('\n')) text.pop_back();
    if (answer.status == 404 && text.starts_with("There is nothing"))
        return fail(Errc::not_found, fmt::format("the node at {} has no storage provider; name a provider's node, as "
                                                 "with --node provider-1",
                                                 host_of(place.url)));
    if (answer.status != 200)
        return fail(Errc::verification, fmt::format("the node at {} refuses: {}", host_of(place.url), text));
    auto json = Json::parse(as_text(answer.body), nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded()) return fail(Errc::malformed, url + ": the answer is not JSON");
    return json;
}

}  // namespace strata::cli
