#pragma once
// GossipSub 1.1: messages on topics reach all subscribers through meshes of peers, and offers to others fill the gaps.
// It runs on a swarm; the caller judges messages and tells the time. Source: libp2p/specs gossipsub-v1.0.md and
// gossipsub-v1.1.md; go-libp2p-pubsub gossipsub.go (rules); docs/protocol/node.md §16 (values). One thread.
#include <strata/net/envelope.hpp>
#include <strata/net/gossip_cache.hpp>
#include <strata/net/gossip_outbox.hpp>
#include <strata/net/gossip_score.hpp>
#include <strata/net/swarm.hpp>

namespace strata::net {

enum class GossipVerdict : std::uint8_t {
    accept,  // is passed on
    ignore,  // is not, and nobody is to blame
    reject,  // is not, and everybody who sent it is punished
};

/// A message that is to be judged. Valid during the call only.
struct GossipDelivery {
    std::uint64_t ticket;
    const PeerId& via;  // who handed it over
    const PeerId& author;
    const std::string& topic;
    BytesView data;
};

struct GossipTopic {
    /// Makes the name of a message of this topic, of at most GossipRpc::kMaxName bytes. Equal names are one message.
    std::function<MessageName(const GossipMessage&)> name;
    /// Judges a message of a peer. If it returns empty, `Gossip::judge` follows within GossipConfig::seen_time.
    std::function<std::optional<GossipVerdict>(const GossipDelivery&)> validate;
    std::optional<TopicScoreConfig> score{};  // empty if nothing on this topic counts
};

struct GossipEvent {
    enum class Kind : std::uint8_t { graft, prune, accepted, ignored, rejected, duplicate, broken_promise };
    Kind kind;
    const PeerId& peer;
    std::string_view topic;
    BytesView name;  // of a message
};

struct GossipConfig {
    // Sizes of a mesh: wanted, at least, at most, kept by score, dialled by this node, and peers that get offers.
    std::size_t d = 8, d_low = 6, d_high = 12, d_score = 6, d_out = 3, d_lazy = 12;
    double gossip_factor = 0.1;  // the part of all other peers that gets offers, if that is more than d_lazy
    std::size_t history = 10, history_offered = 3;  // heartbeats
    std::size_t cache_bytes = 64 << 20;
    Instant heartbeat{1'000};
    Instant first_heartbeat{100};
    Instant fanout_time{60'000};
    Instant prune_backoff{60'000};
    Instant unsubscribe_backoff{10'000};
    Instant graft_flood{10'000};  // a GRAFT this soon after a PRUNE is punished twice
    Instant promise_time{5'000};  // in which a message that was offered and asked for must come
    Instant seen_time{120'000};
    std::size_t prune_peers = 16;   // hints in a PRUNE
    std::size_t offers = 10;        // IHAVE messages of a peer in a heartbeat
    std::size_t requested = 5'000;  // names asked of a peer in a heartbeat
    unsigned answers = 3;           // how often a peer gets the same message that it asks for
    std::size_t opportunistic_ticks = 60, opportunistic_peers = 2;
    std::size_t backoffs = 4'096;  // peers kept for each topic; the back-off that ends first is forgotten
    std::size_t judging = 256;     // messages whose verdict comes later
    // Of these, those that one peer brought on one topic, so that it cannot keep out all others; and the bytes of all.
    std::size_t judging_of_peer = 96, judging_bytes = 32 << 20;
    bool flood_publish = true;
    bool gives_hints = false;  // tells pruned peers of others (PX)

    double gossip_threshold = -500;      // below: no offers, and no answers
    double publish_threshold = -1'000;   // below: no own messages
    double graylist_threshold = -2'500;  // below: everything is ignored but subscriptions
    double hints_threshold = 1'000;      // from here on its hints are followed
    double opportunistic_threshold = 3.5;
    GossipScoreConfig score{};
    GossipOutbox::Limits outbox{};

    /// The first sequence number of this node's messages, above all that it used before, such as the time in ns.
    std::uint64_t sequence = 0;
    std::function<void(const PeerRecord&)> connect{};    // a hint to be followed; may be empty
    std::function<void(const GossipEvent&)> on_event{};  // must change nothing here; may be empty
};

/// Listens to the swarm: the owner adds this to the swarm's listeners.
class Gossip final : public PeerListener {
  public:
    static constexpr std::string_view kProtocol = "/meshsub/1.1.0";
    static constexpr std::string_view kOldProtocol = "/meshsub/1.0.0";

    /// Serves the protocols. `swarm` must outlive this; streams that are left then end without it.
    Gossip(Swarm& swarm, GossipConfig config);
    Gossip(const Gossip&) = delete;
    Gossip& operator=(const Gossip&) = delete;
    ~Gossip() override;

    /// Allows a topic; peers' subscriptions to all others are ignored. Replaces an earlier one of this name.
    void add_topic(const std::string& topic, GossipTopic how);
    /// Errors: not_found if the topic was not added; too_large at GossipRpc::kMaxSubscriptions.
    Status subscribe(const std::string& topic);
    void unsubscribe(const std::string& topic);
    /// Signs and sends a message, which is not given to `validate`, and returns its name. A message whose name was seen
    /// within GossipConfig::seen_time is not sent again. Errors: not_found if the topic was not added; too_large for a
    /// frame.
    Result<MessageName> publish(const std::string& topic, BytesView data);
    /// Says the verdict that `validate` left open. Unknown tickets are ignored: the time may be over.
    void judge(std::uint64_t ticket, GossipVerdict verdict);

    void on_time(Instant now) override;
    Instant next_time() const override { return std::min(next_heartbeat_, next_decay_); }

    void on_connected(const PeerId& peer) override;
    void on_identified(const PeerId& peer, const Identify& identify) override;
    void on_disconnected(const PeerId& peer) override;

    std::set<PeerId> mesh(const std::string& topic) const;
    double score(const PeerId& peer) const { return score_.of(peer); }

    struct Stats {
        std::size_t peers = 0;
        std::size_t waiting_bytes = 0;  // to be sent
        std::size_t cached = 0, cached_bytes = 0, seen = 0, judging = 0, promises = 0, backoffs = 0;
        std::size_t dropped = 0;                           // frames for peers that are connected
        std::map<std::string, std::size_t> subscribers{};  // peers, for each topic that a peer subscribes to
    };
    Stats stats() const;

  private:
    class Inbound;
    class Outbound;
    using Kind = GossipEvent::Kind;
    using Filter = std::function<bool(const PeerId&)>;

    struct Peer {
        enum class Out : std::uint8_t { none, opening, open };
        explicit Peer(const GossipOutbox::Limits& limits) : outbox(limits) {}
        GossipOutbox outbox;
        Out state = Out::none;
        Stream* out = nullptr;  // while it is open
        Stream* in = nullptr;
        unsigned attempts = 0;
        Instant opened{};
        bool knows_hints = false;  // speaks version 1.1
        std::set<std::string> topics;
        std::size_t offers = 0;     // in this heartbeat
        std::size_t requested = 0;  // in this heartbeat
    };
    struct Pending {
        MessageName name;
        std::string topic;
        PeerId via;
        PeerId author;
        std::shared_ptr<const Bytes> frame;
        Instant since;
    };
    struct Fanout {
        std::set<PeerId> peers;
        Instant last;
    };

    // gossip_streams.cpp: streams and what waits for them
    void open_stream(const PeerId& peer, Peer& state);
    void on_inbound(Stream& stream);
    void inbound_gone(const PeerId& peer, const Stream* stream);
    void on_outbound(Stream& stream);
    void outbound_gone(const PeerId& peer, const Stream* stream, bool is_refused);
    void on_frame(const PeerId& peer, BytesView frame, Stream& stream);
    void send(const PeerId& peer, GossipPriority priority, std::shared_ptr<const Bytes> frame);
    void send(const PeerId& peer, GossipPriority priority, const GossipRpc& rpc);
    void flush(Peer& state);
    void update_addresses(const PeerId& peer);

    // gossip_control.cpp: what peers ask
    void on_rpc(const PeerId& peer, Peer& state, GossipRpc&& rpc);
    void on_subscriptions(const PeerId& peer, Peer& state, const GossipRpc& rpc);
    void on_offers(const PeerId& peer, Peer& state, const GossipRpc& rpc);
    void on_requests(const PeerId& peer, const GossipRpc& rpc);
    void on_grafts(const PeerId& peer, const GossipRpc& rpc);
    bool takes_graft(const PeerId& peer, const std::string& topic, bool& hints);
    void on_prunes(const PeerId& peer, const GossipRpc& rpc);
    void follow_hints(std::vector<GossipPrune::Hint> hints);
    GossipPrune make_prune(const PeerId& peer, const std::string& topic, bool hints, bool unsubscribes);
    void add_backoff(const PeerId& peer, const std::string& topic, Instant time);
    Instant backoff_end(const PeerId& peer, const std::string& topic) const;

    // gossip.cpp: messages
    void on_message(const PeerId& via, GossipMessage&& message);
    bool can_judge(const PeerId& via, const GossipMessage& message) const;
    void spread(const MessageName& name, const std::string& topic, const PeerId* via, const PeerId& author,
                const std::shared_ptr<const Bytes>& frame);
    std::set<PeerId> targets(const std::string& topic, bool is_own);
    const std::set<PeerId>& fanout(const std::string& topic);
    void announce(const std::string& topic, bool subscribes);

    // gossip_mesh.cpp: the heartbeat
    bool is_due(Instant& next, Instant interval) const;
    void heartbeat();
    void keep_mesh(const std::string& topic, std::set<PeerId>& mesh);
    void shrink(const std::string& topic, std::set<PeerId>& mesh);
    void graft_some(const std::string& topic, std::set<PeerId>& mesh, std::size_t count, const Filter& filter);
    void graft_better(const std::string& topic, std::set<PeerId>& mesh);
    void keep_fanouts();
    void offer(const std::string& topic, const std::set<PeerId>& without);
    void punish_broken_promises();
    void forget_old();
    void add_to_mesh(const PeerId& peer, const std::string& topic, std::set<PeerId>& mesh);
    void prune_from_mesh(const PeerId& peer, const std::string& topic, std::set<PeerId>& mesh, bool hints);
    void leave_mesh(const PeerId& peer, const std::string& topic, std::set<PeerId>& mesh);
    std::vector<PeerId> choose(const std::string& topic, std::size_t count, const Filter& filter);
    bool may_graft(const PeerId& peer, const std::string& topic) const;

    template <class T>
    void shuffle(std::vector<T>& list, std::size_t from = 0) {
        for (std::size_t i = list.size(); i > from + 1; --i)
            std::swap(list[i - 1], list[from + swarm_.random().below(i - from)]);
    }
    Peer* find(const PeerId& peer);
    Instant now() const { return std::max(now_, swarm_.now()); }
    void tell(Kind kind, const PeerId& peer, std::string_view topic, BytesView name = {}) const {
        if (config_.on_event) config_.on_event({kind, peer, topic, name});
    }

    Swarm& swarm_;
    const GossipConfig config_;
    const std::shared_ptr<Gossip*> self_;  // what handlers know; null inside when this is gone
    std::map<std::string, GossipTopic> topics_;
    std::map<PeerId, Peer> peers_;
    std::map<std::string, std::set<PeerId>> mesh_;  // of the topics that this node subscribes to
    std::map<std::string, Fanout> fanout_;          // of others that it publishes on
    std::map<std::string, std::map<PeerId, Instant>> backoff_;
    std::map<MessageName, std::map<PeerId, Instant>> promises_;
    std::map<std::uint64_t, Pending> pending_;
    std::map<PeerId, GossipRpc> batch_;  // grafts and prunes of this heartbeat
    GossipScore score_;
    GossipSeen seen_;
    GossipCache cache_;
    std::uint64_t sequence_;
    std::uint64_t next_ticket_ = 1;
    std::uint64_t ticks_ = 0;
    Instant now_{};
    Instant next_heartbeat_;
    Instant next_decay_;
};

}  // namespace strata::net
