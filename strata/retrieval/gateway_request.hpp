#pragma once
// Reads what a request to the trustless gateway asks for.
// Source: specs.ipfs.tech/http-gateways/trustless-gateway, path-gateway; IPIP-0402, 0412, 0523.
#include <expected>

#include <strata/http/message.hpp>
#include <strata/retrieval/dag_car.hpp>

namespace strata::retrieval {

struct GatewayRequest {
    Cid root;
    std::vector<std::string> names;  // the path below the root
    bool wants_car = false;          // false: the root's block is wanted
    CarRequest car;                  // without its path, which is found by reading blocks
    /// The URL that gets the same answer without an Accept header; empty if the request's own URL does.
    std::string location;
    /// True if a different Accept header could have changed the answer.
    bool negotiated = false;

    /// Returns the ETag of the answer: the same for equal requests, so that caches can compare.
    std::string entity_tag() const;
    std::string content_type() const;
    /// Returns the file name of the download if the request does not choose one.
    std::string default_filename() const;
};

/// The answer to a request that is refused: its status and its sentence.
struct Refusal {
    unsigned status = 0;
    std::string why;
};

/// Reads a request; `path` is the part of its path after /ipfs/.
std::expected<GatewayRequest, Refusal> parse_gateway_request(const http::Request& request, std::string_view path);

}  // namespace strata::retrieval
