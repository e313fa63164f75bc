#include <strata/retrieval/retrieval.hpp>

#include <fstream>

#include <strata/retrieval/piece_name.hpp>

namespace strata::retrieval {
namespace {

constexpr std::string_view kPiece = "/piece/";
constexpr std::string_view kForever = "public, max-age=29030400, immutable";  // storage.md §13.2

/// `size` bytes of a file; an error if it ends before.
http::BodySource part_of(std::shared_ptr<std::ifstream> file, std::uint64_t size) {
    return [file = std::move(file), left = size](std::span<std::uint8_t> out) mutable -> Result<std::size_t> {
        const auto wanted = std::min<std::uint64_t>(left, out.size());
        if (wanted == 0) return std::size_t{0};
        file->read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(wanted));
        const auto got = static_cast<std::uint64_t>(file->gcount());
        if (got == 0) return fail(Errc::io, "the piece ended early");
        left -= got;
        return static_cast<std::size_t>(got);
    };
}

http::Response damaged(const Cid& piece) {
    return http::text_response(500, "the piece " + piece.to_string() + " is damaged here");
}

}  // namespace

bool Retrieval::serves(std::string_view path) {
    return path.starts_with(kPiece) || path == "/ipfs" || path.starts_with("/ipfs/");
}

http::Response Retrieval::handle(const http::Request& request) {
    if (request.method != "GET" && request.method != "HEAD") {
        auto out = http::text_response(405, "GET and HEAD only");
        out.headers.emplace_back("Allow", "GET, HEAD");
        return out;
    }
    const std::string_view path = request.path;
    if (path.starts_with(kPiece)) return piece(request, path.substr(kPiece.size()));
    if (path.starts_with("/ipfs/")) return gateway(request, path.substr(6));
    return http::text_response(404, "there is no such path");
}

http::Response Retrieval::piece(const http::Request& request, std::string_view name) {
    const auto wanted = parse_piece_name(name);
    if (!wanted) return http::text_response(400, wanted.error().message());
    const Cid& cid = wanted->piece;
    const auto found = pieces_.find(cid);
    if (!found) return http::text_response(500, found.error().message());
    const auto& known = *found;
    if (!known || (wanted->sizes && wanted->sizes->raw != known->size))
        return http::text_response(404, "no piece " + std::string(name) + " is here");

    http::Response out;
    out.headers = {{"Accept-Ranges", "bytes"},
                   {"Cache-Control", std::string(kForever)},
                   {"ETag", '"' + cid.to_string() + '"'},
                   {"X-Content-Type-Options", "nosniff"}};
    if (request.header("if-none-match") == '"' + cid.to_string() + '"') {
        out.status = 304;
        return out;
    }
    const auto path = pieces_.path_of(cid);
    std::error_code error;
    if (std::filesystem::file_size(path, error) != known->size || error) return damaged(cid);
    const auto range = request.method == "GET" ? http::requested_range(request, known->size)
                                               : Result<std::optional<http::ByteRange>>(std::nullopt);
    const auto size = std::to_string(known->size);
    if (!range) {
        auto refused = http::text_response(416, range.error().message());
        refused.headers.emplace_back("Content-Range", "bytes */" + size);
        return refused;
    }
    const auto part = range->value_or(http::ByteRange{0, known->size - 1});
    if (*range) {
        out.status = 206;
        out.headers.emplace_back("Content-Range",
                                 "bytes " + std::to_string(part.first) + "-" + std::to_string(part.last) + "/" + size);
    }
    out.headers.emplace_back("Content-Type",
                             known->is_car ? "application/vnd.ipld.car; version=1" : "application/octet-stream");
    auto file = std::make_shared<std::ifstream>(path, std::ios::binary);
    file->seekg(static_cast<std::streamoff>(part.first));
    if (!*file) return damaged(cid);
    out.body = http::Stream{part_of(std::move(file), part.length()), part.length()};
    return out;
}

}  // namespace strata::retrieval
