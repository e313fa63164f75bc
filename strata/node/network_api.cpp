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

Status only_peers(const api::BlockList& list) {
    if (list.addresses.empty() && list.subnets.empty()) return {};
    return fail(Errc::unsupported, "this node blocks peers by their ids only, not by IP addresses or subnets");
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
    STRATA_OK(only_peers(added));
    STRATA_TRY(const auto ids, parse(added.peers));
    for (const auto& id : ids) network_.block(id, true);
    return {};
}
Status NetworkApi::unblock(const api::BlockList& removed) {
    STRATA_OK(only_peers(removed));
    STRATA_TRY(const auto ids, parse(removed.peers));
    for (const auto& id : ids) network_.block(id, false);
    return {};
}
api::BlockList NetworkApi::blocked() {
    return {texts_of(network_.blocked_peers()), {}, {}};
}

}  // namespace strata::node
