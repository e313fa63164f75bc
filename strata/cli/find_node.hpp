#pragma once
// Finds the running node that a verb asks.
#include <filesystem>

#include <strata/node/access_files.hpp>

namespace CLI {
class App;
}

namespace strata::cli {

/// Names the node that a verb asks. The first that is given counts: --api, the environment variable FULLNODE_API_INFO,
/// the files "api" and "token" in the folder of the node `name` in `network`, or, if there is no such folder, in
/// `network` itself.
struct NodeOptions {
    std::string api;
    std::string token;
    std::filesystem::path network;
    std::string name = "client";
    bool json = false;
};
void add_node_options(CLI::App& verb, NodeOptions& options);

/// Errors: not_found, with what was looked for and what to do.
Result<node::ApiAccess> find_node(const NodeOptions& options);

}  // namespace strata::cli
