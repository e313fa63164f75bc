#pragma once
// Asks the provider of a running node, at its own door (node/provider_door.hpp).
#include <strata/cli/node_verb.hpp>

namespace strata::cli {

/// Returns the URL without its path.
std::string host_of(const std::string& url);
/// Sends a request to /provider at the node that the options name, with the node's token, and returns its JSON. Errors:
/// not_found if the node has no provider, or is of an earlier version; verification if it refuses, with its reason; io.
Result<api::Json> ask_provider(const NodeOptions& options, const std::string& method, const std::string& path);

}  // namespace strata::cli
