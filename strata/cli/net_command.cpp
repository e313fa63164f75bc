// strata net, sync, auth, and node status: a node as its owner sees it. Source: lotus api/api_net.go,
// api/api_full.go (SyncState), api/api_common.go (AuthNew).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/cli/method_verb.hpp>
#include <strata/cli/node_stop.hpp>
#include <strata/cli/provider_calls.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/http/client.hpp>
#include <strata/node/access_files.hpp>

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
    const auto root = host_of(node.url());
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

/// Prints what FULLNODE_API_INFO holds for programs that are to ask this node, as lotus auth api-info prints it.
Result<Answer> api_info(const AuthOptions& options, api::Client& node) {
    STRATA_TRY(const auto token, new_token(options, node));
    STRATA_TRY(const auto address, node::multiaddr_of(host_of(node.url())));
    const auto info = member_text(token.json, "Token") + ":" + address;
    return Answer{{{"Info", info}, {"Permissions", token.json["Permissions"]}}, "FULLNODE_API_INFO=" + info + "\n"};
}

std::string ping_text(const Json& nanoseconds) {
    if (!nanoseconds.is_number()) return plain_text(nanoseconds);
    return fmt::format("{:.3f} ms\n", nanoseconds.get<double>() / 1e6);
}

std::string bandwidth_text(const Json& stats) {
    return fact("came", member_text(stats, "TotalIn") + " bytes") +
           fact("went", member_text(stats, "TotalOut") + " bytes") +
           fact("comes", member_text(stats, "RateIn") + " bytes a second") +
           fact("goes", member_text(stats, "RateOut") + " bytes a second");
}

std::string scores_text(const Json& scores) {
    std::string out;
    if (!scores.is_array()) return out;
    for (const auto& one : scores)
        out += fmt::format("{}  {}\n", member_text(one, "ID"), member_text(member(one, "Score"), "Score"));
    return out;
}

std::string checked_text(const Json& reason) {
    return reason.is_string() && reason.get_ref<const std::string&>().empty() ? "the block is not marked bad\n"
                                                                              : plain_text(reason);
}

std::string done_text(const Json&) {
    return "done\n";
}

// Source: lotus cli/net.go.
const MethodParameter kPeer{MethodParameter::Kind::text, "ID", "the peer's ID"};
std::vector<MethodVerb> net_rows() {
    return {{"find-peer", "ask the network for the addresses of a peer", "find-peer 12D3…", "NetFindPeer", {kPeer}},
            {"ping", "measure how long a peer takes to answer", "ping 12D3…", "NetPing", {kPeer}, ping_text},
            {"scores", "list what gossip thinks of each peer", "scores", "NetPubsubScores", {}, scores_text},
            {"bandwidth", "count the bytes that came and went", "bandwidth", "NetBandwidthStats", {}, bandwidth_text},
            {"reachability", "tell whether others can reach the node", "reachability", "NetAutoNatStatus", {}}};
}

// Source: lotus cli/sync.go.
const MethodParameter kBlock{MethodParameter::Kind::cid, "CID", "the block's CID"};
std::vector<MethodVerb> sync_rows() {
    return {{"check-bad",
             "tell whether a block is marked bad, and why",
             "check-bad bafy2bza…",
             "SyncCheckBad",
             {kBlock},
             checked_text},
            {"mark-bad",
             "refuse a block from now on; forgotten when the node stops",
             "mark-bad bafy2bza…",
             "SyncMarkBad",
             {kBlock},
             done_text},
            {"unmark-bad",
             "take back what is known against a block",
             "unmark-bad bafy2bza…",
             "SyncUnmarkBad",
             {kBlock},
             done_text}};
}

struct SyncOptions : NodeOptions {
    std::uint64_t timeout = 3600;  // seconds
};

/// Waits until the head is at most one epoch behind the clock.
Result<Answer> sync_wait(const SyncOptions& options, api::Client& node) {
    using Clock = std::chrono::steady_clock;
    const auto watch = terminal_watch("strata sync wait");
    const auto end = Clock::now() + std::chrono::seconds(options.timeout);
    for (; Clock::now() < end; std::this_thread::sleep_for(std::chrono::seconds(1))) {
        STRATA_TRY(auto status, node_status(node));
        const auto behind = member(status.json, "Behind");
        if (behind.is_number_integer() && behind.get<std::int64_t>() <= 1 && member_text(status.json, "Head") != "0")
            return status;
        STRATA_OK(watch.at(
            fmt::format("epoch {} of {}", member_text(status.json, "Head"), member_text(status.json, "Epoch")), 0));
    }
    return fail(Errc::io, fmt::format("the node is not in sync after {} seconds; strata doctor says what may be wrong",
                                      options.timeout));
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
    for (const auto& row : net_rows()) add_method_verb(*net, run, row);
}

void add_sync(CLI::App& app, Run& run) {
    auto* sync = app.add_subcommand("sync", "how a node follows the chain of its peers");
    sync->require_subcommand(1);
    add_node_verb(*sync, run, std::make_shared<NodeOptions>(), "status", "tell what is being followed",
                  "strata sync status", plain(sync_status));
    auto [verb, options] =
        add_verb<SyncOptions>(*sync, run, "wait", "wait until the node has caught up", "strata sync wait",
                              [](const SyncOptions& given, api::Client& node, char) { return sync_wait(given, node); });
    verb->add_option("--timeout", options->timeout, "seconds to wait until the verb gives up")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    for (const auto& row : sync_rows()) add_method_verb(*sync, run, row);
}

void add_auth(CLI::App& app, Run& run) {
    auto* auth = app.add_subcommand("auth", "tokens for a node's API");
    auth->require_subcommand(1);
    const auto add = [&](const char* name, const char* what, auto verb) {
        auto [added, options] = add_verb<AuthOptions>(
            *auth, run, name, what, fmt::format("strata auth {} --perm sign", name),
            [verb](const AuthOptions& given, api::Client& node, char) { return verb(given, node); });
        added->add_option("--perm", options->permission, "what its holder may do: read, write, sign or admin")
            ->check(CLI::IsMember({"read", "write", "sign", "admin"}))
            ->required();
    };
    add("token", "make a token", new_token);
    add("api-info", "make a token, and print how other programs reach the node with it", api_info);
}

void add_node_state(CLI::App& node, Run& run) {
    add_node_verb(node, run, std::make_shared<NodeOptions>(), "status", "tell how a running node is",
                  "strata node status --node provider-1", plain(node_status));
    add_node_stop(node, run);
}

}  // namespace strata::cli
