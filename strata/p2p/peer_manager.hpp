#pragma once
// Keeps a node connected: dials when it has too few peers of its network, closes connections when it has too many, and
// remembers good peers, so that a restarted node needs no bootstrap. A state machine: dialling and closing are
// functions, time is passed in. Source: docs/protocol/node.md §20; lotus lib/peermgr (5 s, 12 and 32 peers);
// go-libp2p p2p/net/connmgr (marks, grace). One thread.
#include <functional>
#include <map>
#include <set>
#include <vector>

#include <strata/crypto/random.hpp>
#include <strata/net/multiaddr.hpp>
#include <strata/net/time.hpp>

namespace strata::p2p {

struct PeerManagerConfig {
    using Dialed = std::function<void(Result<net::PeerId>)>;
    /// Connects to an address, which ends with the peer if that is known. Calls the function once, at once or later.
    std::function<void(const net::Multiaddr&, Dialed)> dial{};
    std::function<void(const net::PeerId&)> disconnect{};
    /// Looks for more peers (a DHT's bootstrap). Called when some are connected, but too few.
    std::function<void()> discover{};
    /// Returns true for peers that are never closed: those of a gossip mesh. May be empty.
    std::function<bool(const net::PeerId&)> is_protected{};
    std::vector<net::Multiaddr> bootstrap{};

    std::size_t low = 12;            // with fewer peers of the network, more are looked for
    std::size_t high = 32;           // with more connections, some are closed; protected ones are not counted as to go
    net::Instant look_every{5'000};  // lotus lib/peermgr/peermgr.go
    net::Instant discover_every{30'000};   // lotus gives a DHT bootstrap 30 s
    net::Instant grace{20'000};            // connections that are younger are not closed
    net::Instant dial_time{30'000};        // then a dial that told nothing counts as failed; ours
    net::Instant first_backoff{5'000};     // after a failure of all addresses of a peer, doubled with each; ours
    net::Instant last_backoff{1'800'000};  // at most, before up to a quarter is added; ours
    /// The time of an epoch. A good peer that was lost is dialled again after pauses of at most half of it, so that a
    /// network that was cut in two is one again within two epochs; after a long absence they are a 128th of that. Ours.
    net::Instant epoch{30'000};
    std::size_t dials = 16;  // at once: a lookup of the DHT has ten; ours
    /// More than that, for remembered peers: the DHT may name addresses that lead nowhere. Ours.
    std::size_t own_dials = 8;
    std::size_t addresses_of_peer = 8;  // kept and tried of one peer; ours
    std::size_t remembered = 256;       // peers; ours
};

class PeerManager {
  public:
    /// The most bytes of an encoded record; ours.
    static constexpr std::size_t kMaxRecord = 4 << 20;

    /// `random` must outlive the manager.
    PeerManager(PeerManagerConfig config, crypto::RandomSource& random, net::Instant now);
    PeerManager(const PeerManager&) = delete;
    PeerManager& operator=(const PeerManager&) = delete;
    /// Dials that are under way are ignored when they end.
    ~PeerManager();

    void on_connected(const net::PeerId& peer, net::Instant now);
    /// `is_lost`: neither side ended the connection on purpose. A good peer that was lost is dialled soon, even if
    /// there are enough others: its part of the network may be cut off from ours.
    void on_disconnected(const net::PeerId& peer, bool is_lost, net::Instant now);
    /// The peer belongs to the network (its hello was right), and can be reached at these addresses.
    void on_good(const net::PeerId& peer, const std::vector<net::Multiaddr>& addresses, net::Instant now);
    /// The peer does not (a wrong hello, a different genesis): it is forgotten and not dialled for the longest
    /// back-off.
    void on_bad(const net::PeerId& peer, net::Instant now);
    /// Something useful came from the peer: a block, an answer. Useless ones are closed first.
    void on_useful(const net::PeerId& peer);
    void on_time(net::Instant now);
    /// Sets how few peers are too few, and how many connections too many: `low` is at most `high`.
    void set_marks(std::size_t low, std::size_t high);
    net::Instant next_time() const;

    /// Dials a peer that is not connected, at a few of its addresses of TCP, one after the other, unless it is backed
    /// off. `done` hears once. Errors: busy at the limit of dials or within the back-off; not_found without addresses;
    /// those of the dial.
    void connect(const net::PeerId& peer, std::vector<net::Multiaddr> addresses,
                 const std::function<void(Status)>& done, net::Instant now);

    /// Returns the remembered peers, the best first, to be stored.
    Bytes encode() const;
    /// Takes over stored peers that are not known yet. Nothing changes on an error. Errors: malformed, truncated,
    /// trailing, too_large.
    Status decode(BytesView record);

    struct Stats {
        std::size_t connected = 0, good = 0, dialing = 0, remembered = 0, backed_off = 0;
    };
    Stats stats() const;

  private:
    using Done = std::function<void(Status)>;
    struct Connection {
        net::Instant since{};
        bool is_good = false;
        std::uint64_t useful = 0;
    };
    struct Remembered {
        std::vector<net::Multiaddr> addresses;
        std::uint64_t score = 0;           // how often it was good
        std::optional<net::Instant> lost;  // since when; empty if it is connected, or left on purpose
    };
    struct Backoff {
        unsigned failures = 0;
        net::Instant until{};
    };
    struct Dial {
        std::optional<net::PeerId> peer;  // empty for a bootstrap address without one
        std::vector<net::Multiaddr> left;
        net::Instant deadline{};
        std::uint64_t attempt = 0;
        std::vector<Done> done;
    };

    void look();
    void close_some();
    void dial_bootstrap();
    void dial_remembered(std::size_t count, bool only_lost);
    void on_found(const net::PeerId& peer);
    void start(std::optional<net::PeerId> peer, std::vector<net::Multiaddr> addresses, Done done);
    void try_next(std::uint64_t id);
    void on_dialed(std::uint64_t id, std::uint64_t attempt, const Result<net::PeerId>& result);
    void end(std::uint64_t id, const Status& result);
    void back_off(const net::PeerId& peer, unsigned failures);
    net::Instant pause_after(const net::PeerId& peer, unsigned failures) const;
    bool is_backed_off(const net::PeerId& peer) const;
    bool is_dialing(const net::PeerId& peer) const;
    void remember(const net::PeerId& peer, std::vector<net::Multiaddr> addresses);
    void trim();
    std::size_t good() const;
    bool is_protected(const net::PeerId& peer) const;

    PeerManagerConfig config_;
    crypto::RandomSource& random_;
    const std::shared_ptr<PeerManager*> self_;  // null inside when this is gone
    std::set<net::PeerId> bootstrap_peers_;
    net::Instant now_;
    net::Instant next_look_;
    net::Instant next_discovery_;
    net::Instant next_reset_{};  // of all back-offs, after a lost peer was found
    std::map<net::PeerId, Connection> connections_;
    std::map<net::PeerId, Remembered> remembered_;
    std::map<net::PeerId, Backoff> backoffs_;
    std::map<std::uint64_t, Dial> dials_;
    std::uint64_t next_id_ = 1;
    unsigned bootstrap_failures_ = 0;
    net::Instant next_bootstrap_{};
};

}  // namespace strata::p2p
