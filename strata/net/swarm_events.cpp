// The events of a swarm's connections go to the handlers of streams and to the listener.
#include <strata/net/services.hpp>
#include <strata/net/swarm.hpp>

namespace strata::net {
namespace {

using Kind = Connection::Event::Kind;

}  // namespace

/// Handles events until there are none: a handler may cause new ones. The link stays, since only the carrier removes
/// it.
void Swarm::process(ConnectionId id) {
    Link& link = links_.at(id);
    while (true) {
        const auto events = link.connection->take_events();
        if (events.empty()) break;
        for (const auto& event : events) on_event(id, link, event);
    }
    // A handler may have ended a stream other than its own, so handlers are destroyed when none of them runs.
    if (std::exchange(link.has_over, false))
        std::erase_if(link.streams, [](const auto& open) { return open.second.stream->over_; });
    if (link.connection->is_over()) after_end(id, link);
}

void Swarm::on_event(ConnectionId id, Link& link, const Connection::Event& event) {
    switch (event.kind) {
        case Kind::ready:
            on_ready(id, link);
            break;
        case Kind::opened:
            on_opened(id, link, event);
            break;
        case Kind::refused:
            lose_stream(link, event.stream, fail(Errc::unsupported, "the peer supports none of the protocols"));
            break;
        case Kind::reset:
            lose_stream(link, event.stream, fail(Errc::cancelled, "the stream was reset"));
            break;
        case Kind::done:
            link.streams.erase(event.stream);
            break;
        case Kind::readable:
        case Kind::writable:
        case Kind::finished:
            on_stream_event(link, event);
            break;
        case Kind::gone_away:
            link.has_left = true;
            break;
        case Kind::failed:
            break;
    }
}

void Swarm::on_ready(ConnectionId id, Link& link) {
    const auto peer = link.connection->remote();
    Peer& known = peers_.at(peer);
    if (peer == id_ || known.connections.size() >= config_.per_peer) {
        link.connection->lose(fail(Errc::busy, peer == id_ ? std::string("the peer is this node itself")
                                                           : "there are " + std::to_string(known.connections.size()) +
                                                                 " connections with this peer, the limit"),
                              now_);
        return;
    }
    known.connections.push_back(id);
    link.peer = peer;
    if (known.connections.size() == 1)
        listeners_.tell([&peer](PeerListener& listener) { listener.on_connected(peer); });
    if (const auto done = std::exchange(link.done, {})) done(peer);
    if (!link.connection->is_over()) identify(id);
}

void Swarm::on_opened(ConnectionId id, Link& link, const Connection::Event& event) {
    if (link.connection->is_over()) return;  // after_end() tells the handler
    std::unique_ptr<StreamHandler> handler;
    if (event.inbound) {
        const auto it = protocols_.find(event.protocol);
        if (it != protocols_.end() && link.peer) handler = it->second();
    } else if (const auto it = link.opening.find(event.stream); it != link.opening.end()) {
        handler = std::move(it->second);
        link.opening.erase(it);
    }
    if (!handler) {
        link.connection->reset(event.stream);
        return;
    }
    auto& open = link.streams[event.stream];
    open.stream = std::make_unique<Stream>(*this, id, event.stream, *link.peer, event.protocol, event.inbound);
    open.handler = std::move(handler);
    open.handler->on_open(*open.stream);
}

void Swarm::on_stream_event(Link& link, const Connection::Event& event) {
    const auto it = link.streams.find(event.stream);
    if (it == link.streams.end()) return;
    auto& [stream, handler] = it->second;
    if (stream->over_) return;
    if (event.kind == Kind::readable) handler->on_readable(*stream);
    if (event.kind == Kind::writable) handler->on_writable(*stream);
    if (event.kind == Kind::finished) handler->on_finished(*stream);
}

void Swarm::lose_stream(Link& link, StreamId id, const Error& why) {
    if (auto opening = link.opening.extract(id)) opening.mapped()->on_lost(why);
    auto open = link.streams.extract(id);
    if (open && !open.mapped().stream->over_) open.mapped().handler->on_lost(why);
}

/// Ends what the connection had, once: a second call finds nothing.
void Swarm::after_end(ConnectionId id, Link& link) {
    const Error why = link.connection->failure().value_or(fail(Errc::cancelled, "the connection is over"));
    const auto opening = std::exchange(link.opening, {});
    const auto streams = std::exchange(link.streams, {});
    for (const auto& [stream, handler] : opening) handler->on_lost(why);
    for (const auto& [stream, open] : streams)
        if (!open.stream->over_) open.handler->on_lost(why);
    if (const auto done = std::exchange(link.done, {})) done(why);
    forget_peer(id, link);
}

void Swarm::forget_peer(ConnectionId id, Link& link) {
    const auto peer = std::exchange(link.peer, {});
    if (!peer) return;
    Peer& known = peers_.at(*peer);
    std::erase(known.connections, id);
    known.has_left = link.has_left;
    if (!known.connections.empty()) return;
    listeners_.tell([&peer](PeerListener& listener) { listener.on_disconnected(*peer); });
    // A connection of this peer that the limit refused has no streams, and its session is gone.
    if (peers_.at(*peer).connections.empty()) peers_.erase(*peer);
}

void Swarm::identify(ConnectionId id) {
    // A peer that refuses more streams stays unidentified.
    auto reader = make_identify_reader(*this, config_.identify_time);
    (void)open_on(id, {std::string(Identify::kProtocol)}, false, reader);
}

Identify Swarm::own_identify(ConnectionId to) const {
    Identify out;
    out.public_key = identity_.public_key().encode();
    out.listen = config_.listen;
    for (const auto& [protocol, factory] : protocols_) out.protocols.push_back(protocol);
    if (const auto it = links_.find(to); it != links_.end() && !it->second.remote.empty())
        out.observed = it->second.remote;
    out.version = "ipfs/0.1.0";
    out.agent = config_.agent;
    if (!signed_record_.empty()) out.signed_record = signed_record_;
    return out;
}

void Swarm::learn(const PeerId& peer, Identify&& message, bool is_push) {
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return;
    auto& known = it->second.identify;
    if (is_push && known)
        apply_push(*known, std::move(message));
    else
        known = std::move(message);
    listeners_.tell([&](PeerListener& listener) { listener.on_identified(peer, *known); });
}

void Swarm::push_identify() {
    for (const auto& [id, peer] : peers_) {
        const Identify* known = identified(id);
        const bool takes_push =
            known != nullptr && std::ranges::find(known->protocols, Identify::kPushProtocol) != known->protocols.end();
        if (!takes_push || peer.connections.empty()) continue;
        auto pusher = make_identify_pusher(*this, config_.identify_time);
        (void)open_on(peer.connections.front(), {std::string(Identify::kPushProtocol)}, false, pusher);
    }
}

Instant Stream::now() const {
    return swarm_.now();
}

/// Returns the connection of a stream that is not over yet, which may get new output by what follows; null otherwise.
Swarm::Link* Swarm::link_of(const Stream& stream) {
    touched_.insert(stream.connection_);
    return stream.over_ ? nullptr : find(stream.connection_);
}

std::size_t Stream::write(BytesView bytes) {
    auto* link = swarm_.link_of(*this);
    if (link == nullptr) return 0;
    const auto taken = link->connection->write(id_, bytes);
    swarm_.traffic_.sent(peer_, protocol_, taken, swarm_.now());
    return taken;
}

Bytes Stream::read(std::size_t max) {
    auto* link = swarm_.link_of(*this);
    if (link == nullptr) return {};
    Bytes out = link->connection->read(id_, max);
    swarm_.traffic_.received(peer_, protocol_, out.size(), swarm_.now());
    return out;
}

void Stream::finish() {
    if (auto* link = swarm_.link_of(*this)) link->connection->finish(id_);
}

void Stream::close() {
    auto* link = swarm_.link_of(*this);
    if (link == nullptr) return;
    link->connection->close(id_, swarm_.now());
    over_ = link->has_over = true;
}

void Stream::reset() {
    auto* link = swarm_.link_of(*this);
    if (link == nullptr) return;
    link->connection->reset(id_);
    over_ = link->has_over = true;
}

}  // namespace strata::net
