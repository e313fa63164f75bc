#pragma once
// Finds the running node that a verb asks.
#include <filesystem>

#include <strata/node/access_files.hpp>

namespace CLI {
class App;
}

namespace strata::cli {

/// Names the node that a verb asks. The first that is given counts: --api, the environment variable FULLNODE_API_INFO,
/// the files "api" and "token" in node_folder().
struct NodeOptions {
    std::string api;
    std::string token;
    std::filesystem::path network;
    std::string name = "client";
    bool json = false;
    std::string usual_name{};  // `name` before the command line was read: the verb's own choice
};
void add_node_options(CLI::App& verb, NodeOptions& options);

/// Returns true if the node is found by its folder, and not by --api or FULLNODE_API_INFO.
bool names_folder(const NodeOptions& options);
/// Returns the folder of the node: that of `name` in `network`. If there is none, it is `network` itself, which may be
/// a node's own folder; but not if it is that of a local network and the person chose the name. Errors: not_found if
/// the local network has no such node.
Result<std::filesystem::path> node_folder(const NodeOptions& options);

/// Errors: not_found, with what was looked for and what to do.
Result<node::ApiAccess> find_node(const NodeOptions& options);

}  // namespace strata::cli
