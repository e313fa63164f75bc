#pragma once
// Data back over HTTP: whole pieces with byte ranges (FRC-0066), and blocks and CARs of the trustless gateway.
// Source: FRC-0066; specs.ipfs.tech/http-gateways/trustless-gateway.
#include <strata/http/message.hpp>
#include <strata/ipld/dag.hpp>
#include <strata/retrieval/piece_store.hpp>

namespace strata::retrieval {

/// Cache-Control of what its own name fixes for ever (path-gateway.md; the piece handlers of Boost and Curio).
inline constexpr std::string_view kImmutable = "public, max-age=29030400, immutable";

class Retrieval {
  public:
    /// `pieces` must outlive the object and its answers, which are streamed. `limits`: of one CAR.
    explicit Retrieval(PieceStore& pieces, DagLimits limits = {}) : pieces_(pieces), limits_(std::move(limits)) {}
    /// True for paths below /piece and /ipfs.
    static bool serves(std::string_view path);
    /// GET and HEAD /piece/{piece CID}, /ipfs/{CID}[/path]. Any thread.
    http::Response handle(const http::Request& request);

  private:
    http::Response piece(const http::Request& request, std::string_view name);
    http::Response gateway(const http::Request& request, std::string_view path);

    PieceStore& pieces_;
    DagLimits limits_;
};

/// "bytes 0-9/100" (RFC 9110 §14.4).
std::string content_range(const http::ByteRange& range, std::uint64_t size);
/// 500, and a line in the log. What fails on this machine alone, such as a file, is told to the log only.
http::Response server_fault(const Error& why);
/// 416, with the size there is.
http::Response range_refused(const Error& why, std::uint64_t size);

}  // namespace strata::retrieval
