// The streams of gossip: each side writes on the one that it opened and reads the one that its peer opened.
#include <strata/net/gossip.hpp>

namespace strata::net {
namespace {

// go-libp2p-pubsub backoff.go: MaxBackoffAttempts and TimeToLive.
constexpr unsigned kAttempts = 4;
constexpr Instant kForgiven{600'000};
constexpr std::size_t kPart = 64 << 10;

/// Adds what peers of one owner may share: an IPv4 address, or an IPv6 address and its network of 64 bits. Addresses of
/// this machine do not count (go-libp2p-pubsub score.go getIPs).
void add_address(std::set<std::string>& to, const Multiaddr& address) {
    if (address.empty()) return;
    const auto& part = address.parts().front();
    const std::string text(as_text(part.value));
    if (part.protocol == Protocol::ip4 && part.value.front() != 127) to.insert(text);
    Bytes loopback(16);
    loopback.back() = 1;
    if (part.protocol != Protocol::ip6 || part.value == loopback) return;
    to.insert(text);
    to.insert(text.substr(0, 8));
}

}  // namespace

/// Reads the RPCs of a peer.
class Gossip::Inbound final : public StreamHandler {
  public:
    explicit Inbound(std::shared_ptr<Gossip*> gossip) : gossip_(std::move(gossip)) {}
    ~Inbound() override {
        if (*gossip_ != nullptr && stream_ != nullptr) (*gossip_)->inbound_gone(stream_->peer(), stream_);
    }

    void on_open(Stream& stream) override {
        stream_ = &stream;
        if (*gossip_ != nullptr) (*gossip_)->on_inbound(stream);
    }
    void on_readable(Stream& stream) override {
        while (*gossip_ != nullptr) {
            const Bytes bytes = stream.read(kPart);
            if (bytes.empty()) return;
            reader_.on_bytes(bytes);
            if (!take_frames(stream)) {
                stream.reset();
                return;
            }
        }
        stream.reset();
    }
    void on_finished(Stream& stream) override { stream.close(); }

  private:
    Status take_frames(Stream& stream) {
        while (*gossip_ != nullptr) {
            STRATA_TRY(const auto frame, reader_.next());
            if (!frame) break;
            (*gossip_)->on_frame(stream.peer(), *frame, stream);
        }
        return {};
    }

    const std::shared_ptr<Gossip*> gossip_;
    const Stream* stream_ = nullptr;
    GossipReader reader_;
};

/// Lets the outbox of a peer flow.
class Gossip::Outbound final : public StreamHandler {
  public:
    Outbound(std::shared_ptr<Gossip*> gossip, const PeerId& peer) : gossip_(std::move(gossip)), peer_(peer) {}
    ~Outbound() override {
        if (*gossip_ != nullptr) (*gossip_)->outbound_gone(peer_, stream_, is_refused_);
    }

    void on_open(Stream& stream) override {
        stream_ = &stream;
        if (*gossip_ != nullptr) (*gossip_)->on_outbound(stream);
    }
    // A peer says nothing on this stream.
    void on_readable(Stream& stream) override { stream.read(); }
    void on_writable(Stream&) override {
        auto* state = *gossip_ == nullptr ? nullptr : (*gossip_)->find(peer_);
        if (state != nullptr && state->out == stream_) (*gossip_)->flush(*state);
    }
    void on_lost(const Error& why) override { is_refused_ = why.code() == Errc::unsupported; }

