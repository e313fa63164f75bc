#include <strata/cli/find_node.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include <strata/cli/home.hpp>

namespace strata::cli {
namespace {

constexpr const char* kAddressFile = "api";  // in a node's folder (access_files.hpp)

}  // namespace

void add_node_options(CLI::App& verb, NodeOptions& options) {
    options.network = cache_folder() / "devnet";
    verb.add_option("--api", options.api,
                    "URL of a node, or TOKEN:URL (default: FULLNODE_API_INFO, else the node of --network)");
    verb.add_option("--token", options.token, "token for the node's API (default: the one beside its address)");
    verb.add_option("--network", options.network,
                    "folder of a local network or of a node (default ~/.cache/strata/devnet)");
    verb.add_option("--node", options.name, "which node of the local network to ask")->capture_default_str();
    verb.add_flag("--json", options.json, "print the result as JSON; amounts are in attoFIL");
}

Result<node::ApiAccess> find_node(const NodeOptions& options) {
    node::ApiAccess out;
    const char* named = std::getenv("FULLNODE_API_INFO");
    if (!options.api.empty()) {
        out = node::parse_api_info(options.api);
    } else if (named != nullptr && *named != '\0') {
        out = node::parse_api_info(named);
    } else {
        // A node of the network that does not run is not mistaken for a different one.
        std::error_code error;
        const auto folder = options.network / options.name;
        const bool is_node = std::filesystem::is_directory(folder, error);
        out = node::read_access_files(is_node ? folder : options.network);
    }
    if (!options.token.empty()) out.token = options.token;
    if (!out.url.empty()) return out;
    if (std::error_code error; std::filesystem::is_directory(options.network / options.name, error))
        return fail(Errc::not_found,
                    fmt::format("the node {} does not run: {} does not exist; start its network with strata devnet up "
                                "--processes --folder {}",
                                options.name, (options.network / options.name / kAddressFile).string(),
                                options.network.string()));
    return fail(Errc::not_found,
                fmt::format("no node is known: there is no --api, FULLNODE_API_INFO is not set, and neither {} nor {} "
                            "exists; start a network with strata devnet up --processes, or name its folder with "
                            "--network",
                            (options.network / options.name / kAddressFile).string(),
                            (options.network / kAddressFile).string()));
}

}  // namespace strata::cli
