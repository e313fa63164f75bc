#include <strata/node/owner.hpp>

#include <algorithm>
#include <chrono>

#include <strata/api/tokens.hpp>

namespace strata::node {

std::optional<http::Response> refuse_others(const http::Request& request, const api::Tokens& tokens) {
    constexpr std::string_view kBearer = "Bearer ";
    std::string_view token = request.header("authorization");
    token = token.starts_with(kBearer) ? token.substr(kBearer.size()) : std::string_view();
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto allowed = tokens.verify(token, now);
    if (!allowed) {
        auto out = http::text_response(401, "this needs a token of this node, as Authorization: Bearer TOKEN");
        out.headers.emplace_back("WWW-Authenticate", "Bearer");
        return out;
    }
    if (std::ranges::find(*allowed, api::Permission::admin) == allowed->end())
        return http::text_response(403, "the token lacks the permission admin");
    return std::nullopt;
}

}  // namespace strata::node
