#pragma once
// For tests of gossip: nodes on a network in memory, and a peer that says what a test lets it say.
#include <strata/crypto/hash.hpp>
#include <strata/net/gossip.hpp>
#include <strata/net/memory_carrier.hpp>

namespace strata::net::testing {

inline const std::string kTopic = "topic";

inline MessageName name_of(const GossipMessage& message) {
    return to_bytes(crypto::blake2b_256(message.data.value_or(Bytes())));
}

/// The values of Lotus for its topic of blocks (docs/protocol/node.md §16).
inline TopicScoreConfig topic_score() {
    using namespace std::chrono_literals;
    return {.weight = 0.1,
            .mesh_time_weight = 0.00027,
            .mesh_time_quantum = 1s,
            .mesh_time_cap = 1,
            .first_weight = 5,
            .first_decay = gossip_decay(1h),
            .first_cap = 100,
            .invalid_weight = -1000,
            .invalid_decay = gossip_decay(1h)};
}

/// A node whose verdicts a test chooses: "bad…" is rejected, "odd…" ignored, "late…" decided later, the rest accepted.
struct GossipNode {
    explicit GossipNode(std::string_view seed, GossipConfig config = {}, SwarmConfig swarm_config = {})
        : random(as_bytes(seed)), swarm(PrivateKey::ed25519(random.bytes<32>()), std::move(swarm_config), random) {
        config.on_event = [this](const GossipEvent& event) { record(event); };
        gossip = std::make_unique<Gossip>(swarm, std::move(config));
        swarm.add_listener(gossip.get());
        add_topic(kTopic);
    }

    void add_topic(const std::string& topic) {
        gossip->add_topic(topic, {.name = name_of,
                                  .validate = [this](const GossipDelivery& delivery) { return validate(delivery); },
                                  .score = topic_score()});
    }
    std::optional<GossipVerdict> validate(const GossipDelivery& delivery) {
        const std::string text(as_text(delivery.data));
        got.push_back(text);
        if (text.starts_with("bad")) return GossipVerdict::reject;
        if (text.starts_with("odd")) return GossipVerdict::ignore;
        if (!text.starts_with("late")) return GossipVerdict::accept;
        late.push_back(delivery.ticket);
        return {};
    }
    void record(const GossipEvent& event) {
        counts[event.kind]++;
        events.push_back(static_cast<std::uint8_t>(event.kind));
        append(events, event.peer.bytes());
        append(events, as_bytes(event.topic));
        append(events, event.name);
    }
    std::size_t times(std::string_view text) const { return static_cast<std::size_t>(std::ranges::count(got, text)); }

    crypto::SeededRandom random;
    Swarm swarm;
    std::unique_ptr<Gossip> gossip;
    std::vector<std::string> got;
    std::vector<std::uint64_t> late;
    std::map<GossipEvent::Kind, std::size_t> counts;
    Bytes events;
};

struct GossipNet {
    GossipNode& add(GossipConfig config = {}, SwarmConfig swarm_config = {}) {
        // All connections come from one address here.
        swarm_config.per_ip = 256;
        nodes.push_back(std::make_unique<GossipNode>("node " + std::to_string(nodes.size()), std::move(config),
                                                     std::move(swarm_config)));
        return *nodes.back();
    }
    void connect(GossipNode& from, GossipNode& to) {
        STRATA_CHECK(carrier.connect(from.swarm, to.swarm).has_value());
        carrier.run();
    }
    void connect_all() {
        for (std::size_t i = 0; i < nodes.size(); ++i)
            for (std::size_t j = i + 1; j < nodes.size(); ++j) connect(*nodes[i], *nodes[j]);
    }
    void subscribe_all() {
        for (auto& node : nodes) STRATA_CHECK(node->gossip->subscribe(kTopic).has_value());
        carrier.run();
    }
    void advance(Instant time, Instant step = Instant{100}) {
        for (const Instant end = carrier.now() + time; carrier.now() < end;) {
            carrier.advance(step);
            for (auto& node : nodes) node->gossip->on_time(carrier.now());
            carrier.run();
        }
    }
    Result<MessageName> publish(GossipNode& node, std::string_view text) {
        auto out = node.gossip->publish(kTopic, as_bytes(text));
        carrier.run();
        return out;
    }

    std::vector<std::unique_ptr<GossipNode>> nodes;
    MemoryCarrier carrier;
};

/// A peer that has no rules: it sends what a test says, and keeps what it is told.
class WildPeer final : public PeerListener {
  public:
    explicit WildPeer(std::string_view seed, std::string protocol = std::string(Gossip::kProtocol))
        : random(as_bytes(seed)),
          identity(PrivateKey::ed25519(random.bytes<32>())),
          swarm(identity, {}, random),
          protocol_(std::move(protocol)) {
        swarm.add_listener(this);
        swarm.support(protocol_, [this] { return std::make_unique<Ear>(*this); });
    }
    void on_identified(const PeerId& peer, const Identify&) override {
        STRATA_CHECK(swarm.open(peer, {protocol_}, std::make_unique<Mouth>(*this), swarm.now()).has_value());
    }

    void say(const GossipRpc& rpc) { say(framed(encode_gossip(rpc))); }
    void say(BytesView bytes) {
        if (out_ != nullptr) out_->write(bytes);
    }
    GossipMessage signed_message(std::string_view text) {
        GossipMessage out{.data = to_bytes(as_bytes(text)), .sequence = Bytes(8), .topic = kTopic};
        sign_gossip(out, identity);
        return out;
    }
    bool has_stream() const { return out_ != nullptr; }
    /// All RPCs that came, as one.
    GossipRpc heard;

    crypto::SeededRandom random;
    PrivateKey identity;
    Swarm swarm;
    bool reads = true;

  private:
    struct Mouth final : StreamHandler {
        explicit Mouth(WildPeer& peer) : of(peer) {}
        ~Mouth() override { of.out_ = nullptr; }
        void on_open(Stream& stream) override { of.out_ = &stream; }
        void on_readable(Stream& stream) override { stream.read(); }
        WildPeer& of;
    };
    struct Ear final : StreamHandler {
        explicit Ear(WildPeer& peer) : of(peer) {}
        void on_readable(Stream& stream) override {
            if (!of.reads) return;
            reader.on_bytes(stream.read());
            while (const auto frame = reader.next().value()) of.hear(decode_gossip(*frame).value());
        }
        WildPeer& of;
        GossipReader reader;
    };
    void hear(GossipRpc&& rpc) {
        const auto move_to = [](auto& to, auto& from) {
            for (auto& one : from) to.push_back(std::move(one));
        };
        move_to(heard.subscriptions, rpc.subscriptions);
        move_to(heard.messages, rpc.messages);
        move_to(heard.offers, rpc.offers);
        move_to(heard.requests, rpc.requests);
        move_to(heard.grafts, rpc.grafts);
        move_to(heard.prunes, rpc.prunes);
    }

    const std::string protocol_;
    Stream* out_ = nullptr;
};

}  // namespace strata::net::testing
