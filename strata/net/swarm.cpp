#include <strata/net/swarm.hpp>

#include <strata/net/envelope.hpp>
#include <strata/net/services.hpp>

namespace strata::net {
namespace {

Error not_connected(const PeerId& peer) {
    return fail(Errc::not_found, "the peer " + peer.to_string() + " is not connected");
}

// go-libp2p p2p/net/swarm and rcmgr (conn_limiter.go) do not limit the connections of loopback addresses either.
bool is_loopback(const AddressPart& ip) {
    if (ip.protocol == Protocol::ip4) return ip.value.front() == 127;
    return std::ranges::all_of(BytesView(ip.value).first(15), [](auto byte) { return byte == 0; }) &&
           ip.value.back() == 1;
}

bool same_ip(const Multiaddr& a, const Multiaddr& b) {
    if (a.empty() || b.empty()) return false;
    const auto& x = a.parts().front();
    const bool is_ip = x.protocol == Protocol::ip4 || x.protocol == Protocol::ip6;
    return is_ip && x == b.parts().front() && !is_loopback(x);
}

}  // namespace

Swarm::Swarm(PrivateKey identity, SwarmConfig config, crypto::RandomSource& random)
    : identity_(std::move(identity)),
      id_(PeerId::of(identity_.public_key())),
      config_(std::move(config)),
      random_(random),
      memory_(config_.memory) {
    support_services(*this, config_.identify_time);
    set_listen(config_.listen, now_);
}

Swarm::~Swarm() = default;

void Swarm::set_limits(const SwarmConfig& limits) {
    config_.take_limits(limits);
    memory_.set_limit(limits.memory);
}

void Swarm::support(const std::string& protocol, HandlerFactory factory) {
    protocols_[protocol] = std::move(factory);
}

void Swarm::set_listen(std::vector<Multiaddr> addresses, Instant now) {
    now_ = now;
    config_.listen = std::move(addresses);
    signed_record_ = config_.listen.empty()
                         ? Bytes()
                         : seal_peer_record(identity_, {id_, config_.record_sequence++, config_.listen});
    push_identify();
}

Swarm::Link* Swarm::find(ConnectionId id) {
    const auto it = links_.find(id);
    return it == links_.end() ? nullptr : &it->second;
}

MemoryAccount& Swarm::account_of(const PeerId& peer) {
    auto& account = peers_[peer].account;
    if (!account) account = std::make_unique<MemoryAccount>(config_.peer_memory, &memory_);
    return *account;
}

/// Those that this node dials are limited by their number alone: it chooses them.
Status Swarm::check_limits(Role role, const Multiaddr& remote) {
    std::size_t inbound = 0;
    std::size_t pending = 0;
    std::size_t of_ip = 0;
    for (const auto& [id, link] : links_) {
        if (link.connection->role() == Role::dialer) continue;
        ++inbound;
        if (link.is_pending()) ++pending;
        if (same_ip(link.remote, remote)) ++of_ip;
    }
    const auto full = [](std::size_t count, std::string_view what) {
        return fail(Errc::busy, "there are " + std::to_string(count) + " " + std::string(what) + ", the limit");
    };
    if (links_.size() >= config_.connections) return full(links_.size(), "connections");
    if (role == Role::dialer) return {};
    if (inbound >= config_.inbound) return full(inbound, "inbound connections");
    if (of_ip >= config_.per_ip) return full(of_ip, "connections with this IP address");
    if (pending >= config_.pending && !make_room_for_pending())
        return full(pending, "connections whose handshake is not complete");
    return {};
}

/// Ends the oldest inbound connection whose handshake is not complete, if it had its time.
bool Swarm::make_room_for_pending() {
    const auto is_late = [this](const auto& one) {
        const Link& link = one.second;
        return link.connection->role() == Role::listener && link.is_pending() &&
               now_ >= link.since + config_.handshake_grace;
    };
    const auto oldest = std::ranges::find_if(links_, is_late);  // numbers grow with time
    if (oldest == links_.end()) return false;
    on_lost(oldest->first, fail(Errc::busy, "a newcomer took the place of a handshake that was not complete"), now_);
    touched_.insert(oldest->first);
    return true;
}

Result<ConnectionId> Swarm::add(Role role, const Multiaddr& remote, std::optional<PeerId> expected, Instant now,
                                Done done) {
    now_ = now;
    STRATA_OK(check_limits(role, remote));
    const ConnectionId id = next_id_++;
    Link& link = links_[id];
    link.remote = remote.without_peer();
    link.since = now;
    link.done = std::move(done);
    link.connection = std::make_unique<Connection>(
        role,
        Connection::Setup{.identity = identity_,
                          .supports = [this](std::string_view protocol) { return protocols_.contains(protocol); },
                          .account_of = [this](const PeerId& peer) -> MemoryAccount& { return account_of(peer); },
                          .limits = config_.connection},
        std::move(expected), random_, now);
    touched_.insert(id);
    return id;
}

void Swarm::on_bytes(ConnectionId id, BytesView bytes, Instant now) {
    now_ = now;
    Link* link = find(id);
    if (link == nullptr) return;
    link->connection->on_bytes(bytes, now);
    touched_.insert(id);
    process(id);
}

Bytes Swarm::take_output(ConnectionId id, std::size_t max, Instant now) {
    now_ = now;
    Link* link = find(id);
    if (link == nullptr) return {};
    Bytes out = link->connection->take_output(max, now);
    process(id);
    return out;
}

void Swarm::on_lost(ConnectionId id, const Error& why, Instant now) {
    now_ = now;
    Link* link = find(id);
    if (link == nullptr) return;
    link->connection->lose(why, now);
    process(id);
}

void Swarm::remove(ConnectionId id, Instant now) {
    on_lost(id, fail(Errc::cancelled, "the connection was removed"), now);
    links_.erase(id);
}

bool Swarm::is_over(ConnectionId id) const {
    const auto it = links_.find(id);
    return it == links_.end() || it->second.connection->is_over();
}

void Swarm::on_time(Instant now) {
    now_ = now;
    std::vector<ConnectionId> ids;
    for (const auto& [id, link] : links_) ids.push_back(id);
    for (const auto id : ids) {
        Link* link = find(id);
        if (link == nullptr) continue;
        std::vector<StreamId> late;
        for (const auto& [stream, open] : link->streams)
            if (now >= open.stream->deadline_) late.push_back(stream);
        for (const auto stream : late) {
            link->connection->reset(stream);
            lose_stream(*link, stream, fail(Errc::cancelled, "the time for the stream is over"));
        }
        link->connection->on_time(now);
        touched_.insert(id);
        process(id);
    }
    listeners_.tell([now](PeerListener& listener) { listener.on_time(now); });
}

Instant Swarm::next_time() const {
    Instant next = listeners_.next_time();
    for (const auto& [id, link] : links_) {
        next = std::min(next, link.connection->next_time());
        for (const auto& [stream, open] : link.streams) next = std::min(next, open.stream->deadline_);
    }
    return next;
}

Status Swarm::open_somewhere(const PeerId& peer, const std::vector<std::string>& protocols, bool at_once,
                             std::unique_ptr<StreamHandler>& handler, Instant now) {
    now_ = now;
    if (!is_connected(peer)) return not_connected(peer);
    // A connection that takes no more streams may have a sister that does.
    Status last;
    for (const auto id : peers_.at(peer).connections) {
        last = open_on(id, protocols, at_once, handler);
        if (last) break;
    }
    return last;
}

/// Takes the handler if the stream could be opened.
Status Swarm::open_on(ConnectionId id, const std::vector<std::string>& protocols, bool at_once,
                      std::unique_ptr<StreamHandler>& handler) {
    Link& link = links_.at(id);
    const auto* const told = identified(*link.peer);
    const bool is_known =
        at_once && told != nullptr && std::ranges::find(told->protocols, protocols.front()) != told->protocols.end();
    STRATA_TRY(const auto stream, is_known ? link.connection->open_known(protocols.front(), now_)
                                           : link.connection->open(protocols, now_));
    link.opening[stream] = std::move(handler);
    touched_.insert(id);
    return {};
}

void Swarm::disconnect(const PeerId& peer, Instant now) {
    now_ = now;
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return;
    // The caller may be a handler on one of these connections, so the end is handled when the carrier takes the output.
    for (const auto id : it->second.connections) {
        Link& link = links_.at(id);
        link.has_left = true;
        link.connection->close(now);
        touched_.insert(id);
    }
}

void Swarm::close_all(Instant now) {
    now_ = now;
    for (auto& [id, link] : links_) {
        link.has_left = true;
        link.connection->close(now);
        touched_.insert(id);
    }
}

std::vector<PeerId> Swarm::peers() const {
    std::vector<PeerId> out;
    for (const auto& [id, peer] : peers_)
        if (!peer.connections.empty()) out.push_back(id);
    return out;
}

bool Swarm::is_connected(const PeerId& peer) const {
    const auto it = peers_.find(peer);
    return it != peers_.end() && !it->second.connections.empty();
}

bool Swarm::has_dialed(const PeerId& peer) const {
    const auto it = peers_.find(peer);
    return it != peers_.end() && std::ranges::any_of(it->second.connections, [this](ConnectionId id) {
               return links_.at(id).connection->role() == Role::dialer;
           });
}

bool Swarm::has_left(const PeerId& peer) const {
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return false;
    const auto& [account, connections, identify, has_left] = it->second;
    if (connections.empty()) return has_left;
    return std::ranges::all_of(connections, [this](ConnectionId id) { return links_.at(id).has_left; });
}

std::vector<Multiaddr> Swarm::remotes(const PeerId& peer) const {
    std::vector<Multiaddr> out;
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return out;
    for (const auto id : it->second.connections) out.push_back(links_.at(id).remote);
    return out;
}

std::vector<Multiaddr> Swarm::dialed_remotes(const PeerId& peer) const {
    std::vector<Multiaddr> out;
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return out;
    for (const auto id : it->second.connections)
        if (links_.at(id).connection->role() == Role::dialer) out.push_back(links_.at(id).remote);
    return out;
}

const Identify* Swarm::identified(const PeerId& peer) const {
    const auto it = peers_.find(peer);
    return it == peers_.end() || !it->second.identify ? nullptr : &*it->second.identify;
}

}  // namespace strata::net
