#pragma once
// Data back over HTTP: whole pieces with byte ranges (FRC-0066), and blocks and CARs of the trustless gateway.
// Source: storage.md §13.1, §13.2.
#include <strata/http/message.hpp>
#include <strata/ipld/dag.hpp>
#include <strata/retrieval/piece_store.hpp>

namespace strata::retrieval {

class Retrieval {
  public:
    /// `pieces` must outlive the object and its answers, which are streamed. `limits`: of one CAR.
    explicit Retrieval(PieceStore& pieces, DagLimits limits = {}) : pieces_(pieces), limits_(limits) {}
    /// Paths below /piece and /ipfs.
    static bool serves(std::string_view path);
    /// GET and HEAD /piece/{piece CID}, /ipfs/{CID}[/path]. Any thread.
    http::Response handle(const http::Request& request);

  private:
    http::Response piece(const http::Request& request, std::string_view name);
    http::Response gateway(const http::Request& request, std::string_view path);

    PieceStore& pieces_;
    DagLimits limits_;
};

}  // namespace strata::retrieval
