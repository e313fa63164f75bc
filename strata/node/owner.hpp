#pragma once
// Who may enter the doors that are for the node's owner alone.
#include <optional>

#include <strata/http/message.hpp>

namespace strata::api {
class Tokens;
}

namespace strata::node {

/// Returns why the caller may not enter; empty for the owner, whose token allows `admin`. The token comes in a header
/// only: one in the address would stay in a browser's history.
std::optional<http::Response> refuse_others(const http::Request& request, const api::Tokens& tokens);

}  // namespace strata::node