  private:
    const std::shared_ptr<Gossip*> gossip_;
    const PeerId peer_;
    const Stream* stream_ = nullptr;
    bool is_refused_ = false;
};

Gossip::Gossip(Swarm& swarm, GossipConfig config)
    : swarm_(swarm),
      config_(std::move(config)),
      self_(std::make_shared<Gossip*>(this)),
      score_(config_.score),
      seen_(score_, config_.seen_time),
      cache_(config_.history, config_.history_offered, config_.cache_bytes),
      sequence_(config_.sequence),
      now_(swarm.now()),
      next_heartbeat_(now_ + config_.first_heartbeat),
      next_decay_(now_ + config_.score.decay_interval) {
    STRATA_CHECK(config_.d_low <= config_.d && config_.d <= config_.d_high && config_.d_score <= config_.d);
    for (const auto protocol : {kProtocol, kOldProtocol})
        swarm_.support(std::string(protocol), [self = self_] { return std::make_unique<Inbound>(self); });
    for (const auto& peer : swarm_.peers()) {
        on_connected(peer);
        if (const auto* identify = swarm_.identified(peer)) on_identified(peer, *identify);
    }
}

Gossip::~Gossip() {
    *self_ = nullptr;
    for (const auto& [peer, state] : peers_) {
        if (state.out != nullptr) state.out->reset();
        if (state.in != nullptr) state.in->reset();
    }
}

void Gossip::on_connected(const PeerId& peer) {
    peers_.try_emplace(peer, config_.outbox);
    score_.add_peer(peer);
    update_addresses(peer);
}

void Gossip::on_identified(const PeerId& peer, const Identify&) {
    if (auto* state = find(peer)) open_stream(peer, *state);
}

void Gossip::on_disconnected(const PeerId& peer) {
    const auto it = peers_.find(peer);
    if (it == peers_.end()) return;
    // The score looks at the meshes that the peer leaves.
    score_.remove_peer(peer, now());
    for (auto& [topic, mesh] : mesh_)
        if (mesh.erase(peer) > 0) tell(Kind::prune, peer, topic);
    for (auto& [topic, fanout] : fanout_) fanout.peers.erase(peer);
    batch_.erase(peer);
    peers_.erase(it);
}

void Gossip::update_addresses(const PeerId& peer) {
    std::set<std::string> addresses;
    for (const auto& address : swarm_.remotes(peer)) add_address(addresses, address);
    score_.set_addresses(peer, std::move(addresses));
}

/// Opens the stream that this node writes on, unless there is one or too many were lost.
void Gossip::open_stream(const PeerId& peer, Peer& state) {
    const auto* identify = swarm_.identified(peer);
    if (state.state != Peer::Out::none || state.attempts == kAttempts || identify == nullptr) return;
    std::vector<std::string> protocols;
    for (const auto protocol : {kProtocol, kOldProtocol})
        if (std::ranges::find(identify->protocols, protocol) != identify->protocols.end())
            protocols.emplace_back(protocol);
    if (protocols.empty()) return;
    ++state.attempts;
    state.state = Peer::Out::opening;
    // If it cannot be opened, the handler's destructor says so.
    (void)swarm_.open(peer, std::move(protocols), std::make_unique<Outbound>(self_, peer), now());
}

void Gossip::on_outbound(Stream& stream) {
    auto* state = find(stream.peer());
    if (state == nullptr || state->state != Peer::Out::opening) {
        stream.reset();
        return;
    }
    state->state = Peer::Out::open;
    state->out = &stream;
    state->opened = now();
    state->knows_hints = stream.protocol() == kProtocol;
    GossipRpc rpc;
    for (const auto& [topic, mesh] : mesh_) rpc.subscriptions.push_back({true, topic});
    if (!rpc.empty()) send(stream.peer(), GossipPriority::control, rpc);
}

/// `stream` is null if it was never opened.
void Gossip::outbound_gone(const PeerId& peer, const Stream* stream, bool is_refused) {
    auto* state = find(peer);
    if (state == nullptr || state->out != stream || state->state == Peer::Out::none) return;
    if ((stream == nullptr) != (state->state == Peer::Out::opening)) return;
    state->state = Peer::Out::none;
    state->out = nullptr;
    if (stream != nullptr && now() >= state->opened + kForgiven) state->attempts = 0;
    if (is_refused) state->attempts = kAttempts;
    state->outbox.clear();
    // The peer may not have got all that it was told, and a new stream tells it the topics only.
    for (auto& [topic, mesh] : mesh_)
        if (mesh.contains(peer)) leave_mesh(peer, topic, mesh);
}

/// A peer has one stream; a new one replaces it (go-libp2p-pubsub comm.go handleNewStream).
void Gossip::on_inbound(Stream& stream) {
    auto* state = find(stream.peer());
    if (state == nullptr) {
        stream.reset();
        return;
    }
    if (auto* old = std::exchange(state->in, &stream)) old->reset();
}

void Gossip::inbound_gone(const PeerId& peer, const Stream* stream) {
    auto* state = find(peer);
    if (state != nullptr && state->in == stream) state->in = nullptr;
}

void Gossip::on_frame(const PeerId& peer, BytesView frame, Stream& stream) {
    auto* state = find(peer);
    if (state == nullptr || state->in != &stream) return;
    auto rpc = decode_gossip(frame);
    if (rpc) {
        on_rpc(peer, *state, std::move(*rpc));
    } else if (rpc.error().code() != Errc::too_large) {
        state->in = nullptr;
        stream.reset();
    }
}

void Gossip::send(const PeerId& peer, GossipPriority priority, std::shared_ptr<const Bytes> frame) {
    auto* state = find(peer);
    if (state == nullptr || state->state != Peer::Out::open) return;
    if (!state->outbox.push(priority, std::move(frame))) {
        // It does not read, and would not know any more what it is told.
        state->out->reset();
        outbound_gone(peer, state->out, /*is_refused=*/false);
        return;
    }
    flush(*state);
}

void Gossip::send(const PeerId& peer, GossipPriority priority, const GossipRpc& rpc) {
    send(peer, priority, std::make_shared<const Bytes>(framed(encode_gossip(rpc))));
}

void Gossip::flush(Peer& state) {
    while (true) {
        const BytesView bytes = state.outbox.front();
        if (bytes.empty()) return;
        const std::size_t taken = state.out->write(bytes);
        state.outbox.taken(taken);
        if (taken < bytes.size()) return;
    }
}

}  // namespace strata::net
