// GET and HEAD /ipfs/{CID}[/path]: the trustless gateway, which serves blocks and CARs.
// Source: specs.ipfs.tech/http-gateways/trustless-gateway, path-gateway.
#include <strata/http/conditional.hpp>
#include <strata/retrieval/dag_path.hpp>
#include <strata/retrieval/gateway_request.hpp>
#include <strata/retrieval/http_fields.hpp>
#include <strata/retrieval/retrieval.hpp>

namespace strata::retrieval {
namespace {

// Turns an error into an answer. Source of the status codes: path-gateway, "Response Status Codes".
http::Response refused(const http::Request& request, const Error& error) {
    switch (error.code()) {
        case Errc::missing_block:
        case Errc::not_found:
            if (request.header("cache-control").find("only-if-cached") != std::string_view::npos)
                return http::text_response(412, error.message());
            return http::text_response(404, error.message());
        case Errc::unsupported:
            return http::text_response(501, error.message());
        case Errc::too_large:
            return http::text_response(400, error.message());
        case Errc::malformed:
        case Errc::truncated:
        case Errc::non_canonical:
            return http::text_response(404, "the path leads to a block that cannot be decoded: " + error.message());
        default:
            return server_fault(error);
    }
}

// Returns the answer without its body, on which the headers do not depend.
http::Response head_of(const http::Request& request, const GatewayRequest& wanted, std::span<const Cid> roots) {
    const auto filename = request.query.find("filename");
    const bool has_filename = filename != request.query.end() && !filename->second.empty();
    std::string all;
    for (const auto& root : roots) all += (all.empty() ? "" : ",") + root.to_string();
    http::Response out;
    out.headers = {
        {"Content-Type", wanted.content_type()},
        {"Content-Disposition", attachment(has_filename ? filename->second : wanted.default_filename())},
        {"X-Content-Type-Options", "nosniff"},
        {"Cache-Control", std::string(kImmutable)},
        {"ETag", wanted.entity_tag()},
        {"Accept-Ranges", wanted.wants_car ? "none" : "bytes"},
        {"X-Ipfs-Path", percent_encoded(request.path)},
        {"X-Ipfs-Roots", all},
    };
    // Last-Modified is left out: path-gateway.md has it for mutable paths only.
    if (wanted.negotiated) http::add_vary(out, "Accept");
    if (!wanted.location.empty()) out.headers.emplace_back("Content-Location", wanted.location);
    return out;
}

// Completes the answer with the block, or with the part of it that the request asks for.
http::Response block_answer(const http::Request& request, http::Response head, Bytes block, std::string_view tag) {
    const bool ranged = request.method == "GET" && allows_range(request.header("if-range"), tag);
    const auto range =
        ranged ? http::requested_range(request, block.size()) : Result<std::optional<http::ByteRange>>(std::nullopt);
    if (!range) return range_refused(range.error(), block.size());
    if (*range) {
        head.status = 206;
        head.headers.emplace_back("Content-Range", content_range(**range, block.size()));
        block = to_bytes(BytesView(block).subspan((*range)->first, (*range)->length()));
    }
    head.body = std::move(block);
    return head;
}

}  // namespace

http::Response Retrieval::gateway(const http::Request& request, std::string_view path) {
    auto wanted = parse_gateway_request(request, path);
    if (!wanted) {
        auto out = http::text_response(wanted.error().status, wanted.error().why);
        if (!request.query.contains("format")) http::add_vary(out, "Accept");
        return out;
    }
    // Everything that can fail before the first byte is tried here, because a stream cannot change its status later.
    auto& blocks = pieces_.blocks();
    auto block = verified_block(blocks, wanted->root);
    if (!block) return refused(request, block.error());
    auto found = resolve_path(blocks, wanted->root, wanted->names);
    if (!found) return refused(request, found.error());
    const auto tag = wanted->entity_tag();
    auto head = head_of(request, *wanted, found->roots);
    if (http::matches_none_match(request.header("if-none-match"), tag)) {
        head.status = 304;
        return head;
    }
    if (!wanted->wants_car) return block_answer(request, std::move(head), std::move(*block), tag);
    wanted->car.path = std::move(found->blocks);
    auto car = DagCar::open(blocks, wanted->car, limits_);
    if (!car) return refused(request, car.error());
    auto shared = std::make_shared<DagCar>(std::move(*car));
    head.body = http::Stream{[shared](std::span<std::uint8_t> to) { return shared->read(to); }, std::nullopt};
    return head;
}

}  // namespace strata::retrieval
