#include <strata/net/gossip.hpp>

namespace strata::net {
namespace {

/// Returns an RPC with one message, as it stands on a stream.
Bytes frame_of(const GossipMessage& message) {
    GossipRpc rpc;
    rpc.messages.push_back(message);
    return encode_gossip(rpc);
}

Error unknown_topic(const std::string& topic) {
    return fail(Errc::not_found, "the topic " + topic + " was not added");
}

}  // namespace

Gossip::Peer* Gossip::find(const PeerId& peer) {
    const auto it = peers_.find(peer);
    return it == peers_.end() ? nullptr : &it->second;
}

void Gossip::add_topic(const std::string& topic, GossipTopic how) {
    STRATA_CHECK(how.name && how.validate && !topic.empty() && topic.size() <= GossipRpc::kMaxTopic);
    if (how.score) score_.set_topic(topic, *how.score);
    topics_[topic] = std::move(how);
}

Status Gossip::subscribe(const std::string& topic) {
    if (!topics_.contains(topic)) return unknown_topic(topic);
    if (mesh_.contains(topic)) return {};
    if (mesh_.size() == GossipRpc::kMaxSubscriptions)
        return fail(Errc::too_large, "there are " + std::to_string(mesh_.size()) + " subscriptions, the limit");
    announce(topic, true);
    auto& mesh = mesh_[topic];
    // Peers that this node published to are known to be good enough.
    if (auto fanout = fanout_.extract(topic))
        for (const auto& peer : fanout.mapped().peers)
            if (may_graft(peer, topic)) add_to_mesh(peer, topic, mesh);
    if (mesh.size() < config_.d) graft_some(topic, mesh, config_.d - mesh.size(), [](const PeerId&) { return true; });
    for (const auto& [peer, rpc] : std::exchange(batch_, {})) send(peer, GossipPriority::control, rpc);
    return {};
}

void Gossip::unsubscribe(const std::string& topic) {
    auto mesh = mesh_.extract(topic);
    if (!mesh) return;
    announce(topic, false);
    for (const auto& peer : std::set<PeerId>(mesh.mapped())) {
        leave_mesh(peer, topic, mesh.mapped());
        GossipRpc rpc;
        rpc.prunes.push_back(make_prune(peer, topic, config_.gives_hints, /*unsubscribes=*/true));
        send(peer, GossipPriority::control, rpc);
        add_backoff(peer, topic, config_.unsubscribe_backoff);
    }
}

void Gossip::announce(const std::string& topic, bool subscribes) {
    GossipRpc rpc;
    rpc.subscriptions.push_back({subscribes, topic});
    const auto frame = std::make_shared<const Bytes>(framed(encode_gossip(rpc)));
    // A peer without a stream hears of all topics when it opens.
    for (auto& [peer, state] : peers_)
        if (state.state == Peer::Out::open) send(peer, GossipPriority::control, frame);
}

Result<MessageName> Gossip::publish(const std::string& topic, BytesView data) {
    const auto how = topics_.find(topic);
    if (how == topics_.end()) return unknown_topic(topic);
    GossipMessage message{.data = to_bytes(data), .topic = topic};
    message.sequence = Bytes(8);
    store_be(message.sequence->data(), sequence_++);
    sign_gossip(message, swarm_.identity());
    const Bytes rpc = frame_of(message);
    if (rpc.size() > GossipRpc::kMaxFrame)
        return fail(Errc::too_large, "the gossip message has " + std::to_string(rpc.size()) +
                                         " bytes, expected at most " + std::to_string(GossipRpc::kMaxFrame));
    MessageName name = how->second.name(message);
    if (seen_.contains(name)) return name;
    seen_.add(name, topic, {}, now());
    seen_.accept(name, now());
    spread(name, topic, nullptr, swarm_.id(), std::make_shared<const Bytes>(framed(rpc)));
    return name;
}

/// The cheap checks come first: a peer can make this node verify a signature only for a message that is new and that
/// has a place among those that are judged.
void Gossip::on_message(const PeerId& via, GossipMessage&& message) {
    const auto how = topics_.find(message.topic);
    if (how == topics_.end() || !mesh_.contains(message.topic)) return;
    const auto author = PeerId::from_bytes(message.from);
    // This node's own message comes back after a restart, and go-libp2p-pubsub blames the peer that brings it.
    if (author && *author == swarm_.id()) return;
    MessageName name = how->second.name(message);
    if (seen_.contains(name)) {
        tell(Kind::duplicate, via, message.topic, name);
        seen_.duplicate(name, via, now());
        return;
    }
    if (!can_judge(via, message)) return;
    // The promise of a peer whose message has a wrong signature stays broken.
    if (!author || !verify_gossip(message)) {
        tell(Kind::rejected, via, message.topic, name);
        score_.add_invalid(via, message.topic);
        return;
    }
    promises_.erase(name);
    seen_.add(name, message.topic, via, now());
    const auto ticket = next_ticket_++;
    auto frame = std::make_shared<const Bytes>(framed(frame_of(message)));
    pending_.emplace(ticket, Pending{std::move(name), message.topic, via, *author, std::move(frame), now()});
    const BytesView data = message.data ? BytesView(*message.data) : BytesView();
    const auto verdict = how->second.validate({ticket, via, *author, message.topic, data});
    if (verdict) judge(ticket, *verdict);
}

bool Gossip::can_judge(const PeerId& via, const GossipMessage& message) const {
    // A flood of messages is mostly refused here, where it costs nothing.
    if (pending_.size() >= config_.judging) return false;
    std::size_t of_peer = 0;
    std::size_t bytes = message.data ? message.data->size() : 0;
    for (const auto& [ticket, other] : pending_) {
        bytes += other.frame->size();
        of_peer += other.via == via && other.topic == message.topic ? 1 : 0;
    }
    return of_peer < config_.judging_of_peer && bytes <= config_.judging_bytes;
}

void Gossip::judge(std::uint64_t ticket, GossipVerdict verdict) {
    const auto node = pending_.extract(ticket);
    if (!node) return;
    const Pending& message = node.mapped();
    switch (verdict) {
        case GossipVerdict::accept:
            tell(Kind::accepted, message.via, message.topic, message.name);
            seen_.accept(message.name, now());
            spread(message.name, message.topic, &message.via, message.author, message.frame);
            break;
        case GossipVerdict::ignore:
            tell(Kind::ignored, message.via, message.topic, message.name);
            seen_.ignore(message.name);
            break;
        case GossipVerdict::reject:
            tell(Kind::rejected, message.via, message.topic, message.name);
            seen_.reject(message.name);
            break;
    }
}

/// `via` is null for a message of this node.
void Gossip::spread(const MessageName& name, const std::string& topic, const PeerId* via, const PeerId& author,
                    const std::shared_ptr<const Bytes>& frame) {
    cache_.put(name, topic, frame);
    const auto priority = via == nullptr ? GossipPriority::own : GossipPriority::forwarded;
    for (const auto& peer : targets(topic, via == nullptr))
        if (peer != author && (via == nullptr || peer != *via)) send(peer, priority, frame);
}

std::set<PeerId> Gossip::targets(const std::string& topic, bool is_own) {
    if (!is_own || !config_.flood_publish) {
        const auto it = mesh_.find(topic);
        return it != mesh_.end() ? it->second : fanout(topic);
    }
    std::set<PeerId> out;
    for (const auto& [peer, state] : peers_)
        if (state.topics.contains(topic) && score_.of(peer) >= config_.publish_threshold) out.insert(peer);
    return out;
}

const std::set<PeerId>& Gossip::fanout(const std::string& topic) {
    auto& known = fanout_[topic];
    known.last = now();
    if (known.peers.empty())
        for (const auto& peer : choose(
                 topic, config_.d, [this](const PeerId& one) { return score_.of(one) >= config_.publish_threshold; }))
            known.peers.insert(peer);
    return known.peers;
}

std::set<PeerId> Gossip::mesh(const std::string& topic) const {
    const auto it = mesh_.find(topic);
    return it == mesh_.end() ? std::set<PeerId>() : it->second;
}

Gossip::Stats Gossip::stats() const {
    Stats out{.peers = peers_.size(),
              .cached = cache_.size(),
              .cached_bytes = cache_.bytes(),
              .seen = seen_.size(),
              .judging = pending_.size(),
              .promises = promises_.size()};
    for (const auto& [topic, ends] : backoff_) out.backoffs += ends.size();
    for (const auto& [peer, state] : peers_) {
        out.waiting_bytes += state.outbox.bytes();
        out.dropped += state.outbox.dropped();
        for (const auto& topic : state.topics) ++out.subscribers[topic];
    }
    return out;
}

}  // namespace strata::net
