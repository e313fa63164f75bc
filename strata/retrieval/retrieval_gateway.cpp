// GET and HEAD /ipfs/{CID}[/path]: the trustless gateway, blocks and CARs only. Source: ipfs/specs
// trustless-gateway.md; storage.md §13.1.
#include <algorithm>
#include <ranges>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/retrieval/dag_car.hpp>
#include <strata/retrieval/retrieval.hpp>

namespace strata::retrieval {
namespace {

constexpr std::string_view kRawType = "application/vnd.ipld.raw";
constexpr std::string_view kCarType = "application/vnd.ipld.car";
constexpr std::string_view kForever = "public, max-age=29030400, immutable";

struct Wanted {
    Cid root;
    std::vector<std::string> names;
    bool car = false;
    CarRequest what;
    std::string tag;  // names the answer in its ETag
};

// Something to answer instead.
struct Refusal {
    unsigned status;
    std::string why;
};
template <class T>
using Checked = std::expected<T, Refusal>;

std::unexpected<Refusal> refuse(unsigned status, std::string why) {
    return std::unexpected(Refusal{status, std::move(why)});
}

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

/// Parameters of a CAR: of the URL, else of the media type in Accept.
using Options = std::map<std::string, std::string, std::less<>>;

std::string option(const http::Request& request, const Options& accepted, const std::string& name) {
    if (const auto it = request.query.find("car-" + name); it != request.query.end()) return it->second;
    const auto it = accepted.find(name);
    return it == accepted.end() ? std::string() : it->second;
}

// True for a CAR. The format of the URL wins over the header.
Checked<bool> format_of(const http::Request& request, Options& accepted) {
    if (const auto it = request.query.find("format"); it != request.query.end()) {
        if (it->second == "raw" || it->second == "car") return it->second == "car";
        return refuse(406, "the format is raw or car");
    }
    bool other = false;
    for (const auto part : std::string_view(request.header("accept")) | std::views::split(',')) {
        const std::string_view entry(part.begin(), part.end());
        const auto type = trimmed(entry.substr(0, entry.find(';')));
        if (type == kRawType) return false;
        if (type != kCarType) {
            other = other || (!type.empty() && !type.ends_with("/*"));
            continue;
        }
        for (const auto piece : entry | std::views::split(';') | std::views::drop(1)) {
            const auto pair = trimmed(std::string_view(piece.begin(), piece.end()));
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos)
                accepted.emplace(trimmed(pair.substr(0, equals)), trimmed(pair.substr(equals + 1)));
        }
        return true;
    }
    if (other) return refuse(406, "only blocks (raw) and CARs are served");
    return refuse(400, "ask for a format: ?format=raw or ?format=car");
}

Checked<CarRequest> car_request(const http::Request& request, const Options& accepted) {
    CarRequest out;
    const auto version = option(request, accepted, "version");
    if (!version.empty() && version != "1") return refuse(400, "CARs are of version 1");
    const auto order = option(request, accepted, "order");
    if (!order.empty() && order != "dfs" && order != "unk") return refuse(400, "the order is dfs or unk");
    const auto dups = option(request, accepted, "dups");
    if (!dups.empty() && dups != "y" && dups != "n") return refuse(400, "dups is y or n");
    out.duplicates = dups == "y";
    if (const auto it = request.query.find("dag-scope"); it != request.query.end()) {
        if (it->second != "block" && it->second != "entity" && it->second != "all")
            return refuse(400, "dag-scope is block, entity or all");
        out.scope = it->second == "block" ? DagScope::block : it->second == "entity" ? DagScope::entity : DagScope::all;
    }
    if (const auto it = request.query.find("entity-bytes"); it != request.query.end()) {
        const auto bytes = parse_entity_bytes(it->second);
        if (!bytes) return refuse(400, bytes.error().message());
        out.bytes = *bytes;
        out.scope = DagScope::entity;
    }
    return out;
}

Checked<Wanted> parse(const http::Request& request, std::string_view path) {
    Wanted out;
    const auto slash = path.find('/');
    const auto root = Cid::parse(path.substr(0, slash));
    if (!root) return refuse(400, "the path holds no CID: " + root.error().message());
    out.root = *root;
    if (slash != std::string_view::npos)
        for (const auto part : path.substr(slash + 1) | std::views::split('/'))
            if (!part.empty()) out.names.emplace_back(part.begin(), part.end());
    Options accepted;
    const auto car = format_of(request, accepted);
    if (!car) return std::unexpected(car.error());
    out.car = *car;
    if (!out.car && !out.names.empty()) return refuse(400, "a block is asked for by its CID, without a path");
    if (out.car) {
        auto what = car_request(request, accepted);
        if (!what) return std::unexpected(what.error());
        out.what = std::move(*what);
    }
    return out;
}

// The same for the same request, so that caches can compare.
std::string entity_tag(const Wanted& wanted) {
    const auto cid = wanted.root.to_string();
    if (!wanted.car) return '"' + cid + ".raw\"";
    std::string what = std::to_string(static_cast<int>(wanted.what.scope)) + (wanted.what.duplicates ? "y" : "n");
    for (const auto& name : wanted.names) what += "/" + name;
    if (const auto& bytes = wanted.what.bytes)
        what += ":" + std::to_string(bytes->from) + ":" + (bytes->to ? std::to_string(*bytes->to) : "*");
    return "W/\"" + cid + ".car." + to_hex(BytesView(crypto::sha256(as_bytes(what))).first(8)) + '"';
}

http::Response answer(const Wanted& wanted) {
    const auto cid = wanted.root.to_string();
    http::Response out;
    out.headers = {
        {"Content-Type",
         wanted.car ? std::string(kCarType) + "; version=1; order=dfs; dups=" + (wanted.what.duplicates ? "y" : "n")
                    : std::string(kRawType)},
        {"Content-Disposition", "attachment; filename=\"" + cid + (wanted.car ? ".car\"" : ".bin\"")},
        {"X-Content-Type-Options", "nosniff"},
        {"Cache-Control", std::string(kForever)},
        {"ETag", entity_tag(wanted)},
        {"Accept-Ranges", "none"},
    };
    return out;
}

http::Response refused(const http::Request& request, const Error& error) {
    switch (error.code()) {
        case Errc::missing_block:
        case Errc::not_found:
            if (request.header("cache-control").find("only-if-cached") != std::string_view::npos)
                return http::text_response(412, error.message());
            return http::text_response(404, error.message());
        case Errc::unsupported:
            return http::text_response(501, error.message());
        case Errc::malformed:
        case Errc::truncated:
            return http::text_response(404, "the path does not lead on: " + error.message());
        default:
            return http::text_response(500, error.message());
    }
}

}  // namespace

http::Response Retrieval::gateway(const http::Request& request, std::string_view path) {
    auto wanted = parse(request, path);
    if (!wanted) return http::text_response(wanted.error().status, wanted.error().why);
    auto block = verified_block(pieces_.blocks(), wanted->root);
    if (!block) return refused(request, block.error());
    auto out = answer(*wanted);
    if (request.header("if-none-match") == entity_tag(*wanted)) {
        out.status = 304;
        return out;
    }
    if (!wanted->car) {
        out.body = std::move(*block);
        return out;
    }
    auto blocks = resolve_path(pieces_.blocks(), wanted->root, wanted->names);
    if (!blocks) return refused(request, blocks.error());
    wanted->what.path = std::move(*blocks);
    auto car = DagCar::open(pieces_.blocks(), wanted->what, limits_);
    if (!car) return refused(request, car.error());
    auto shared = std::make_shared<DagCar>(std::move(*car));
    out.body = http::Stream{[shared](std::span<std::uint8_t> to) { return shared->read(to); }, std::nullopt};
    return out;
}

}  // namespace strata::retrieval
