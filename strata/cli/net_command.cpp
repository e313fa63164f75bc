// strata net, sync, auth, and node status: a node as its owner sees it. Source: lotus api/api_net.go,
// api/api_full.go (SyncState), api/api_common.go (AuthNew).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/cli/node_stop.hpp>
#include <strata/cli/node_verb.hpp>
#include <strata/http/client.hpp>

namespace strata::cli {
namespace {

using api::Json;

struct NetOptions : NodeOptions {
    std::string peer;
};
struct AuthOptions : NodeOptions {
    std::string permission;
};

std::string lines_of(const Json& list, std::string_view between) {
    std::string out;
    if (!list.is_array()) return out;
    for (const auto& one : list)
        out += (out.empty() ? "" : std::string(between)) + (one.is_string() ? one.get<std::string>() : one.dump());
    return out;
}

Result<Answer> peers(api::Client& node) {
    STRATA_TRY(auto all, node.ask("NetPeers", Json::array()));
    if (all.is_null()) all = Json::array();
    Answer out{all, {}};
    for (const auto& peer : all)
        out.text += fmt::format("{}  {}\n", member_text(peer, "ID"), lines_of(peer.value("Addrs", Json()), " "));
    return out;
}

Result<Answer> id(api::Client& node) {
    STRATA_TRY(const auto self, node.ask("NetAddrsListen", Json::array()));
    const auto peer = member_text(self, "ID");
    std::string text = fact("peer", peer);
    for (const auto& address : self.value("Addrs", Json::array()))
        if (address.is_string()) text += fact("address", address.get<std::string>() + "/p2p/" + peer);
    return Answer{self, text};
}

Result<Answer> connect(const std::string& text, api::Client& node) {
    constexpr std::string_view kPeer = "/p2p/";
    const auto at = text.rfind(kPeer);
    if (!text.starts_with('/') || at == std::string::npos || at == 0)
        return fail(Errc::invalid_argument, fmt::format("PEER {}: expected an address such as "
                                                        "/ip4/127.0.0.1/tcp/1347/p2p/12D3…",
                                                        text));
    const auto peer = text.substr(at + kPeer.size());
    STRATA_OK(node.ask("NetConnect", Json::array({{{"ID", peer}, {"Addrs", Json::array({text.substr(0, at)})}}})));
    return Answer{{{"ID", peer}}, "connected to " + peer + "\n"};
}

Result<Answer> disconnect(const std::string& peer, api::Client& node) {
    STRATA_OK(node.ask("NetDisconnect", Json::array({peer})));
    return Answer{{{"ID", peer}}, "disconnected from " + peer + "\n"};
}

// Source: lotus api/api_full.go, SyncStateStage.
std::string stage_name(const Json& stage) {
    constexpr std::string_view kNames[] = {"idle",     "headers",  "persisting headers", "messages",
                                           "complete", "an error", "fetching messages"};
    const auto at = stage.is_number_unsigned() ? stage.get<std::size_t>() : std::size(kNames);
    return at < std::size(kNames) ? std::string(kNames[at]) : stage.dump();
}

Result<Answer> sync_status(api::Client& node) {
    STRATA_TRY(const auto state, node.ask("SyncState", Json::array()));
    STRATA_TRY(const auto head, node.ask("ChainHead", Json::array()));
    const Json tasks = state.is_object() ? state.value("ActiveSyncs", Json()) : Json();
    Answer out{{{"Head", head.value("Height", Json())}, {"State", state}}, fact("head", member_text(head, "Height"))};
    if (!tasks.is_array() || tasks.empty())
        out.text += fact("sync", "nothing is followed: the head is that of the peers");
    for (const auto& task : tasks)
        out.text +=
            fact("sync", fmt::format("{} at epoch {}, towards epoch {}", stage_name(task.value("Stage", Json())),
                                     member_text(task, "Height"), member_text(task.value("Target", Json()), "Height")));
    return out;
}

Result<Answer> new_token(const AuthOptions& options, api::Client& node) {
    // A token for one permission also has those that come before it, as lotus auth create-token gives them.
    Json permissions = Json::array();
    for (const char* name : {"read", "write", "sign", "admin"}) {
        permissions.push_back(name);
        if (options.permission == name) break;
    }
    STRATA_TRY(const auto answer, node.ask("AuthNew", Json::array({permissions})));
    if (!answer.is_string()) return fail(Errc::malformed, "AuthNew: expected the bytes of a token as base64");
    STRATA_TRY(const auto token, from_base64(answer.get_ref<const std::string&>()));
    const std::string text(as_text(token));
    return Answer{{{"Token", text}, {"Permissions", permissions}}, text + "\n"};
}

std::string without_path(const std::string& url) {
    const auto scheme = url.find("://");
    return url.substr(0, url.find('/', scheme == std::string::npos ? 0 : scheme + 3));
}

std::string status_text(const Json& status) {
    std::string out = fact("network", member_text(status, "Network")) + fact("head", member_text(status, "Head")) +
                      fact("epoch", member_text(status, "Epoch")) +
                      fact("epochs behind", member_text(status, "Behind"));
    out += fact("peers", member_text(status, "Peers"));
    out += fact("explorer", member_text(status, "Explorer"));
    const auto waits = member_text(status, "WaitsFor");
    out += fact("waits for", waits.empty() ? "nothing" : waits);
    for (const auto& part : status.value("Failures", Json::array()))
        out += fact("failing", fmt::format("{}, since epoch {}, {} times", member_text(part, "Part"),
                                           member_text(part, "Since"), member_text(part, "Times")));
    return out;
}

Result<Answer> node_status(api::Client& node) {
    constexpr http::ClientLimits kLimits{
        .body_bytes = 1 << 20, .timeout = std::chrono::seconds(30), .total = std::chrono::seconds(30)};
    const auto root = without_path(node.url());
    const auto url = root + "/health/status";
    STRATA_TRY(const auto answer, http::get(url, {}, kLimits));
    auto status = Json::parse(as_text(answer.body), nullptr, false);
    if (answer.status != 200 || !status.is_object())
        return fail(Errc::unsupported,
                    fmt::format("{} answers with status {}: this is not a node of Strata; strata sync "
                                "status works with every node",
                                url, answer.status));
    status["Explorer"] = root + "/explorer/";
    return Answer{status, status_text(status)};
}

template <class Verb>
Question plain(Verb verb) {
    return [verb](api::Client& node, char) { return verb(node); };
}

}  // namespace

void add_net(CLI::App& app, Run& run) {
    auto* net = app.add_subcommand("net", "the peers of a node");
    net->require_subcommand(1);
    add_node_verb(*net, run, std::make_shared<NodeOptions>(), "peers", "list the connected peers", "strata net peers",
                  plain(peers));
    add_node_verb(*net, run, std::make_shared<NodeOptions>(), "id", "print the node's own addresses", "strata net id",
                  plain(id));
    auto to = std::make_shared<NetOptions>();
    add_node_verb(*net, run, to, "connect", "connect to a peer", "strata net connect /ip4/127.0.0.1/tcp/1347/p2p/12D3…",
                  plain([to](api::Client& node) { return connect(to->peer, node); }))
        ->add_option("PEER", to->peer, "an address that ends with /p2p/ID")
        ->required();
    auto from = std::make_shared<NetOptions>();
    add_node_verb(*net, run, from, "disconnect", "leave a peer", "strata net disconnect 12D3…",
                  plain([from](api::Client& node) { return disconnect(from->peer, node); }))
        ->add_option("ID", from->peer, "the peer's ID")
        ->required();
}

void add_sync(CLI::App& app, Run& run) {
    auto* sync = app.add_subcommand("sync", "how a node follows the chain of its peers");
    sync->require_subcommand(1);
    add_node_verb(*sync, run, std::make_shared<NodeOptions>(), "status", "tell what is being followed",
                  "strata sync status", plain(sync_status));
}

void add_auth(CLI::App& app, Run& run) {
    auto* auth = app.add_subcommand("auth", "tokens for a node's API");
    auth->require_subcommand(1);
    auto options = std::make_shared<AuthOptions>();
    add_node_verb(*auth, run, options, "token", "make a token", "strata auth token --perm sign",
                  plain([options](api::Client& node) { return new_token(*options, node); }))
        ->add_option("--perm", options->permission, "what its holder may do: read, write, sign or admin")
        ->check(CLI::IsMember({"read", "write", "sign", "admin"}))
        ->required();
}

void add_node_state(CLI::App& node, Run& run) {
    add_node_verb(node, run, std::make_shared<NodeOptions>(), "status", "tell how a running node is",
                  "strata node status --node provider-1", plain(node_status));
    add_node_stop(node, run);
}

}  // namespace strata::cli
