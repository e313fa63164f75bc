// Answers methods about what the network uses. Source: lotus node/impl/net/rcmgr.go, api/types.go (NetStat, NetLimit).
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>
#include <strata/api/network_usage.hpp>

namespace strata::api {
namespace {

using Scope = NetworkUsage::Scope;

Result<NetworkUsage*> usage_of(const Context& context) {
    if (context.options.usage != nullptr) return context.options.usage;
    return fail(Errc::unsupported, "this node is not connected to a network of peers");
}

Json json_of(const ScopeUse& use) {
    return {{"NumStreamsInbound", use.streams_in},
            {"NumStreamsOutbound", use.streams_out},
            {"NumConnsInbound", use.connections_in},
            {"NumConnsOutbound", use.connections_out},
            {"NumFD", use.files},
            {"Memory", use.memory}};
}

Json json_of(const std::map<std::string, ScopeUse>& uses) {
    Json out = Json::object();
    for (const auto& [name, use] : uses) out[name] = json_of(use);
    return out;
}

Error invalid(const std::string& scope) {
    return fail(Errc::invalid_argument, "invalid scope " + scope);
}

/// Splits "peer:NAME" and the like; the names of services belong to go-libp2p, so that none is known here.
struct Named {
    std::string_view kind;
    std::string name;
};
Result<Named> parse(const std::string& scope) {
    if (scope == "all" || scope == "system" || scope == "transient") return Named{scope, {}};
    for (const std::string_view kind : {"svc:", "proto:", "peer:"})
        if (scope.starts_with(kind)) return Named{kind, scope.substr(kind.size())};
    return invalid(scope);
}

ScopeUse one_of(const std::map<std::string, ScopeUse>& uses, const std::string& name) {
    const auto it = uses.find(name);
    return it == uses.end() ? ScopeUse{} : it->second;
}

Result<Json> stat(Context& context, const std::string& scope) {
    STRATA_TRY(auto* const network, usage_of(context));
    STRATA_TRY(const auto named, parse(scope));
    STRATA_TRY(const auto use, network->use());
    if (named.kind == "system") return Json{{"System", json_of(use.system)}};
    if (named.kind == "transient") return Json{{"Transient", json_of(use.transient)}};
    if (named.kind == "svc:") return Json{{"Services", {{named.name, json_of(ScopeUse{})}}}};
    if (named.kind == "proto:") return Json{{"Protocols", {{named.name, json_of(one_of(use.protocols, named.name))}}}};
    if (named.kind == "peer:") return Json{{"Peers", {{named.name, json_of(one_of(use.peers, named.name))}}}};
    Json out{{"System", json_of(use.system)}, {"Transient", json_of(use.transient)}};
    if (!use.protocols.empty()) out["Protocols"] = json_of(use.protocols);
    if (!use.peers.empty()) out["Peers"] = json_of(use.peers);
    return out;
}

Result<Json> limit(Context& context, const std::string& scope) {
    STRATA_TRY(auto* const network, usage_of(context));
    STRATA_TRY(const auto named, parse(scope));
    if (named.kind == "all") return invalid(scope);
    ScopeLimit most;
    if (named.kind == "system") most = network->limit(Scope::system);
    if (named.kind == "transient") most = network->limit(Scope::transient);
    if (named.kind == "svc:") most = network->limit(Scope::service);
    if (named.kind == "proto:") most = network->limit(Scope::protocol);
    if (named.kind == "peer:") most = network->limit(Scope::peer);
    Json out{
        {"Streams", most.streams},   {"StreamsInbound", most.streams_in},   {"StreamsOutbound", most.streams_out},
        {"Conns", most.connections}, {"ConnsInbound", most.connections_in}, {"ConnsOutbound", most.connections_out},
        {"FD", most.files}};
    if (most.memory != 0) out["Memory"] = most.memory;
    return out;
}

struct AnyLimit {};
Status read(const Json&, AnyLimit&) {
    return {};
}
Result<Json> set_limit(Context& context, const std::string& scope, const AnyLimit&) {
    STRATA_OK(usage_of(context));
    STRATA_OK(parse(scope));
    return fail(Errc::unsupported, "the limits of this node's network cannot be changed while it runs");
}

}  // namespace

void add_resource_methods(MethodTable& table) {
    table.add("NetStat", stat, Cost::expensive);
    table.add("NetLimit", limit);
    table.add("NetSetLimit", set_limit);
    table.mark_refused("NetSetLimit", "limits are set when the node starts");
}

}  // namespace strata::api
