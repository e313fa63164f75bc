// Handles what peers ask and offer: subscriptions, IHAVE, IWANT, GRAFT and PRUNE. Source: go-libp2p-pubsub
// gossipsub.go, handleIHave to handlePrune.
#include <strata/net/gossip.hpp>

namespace strata::net {
namespace {

constexpr std::size_t kMostHints = 16;  // of one PRUNE that are followed; go-libp2p-pubsub GossipSubPrunePeers

}  // namespace

void Gossip::on_rpc(const PeerId& peer, Peer& state, GossipRpc&& rpc) {
    on_subscriptions(peer, state, rpc);
    // Looked at for each message, since one frame has room for thousands with wrong signatures.
    const auto is_graylisted = [&] { return score_.of(peer) < config_.graylist_threshold; };
    for (auto& message : rpc.messages)
        if (!is_graylisted()) on_message(peer, std::move(message));
    if (is_graylisted()) return;
    if (!rpc.offers.empty()) on_offers(peer, state, rpc);
    if (!rpc.requests.empty()) on_requests(peer, rpc);
    on_grafts(peer, rpc);
    on_prunes(peer, rpc);
}

void Gossip::on_subscriptions(const PeerId& peer, Peer& state, const GossipRpc& rpc) {
    for (const auto& [subscribes, topic] : rpc.subscriptions) {
        if (!topics_.contains(topic)) continue;
        if (subscribes) {
            state.topics.insert(topic);
            continue;
        }
        state.topics.erase(topic);
        const auto mesh = mesh_.find(topic);
        if (mesh != mesh_.end() && mesh->second.contains(peer)) leave_mesh(peer, topic, mesh->second);
    }
}

void Gossip::on_offers(const PeerId& peer, Peer& state, const GossipRpc& rpc) {
    if (score_.of(peer) < config_.gossip_threshold) return;
    if (++state.offers > config_.offers || state.requested >= config_.requested) return;
    std::set<MessageName> wanted;
    for (const auto& [topic, names] : rpc.offers) {
        if (!mesh_.contains(topic)) continue;
        for (const auto& name : names)
            if (!seen_.contains(name)) wanted.insert(name);
    }
    if (wanted.empty()) return;
    std::vector<MessageName> names(wanted.begin(), wanted.end());
    // Peers that offer the same are asked in a different order, and each is held to one name that it cannot know.
    shuffle(names);
    names.resize(std::min(names.size(), config_.requested - state.requested));
    state.requested += names.size();
    const auto& promised = names[swarm_.random().below(names.size())];
    promises_[promised].try_emplace(peer, now() + config_.promise_time);
    GossipRpc answer;
    answer.requests = std::move(names);
    send(peer, GossipPriority::forwarded, answer);
}

void Gossip::on_requests(const PeerId& peer, const GossipRpc& rpc) {
    if (score_.of(peer) < config_.gossip_threshold) return;
    const std::set<MessageName> names(rpc.requests.begin(), rpc.requests.end());
    for (const auto& name : names) {
        auto* entry = cache_.find(name);
        if (entry != nullptr && ++entry->requests[peer] <= config_.answers)
            send(peer, GossipPriority::offer, entry->frame);
    }
}

void Gossip::on_grafts(const PeerId& peer, const GossipRpc& rpc) {
    std::vector<std::string> refused;
    bool hints = config_.gives_hints;
    for (const auto& topic : rpc.grafts) {
        const auto mesh = mesh_.find(topic);
        if (mesh == mesh_.end()) {
            hints = false;  // a peer that does not know this node's topics learns nothing; it gets no answer either
            continue;
        }
        if (mesh->second.contains(peer)) continue;
        if (takes_graft(peer, topic, hints)) {
            score_.graft(peer, topic, now());
            mesh->second.insert(peer);
            tell(Kind::graft, peer, topic);
        } else {
            refused.push_back(topic);
            add_backoff(peer, topic, config_.prune_backoff);
        }
    }
    if (refused.empty()) return;
    GossipRpc answer;
    for (const auto& topic : refused) answer.prunes.push_back(make_prune(peer, topic, hints, false));
    send(peer, GossipPriority::control, answer);
}

bool Gossip::takes_graft(const PeerId& peer, const std::string& topic, bool& hints) {
    if (const Instant end = backoff_end(peer, topic); now() < end) {
        hints = false;
        const bool is_flood = now() < end - config_.prune_backoff + config_.graft_flood;
        score_.penalize(peer, is_flood ? 2 : 1);
        return false;
    }
    if (score_.of(peer) < 0) {
        hints = false;
        return false;
    }
    // Peers that this node dialled are let in above the bound: attackers cannot make it dial them.
    return mesh_.at(topic).size() < config_.d_high || swarm_.has_dialed(peer);
}

void Gossip::on_prunes(const PeerId& peer, const GossipRpc& rpc) {
    const double score = score_.of(peer);
    for (const auto& prune : rpc.prunes) {
        const auto mesh = mesh_.find(prune.topic);
        if (mesh == mesh_.end()) continue;
        if (mesh->second.contains(peer)) leave_mesh(peer, prune.topic, mesh->second);
        add_backoff(peer, prune.topic, prune.backoff.count() > 0 ? Instant(prune.backoff) : config_.prune_backoff);
        if (!prune.peers.empty() && score >= config_.hints_threshold) follow_hints(prune.peers);
    }
}

void Gossip::follow_hints(std::vector<GossipPrune::Hint> hints) {
    if (!config_.connect) return;
    shuffle(hints);
    if (hints.size() > kMostHints) hints.erase(hints.begin() + kMostHints, hints.end());
    for (const auto& hint : hints) {
        if (hint.signed_record.empty() || peers_.contains(hint.peer) || hint.peer == swarm_.id()) continue;
        // Without a signed record a peer could send everybody to one victim.
        const auto record = open_peer_record(hint.signed_record);
        if (record && record->peer == hint.peer) config_.connect(*record);
    }
}

GossipPrune Gossip::make_prune(const PeerId& peer, const std::string& topic, bool hints, bool unsubscribes) {
    GossipPrune out{.topic = topic};
    const auto* state = find(peer);
    if (state == nullptr || !state->knows_hints) return out;
    out.backoff = std::chrono::duration_cast<std::chrono::seconds>(unsubscribes ? config_.unsubscribe_backoff
                                                                                : config_.prune_backoff);
    if (!hints) return out;
    const auto others =
        choose(topic, config_.prune_peers, [&](const PeerId& other) { return other != peer && score_.of(other) >= 0; });
    for (const auto& other : others) {
        const auto* identify = swarm_.identified(other);
        out.peers.push_back({other, identify == nullptr ? Bytes() : identify->signed_record.value_or(Bytes())});
    }
    return out;
}

void Gossip::add_backoff(const PeerId& peer, const std::string& topic, Instant time) {
    auto& ends = backoff_[topic];
    auto& end = ends[peer];
    end = std::max(end, now() + time);
    if (ends.size() > config_.backoffs)
        ends.erase(std::ranges::min_element(ends, {}, [](const auto& entry) { return entry.second; }));
}

/// Returns zero if the peer may be grafted.
Instant Gossip::backoff_end(const PeerId& peer, const std::string& topic) const {
    const auto ends = backoff_.find(topic);
    if (ends == backoff_.end()) return {};
    const auto it = ends->second.find(peer);
    return it == ends->second.end() ? Instant{} : it->second;
}

}  // namespace strata::net
