#pragma once
// For tests of the DHT: a network of nodes in memory in which a node dials a peer by its PeerId, and peers that answer
// what a test says.
#include <strata/net/frame_reader.hpp>
#include <strata/net/kad.hpp>
#include <strata/net/memory_carrier.hpp>

namespace strata::net::testing {

inline const std::string kKad = "/fil/kad/test/kad/1.0.0";

class KadNet {
  public:
    struct Node {
        Node(KadNet& net, std::string_view seed, std::uint8_t number, bool serves, KadConfig config)
            : random(as_bytes(seed)),
              swarm(PrivateKey::ed25519(random.bytes<32>()),
                    {.listen = {Multiaddr::of_tcp(ByteArray<4>{10, 0, 0, number}, 1347)},
                     .connections = 4'096,
                     .pending = 4'096,
                     .per_ip = 4'096},
                    random) {
            config.protocol = kKad;
            config.serves = serves;
            config.connect = [&net, this](const PeerId& peer, const std::vector<Multiaddr>& at,
                                          KadConfig::Connected done) {
                net.dials.push_back({this, peer, at, std::move(done)});
            };
            kad = std::make_unique<Kad>(swarm, std::move(config));
            swarm.add_listener(kad.get());
        }
        crypto::SeededRandom random;
        Swarm swarm;
        std::unique_ptr<Kad> kad;
    };
    struct Dial {
        Node* from;
        PeerId to;
        std::vector<Multiaddr> at;
        KadConfig::Connected done;
    };

    Node& add(bool serves = true, const KadConfig& config = {}) {
        const auto number = nodes.size() + 1;
        nodes.push_back(std::make_unique<Node>(*this, "node " + std::to_string(number),
                                               static_cast<std::uint8_t>(number), serves, config));
        by_id[nodes.back()->swarm.id()] = &nodes.back()->swarm;
        return *nodes.back();
    }
    void connect(Node& from, Swarm& to) {
        STRATA_CHECK(carrier.connect(from.swarm, to).has_value());
        run();
    }
    /// Dials and carries until all are silent.
    void run() {
        carrier.run();
        while (!dials.empty()) {
            for (auto& dial : std::exchange(dials, {})) {
                const auto it = by_id.find(dial.to);
                if (it == by_id.end() || dead.contains(dial.to) || dead.contains(dial.from->swarm.id())) {
                    if (unreachable_answers) dial.done(fail(Errc::io, "nobody is there"));
                    continue;
                }
                ++dialed;
                const auto begun = carrier.connect(
                    dial.from->swarm, *it->second, dial.to,
                    [done = dial.done](const Result<PeerId>& got) { done(got ? Status() : Status(got.error())); });
                if (!begun) dial.done(begun.error());
            }
            carrier.run();
        }
    }
    void advance(Instant by, Instant step = Instant{1'000}) {
        for (const Instant end = carrier.now() + by; carrier.now() < end;) {
            carrier.advance(step);
            // A swarm without connections is not known to the carrier.
            for (auto& node : nodes) node->swarm.on_time(carrier.now());
            run();
        }
    }

    std::vector<std::unique_ptr<Node>> nodes;
    std::map<PeerId, Swarm*> by_id;
    std::set<PeerId> dead;  // cannot be dialled, and dials nobody
    bool unreachable_answers = true;
    std::vector<Dial> dials;
    std::size_t dialed = 0;
    MemoryCarrier carrier;
};

/// A server of the DHT that answers every request with the same bytes, or never.
class Liar {
  public:
    Liar(KadNet& net, std::string_view seed, std::optional<Bytes> answer)
        : random(as_bytes(seed)),
          swarm(PrivateKey::ed25519(random.bytes<32>()), {.connections = 4'096, .pending = 4'096, .per_ip = 4'096},
                random) {
        swarm.support(kKad, [answer = std::move(answer), this] { return std::make_unique<Mouth>(answer, *this); });
        net.by_id[swarm.id()] = &swarm;
    }
    crypto::SeededRandom random;
    Swarm swarm;
    std::size_t asked = 0;
    std::size_t ended = 0;  // streams that the other side ended

  private:
    struct Mouth final : StreamHandler {
        Mouth(const std::optional<Bytes>& answer, Liar& of) : left(answer), liar(of) {}
        void on_readable(Stream& stream) override {
            stream.read();
            ++liar.asked;
            if (left) out.push(*left);
            on_writable(stream);
        }
        void on_writable(Stream& stream) override { out.drop(stream.write(out.view())); }
        void on_finished(Stream&) override { ++liar.ended; }
        const std::optional<Bytes> left;
        Liar& liar;
        ByteQueue out;
    };
};

/// Asks one raw request and keeps all that comes back.
struct RawAsker final : StreamHandler {
    RawAsker(Bytes send, Bytes& into, bool& reset) : request(std::move(send)), got(into), was_reset(reset) {}
    void on_open(Stream& stream) override { stream.write(request); }
    void on_readable(Stream& stream) override { append(got, stream.read()); }
    void on_lost(const Error&) override { was_reset = true; }
    const Bytes request;
    Bytes& got;
    bool& was_reset;
};

}  // namespace strata::net::testing
