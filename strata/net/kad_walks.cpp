// The lookups of the DHT: who is asked next, and what becomes of the answers.
#include <strata/net/kad.hpp>

namespace strata::net {
namespace {

Error too_many_lookups(std::size_t count) {
    return fail(Errc::busy, "there are " + std::to_string(count) + " lookups, the limit");
}

/// Removes the peers of each IP group that has more than `most` of them, since one owner may have made them all up
/// (go-libp2p-kad-dht rt_diversity_filter.go filterPeersByIPDiversity).
void remove_crowds(std::vector<KadPeer>& peers, std::size_t most) {
    std::map<Bytes, std::set<PeerId>> groups;
    for (const auto& peer : peers)
        for (const auto& address : peer.addresses)
            if (auto group = ip_group(address); !group.empty()) groups[std::move(group)].insert(peer.id);
    std::set<PeerId> crowds;
    for (const auto& [group, members] : groups)
        if (members.size() > most) crowds.insert(members.begin(), members.end());
    std::erase_if(peers, [&](const KadPeer& peer) { return crowds.contains(peer.id); });
}

}  // namespace

void Kad::find_peer(const PeerId& peer, Found done) {
    if (swarm_.is_connected(peer) && !addresses_of(peer).empty()) {
        done(KadPeer{peer, addresses_of(peer), true});
        return;
    }
    if (walks_.size() >= config_.lookups) {
        done(too_many_lookups(walks_.size()));
        return;
    }
    start(to_bytes(peer.bytes()), config_.lookup_time, peer, [this, peer, done = std::move(done)](KadLookup& lookup) {
        const auto* heard = lookup.find(peer);
        auto addresses = addresses_of(peer);
        if (addresses.empty() && heard != nullptr) addresses = heard->addresses;
        if (swarm_.is_connected(peer) || !addresses.empty())
            done(KadPeer{peer, std::move(addresses), swarm_.is_connected(peer)});
        else
            done(fail(Errc::not_found,
                      "the DHT does not know the peer " + peer.to_string() + ", or it cannot be reached"));
    });
}

void Kad::closest(BytesView key, Closest done) {
    if (key.empty() || key.size() > KadMessage::kMaxKey) {
        done(fail(Errc::too_large, "the key has " + std::to_string(key.size()) + " bytes, expected 1 to " +
                                       std::to_string(KadMessage::kMaxKey)));
        return;
    }
    if (walks_.size() >= config_.lookups) {
        done(too_many_lookups(walks_.size()));
        return;
    }
    start(to_bytes(key), config_.lookup_time, {}, [done = std::move(done)](KadLookup& lookup) {
        auto nearest = lookup.nearest();
        if (nearest.empty())
            done(fail(Errc::not_found, "no peer of the DHT is known"));
        else
            done(std::move(nearest));
    });
}

void Kad::start(Bytes key, Instant time, std::optional<PeerId> wanted, std::function<void(KadLookup&)> done) {
    const auto target = kad_key(key);
    KadLookup lookup(swarm_.id(), target, config_.lookup);
    for (const auto* entry : table_.nearest(target, config_.table.bucket))
        lookup.hear({entry->id, entry->addresses, false});
    const auto id = next_id_++;
    walks_.emplace(id, Walk{std::move(lookup), std::move(key), now() + time, std::move(wanted), std::move(done), {}});
    advance(id);
}

/// Lets a lookup go on. Questions may be answered at once, inside the call that asks them: then it goes on when this
/// call is done.
void Kad::advance(std::uint64_t id) {
    to_advance_.insert(id);
    if (std::exchange(advancing_, true)) return;
    while (!to_advance_.empty()) step(to_advance_.extract(to_advance_.begin()).value());
    advancing_ = false;
}

void Kad::step(std::uint64_t id) {
    const auto it = walks_.find(id);
    if (it == walks_.end()) return;
    auto& walk = it->second;
    // A peer that connected by itself may not have said yet where it can be reached.
    const auto is_found = [&] {
        if (!walk.wanted || !swarm_.is_connected(*walk.wanted)) return false;
        const auto* heard = walk.lookup.find(*walk.wanted);
        return (heard != nullptr && !heard->addresses.empty()) || !addresses_of(*walk.wanted).empty();
    };
    while (!is_found()) {
        const auto peer = walk.lookup.next();
        if (!peer) break;
        ask_for(id, *peer);
    }
    if (is_found() || walk.lookup.is_over()) finish(id);
}

void Kad::ask_for(std::uint64_t id, const KadPeer& peer) {
    auto& walk = walks_.at(id);
    const auto ticket = next_id_++;
    const auto time = config_.answer_time + (swarm_.is_connected(peer.id) ? Instant{0} : config_.connect_time);
    walk.asked[peer.id] = {ticket, now() + time};
    // The table may know better than the stranger who named the peer.
    auto addresses = peer.addresses;
    if (const auto* entry = table_.find(peer.id))
        addresses.insert(addresses.begin(), entry->addresses.begin(), entry->addresses.end());
    ask(peer.id, addresses, walk.key, [self = self_, id, name = peer.id, ticket](Result<KadMessage> told) {
        if (*self != nullptr) (*self)->on_told(id, name, ticket, std::move(told));
    });
}

void Kad::on_told(std::uint64_t id, const PeerId& peer, std::uint64_t ticket, Result<KadMessage> told) {
    if (told)
        on_peer_answered(peer);
    else if (told.error().code() != Errc::busy)  // this node has no room for a connection: not the peer's fault
        forget(peer);
    const auto it = walks_.find(id);
    if (it == walks_.end()) return;
    auto& walk = it->second;
    const auto asked = walk.asked.find(peer);
    if (asked == walk.asked.end() || asked->second.ticket != ticket) return;
    walk.asked.erase(asked);
    if (told)
        walk.lookup.on_answer(peer, usable(std::move(told->closer), walk.lookup.target()));
    else
        walk.lookup.on_failure(peer);
    advance(id);
}

void Kad::finish(std::uint64_t id) {
    auto walk = walks_.extract(id);
    if (walk) walk.mapped().done(walk.mapped().lookup);
}

/// Returns the peers of an answer that may be asked.
std::vector<KadPeer> Kad::usable(std::vector<KadPeer> peers, const KadKey& target) const {
    if (config_.table.group_in_table != 0) remove_crowds(peers, config_.table.group_in_table);
    if (config_.only_public)
        std::erase_if(peers, [&](const KadPeer& peer) {
            return std::ranges::none_of(peer.addresses, is_public) && kad_key(peer.id.bytes()) != target;
        });
    for (auto& peer : peers) peer.addresses = passable(std::move(peer.addresses));
    return peers;
}

}  // namespace strata::net
