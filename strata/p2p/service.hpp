#pragma once
// Connects a chain to the peers of a swarm by Filecoin's requests: hello with every peer, chain exchange both ways. A
// node holds one beside its swarm. No clock: the swarm's time is passed in, and the Unix time comes from a function.
#include <atomic>

#include <strata/p2p/exchange_client.hpp>
#include <strata/p2p/exchange_server.hpp>
#include <strata/p2p/hello.hpp>

namespace strata::p2p {

struct ServiceConfig {
    Post post;
    std::function<std::chrono::nanoseconds()> unix_time;
    net::Instant hello_time{
        30'000};  // a peer that has not said hello by then is disconnected (forest hello/behaviour.rs)
    net::Instant hello_every{10'000};  // the head of a peer is followed at most once in this time; ours
    ExchangeServerLimits server{};
    ExchangeClientLimits client{};
    /// Called when `chain::Peer::advance` has work: after an answer, and after the head of a peer.
    std::function<void()> wake = [] {};
    /// Called when a peer's hello shows whether it has our chain.
    std::function<void(const net::PeerId&, bool is_good)> on_judged = [](const net::PeerId&, bool) {};
};

/// All calls come from the swarm's thread, except those of the chain to its source. Build it in the set-up of a
/// net::Host. Order of destruction: the host, then the service, then the chain, which must be idle by then.
class Service final : public net::PeerListener {
  public:
    /// Serves the protocols, listens to the swarm's peers and becomes the chain's source. `genesis` is the chain's.
    Service(net::Swarm& swarm, chain::Peer& chain, const Cid& genesis, ServiceConfig config);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    /// The chain has no peers afterwards. Does not touch the swarm, which may be gone.
    ~Service() override;

    void on_connected(const net::PeerId& peer) override;
    void on_identified(const net::PeerId& peer, const net::Identify& identify) override;
    void on_disconnected(const net::PeerId& peer) override;
    /// Disconnects peers that did not say hello in time, and asks peers again whose exclusion is over.
    void on_time(net::Instant now) override;
    net::Instant next_time() const override { return sessions_.empty() ? net::kNever : next_time_; }

    /// Returns how often a peer's head was the same as ours or may be heavier, since the start; the latter are followed
    /// by then. A lighter one says nothing about those of other peers. Thread-safe.
    std::size_t heads_compared() const { return heads_compared_; }

  private:
    struct Session {
        net::Instant since{};
        bool greeted = false;  // this node said hello
        bool said_hello = false;
        bool serves_exchange = false;
        std::optional<net::Instant> followed;
        std::optional<HelloMessage> head;  // waits until the peer is identified
    };
    void greet(const net::PeerId& peer);
    void on_hello(const net::PeerId& peer, const HelloMessage& hello);
    void on_bad_hello(const net::PeerId& peer, const Error& why);
    void settle(const net::PeerId& peer, Session& session);
    bool compare(const net::PeerId& peer, Session& session, const HelloMessage& hello);
    Status follow(const net::PeerId& peer, const HelloMessage& hello);

    net::Swarm& swarm_;
    chain::Peer& chain_;
    const ServiceConfig config_;
    HelloHooks hello_;
    ExchangeServer server_;
    ExchangeClient client_;
    std::map<net::PeerId, Session> sessions_;
    net::Instant next_time_{};
    std::atomic<std::size_t> heads_compared_{};
};

}  // namespace strata::p2p
