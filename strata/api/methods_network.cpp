// Answers methods about the node's network, through the door api::Network. Source: lotus node/impl/net/net.go,
// api/types.go.
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>
#include <strata/api/network.hpp>

namespace strata::api {
namespace {

Result<Network*> network_of(const Context& context) {
    if (context.options.network != nullptr) return context.options.network;
    return fail(Errc::unsupported, "this node is not connected to a network of peers");
}

Json json_of(const PeerAddresses& peer) {
    return {{"ID", peer.id}, {"Addrs", peer.addresses}};
}
Json json_of(const Bandwidth& bandwidth) {
    return {{"TotalIn", bandwidth.total_in},
            {"TotalOut", bandwidth.total_out},
            {"RateIn", bandwidth.rate_in},
            {"RateOut", bandwidth.rate_out}};
}
Json json_of(const std::map<std::string, Bandwidth>& all) {
    Json out = Json::object();
    for (const auto& [name, bandwidth] : all) out[name] = json_of(bandwidth);
    return out;
}

Result<Json> id(Context& context) {
    STRATA_TRY(auto* const network, network_of(context));
    return Json(network->self().id);
}
Result<Json> listening(Context& context) {
    STRATA_TRY(auto* const network, network_of(context));
    return json_of(network->self());
}
Result<Json> peers(Context& context) {
    STRATA_TRY(auto* const network, network_of(context));
    Json out = Json::array();
    for (const auto& peer : network->peers()) out.push_back(json_of(peer));
    return out;
}
Result<Json> connect(Context& context, const PeerAddresses& peer) {
    STRATA_TRY(auto* const network, network_of(context));
    STRATA_OK(network->connect(peer));
    return Json();
}
Result<Json> disconnect(Context& context, const std::string& peer) {
    STRATA_TRY(auto* const network, network_of(context));
    STRATA_OK(network->disconnect(peer));
    return Json();
}
Result<Json> find_peer(Context& context, const std::string& peer) {
    STRATA_TRY(auto* const network, network_of(context));
    STRATA_TRY(const auto found, network->find_peer(peer));
    return json_of(found);
}
Result<Json> peer_info(Context& context, const std::string& peer) {
    STRATA_TRY(auto* const network, network_of(context));
    STRATA_TRY(const auto details, network->details(peer));
    return Json{
        {"ID", details.peer.id},
        {"Agent", details.agent},
        {"Addrs", details.peer.addresses},
        {"Protocols", details.protocols},
        {"ConnMgrMeta",
         {{"FirstSeen", "0001-01-01T00:00:00Z"}, {"Value", 0}, {"Tags", details.tags}, {"Conns", Json::object()}}}};
}
Result<Json> agent_version(Context& context, const std::string& peer) {
    STRATA_TRY(auto* const network, network_of(context));
    STRATA_TRY(const auto details, network->details(peer));
    return Json(details.agent);
}
Result<Json> connectedness(Context& context, const std::string& peer) {
    STRATA_TRY(auto* const network, network_of(context));
    return Json(static_cast<int>(network->connectedness(peer)));
}
Result<Json> ping(Context& context, const std::string& peer) {
    STRATA_TRY(auto* const network, network_of(context));
    STRATA_TRY(const auto time, network->ping(peer));
    return Json(time.count());
}
Result<Json> bandwidth(Context& context) {
    STRATA_TRY(auto* const network, network_of(context));
    return json_of(network->bandwidth());
}
Result<Json> bandwidth_by_peer(Context& context) {
    STRATA_TRY(auto* const network, network_of(context));
    return json_of(network->bandwidth_by_peer());
}
Result<Json> bandwidth_by_protocol(Context& context) {
    STRATA_TRY(auto* const network, network_of(context));
    return json_of(network->bandwidth_by_protocol());
}
Result<Json> pubsub_scores(Context& context) {
    STRATA_TRY(auto* const network, network_of(context));
    Json out = Json::array();
    for (const auto& one : network->pubsub_scores())
        out.push_back({{"ID", one.peer},
                       {"Score",
                        {{"Score", one.score},
                         {"Topics", nullptr},
                         {"AppSpecificScore", 0},
                         {"IPColocationFactor", 0},
                         {"BehaviourPenalty", 0}}}});
    return out;
}
/// Nobody asks other peers here whether this node can be reached from outside: go-libp2p's Reachability is 0, unknown.
Result<Json> nat_status(Context& context) {
    STRATA_OK(network_of(context));
    return Json{{"Reachability", 0}, {"PublicAddrs", nullptr}};
}
Result<Json> protect(Context& context, const std::vector<std::string>& peers) {
    STRATA_TRY(auto* const network, network_of(context));
    STRATA_OK(network->protect(peers));
    return Json();
}
Result<Json> unprotect(Context& context, const std::vector<std::string>& peers) {
    STRATA_TRY(auto* const network, network_of(context));
    STRATA_OK(network->unprotect(peers));
    return Json();
}
Result<Json> protected_peers(Context& context) {
    STRATA_TRY(auto* const network, network_of(context));
    return Json(network->protected_peers());
}

struct Blocks {
    BlockList list;
};
Status read(const Json& from, Blocks& to) {
    if (!from.is_object())
        return fail(Errc::malformed, std::string("the block list has the JSON type ") + from.type_name() +
                                         ", expected an object with Peers, IPAddrs and IPSubnets");
    STRATA_OK(read_member(from, "Peers", to.list.peers));
    STRATA_OK(read_member(from, "IPAddrs", to.list.addresses));
    return read_member(from, "IPSubnets", to.list.subnets);
}
Result<Json> block(Context& context, const Blocks& added) {
    STRATA_TRY(auto* const network, network_of(context));
    STRATA_OK(network->block(added.list));
    return Json();
}
Result<Json> unblock(Context& context, const Blocks& removed) {
    STRATA_TRY(auto* const network, network_of(context));
    STRATA_OK(network->unblock(removed.list));
    return Json();
}
Result<Json> blocked(Context& context) {
    STRATA_TRY(auto* const network, network_of(context));
    const auto list = network->blocked();
    return Json{{"Peers", list.peers}, {"IPAddrs", list.addresses}, {"IPSubnets", list.subnets}};
}

}  // namespace

void add_network_methods(MethodTable& table) {
    table.add("ID", id);
    table.add("NetAddrsListen", listening);
    table.add("NetPeers", peers);
    table.add("NetConnect", connect, Cost::slow);
    table.add("NetDisconnect", disconnect);
    table.add("NetFindPeer", find_peer, Cost::slow);
    table.add("NetPeerInfo", peer_info);
    table.add("NetAgentVersion", agent_version);
    table.add("NetConnectedness", connectedness);
    table.add("NetPing", ping, Cost::slow);
    table.add("NetBandwidthStats", bandwidth);
    table.add("NetBandwidthStatsByPeer", bandwidth_by_peer);
    table.add("NetBandwidthStatsByProtocol", bandwidth_by_protocol);
    table.add("NetPubsubScores", pubsub_scores);
    table.add("NetAutoNatStatus", nat_status);
    table.add("NetProtectAdd", protect);
    table.add("NetProtectRemove", unprotect);
    table.add("NetProtectList", protected_peers);
    table.add("NetBlockAdd", block);
    table.add("NetBlockRemove", unblock);
    table.add("NetBlockList", blocked);
}

}  // namespace strata::api
