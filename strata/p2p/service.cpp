#include <strata/p2p/service.hpp>

#include <strata/base/log.hpp>

namespace strata::p2p {
namespace {

const Log kLog("p2p");

constexpr net::Instant kLook{1'000};  // from one look at the peers to the next

bool supports(const net::Identify& identify, std::string_view protocol) {
    return std::ranges::find(identify.protocols, protocol) != identify.protocols.end();
}

}  // namespace

Service::Service(net::Swarm& swarm, chain::Peer& chain, const Cid& genesis, ServiceConfig config)
    : swarm_(swarm),
      chain_(chain),
      config_(std::move(config)),
      hello_{.genesis = genesis,
             .unix_time = config_.unix_time,
             .on_hello = [this](const net::PeerId& peer, const HelloMessage& hello) { on_hello(peer, hello); },
             .on_bad = [this](const net::PeerId& peer, const Error& why) { on_bad_hello(peer, why); },
             .on_answer = [this](const net::PeerId& peer, net::Instant time) { client_.on_round_trip(peer, time); }},
      server_(chain, config_.post, config_.server),
      client_(swarm, config_.post, config_.client, config_.wake) {
    swarm_.support(std::string(kHelloProtocol), [this] { return hear_hello(hello_); });
    swarm_.support(std::string(kExchangeProtocol), [this] { return server_.accept(); });
    swarm_.add_listener(this);
    chain_.set_source(client_);
}

Service::~Service() {
    static chain::NoPeers nobody;
    chain_.set_source(nobody);
}

void Service::on_connected(const net::PeerId& peer) {
    sessions_[peer].since = swarm_.now();
}

void Service::on_identified(const net::PeerId& peer, const net::Identify& identify) {
    const auto it = sessions_.find(peer);
    if (it == sessions_.end()) return;
    auto& session = it->second;
    session.serves_exchange = supports(identify, kExchangeProtocol);
    if (!session.serves_exchange) client_.remove(peer);
    if (!session.greeted && supports(identify, kHelloProtocol)) {
        session.greeted = true;
        greet(peer);
    }
    settle(peer, session);
}

void Service::on_disconnected(const net::PeerId& peer) {
    sessions_.erase(peer);
    client_.remove(peer);
}

void Service::greet(const net::PeerId& peer) {
    const auto own = chain_.head_notice();
    if (!own) {
        static LogLimit limit;
        kLog.limited(limit, LogLevel::warning, "this node cannot say hello", {{"reason", own.error().message()}});
        return;
    }
    const HelloMessage message{own->head.cids(), own->height, own->weight, own->genesis};
    // A peer that takes no more streams hears of this node's head by gossip.
    (void)swarm_.open(peer, {std::string(kHelloProtocol)}, say_hello(hello_, message), swarm_.now());
}

void Service::on_hello(const net::PeerId& peer, const HelloMessage& hello) {
    const auto it = sessions_.find(peer);
    if (it == sessions_.end()) return;
    it->second.said_hello = true;
    it->second.head = hello;
    settle(peer, it->second);
}

void Service::on_bad_hello(const net::PeerId& peer, const Error& why) {
    const auto it = sessions_.find(peer);
    if (it == sessions_.end()) return;
    static LogLimit limit;
    kLog.limited(limit, LogLevel::info, "a peer was disconnected because of its hello",
                 {{"peer", peer.to_string()}, {"reason", why.message()}});
    config_.on_judged(peer, false);
    swarm_.disconnect(peer, swarm_.now());
}

// A peer counts when both are known: that it has our chain, and what it serves. Only then its head is followed, since
// the syncer asks it at once.
void Service::settle(const net::PeerId& peer, Session& session) {
    if (!session.said_hello || !session.serves_exchange) return;
    client_.add(peer);
    config_.on_judged(peer, true);
    const auto hello = std::exchange(session.head, {});
    if (hello && compare(peer, session, *hello)) ++heads_compared_;
}

/// Returns true if the head is ours, or is followed because it may be heavier.
bool Service::compare(const net::PeerId& peer, Session& session, const HelloMessage& hello) {
    const auto own = chain_.head_notice();
    if (!own) return false;
    if (TipsetKey(hello.head) == own->head) return true;
    // A peer that says that its chain is lighter than ours is believed.
    if (hello.height == 0 || hello.weight < own->weight) return false;
    const auto now = swarm_.now();
    if (session.followed && now < *session.followed + config_.hello_every) return false;
    session.followed = now;
    return follow(peer, hello).has_value();
}

Status Service::follow(const net::PeerId& peer, const HelloMessage& hello) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(config_.unix_time()).count();
    auto taken = chain_.follow_head(TipsetKey(hello.head), static_cast<std::uint64_t>(seconds), peer.to_string());
    static LogLimit limit;
    if (!taken)
        kLog.limited(limit, LogLevel::info, "the head of a peer is not followed",
                     {{"peer", peer.to_string()}, {"reason", taken.error().message()}});
    config_.wake();
    return taken;
}

void Service::on_time(net::Instant now) {
    std::vector<net::PeerId> silent;
    for (const auto& [peer, session] : sessions_)
        if (!session.said_hello && now >= session.since + config_.hello_time) silent.push_back(peer);
    for (const auto& peer : silent) swarm_.disconnect(peer, now);
    client_.on_time();
    next_time_ = now + kLook;
}

}  // namespace strata::p2p
