#pragma once
// Scores peers by what they delivered and how they behaved, and keeps the messages by which that is judged. Doubles
// are fine: a score stays on its node. Source: libp2p/specs gossipsub-v1.1.md, peer scoring; go-libp2p-pubsub score.go.
// One thread.
#include <deque>
#include <functional>
#include <map>
#include <set>

#include <strata/net/gossip_messages.hpp>

namespace strata::net {

/// Returns the factor that takes 1 to `to_zero` in `time` when it is applied at each `interval`.
double gossip_decay(Instant time, Instant interval = Instant{1'000}, double to_zero = 0.01);

/// Weights are zero or positive where a peer earns, and zero or negative where it loses. Decays are factors.
struct TopicScoreConfig {
    double weight = 1;
    double mesh_time_weight = 0;
    Instant mesh_time_quantum{1'000};
    double mesh_time_cap = 0;  // in quanta
    double first_weight = 0;   // for messages that the peer delivered first
    double first_decay = 1;
    double first_cap = 0;
    double mesh_weight = 0;  // for too few deliveries as a member of the mesh; squared
    double mesh_decay = 1;
    double mesh_cap = 0;
    double mesh_threshold = 0;
    Instant mesh_window{0};      // in which a duplicate still counts as a delivery
    Instant mesh_activation{0};  // time in the mesh before deliveries are asked for
    double failure_weight = 0;   // for leaving the mesh with too few deliveries
    double failure_decay = 1;
    double invalid_weight = 0;  // squared
    double invalid_decay = 1;
};

struct GossipScoreConfig {
    double topics_cap = 0;  // of the sum of all topics; zero for no cap
    double app_weight = 1;
    std::function<double(const PeerId&)> app_score{};  // may be empty
    std::size_t colocation_threshold = 5;
    double colocation_weight = -100;
    double behaviour_threshold = 6;
    double behaviour_weight = -10;
    double behaviour_decay = gossip_decay(Instant{3'600'000});
    Instant decay_interval{1'000};
    double decay_to_zero = 0.01;
    Instant retention{6 * 3'600'000};  // of a score that is not positive, after the peer left
    std::size_t retained = 10'000;     // peers that left; the one that left first is forgotten
};

class GossipScore {
  public:
    explicit GossipScore(GossipScoreConfig config) : config_(std::move(config)) {}

    /// Topics that are not set are not scored.
    void set_topic(const std::string& topic, const TopicScoreConfig& config) { topics_[topic] = config; }
    const TopicScoreConfig* topic(const std::string& topic) const;

    void add_peer(const PeerId& peer);
    /// Replaces the IP addresses of a peer that is there.
    void set_addresses(const PeerId& peer, std::set<std::string> addresses);
    void remove_peer(const PeerId& peer, Instant now);

    /// Returns 0 for a peer that is not known.
    double of(const PeerId& peer) const;
    void graft(const PeerId& peer, const std::string& topic, Instant now);
    void prune(const PeerId& peer, const std::string& topic);
    void penalize(const PeerId& peer, unsigned count);

    void add_first(const PeerId& peer, const std::string& topic);
    /// A delivery that was not the first, or not yet known to be.
    void add_duplicate(const PeerId& peer, const std::string& topic);
    void add_invalid(const PeerId& peer, const std::string& topic);

    /// To be called at every decay interval.
    void decay(Instant now);
    std::size_t size() const { return peers_.size(); }

  private:
    struct TopicStats {
        bool in_mesh = false;
        bool active = false;
        Instant grafted{};
        Instant mesh_time{};
        double first = 0;
        double mesh = 0;
        double failure = 0;
        double invalid = 0;
    };
    struct Peer {
        bool connected = true;
        Instant left{};
        std::map<std::string, TopicStats> topics;
        std::set<std::string> addresses;
        double behaviour = 0;
    };

    TopicStats* stats(const PeerId& peer, const std::string& topic);
    static double topic_score(const TopicScoreConfig& config, const TopicStats& stats);
    double colocation(const Peer& peer) const;
    void decay_topic(const TopicScoreConfig& config, TopicStats& stats, Instant now) const;
    void fade(double& value, double factor) const;
    void forget(const PeerId& peer);
    static void leave_mesh(const TopicScoreConfig& config, TopicStats& stats);

    const GossipScoreConfig config_;
    std::map<std::string, TopicScoreConfig> topics_;
    std::map<PeerId, Peer> peers_;
    std::map<std::string, std::size_t> address_counts_;
    std::set<std::pair<Instant, PeerId>> left_;  // peers that left, the first in front
};

/// The messages that were seen within the last two minutes or so, so that each is handled once, and who delivered them.
class GossipSeen {
  public:
    /// `score` must outlive this. Above `max` messages the oldest are forgotten.
    GossipSeen(GossipScore& score, Instant time, std::size_t max = 1 << 18) : score_(score), time_(time), max_(max) {}

    bool contains(const MessageName& name) const { return records_.contains(name); }
    /// Takes a new message, which must not be contained (checked). `from` is empty for one of this node.
    void add(const MessageName& name, const std::string& topic, std::optional<PeerId> from, Instant now);
    /// A message came again. Ignores names that are not contained, as all of these do.
    void duplicate(const MessageName& name, const PeerId& from, Instant now);
    void accept(const MessageName& name, Instant now);
    void ignore(const MessageName& name);
    void reject(const MessageName& name);
    void expire(Instant now);
    std::size_t size() const { return records_.size(); }

  private:
    enum class State : std::uint8_t { unknown, valid, invalid, ignored };
    struct Record {
        State state = State::unknown;
        std::string topic;
        std::optional<PeerId> first;
        std::set<PeerId> others{};
        Instant validated{};
    };
    Record* undecided(const MessageName& name);
    bool counts_duplicates(const Record& record, Instant now) const;

    GossipScore& score_;
    const Instant time_;
    const std::size_t max_;
    std::map<MessageName, Record> records_;
    std::deque<std::pair<Instant, MessageName>> ends_;
};

}  // namespace strata::net
