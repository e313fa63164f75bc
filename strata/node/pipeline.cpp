#include <strata/node/pipeline.hpp>

#include <algorithm>
#include <chrono>

#include <nlohmann/json.hpp>

namespace strata::node {
namespace {

/// Returns why the caller may not see the pipeline; empty if it may. The token comes in a header only: one in the
/// address would stay in the browser's history.
std::optional<http::Response> refused(const http::Request& request, const api::Tokens& tokens) {
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

}  // namespace

http::Response pipeline_answer(const http::Request& request, const api::Tokens& tokens,
                               const provider::Provider* provider, const std::string& miner) {
    if (request.method != "GET" && request.method != "HEAD") {
        auto out = http::text_response(405, request.method + " is not allowed here; only GET and HEAD are.");
        out.headers.emplace_back("Allow", "GET, HEAD");
        return out;
    }
    if (provider == nullptr) return http::text_response(404, "this node has no storage provider");
    if (auto refusal = refused(request, tokens)) return std::move(*refusal);
    auto sectors = provider->sectors();
    using enum provider::SectorState;
    std::ranges::sort(sectors, {}, [](const auto& sector) {
        const bool is_settled = sector.state == proving || sector.state == moved || sector.state == ended;
        return std::pair(is_settled, sector.number);
    });
    sectors.resize(std::min(sectors.size(), kMostSectors));
    auto list = nlohmann::json::array();
    for (const auto& sector : sectors)
        list.push_back(
            {{"Number", sector.number},
             {"State", sector_state_name(sector.state)},
             {"Pieces", sector.pieces.size()},
             {"Expiration", sector.expiration},
             {"Message", sector.message ? nlohmann::json{{"/", sector.message->to_string()}} : nlohmann::json()},
             {"Reason", sector.reason}});
    const nlohmann::json out{{"Miner", miner}, {"Sectors", std::move(list)}};
    auto answer = http::json_response(200, out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    answer.headers.emplace_back("Cache-Control", "no-store");
    return answer;
}

}  // namespace strata::node
