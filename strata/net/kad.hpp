#pragma once
// The Kademlia DHT, for finding peers: no values, no providers. It runs on a swarm as a client and, if it serves, as
// one whom others ask. Source: libp2p/specs kad-dht/README.md; go-libp2p-kad-dht dht.go, query.go, handlers.go,
// rtrefresh/ (rules and values); docs/protocol/node.md §20. One thread.
#include <deque>
#include <functional>

#include <strata/net/kad_lookup.hpp>
#include <strata/net/swarm.hpp>

namespace strata::net {

struct KadConfig {
    using Connected = std::function<void(Status)>;
    /// Connects to a peer at one of these addresses, of which most may be wrong, and then calls the function, at once
    /// or later, or never. It should try only a few.
    using Connect = std::function<void(const PeerId&, const std::vector<Multiaddr>&, Connected)>;

    std::string protocol{};  // "/fil/kad/NETWORK/kad/1.0.0"
    Connect connect{};
    bool serves = true;
    /// If true, peers without a public address are neither asked nor kept, and private addresses are not passed on.
    /// Right for a public network.
    bool only_public = false;
    KadTableLimits table{};
    KadLookupLimits lookup{};
    std::size_t lookups = 16;         // at once; ours
    std::size_t checks = 32;          // peers asked at once whether they may enter the table (Go: 256)
    std::size_t streams_of_peer = 4;  // that it opened and that are answered at once; ours
    Instant connect_time{15'000};     // ours
    Instant answer_time{10'000};      // go-libp2p-kad-dht internal/net: dhtReadMessageTimeout
    Instant idle_time{60'000};        // of a stream on which peers ask (dht_net.go: dhtStreamIdleTimeout)
    Instant lookup_time{60'000};      // ours
    Instant refresh_time{10'000};     // of a lookup that refreshes a bucket (RefreshQueryTimeout)
    Instant refresh_every{600'000};   // RefreshInterval
    Instant refresh_pause{10'000};    // between two refreshes; ours
    Instant silence{2'593'000};       // then a peer of the table is asked again (dht.go: ln(1/20) / ln(1/2) intervals)
    std::size_t few_peers = 10;       // with so few, more are looked for (dht_bootstrap.go: minRTRefreshThreshold)
    Instant look_for_more_every{120'000};  // periodicBootstrapInterval
    Instant settle_time{
        60'000};  // after two refreshes, until peers of the table are not replaced any more (dht.go: rtFreezeTimeout)
};

/// Listens to the swarm: the owner adds this to the swarm's listeners. Results come from inside other calls; they may
/// begin lookups, but not destroy this.
class Kad final : public PeerListener {
  public:
    using Found = std::function<void(Result<KadPeer>)>;
    using Closest = std::function<void(Result<std::vector<KadPeer>>)>;

    Kad(Swarm& swarm, KadConfig config);
    Kad(const Kad&) = delete;
    Kad& operator=(const Kad&) = delete;
    /// Open streams of the protocol end by themselves. The swarm may be gone. Nothing is told to those who still wait.
    ~Kad() override;

    /// Finds the addresses of a peer, which is connected afterwards if it could be reached. Unless `is_connected` says
    /// so, the addresses are the word of strangers. Errors: not_found; busy at the limit of lookups.
    void find_peer(const PeerId& peer, Found done);
    /// Finds the peers that are nearest to a key. Errors: not_found if the table is empty; busy; too_large for a key.
    void closest(BytesView key, Closest done);
    /// Fills the table: looks for peers near to this node, and in each distance. It runs in the background.
    void bootstrap();

    void on_identified(const PeerId& peer, const Identify& identify) override;
    void on_time(Instant now) override;
    Instant next_time() const override;

    const KadTable& table() const { return table_; }
    struct Stats {
        std::size_t lookups = 0, checks = 0, serving = 0;
        bool refreshes = false;
    };
    Stats stats() const;

  private:
    class Question;
    class Answerer;
    using Answer = std::function<void(Result<KadMessage>)>;

    struct Asked {
        std::uint64_t ticket;  // so that a late answer to an earlier question is not taken for this one's
        Instant deadline;
    };
    struct Walk {
        KadLookup lookup;
        Bytes key;
        Instant deadline;
        std::optional<PeerId> wanted;  // the walk ends when this peer is connected
        std::function<void(KadLookup&)> done;
        std::map<PeerId, Asked> asked;
    };

    // kad_streams.cpp: questions and answers
    void ask(const PeerId& peer, const std::vector<Multiaddr>& addresses, const Bytes& key, const Answer& done);
    void send_question(const PeerId& peer, const Bytes& key, const Answer& done);
    Result<std::optional<KadMessage>> answer(const PeerId& peer, BytesView request) const;
    std::vector<KadPeer> nearest_for(const PeerId& asker, const KadMessage& request) const;
    std::optional<KadPeer> known(const PeerId& peer) const;
    bool begin_serving(const PeerId& peer);
    void end_serving(const PeerId& peer);

    // kad_walks.cpp: lookups
    void start(Bytes key, Instant time, std::optional<PeerId> wanted, std::function<void(KadLookup&)> done);
    void advance(std::uint64_t id);
    void step(std::uint64_t id);
    void ask_for(std::uint64_t id, const KadPeer& peer);
    void on_told(std::uint64_t id, const PeerId& peer, std::uint64_t ticket, Result<KadMessage> told);
    void finish(std::uint64_t id);
    std::vector<KadPeer> usable(std::vector<KadPeer> peers, const KadKey& target) const;

    // kad.cpp: the table
    void check(const PeerId& peer, const std::vector<Multiaddr>& addresses);
    void forget(const PeerId& peer);
    std::vector<Multiaddr> passable(std::vector<Multiaddr> addresses) const;
    void on_checked(const PeerId& peer, std::uint64_t ticket, const Result<KadMessage>& told);
    void on_peer_answered(const PeerId& peer);
    std::vector<Multiaddr> addresses_of(const PeerId& peer) const;
    void check_all_connected();
    void refresh(bool all);
    void next_refresh();
    std::optional<Bytes> name_at(unsigned bits);
    Instant now() const { return std::max(now_, swarm_.now()); }

    Swarm& swarm_;
    const KadConfig config_;
    const std::shared_ptr<Kad*> self_;  // what handlers know; null inside when this is gone
    KadTable table_;
    Instant now_{};

    std::map<std::uint64_t, Walk> walks_;
    std::set<std::uint64_t> to_advance_;
    bool advancing_ = false;
    std::uint64_t next_id_ = 1;
    std::map<PeerId, Asked> checks_;
    std::map<PeerId, std::size_t> serving_;

    std::deque<std::optional<unsigned>>
        to_refresh_;  // distances in bits that are still to be looked up; empty: this node
    bool refreshing_ = false;
    bool wants_refresh_ = false;
    unsigned refreshes_ = 0;  // that ended since the table was empty
    std::map<unsigned, Instant> refreshed_;
    Instant next_refresh_;
    Instant next_look_;
    Instant last_refresh_;
    Instant settles_ = kNever;
    bool fills_ = false;  // the table was empty, and no refresh has ended since: its peers may be replaced
};

}  // namespace strata::net
