#include <strata/market/market_http.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/log.hpp>

namespace strata::market {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kDeals = "/market/deals";
// A proposal's label has at most 256 bytes, so a request that is much larger is not worth decoding.
constexpr std::size_t kMaxRequest = std::size_t{16} << 10;

// Turns an error into its sentence for the client, with a status that says whose fault it is.
http::Response refusal(const Error& error) {
    if (error.is_fatal()) {
        static const Log log("market");
        static LogLimit limit;
        log.limited(limit, LogLevel::error, "a client's request failed because of this node", {{"why", error}});
        // The client does not learn the names of files and folders of this machine.
        return http::text_response(500, "this provider cannot take the request now; try again later");
    }
    const auto status = [&]() -> unsigned {
        if (error.code() == Errc::busy) return 429;
        if (error.code() == Errc::too_large) return 413;
        return 400;
    }();
    return http::text_response(status, error.message());
}

Json to_json(const DealRecord& record, char prefix) {
    const auto& terms = record.deal.proposal;
    const bool on_chain = record.stage == DealStage::sealing || record.stage == DealStage::active;
    Json out;
    out["Proposal"] = proposal_cid(terms).to_string();
    out["Stage"] = deal_stage_name(record.stage);
    out["Since"] = record.since;
    out["DealID"] = on_chain ? Json(record.id) : Json(nullptr);
    out["Sector"] = on_chain ? Json(record.sector) : Json(nullptr);
    out["PublishMessage"] = record.publish_message ? Json(record.publish_message->to_string()) : Json(nullptr);
    out["Failure"] = record.failure;
    out["PieceCID"] = terms.piece_cid.to_string();
    out["PieceSize"] = terms.piece_size;
    out["DataSize"] = record.data_size;
    out["Client"] = terms.client.to_string(prefix);
    out["Provider"] = terms.provider.to_string(prefix);
    out["StartEpoch"] = terms.start_epoch;
    out["EndEpoch"] = terms.end_epoch;
    out["StoragePricePerEpoch"] = terms.storage_price_per_epoch.to_string();
    return out;
}

// Reasons may quote what a client sent, so bytes that are not UTF-8 are replaced instead of making dump() throw.
http::Response json(unsigned status, const Json& value) {
    return http::json_response(status, value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

http::Response not_allowed(const http::Request& request, std::string_view allowed) {
    auto out = http::text_response(405, request.method + " is not allowed here; use " + std::string(allowed));
    out.headers.emplace_back("Allow", std::string(allowed));
    return out;
}

http::Response ask_of(const MarketConfig& config, char prefix) {
    Json out;
    out["Miner"] = config.miner.to_string(prefix);
    out["PricePerGiBEpoch"] = config.ask.price_per_gib_epoch.to_string();
    out["MaxPieceSize"] = config.ask.max_piece_size;
    out["LeastLead"] = config.ask.least_lead;
    return json(200, out);
}

}  // namespace

bool MarketHttp::serves(std::string_view path) {
    return path == "/market" || path.starts_with("/market/");
}

// The paths are those of docs/formats/market_http.md. A known path with a wrong method gets 405 and the right methods.
http::Response MarketHttp::handle(const http::Request& request) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    const char prefix = market_.address_prefix();
    std::string_view path = request.path;
    if (path == "/market/ask") return reads ? ask_of(market_.config(), prefix) : not_allowed(request, "GET, HEAD");
    if (path == kDeals && request.method == "POST") return take_proposal(request);
    if (path == kDeals) {
        if (!reads) return not_allowed(request, "GET, HEAD, POST");
        Json out = Json::array();
        for (const auto& record : market_.deals()) out.push_back(to_json(record, prefix));
        return json(200, out);
    }
    if (!path.starts_with(kDeals) || path.size() <= kDeals.size() + 1 || path[kDeals.size()] != '/')
        return http::text_response(
            404, "there is nothing at " + request.path + "; the market is at /market/ask and /market/deals");
    path.remove_prefix(kDeals.size() + 1);
    const auto slash = path.find('/');
    const auto proposal = Cid::parse(path.substr(0, slash));
    if (!proposal)
        return http::text_response(400, "the path after " + std::string(kDeals) +
                                            "/ does not begin with a proposal CID: " + proposal.error().message());
    if (slash != std::string_view::npos) {
        if (path.substr(slash) != "/data")
            return http::text_response(404,
                                       "there is nothing at " + request.path + "; below a deal there is only /data");
        return request.method == "PUT" ? take_data(request, *proposal) : not_allowed(request, "PUT");
    }
    if (!reads) return not_allowed(request, "GET, HEAD");
    const auto record = market_.find(*proposal);
    return record ? json(200, to_json(*record, prefix))
                  : http::text_response(404, "there is no deal " + proposal->to_string());
}

http::Response MarketHttp::take_proposal(const http::Request& request) {
    if (request.body.size() > kMaxRequest)
        return http::text_response(413, "the request has " + std::to_string(request.body.size()) +
                                            " bytes, expected at most " + std::to_string(kMaxRequest));
    const auto wanted = from_cbor<DealRequest>(request.body);
    if (!wanted) return http::text_response(400, "the body is not a deal request in CBOR: " + wanted.error().message());
    const auto cid = market_.propose(wanted->deal, wanted->data_size);
    if (!cid) return refusal(cid.error());
    return json(202, Json{{"Proposal", cid->to_string()}});
}

http::Response MarketHttp::take_data(const http::Request& request, const Cid& proposal) {
    const auto record = market_.find(proposal);
    if (!record) return http::text_response(404, "there is no deal " + proposal.to_string());
    if (request.body.size() != record->data_size)
        return http::text_response(400, "the data has " + std::to_string(request.body.size()) + " bytes, expected " +
                                            std::to_string(record->data_size) + " as in the deal request");
    const auto taken = market_.receive_data(proposal, memory_source(request.body));
    return taken ? http::text_response(200, "data accepted: it matches the piece commitment") : refusal(taken.error());
}

}  // namespace strata::market
