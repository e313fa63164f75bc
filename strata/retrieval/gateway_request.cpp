#include <strata/retrieval/gateway_request.hpp>

#include <algorithm>
#include <ranges>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/retrieval/http_fields.hpp>

namespace strata::retrieval {
namespace {

constexpr std::string_view kRawType = "application/vnd.ipld.raw";
constexpr std::string_view kCarType = "application/vnd.ipld.car";

template <class T>
using Checked = std::expected<T, Refusal>;

std::unexpected<Refusal> refuse(unsigned status, std::string why) {
    return std::unexpected(Refusal{status, std::move(why)});
}

std::string query_of(const http::Request& request, const std::string& name) {
    const auto it = request.query.find(name);
    return it == request.query.end() ? std::string() : it->second;
}

// The parameters of a CAR in a media type. Those in the URL take precedence over them.
using Options = std::map<std::string, std::string>;

// Returns a parameter of the CAR. Empty if neither the URL nor the media type has it.
std::string option(const http::Request& request, const Options& accepted, const std::string& name) {
    auto out = query_of(request, "car-" + name);
    if (!out.empty()) return out;
    const auto it = accepted.find(name);
    return it == accepted.end() ? std::string() : it->second;
}

Checked<CarRequest> car_request(const http::Request& request, const Options& accepted) {
    CarRequest out;
    const auto version = option(request, accepted, "version");
    if (!version.empty() && version != "1") return refuse(400, "the CAR version is '" + version + "', expected 1");
    const auto order = option(request, accepted, "order");
    if (!order.empty() && order != "dfs" && order != "unk")
        return refuse(400, "the CAR order is '" + order + "', expected dfs or unk");
    const auto dups = option(request, accepted, "dups");
    if (!dups.empty() && dups != "y" && dups != "n")
        return refuse(400, "the CAR parameter dups is '" + dups + "', expected y or n");
    out.duplicates = dups == "y";
    if (request.query.contains("dag-scope")) {
        const auto scope = query_of(request, "dag-scope");
        if (scope != "block" && scope != "entity" && scope != "all")
            return refuse(400, "dag-scope is '" + scope + "', expected block, entity or all");
        out.scope = scope == "block" ? DagScope::block : scope == "entity" ? DagScope::entity : DagScope::all;
    }
    // A byte range only makes sense for an entity, so it implies that scope (trustless-gateway, "entity-bytes").
    if (request.query.contains("entity-bytes")) {
        const auto bytes = parse_entity_bytes(query_of(request, "entity-bytes"));
        if (!bytes) return refuse(400, bytes.error().message());
        out.bytes = *bytes;
        out.scope = DagScope::entity;
    }
    return out;
}

// The format of the answer, and for a CAR its parameters.
struct Format {
    bool is_car = false;
    Options accepted;
    bool by_accept = false;  // the Accept header chose the format, since the URL names none
    bool differs = false;    // the URL names one format, and Accept only the other
};

// Reads the format that the URL names; Accept only adds the parameters of a CAR.
Checked<Format> format_in_url(const std::string& named, const std::vector<MediaRange>& accept) {
    if (named != "raw" && named != "car") return refuse(406, "format is '" + named + "', expected raw or car");
    Format out{.is_car = named == "car", .accepted = {}};
    const auto wanted = out.is_car ? kCarType : kRawType;
    const auto other = out.is_car ? kRawType : kCarType;
    const auto names = [&](std::string_view type) {
        return std::ranges::any_of(accept, [&](const MediaRange& range) { return range.type == type; });
    };
    out.differs = names(other) && !names(wanted);
    if (!out.is_car) return out;
    // The parameters are those of the first CAR in Accept that has any (IPIP-0523).
    for (const auto& range : accept)
        if (range.type == kCarType && out.accepted.empty()) out.accepted = range.params;
    return out;
}

// The URL names no format, so the most wanted range of Accept that can be served decides. A CAR whose parameters
// are not served is skipped, and its refusal is the answer if no other range can be served.
Checked<Format> format_in_accept(const http::Request& request, const std::vector<MediaRange>& accept) {
    std::optional<Refusal> why;
    bool wants_other = false;
    for (const auto& range : accept) {
        if (range.type == kRawType) return Format{.is_car = false, .accepted = {}, .by_accept = true};
        if (range.type == kCarType) {
            const auto fits = car_request(request, range.params);
            if (fits) return Format{.is_car = true, .accepted = range.params, .by_accept = true};
            why = fits.error();
        }
        wants_other = wants_other || !range.type.ends_with("/*");  // a wildcard names no format
    }
    if (why) return std::unexpected(*why);
    if (wants_other)
        return refuse(406,
                      "the Accept header names no format that is served; accept application/vnd.ipld.raw (a "
                      "block) or application/vnd.ipld.car (a CAR)");
    return refuse(400, "the request names no format; add ?format=raw or ?format=car");
}

Checked<Format> format_of(const http::Request& request) {
    const auto accept = parse_accept(request.header("accept"));
    const auto named = query_of(request, "format");
    return named.empty() ? format_in_accept(request, accept) : format_in_url(named, accept);
}

// Returns the URL that gets the same answer without an Accept header; empty if the request's own URL does.
std::string location_of(const http::Request& request, const Format& format) {
    auto query = request.query;
    query["format"] = format.is_car ? "car" : "raw";
    for (const auto& [name, value] : format.accepted)
        if (name == "version" || name == "order" || name == "dups") query.emplace("car-" + name, value);
    if (query == request.query && !format.differs) return {};
    const auto encoded = [](std::string_view text) {
        std::string out;
        for (const char c : percent_encoded(text))
            if (c == '&' || c == '+' || c == '=') {
                out += c == '&' ? "%26" : c == '+' ? "%2B" : "%3D";
            } else {
                out += c;
            }
        return out;
    };
    std::string out = percent_encoded(request.path);
    std::string separator = "?";
    for (const auto& [name, value] : query) {
        out += separator + encoded(name) + "=" + encoded(value);
        separator = "&";
    }
    return out;
}

}  // namespace

std::expected<GatewayRequest, Refusal> parse_gateway_request(const http::Request& request, std::string_view path) {
    GatewayRequest out;
    const auto slash = path.find('/');
    const auto root = Cid::parse(path.substr(0, slash));
    if (!root) return refuse(400, "the path does not begin with a CID: " + root.error().message());
    out.root = *root;
    // Empty names, as in "a//b", are skipped.
    if (slash != std::string_view::npos)
        for (const auto part : path.substr(slash + 1) | std::views::split('/'))
            if (!part.empty()) out.names.emplace_back(part.begin(), part.end());
    const auto format = format_of(request);
    if (!format) return std::unexpected(format.error());
    out.wants_car = format->is_car;
    if (!out.wants_car && !out.names.empty())
        return refuse(400, "a raw block has no path below it; ask for the block by its own CID, or for ?format=car");
    if (out.wants_car) {
        auto car = car_request(request, format->accepted);
        if (!car) return std::unexpected(car.error());
        out.car = std::move(*car);
    }
    out.negotiated = format->by_accept || out.wants_car;
    out.location = location_of(request, *format);
    return out;
}

std::string GatewayRequest::entity_tag() const {
    const auto cid = root.to_string();
    if (!wants_car) return '"' + cid + ".raw\"";
    std::string what = std::to_string(static_cast<int>(car.scope)) + (car.duplicates ? "y" : "n");
    // The lengths make two different lists of names give two different strings, whatever bytes the names have.
    for (const auto& name : names) what += "/" + std::to_string(name.size()) + ":" + name;
    // The zero byte keeps the range apart from the names.
    if (car.bytes)
        what += std::string(1, '\0') + std::to_string(car.bytes->from) + ":" +
                (car.bytes->to ? std::to_string(*car.bytes->to) : "*");
    return "W/\"" + cid + ".car." + to_hex(BytesView(crypto::sha256(as_bytes(what))).first(8)) + '"';
}

std::string GatewayRequest::content_type() const {
    if (!wants_car) return std::string(kRawType);
    return std::string(kCarType) + "; version=1; order=dfs; dups=" + (car.duplicates ? "y" : "n");
}

std::string GatewayRequest::default_filename() const {
    return root.to_string() + (wants_car ? ".car" : ".bin");
}

}  // namespace strata::retrieval
