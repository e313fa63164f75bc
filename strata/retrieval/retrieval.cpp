#include <strata/retrieval/retrieval.hpp>

#include <strata/base/log.hpp>
#include <strata/http/conditional.hpp>
#include <strata/retrieval/http_fields.hpp>
#include <strata/retrieval/piece_name.hpp>

namespace strata::retrieval {
namespace {

constexpr std::string_view kPiece = "/piece/";
constexpr std::string_view kIpfs = "/ipfs/";
// Data that is named by its content never changes. Boost's booster-http answers with a constant date too.
constexpr std::string_view kNeverModified = "Thu, 01 Jan 1970 00:00:00 GMT";

}  // namespace

std::string content_range(const http::ByteRange& range, std::uint64_t size) {
    return "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/" + std::to_string(size);
}

http::Response range_refused(const Error& why, std::uint64_t size) {
    auto out = http::text_response(416, why.message());
    out.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    return out;
}

http::Response server_fault(const Error& why) {
    static const Log log("retrieval");
    static LogLimit limit;
    log.limited(limit, LogLevel::error, "a request for data failed because of this node", {{"why", why}});
    return http::text_response(
        500, why.is_fatal() ? "this provider cannot read its data now; try again later" : why.message());
}

bool Retrieval::serves(std::string_view path) {
    return path.starts_with(kPiece) || path == "/ipfs" || path.starts_with(kIpfs);
}

http::Response Retrieval::handle(const http::Request& request) {
    if (request.method != "GET" && request.method != "HEAD") {
        auto out = http::text_response(405, request.method + " is not allowed here; use GET or HEAD");
        out.headers.emplace_back("Allow", "GET, HEAD");
        return out;
    }
    const std::string_view path = request.path;
    if (path.starts_with(kPiece)) return piece(request, path.substr(kPiece.size()));
    if (path.starts_with(kIpfs)) return gateway(request, path.substr(kIpfs.size()));
    return http::text_response(404, "the path " + request.path + " has no CID; ask for /ipfs/CID or /piece/CID");
}

http::Response Retrieval::piece(const http::Request& request, std::string_view name) {
    const auto wanted = parse_piece_name(name);
    if (!wanted) return http::text_response(400, wanted.error().message());
    const Cid& cid = wanted->piece;
    const auto known = pieces_.find(cid);
    if (!known) return server_fault(known.error());
    // A name of version 2 also has the sizes, and a piece with different sizes is a different piece.
    const bool fits = *known && (!wanted->sizes || wanted->sizes->padded == (*known)->padded_size);
    auto found = fits ? pieces_.read(cid, wanted->sizes ? std::optional(wanted->sizes->raw) : std::nullopt)
                      : Result<std::optional<PieceReader>>(std::nullopt);
    if (!found) return server_fault(found.error());
    if (!*found) return http::text_response(404, "this provider does not have the piece " + std::string(name));
    const auto reader = std::make_shared<PieceReader>(std::move(**found));
    const auto size = reader->size();

    // The same piece in a different length has different bytes, so it has a different tag.
    const bool other_length = wanted->sizes && size != (*known)->size;
    const auto tag = '"' + (other_length ? piece_cid_v2(cid, *wanted->sizes).value_or(cid) : cid).to_string() + '"';
    http::Response out;
    out.headers = {{"Accept-Ranges", "bytes"},
                   {"Cache-Control", std::string(kImmutable)},
                   {"ETag", tag},
                   {"Last-Modified", std::string(kNeverModified)},
                   {"X-Content-Type-Options", "nosniff"}};
    if (http::matches_none_match(request.header("if-none-match"), tag)) {
        out.status = 304;
        return out;
    }
    const bool ranged = request.method == "GET" && allows_range(request.header("if-range"), tag);
    const auto range =
        ranged ? http::requested_range(request, size) : Result<std::optional<http::ByteRange>>(std::nullopt);
    if (!range) return range_refused(range.error(), size);
    if (*range) {
        out.status = 206;
        out.headers.emplace_back("Content-Range", content_range(**range, size));
    }
    const std::uint64_t first = *range ? (*range)->first : 0;
    const std::uint64_t length = *range ? (*range)->length() : size;
    // The first chunk is read before anything is sent, so that damage there becomes status 500. Damage further on can
    // only cut the answer short.
    std::uint8_t byte = 0;
    const auto readable = reader->read(first, std::span(&byte, 1));
    if (!readable) return server_fault(readable.error());
    out.headers.emplace_back("Content-Type",
                             (*known)->is_car ? "application/vnd.ipld.car; version=1" : "application/octet-stream");
    out.body = http::Stream{PieceReader::source(reader, first, length), length};
    return out;
}

}  // namespace strata::retrieval
