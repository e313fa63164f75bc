// The heartbeat: meshes are kept at their sizes, offers go out, and promises and old entries are looked through.
// Source: go-libp2p-pubsub gossipsub.go, heartbeat.
#include <strata/net/gossip.hpp>

namespace strata::net {
namespace {

constexpr std::uint64_t kAddressTicks = 60;  // go-libp2p-pubsub score.go: addresses are refreshed each minute

}  // namespace

void Gossip::on_time(Instant now) {
    now_ = std::max(now_, now);
    if (is_due(next_decay_, config_.score.decay_interval)) score_.decay(now_);
    if (is_due(next_heartbeat_, config_.heartbeat)) heartbeat();
}

/// Ticks keep their distance although `on_time` comes late. A clock that jumped gets one tick, not all that it missed.
bool Gossip::is_due(Instant& next, Instant interval) const {
    if (now_ < next) return false;
    next += interval;
    if (next <= now_) next = now_ + interval;
    return true;
}

void Gossip::heartbeat() {
    ++ticks_;
    forget_old();
    punish_broken_promises();
    for (auto& [peer, state] : peers_) {
        state.offers = state.requested = 0;
        if (ticks_ % kAddressTicks == 0) update_addresses(peer);
        open_stream(peer, state);
    }
    for (auto& [topic, mesh] : mesh_) keep_mesh(topic, mesh);
    keep_fanouts();
    for (const auto& [peer, rpc] : std::exchange(batch_, {})) send(peer, GossipPriority::control, rpc);
    for (const auto& [topic, mesh] : mesh_) offer(topic, std::set<PeerId>(mesh));
    for (const auto& [topic, fanout] : fanout_) offer(topic, std::set<PeerId>(fanout.peers));
    cache_.shift();
}

void Gossip::keep_mesh(const std::string& topic, std::set<PeerId>& mesh) {
    for (const auto& peer : std::set<PeerId>(mesh))
        if (score_.of(peer) < 0) prune_from_mesh(peer, topic, mesh, /*hints=*/false);
    const auto anyone = [](const PeerId&) { return true; };
    if (mesh.size() < config_.d_low) graft_some(topic, mesh, config_.d - mesh.size(), anyone);
    if (mesh.size() >= config_.d_high) shrink(topic, mesh);
    if (mesh.size() >= config_.d_low) {
        const auto dialed = [this](const PeerId& peer) { return swarm_.has_dialed(peer); };
        const auto count = static_cast<std::size_t>(std::ranges::count_if(mesh, dialed));
        if (count < config_.d_out) graft_some(topic, mesh, config_.d_out - count, dialed);
    }
    if (ticks_ % config_.opportunistic_ticks == 0 && mesh.size() > 1) graft_better(topic, mesh);
}

/// Keeps the best, others by chance, and enough that this node dialled: these are the hardest to buy for an attacker.
void Gossip::shrink(const std::string& topic, std::set<PeerId>& mesh) {
    std::vector<PeerId> list(mesh.begin(), mesh.end());
    shuffle(list);
    std::ranges::sort(list, std::greater{}, [this](const PeerId& peer) { return score_.of(peer); });
    shuffle(list, std::min(config_.d_score, list.size()));
    std::vector<PeerId> kept(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(config_.d));
    const std::vector<PeerId> rest(list.begin() + static_cast<std::ptrdiff_t>(config_.d), list.end());
    const auto dialed = [this](const PeerId& peer) { return swarm_.has_dialed(peer); };
    auto count = static_cast<std::size_t>(std::ranges::count_if(kept, dialed));
    for (const auto& peer : rest) {
        if (count >= config_.d_out) break;
        if (!dialed(peer)) continue;
        // It takes the place of the last one that was not dialled.
        const auto last = std::ranges::find_if_not(kept.rbegin(), kept.rend(), dialed);
        if (last == kept.rend()) break;
        *last = peer;
        ++count;
    }
    const std::set<PeerId> keeps(kept.begin(), kept.end());
    for (const auto& peer : list)
        if (!keeps.contains(peer)) prune_from_mesh(peer, topic, mesh, config_.gives_hints);
}

void Gossip::graft_some(const std::string& topic, std::set<PeerId>& mesh, std::size_t count, const Filter& filter) {
    const auto peers = choose(topic, count, [&](const PeerId& peer) {
        return !mesh.contains(peer) && filter(peer) && may_graft(peer, topic);
    });
    for (const auto& peer : peers) add_to_mesh(peer, topic, mesh);
}

/// A mesh of peers that deliver little is mixed with better ones.
void Gossip::graft_better(const std::string& topic, std::set<PeerId>& mesh) {
    std::vector<double> scores;
    for (const auto& peer : mesh) scores.push_back(score_.of(peer));
    std::ranges::sort(scores);
    const double median = scores[scores.size() / 2];
    if (median >= config_.opportunistic_threshold) return;
    graft_some(topic, mesh, config_.opportunistic_peers, [&](const PeerId& peer) { return score_.of(peer) > median; });
}

void Gossip::keep_fanouts() {
    std::erase_if(fanout_, [this](const auto& entry) { return entry.second.last + config_.fanout_time < now(); });
    for (auto& [topic, fanout] : fanout_) {
        std::erase_if(fanout.peers, [&, &name = topic](const PeerId& peer) {
            const auto* state = find(peer);
            return state == nullptr || !state->topics.contains(name) || score_.of(peer) < config_.publish_threshold;
        });
        if (fanout.peers.size() >= config_.d) continue;
        const auto more =
            choose(topic, config_.d - fanout.peers.size(), [&, &known = fanout.peers](const PeerId& peer) {
                return !known.contains(peer) && score_.of(peer) >= config_.publish_threshold;
            });
        fanout.peers.insert(more.begin(), more.end());
    }
}

void Gossip::offer(const std::string& topic, const std::set<PeerId>& without) {
    auto names = cache_.offered(topic);
    if (names.empty()) return;
    auto peers = choose(topic, SIZE_MAX, [&](const PeerId& peer) {
        return !without.contains(peer) && score_.of(peer) >= config_.gossip_threshold;
    });
    const auto part = static_cast<std::size_t>(config_.gossip_factor * static_cast<double>(peers.size()));
    const auto count = std::min(peers.size(), std::max(config_.d_lazy, part));
    peers.erase(peers.begin() + static_cast<std::ptrdiff_t>(count), peers.end());
    shuffle(names);
    names.resize(std::min(names.size(), GossipRpc::kMaxNames));
    GossipRpc rpc;
    rpc.offers.push_back({topic, std::move(names)});
    const auto frame = std::make_shared<const Bytes>(framed(encode_gossip(rpc)));
    for (const auto& peer : peers) send(peer, GossipPriority::offer, frame);
}

void Gossip::punish_broken_promises() {
    for (auto& [name, peers] : promises_) {
        std::erase_if(peers, [&, &promised = name](const auto& promise) {
            if (promise.second >= now()) return false;
            score_.penalize(promise.first, 1);
            tell(Kind::broken_promise, promise.first, {}, promised);
            return true;
        });
    }
    std::erase_if(promises_, [](const auto& entry) { return entry.second.empty(); });
}

void Gossip::forget_old() {
    seen_.expire(now());
    std::vector<std::uint64_t> late;
    for (const auto& [ticket, message] : pending_)
        if (message.since + config_.seen_time < now()) late.push_back(ticket);
    for (const auto ticket : late) judge(ticket, GossipVerdict::ignore);
    for (auto& [topic, ends] : backoff_)
        std::erase_if(ends, [this](const auto& end) { return end.second + 2 * config_.heartbeat < now(); });
    std::erase_if(backoff_, [](const auto& entry) { return entry.second.empty(); });
}

/// The GRAFT or PRUNE goes out with the batch.
void Gossip::add_to_mesh(const PeerId& peer, const std::string& topic, std::set<PeerId>& mesh) {
    score_.graft(peer, topic, now());
    mesh.insert(peer);
    batch_[peer].grafts.push_back(topic);
    tell(Kind::graft, peer, topic);
}

void Gossip::prune_from_mesh(const PeerId& peer, const std::string& topic, std::set<PeerId>& mesh, bool hints) {
    leave_mesh(peer, topic, mesh);
    add_backoff(peer, topic, config_.prune_backoff);
    batch_[peer].prunes.push_back(make_prune(peer, topic, hints, /*unsubscribes=*/false));
}

void Gossip::leave_mesh(const PeerId& peer, const std::string& topic, std::set<PeerId>& mesh) {
    score_.prune(peer, topic);
    tell(Kind::prune, peer, topic);
    mesh.erase(peer);
}

/// Returns at most `count` subscribers that can be written to, in an order by chance.
std::vector<PeerId> Gossip::choose(const std::string& topic, std::size_t count, const Filter& filter) {
    std::vector<PeerId> out;
    for (const auto& [peer, state] : peers_)
        if (state.state == Peer::Out::open && state.topics.contains(topic) && filter(peer)) out.push_back(peer);
    shuffle(out);
    if (out.size() > count) out.erase(out.begin() + static_cast<std::ptrdiff_t>(count), out.end());
    return out;
}

/// Entries of the back-off stay two heartbeats longer than they say, for the way of the message and the peer's clock.
bool Gossip::may_graft(const PeerId& peer, const std::string& topic) const {
    const Instant end = backoff_end(peer, topic);
    return score_.of(peer) >= 0 && (end == Instant{} || end + 2 * config_.heartbeat < now());
}

}  // namespace strata::net
