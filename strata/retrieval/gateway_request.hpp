#pragma once
// Reads what a request to the trustless gateway asks for.
// Source: specs.ipfs.tech/http-gateways/trustless-gateway, path-gateway; IPIP-0402, 0412, 0523.
#include <expected>

#include <strata/http/message.hpp>
#include <strata/retrieval/dag_car.hpp>

namespace strata::retrieval {

struct GatewayRequest {
    Cid root;
    std::vector<std::string> names;  // of the path below the root
    bool wants_car = false;          // else the root's block
    CarRequest car;                  // without its path, which needs blocks
    /// The URL that asks for the same without an Accept header; empty where the request's own URL does.
    std::string location;
    /// Did the answer depend on Accept?
    bool negotiated = false;

    /// Names the answer: the same for the same request, so that caches can compare.
    std::string entity_tag() const;
    std::string content_type() const;
    /// Without one of the asker's own.
    std::string default_filename() const;
};

/// A status and a sentence to answer instead.
struct Refusal {
    unsigned status = 0;
    std::string why;
};

/// `path`: what follows /ipfs/.
std::expected<GatewayRequest, Refusal> parse_gateway_request(const http::Request& request, std::string_view path);

}  // namespace strata::retrieval
