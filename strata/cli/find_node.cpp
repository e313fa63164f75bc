#include <strata/cli/find_node.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include <strata/cli/home.hpp>
#include <strata/devnet/network_folder.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;

// In a node's folder (access_files.hpp).
constexpr const char* kAddressFile = "api";
constexpr const char* kTokenFile = "token";
constexpr std::size_t kShownNodes = 20;

/// Returns the names of the nodes that ran in a local network.
std::string nodes_in(const fs::path& network) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator at(network, error), end; !error && at != end && names.size() < kShownNodes;
         at.increment(error))
        if (std::error_code unused; fs::exists(at->path() / kTokenFile, unused))
            names.push_back(at->path().filename().string());
    std::ranges::sort(names);
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

/// Returns the command that starts the node which was not found.
std::string start_of(const NodeOptions& options) {
    const bool is_usual = options.network == cache_folder() / "devnet";
    const auto folder = is_usual ? std::string() : " --folder " + options.network.string();
    const bool is_joined = devnet::has_network(options.network) && !devnet::is_role(options.name);
    return (is_joined ? "strata devnet join --name " + options.name : "strata devnet up") + folder;
}

}  // namespace

void add_node_options(CLI::App& verb, NodeOptions& options) {
    options.network = cache_folder() / "devnet";
    options.usual_name = options.name;
    verb.add_option("--api", options.api,
                    "URL of a node, or TOKEN:URL (default: FULLNODE_API_INFO, else the node of --network)");
    verb.add_option("--token", options.token, "token for the node's API (default: the one beside its address)");
    verb.add_option("--network", options.network,
                    "folder of a local network or of a node (default ~/.cache/strata/devnet)");
    verb.add_option("--node", options.name, "which node of the local network to ask")->capture_default_str();
    verb.add_flag("--json", options.json, "print the result as JSON; amounts are in attoFIL");
}

bool names_folder(const NodeOptions& options) {
    const char* const named = std::getenv("FULLNODE_API_INFO");
    return options.api.empty() && (named == nullptr || *named == '\0');
}

Result<fs::path> node_folder(const NodeOptions& options) {
    std::error_code error;
    const auto own = options.network / options.name;
    if (fs::is_directory(own, error)) return own;
    const bool is_chosen = !options.name.empty() && options.name != options.usual_name;
    // The network's own address is that of its first provider, with a token that allows everything.
    if (!is_chosen || !devnet::has_network(options.network)) return options.network;
    const auto names = nodes_in(options.network);
    return fail(Errc::not_found,
                fmt::format("--node {}: the network in {} has no such node{}", options.name, options.network.string(),
                            names.empty() ? std::string() : "; its nodes are " + names));
}

Result<node::ApiAccess> find_node(const NodeOptions& options) {
    node::ApiAccess out;
    fs::path folder;
    if (!options.api.empty()) {
        out = node::parse_api_info(options.api);
    } else if (!names_folder(options)) {
        out = node::parse_api_info(std::getenv("FULLNODE_API_INFO"));
    } else {
        STRATA_TRY(folder, node_folder(options));
        out = node::read_access_files(folder);
    }
    if (!options.token.empty()) out.token = options.token;
    if (!out.url.empty()) return out;
    // A node of the network that does not run is not mistaken for a different one.
    const auto own = options.network / options.name;
    if (folder == own)
        return fail(Errc::not_found,
                    fmt::format("the node {} does not run ({} does not exist); start {} in a terminal of its own: {}",
                                options.name, (own / kAddressFile).string(),
                                devnet::is_role(options.name) ? "its network" : "it", start_of(options)));
    return fail(
        Errc::not_found,
        fmt::format("no network runs here: neither {} nor {} exists; start one in a terminal of its own: {}; or "
                    "name a running one with --network FOLDER or --api URL",
                    (own / kAddressFile).string(), (options.network / kAddressFile).string(), start_of(options)));
}

}  // namespace strata::cli
