#pragma once
// All connections of one node, their peers, and the protocols that run on their streams. Identify and ping are built
// in. A state machine: a carrier (net/host.hpp, or a simulation) moves the bytes and tells the time. One thread.
#include <set>

#include <strata/net/peer_listener.hpp>
#include <strata/net/stream.hpp>
#include <strata/net/traffic.hpp>

namespace strata::net {

struct SwarmConfig {
    std::string agent = "strata";
    /// The addresses that peers are told of.
    std::vector<Multiaddr> listen{};
    /// The number of the signed record with these addresses; a later record has a higher one. A host replaces 0 by the
    /// time in nanoseconds, as go-libp2p does (core/peer/record.go TimestampSeq).
    std::uint64_t record_sequence = 0;
    ConnectionLimits connection{};
    std::size_t connections = 256;  // pending ones included
    std::size_t inbound = 192;      // of these, so that strangers cannot keep this node from dialling its peers
    std::size_t pending = 64;       // inbound ones whose handshake is not complete
    /// A newcomer above `pending` takes the place of the oldest pending one that had this time: an honest handshake
    /// takes a few round trips, and who is silent must not keep others out.
    Instant handshake_grace{2'000};
    std::size_t per_peer = 4;
    std::size_t per_ip = 32;                          // inbound ones; addresses of this machine itself do not count
    std::uint64_t peer_memory = 16 << 20;             // bytes of the windows of one peer
    std::uint64_t memory = std::uint64_t{512} << 20;  // of all peers
    Instant identify_time{5'000};                     // for one exchange (go-libp2p DefaultTimeout)

    /// Takes the limits that a running swarm may change: connections, inbound, per_ip and memory.
    void take_limits(const SwarmConfig& from) {
        connections = from.connections;
        inbound = from.inbound;
        per_ip = from.per_ip;
        memory = from.memory;
    }
};

/// Counts what a part of a swarm holds.
struct SwarmUse {
    std::size_t streams_in = 0;
    std::size_t streams_out = 0;
    std::size_t connections_in = 0;
    std::size_t connections_out = 0;
    std::uint64_t memory = 0;  // bytes of windows
};

class Swarm {
  public:
    using HandlerFactory = std::function<std::unique_ptr<StreamHandler>()>;
    using Done = std::function<void(Result<PeerId> peer)>;

    /// `random` must outlive the swarm.
    Swarm(PrivateKey identity, SwarmConfig config, crypto::RandomSource& random);
    Swarm(const Swarm&) = delete;
    Swarm& operator=(const Swarm&) = delete;
    ~Swarm();

    /// Serves a protocol: each stream of it that a peer opens gets a handler. Replaces an earlier factory.
    void support(const std::string& protocol, HandlerFactory factory);
    /// `listener` must outlive the swarm, or be removed. Both may be called from inside a call to a listener.
    void add_listener(PeerListener* listener) { listeners_.add(listener); }
    void remove_listener(PeerListener* listener) { listeners_.remove(listener); }
    /// Sets the addresses that peers are told of, and pushes them to connected peers.
    void set_listen(std::vector<Multiaddr> addresses, Instant now);

    // The carrier's side. Unknown numbers are ignored: the carrier may hear of an end late.

    /// Begins a connection. `done` hears once whether it became ready. Errors: busy at a limit.
    Result<ConnectionId> add(Role role, const Multiaddr& remote, std::optional<PeerId> expected, Instant now,
                             Done done = {});
    void on_bytes(ConnectionId id, BytesView bytes, Instant now);
    Bytes take_output(ConnectionId id, std::size_t max, Instant now);
    /// The carrier lost the connection. It must still call `remove`.
    void on_lost(ConnectionId id, const Error& why, Instant now);
    void remove(ConnectionId id, Instant now);
    bool is_over(ConnectionId id) const;
    void on_time(Instant now);
    Instant next_time() const;
    /// Returns the connections that may have new output since the last call.
    std::set<ConnectionId> take_touched() { return std::exchange(touched_, {}); }

    // The side of protocols.

    /// Opens a stream to a connected peer. The handler hears of its fate. Errors: not_found if the peer is not
    /// connected; those of Connection::open.
    Status open(const PeerId& peer, const std::vector<std::string>& protocols, std::unique_ptr<StreamHandler> handler,
                Instant now) {
        return open_somewhere(peer, protocols, false, handler, now);
    }
    /// The same for one protocol. If the peer told that it supports it, the stream opens at once and saves a round
    /// trip; `on_lost` follows should the peer refuse it after all. For protocols whose peers are known to bear it: it
    /// was tried with Lotus, go-libp2p 0.48 and js-libp2p 3.3.11.
    Status open_at_once(const PeerId& peer, const std::string& protocol, std::unique_ptr<StreamHandler> handler,
                        Instant now) {
        return open_somewhere(peer, {protocol}, true, handler, now);
    }
    void disconnect(const PeerId& peer, Instant now);
    void close_all(Instant now);

    const PeerId& id() const { return id_; }
    const PrivateKey& identity() const { return identity_; }
    Instant now() const { return now_; }
    crypto::RandomSource& random() { return random_; }
    std::vector<PeerId> peers() const;
    bool is_connected(const PeerId& peer) const;
    /// Returns true if this node dialled one of the connections with the peer.
    bool has_dialed(const PeerId& peer) const;
    /// Returns true if one side or the other ended all connections with the peer on purpose. In a call of
    /// `on_disconnected`, the last one counts: a peer that closes one of two and loses the other has not left.
    bool has_left(const PeerId& peer) const;
    /// Returns the addresses at the other ends of the connections with the peer.
    std::vector<Multiaddr> remotes(const PeerId& peer) const;
    /// Returns those of them that this node dialled, at which the peer can be reached again.
    std::vector<Multiaddr> dialed_remotes(const PeerId& peer) const;
    /// Returns what the peer told of itself; null before it did.
    const Identify* identified(const PeerId& peer) const;
    std::size_t connection_count() const { return links_.size(); }
    const SwarmConfig& config() const { return config_; }
    /// Takes what SwarmConfig::take_limits names. What is there already stays; newcomers are judged by the new limits.
    void set_limits(const SwarmConfig& limits);
    TrafficBook& traffic() { return traffic_; }
    struct Use {
        SwarmUse all;
        SwarmUse pending;                           // connections whose handshake is not complete
        std::map<std::string, SwarmUse> protocols;  // streams alone
        std::map<PeerId, SwarmUse> peers;
    };
    Use use() const;
    /// Returns the bytes of the windows of all peers.
    std::uint64_t memory_used() const { return memory_.used(); }

    // For the built-in services.

    /// Returns what this node tells a peer of itself.
    Identify own_identify(ConnectionId to) const;
    void learn(const PeerId& peer, Identify&& message, bool is_push);

  private:
    friend class Stream;

    struct OpenStream {
        std::unique_ptr<Stream> stream;
        std::unique_ptr<StreamHandler> handler;  // destroyed first, since it may know the stream
    };
    struct Link {
        std::unique_ptr<Connection> connection;
        Multiaddr remote;
        Instant since{};
        Done done;
        std::optional<PeerId> peer;  // once the connection counts as one of the peer's
        std::map<StreamId, std::unique_ptr<StreamHandler>> opening;
        std::map<StreamId, OpenStream> streams;
        bool has_over = false;  // a stream was closed or reset here, and its handler still exists
        bool has_left = false;  // one side ended the connection on purpose
        bool is_pending() const { return !connection->is_ready() && !connection->is_over(); }
    };
    struct Peer {
        std::unique_ptr<MemoryAccount> account;
        std::vector<ConnectionId> connections;
        std::optional<Identify> identify;
        bool has_left = false;  // the connection that ended last was ended on purpose
    };

    Link* find(ConnectionId id);
    MemoryAccount& account_of(const PeerId& peer);
    Status check_limits(Role role, const Multiaddr& remote);
    bool make_room_for_pending();
    void process(ConnectionId id);
    void on_event(ConnectionId id, Link& link, const Connection::Event& event);
    void on_ready(ConnectionId id, Link& link);
    void on_opened(ConnectionId id, Link& link, const Connection::Event& event);
    static void on_stream_event(Link& link, const Connection::Event& event);
    static void lose_stream(Link& link, StreamId id, const Error& why);
    void after_end(ConnectionId id, Link& link);
    void forget_peer(ConnectionId id, Link& link);
    Status open_somewhere(const PeerId& peer, const std::vector<std::string>& protocols, bool at_once,
                          std::unique_ptr<StreamHandler>& handler, Instant now);
    Status open_on(ConnectionId id, const std::vector<std::string>& protocols, bool at_once,
                   std::unique_ptr<StreamHandler>& handler);
    void identify(ConnectionId id);
    void push_identify();
    Link* link_of(const Stream& stream);

    const PrivateKey identity_;
    const PeerId id_;
    SwarmConfig config_;
    crypto::RandomSource& random_;
    Instant now_{};
    PeerListeners listeners_;
    MemoryAccount memory_;
    TrafficBook traffic_;
    Bytes signed_record_;
    std::map<std::string, HandlerFactory, std::less<>> protocols_;
    std::map<PeerId, Peer> peers_;  // their accounts outlive the connections below
    std::map<ConnectionId, Link> links_;
    ConnectionId next_id_ = 1;
    std::set<ConnectionId> touched_;
};

}  // namespace strata::net
