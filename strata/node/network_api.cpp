#include <strata/node/network_api.hpp>

namespace strata::node {
namespace {

std::vector<std::string> texts_of(const std::vector<net::Multiaddr>& addresses) {
    std::vector<std::string> out;
    for (const auto& address : addresses) out.push_back(address.without_peer().to_string());
    return out;
}

api::PeerAddresses shown(const PeerInfo& peer) {
    return {peer.id.to_string(), texts_of(peer.addresses)};
}

std::vector<std::string> texts_of(const std::vector<net::PeerId>& peers) {
    std::vector<std::string> out;
    for (const auto& peer : peers) out.push_back(peer.to_string());
    return out;
}

Result<std::vector<net::PeerId>> parse(const std::vector<std::string>& peers) {
    std::vector<net::PeerId> out;
    for (const auto& text : peers) {
        STRATA_TRY(auto peer, net::PeerId::parse(text));
        out.push_back(std::move(peer));
    }
    return out;
}

Result<AddressBlocks> blocks_of(const api::BlockList& list) {
    AddressBlocks out;
    for (const auto& address : list.addresses) STRATA_OK(out.add_address(address));
    for (const auto& subnet : list.subnets) STRATA_OK(out.add_subnet(subnet));
    return out;
}

api::Bandwidth shown(const Network::TrafficSums::Sum& sum) {
    return {.total_in = static_cast<std::int64_t>(sum.in),
            .total_out = static_cast<std::int64_t>(sum.out),
            .rate_in = sum.in_rate,
            .rate_out = sum.out_rate};
}
std::map<std::string, api::Bandwidth> shown(const std::map<std::string, Network::TrafficSums::Sum>& sums) {
    std::map<std::string, api::Bandwidth> out;
    for (const auto& [name, sum] : sums) out[name] = shown(sum);
    return out;
}

std::int64_t number(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

/// Adds the files and streams that follow: a connection has a socket, and a stream takes memory for its window.
api::ScopeLimit with_streams(api::ScopeLimit limit, const net::SwarmConfig& limits) {
    limit.files = limit.connections;
    const auto& each = limits.connection.yamux;
    const auto by_memory = limit.memory / net::Yamux::kInitialWindow;
    limit.streams = limit.streams_out = std::min(by_memory, limit.connections * number(each.streams));
    limit.streams_in = std::min(by_memory, limit.connections * number(each.inbound));
    return limit;
}

api::ScopeUse shown(const net::SwarmUse& use) {
    return {.streams_in = number(use.streams_in),
            .streams_out = number(use.streams_out),
            .connections_in = number(use.connections_in),
            .connections_out = number(use.connections_out),
            .files = number(use.connections_in + use.connections_out),  // a socket for each
            .memory = number(use.memory)};
}

}  // namespace

api::PeerAddresses NetworkApi::self() {
    return {network_.id().to_string(), texts_of(network_.addresses())};
}

std::vector<api::PeerAddresses> NetworkApi::peers() {
    std::vector<api::PeerAddresses> out;
    if (const auto peers = network_.peers())
        for (const auto& peer : *peers) out.push_back(shown(peer));
    return out;
}

Result<PeerInfo> NetworkApi::find(const std::string& peer) {
    STRATA_TRY(const auto id, net::PeerId::parse(peer));
    STRATA_TRY(const auto peers, network_.peers());
    const auto it = std::ranges::find(peers, id, &PeerInfo::id);
    if (it != peers.end()) return *it;
    return fail(Errc::not_found, "peer " + peer + " is not connected");
}

Status NetworkApi::connect(const api::PeerAddresses& peer) {
    STRATA_TRY(const auto id, net::PeerId::parse(peer.id));
    if (find(peer.id)) return {};
    Status last = fail(Errc::not_found, "peer " + peer.id + " was given without an address");
    for (const auto& text : peer.addresses) {
        STRATA_TRY(const auto address, net::Multiaddr::parse(text));
        const auto reached = network_.connect(address.without_peer().with_peer(id));
        if (reached) return {};
        last = reached.error();
    }
    return last;
}

Status NetworkApi::disconnect(const std::string& peer) {
    STRATA_TRY(const auto id, net::PeerId::parse(peer));
    network_.disconnect(id);
    return {};
}

Result<api::PeerAddresses> NetworkApi::find_peer(const std::string& peer) {
    if (const auto here = find(peer)) return shown(*here);
    STRATA_TRY(const auto id, net::PeerId::parse(peer));
    STRATA_TRY(const auto addresses, network_.find_peer(id));
    return api::PeerAddresses{peer, texts_of(addresses)};
}

Result<api::PeerDetails> NetworkApi::details(const std::string& peer) {
    STRATA_TRY(const auto info, find(peer));
    return api::PeerDetails{shown(info), info.agent, info.protocols, {}};
}

api::Connectedness NetworkApi::connectedness(const std::string& peer) {
    return find(peer) ? api::Connectedness::connected : api::Connectedness::not_connected;
}

Result<std::chrono::nanoseconds> NetworkApi::ping(const std::string& peer) {
    STRATA_TRY(const auto id, net::PeerId::parse(peer));
    STRATA_TRY(const auto time, network_.ping(id));
    return std::chrono::nanoseconds(time);
}

std::vector<api::PubsubScore> NetworkApi::pubsub_scores() {
    std::vector<api::PubsubScore> out;
    if (const auto peers = network_.peers())
        for (const auto& peer : *peers) out.push_back({peer.id.to_string(), peer.score});
    return out;
}

Status NetworkApi::protect(const std::vector<std::string>& peers) {
    STRATA_TRY(const auto ids, parse(peers));
    for (const auto& id : ids) network_.protect(id, true);
    return {};
}
Status NetworkApi::unprotect(const std::vector<std::string>& peers) {
    STRATA_TRY(const auto ids, parse(peers));
    for (const auto& id : ids) network_.protect(id, false);
    return {};
}
std::vector<std::string> NetworkApi::protected_peers() {
    return texts_of(network_.protected_peers());
}

Status NetworkApi::block(const api::BlockList& added) {
    STRATA_TRY(const auto addresses, blocks_of(added));
    STRATA_TRY(const auto ids, parse(added.peers));
    network_.block_addresses(addresses, {});
    for (const auto& id : ids) network_.block(id, true);
    return {};
}
Status NetworkApi::unblock(const api::BlockList& removed) {
    STRATA_TRY(const auto addresses, blocks_of(removed));
    STRATA_TRY(const auto ids, parse(removed.peers));
    network_.block_addresses({}, addresses);
    for (const auto& id : ids) network_.block(id, false);
    return {};
}
api::BlockList NetworkApi::blocked() {
    const auto addresses = network_.blocked_addresses();
    return {texts_of(network_.blocked_peers()), addresses.addresses(), addresses.subnets()};
}

// A network that does not answer in time has no numbers to show.
api::Bandwidth NetworkApi::bandwidth() {
    const auto traffic = network_.traffic();
    return traffic ? shown(traffic->all) : api::Bandwidth{};
}
std::map<std::string, api::Bandwidth> NetworkApi::bandwidth_by_peer() {
    const auto traffic = network_.traffic();
    return traffic ? shown(traffic->by_peer) : std::map<std::string, api::Bandwidth>();
}
std::map<std::string, api::Bandwidth> NetworkApi::bandwidth_by_protocol() {
    const auto traffic = network_.traffic();
    return traffic ? shown(traffic->by_protocol) : std::map<std::string, api::Bandwidth>();
}

Result<api::NetworkUse> NetworkApi::use() {
    STRATA_TRY(const auto use, network_.use());
    api::NetworkUse out{.system = shown(use.all), .transient = shown(use.pending), .protocols = {}, .peers = {}};
    for (const auto& [name, one] : use.protocols) {
        out.protocols[name] = shown(one);
    }
    for (const auto& [peer, one] : use.peers) out.peers[peer.to_string()] = shown(one);
    return out;
}

// Streams are limited by connection and by peer, not by protocol or service.
api::ScopeLimit NetworkApi::limit(Scope scope) {
    const auto limits = network_.limits();
    switch (scope) {
        case Scope::system:
            return with_streams({.memory = number(limits.memory),
                                 .connections = number(limits.connections),
                                 .connections_in = number(std::min(limits.inbound, limits.connections)),
                                 .connections_out = number(limits.connections)},
                                limits);
        case Scope::transient:
            // No stream is opened before the end of a handshake.
            return {.connections = number(limits.connections),
                    .connections_in = number(std::min({limits.pending, limits.inbound, limits.connections})),
                    .connections_out = number(limits.connections),
                    .files = number(limits.connections)};
        case Scope::peer:
            return with_streams({.memory = number(limits.peer_memory),
                                 .connections = number(limits.per_peer),
                                 .connections_in = number(limits.per_peer),
                                 .connections_out = number(limits.per_peer)},
                                limits);
        case Scope::service:
        case Scope::protocol:
            break;
    }
    constexpr auto kAny = api::ScopeLimit::kUnlimited;
    return {kAny, kAny, kAny, kAny, kAny, kAny, kAny, kAny};
}

}  // namespace strata::node
