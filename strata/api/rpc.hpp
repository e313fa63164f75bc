#pragma once
// The JSON-RPC envelope: one request or a batch in, the body of the answer out. Knows no method.
// Source: node.md §28.1; go-jsonrpc handler.go, server.go.
#include <string>

#include <strata/api/method_table.hpp>

namespace strata::api {

struct Reply {
    unsigned status = 200;
    std::string body;  // empty: nothing but notifications
};

/// `call` runs one method; `params` is an array.
using CallMethod = std::function<Answer(const std::string& name, const Json& params)>;

Reply answer_body(BytesView body, const Options& limits, const CallMethod& call);

}  // namespace strata::api
