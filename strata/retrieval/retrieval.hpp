#pragma once
// Serves data over HTTP: complete pieces with byte ranges (FRC-0066), and blocks and CARs as a trustless gateway.
// Source: FRC-0066; specs.ipfs.tech/http-gateways/trustless-gateway.
#include <strata/http/message.hpp>
#include <strata/ipld/dag.hpp>
#include <strata/retrieval/piece_store.hpp>

namespace strata::retrieval {

/// The Cache-Control of data that never changes, because its name is its hash (path-gateway.md; the piece handlers of
/// Boost and Curio).
inline constexpr std::string_view kImmutable = "public, max-age=29030400, immutable";

class Retrieval {
  public:
    /// `pieces` must outlive the object and its answers, which are streamed. `limits` bound each CAR.
    explicit Retrieval(PieceStore& pieces, DagLimits limits = {}) : pieces_(pieces), limits_(std::move(limits)) {}
    /// Returns true for paths below /piece and /ipfs.
    static bool serves(std::string_view path);
    /// Answers GET and HEAD of /piece/{piece CID} and /ipfs/{CID}[/path]. May be called from any thread.
    http::Response handle(const http::Request& request);

  private:
    http::Response piece(const http::Request& request, std::string_view name);
    http::Response gateway(const http::Request& request, std::string_view path);

    PieceStore& pieces_;
    DagLimits limits_;
};

/// Returns a Content-Range such as "bytes 0-9/100" (RFC 9110 §14.4).
std::string content_range(const http::ByteRange& range, std::uint64_t size);
/// Writes the error to the log and answers with status 500. Failures of this machine, such as an unreadable file, are
/// described in the log only.
http::Response server_fault(const Error& why);
/// Answers with status 416 and the real size.
http::Response range_refused(const Error& why, std::uint64_t size);

}  // namespace strata::retrieval
