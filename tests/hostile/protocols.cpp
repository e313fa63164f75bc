// Attacks of peers whose connections are in order. They use this project's own host, whose limits for what a node sends
// are those of any node.
#include <set>
#include <thread>

#include <strata/net/gossip.hpp>
#include <strata/net/host.hpp>
#include <strata/net/kad.hpp>
#include <strata/net/ping.hpp>
#include <strata/p2p/bitswap_server.hpp>
#include <strata/p2p/exchange_messages.hpp>
#include <strata/p2p/hello.hpp>
#include <strata/p2p/topics.hpp>

#include "attack.hpp"

namespace strata::hostile {
namespace {

using namespace std::chrono_literals;
using net::PeerId;
using net::Stream;
using net::Swarm;

constexpr std::string_view kBitswap = p2p::kBitswapProtocols[0];

/// Reads what comes, or never does.
class Taker final : public net::StreamHandler {
  public:
    explicit Taker(bool reads) : reads_(reads) {}
    void on_readable(Stream& stream) override {
        if (reads_) stream.read();
    }
    void on_finished(Stream& stream) override { stream.close(); }

  private:
    const bool reads_;
};

/// Answers whatever comes with the same bytes.
class Answerer final : public net::StreamHandler {
  public:
    explicit Answerer(Bytes answer) : answer_(std::move(answer)) {}
    void on_readable(Stream& stream) override {
        stream.read();
        stream.write(answer_);
    }
    void on_finished(Stream& stream) override { stream.close(); }

  private:
    const Bytes answer_;
};

/// Writes bytes on one stream, further ones when it is told to, and reads or not.
class Writer final : public net::StreamHandler {
  public:
    Writer(std::set<Writer*>& all, Bytes first, bool reads, bool finishes)
        : all_(all), left_(std::move(first)), reads_(reads), finishes_(finishes) {
        all_.insert(this);
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer() override { all_.erase(this); }

    void on_open(Stream& stream) override {
        stream_ = &stream;
        flush();
    }
    void on_readable(Stream& stream) override {
        if (reads_) stream.read();
    }
    void on_writable(Stream&) override { flush(); }
    void on_finished(Stream& stream) override { stream.close(); }
    /// Adds bytes, unless the last ones still wait.
    void more(BytesView bytes) {
        if (!left_.empty()) return;
        left_ = to_bytes(bytes);
        flush();
    }
    const PeerId* peer() const { return stream_ == nullptr ? nullptr : &stream_->peer(); }

  private:
    void flush() {
        if (stream_ == nullptr) return;
        left_.erase(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(stream_->write(left_)));
        if (left_.empty() && finishes_) stream_->finish();
    }

    std::set<Writer*>& all_;
    Bytes left_;
    const bool reads_, finishes_;
    Stream* stream_ = nullptr;
};

/// A peer with connections to its victims. Everything but the loop runs on its host's thread.
class Attacker {
  public:
    Attacker(World& of, unsigned with_number) : world(of), number(with_number) { begin(); }
    Attacker(const Attacker&) = delete;
    Attacker& operator=(const Attacker&) = delete;
    ~Attacker() { host_.reset(); }

    /// Does the step for each connected victim, at this pace, until the end; connects again where a victim left.
    void loop(std::chrono::milliseconds pace, const std::function<void(Swarm&, const PeerId&)>& step,
              std::chrono::seconds life = 3'600s) {
        auto born = std::chrono::steady_clock::now();
        for (unsigned turn = 0; !world.stop; ++turn) {
            if (std::chrono::steady_clock::now() >= born + life) {
                host_.reset();
                begin();
                born = std::chrono::steady_clock::now();
            }
            const bool dials = turn % std::max<unsigned>(1, static_cast<unsigned>(500ms / pace)) == 0;
            auto done = std::make_shared<std::promise<std::vector<net::Multiaddr>>>();
            auto away = done->get_future();
            host_->post([this, step, done](Swarm& swarm) {
                std::vector<net::Multiaddr> out;
                for (const auto& target : world.targets) {
                    if (swarm.is_connected(*target.peer()))
                        step(swarm, *target.peer());
                    else
                        out.push_back(target);
                }
                done->set_value(std::move(out));
            });
            for (const auto& target : away.get()) {
                if (!dials) break;
                host_->dial(target, [this](const Result<PeerId>& got) { ++(got ? world.connections : world.refused); });
            }
            std::this_thread::sleep_for(pace);
        }
    }
    void open(Swarm& swarm, const PeerId& to, std::string_view protocol, Bytes bytes, bool reads = true,
              bool finishes = true) {
        world.bytes += bytes.size();
        (void)swarm.open(to, {std::string(protocol)},
                         std::make_unique<Writer>(writers, std::move(bytes), reads, finishes), swarm.now());
    }
    /// Sends a gossip frame on the one stream for gossip with this victim.
    void gossip(Swarm& swarm, const PeerId& to, const net::GossipRpc& rpc) {
        const Bytes frame = net::framed(net::encode_gossip(rpc));
        world.bytes += frame.size();
        for (auto* writer : writers)
            if (writer->peer() != nullptr && *writer->peer() == to) return writer->more(frame);
        open(swarm, to, net::Gossip::kProtocol, frame, true, false);
    }
    net::GossipMessage message(const std::string& topic, Bytes data) {
        net::GossipMessage out{.data = std::move(data), .sequence = Bytes(8), .topic = topic};
        store_be(out.sequence->data(), ++sequence_);
        return out;
    }
    Bytes noise(std::size_t size) {
        Bytes out(size);
        random.fill(out);
        return out;
    }

    World& world;
    const unsigned number;
    crypto::SystemRandom random;
    net::PrivateKey key = net::PrivateKey::ed25519(random.bytes<32>());
    std::set<Writer*> writers;
    Bytes exchange_answer = Bytes(100, 0x82);

  private:
    void begin() {
        key = net::PrivateKey::ed25519(random.bytes<32>());
        auto started = net::Host::start(key, {}, [this](Swarm& swarm) {
            for (const auto protocol : {std::string_view(net::Gossip::kProtocol), p2p::kHelloProtocol, kBitswap})
                swarm.support(std::string(protocol), [] { return std::make_unique<Taker>(true); });
            swarm.support(std::string(p2p::kExchangeProtocol),
                          [this] { return std::make_unique<Answerer>(exchange_answer); });
        });
        STRATA_CHECK(started.has_value());
        host_ = std::move(*started);
    }

    std::uint64_t sequence_ = 0;
    std::unique_ptr<net::Host> host_;
};

Bytes hello_of(const World& world, std::vector<Cid> head, ChainEpoch height, std::uint64_t weight) {
    return to_cbor(p2p::HelloMessage{std::move(head), height, BigInt(weight), world.genesis});
}

Cid random_cid(Attacker& attacker) {
    return Cid::hash_of(Codec::dag_cbor, attacker.noise(16));
}

/// Opens streams as fast as the victim lets it, of protocols that it has and of others, and leaves them open.
void many_streams(World& world, unsigned number) {
    Attacker attacker(world, number);
    attacker.loop(50ms, [&](Swarm& swarm, const PeerId& victim) {
        for (int i = 0; i < 10; ++i)
            attacker.open(swarm, victim, i % 2 == 0 ? net::kPingProtocol : "/none/" + std::to_string(i),
                          attacker.noise(20), false, false);
    });
}

/// Random bytes on every protocol of a node.
void garbage_on_streams(World& world, unsigned number) {
    Attacker attacker(world, number);
    const std::vector<std::string> protocols{
        std::string(p2p::kHelloProtocol),          std::string(p2p::kExchangeProtocol), std::string(kBitswap),
        std::string(net::Identify::kPushProtocol), std::string(net::Gossip::kProtocol), std::string(net::kPingProtocol),
        "/fil/kad/" + world.network + "/kad/1.0.0"};
    attacker.loop(
        50ms,
        [&](Swarm& swarm, const PeerId& victim) {
            const auto& protocol = protocols[attacker.random.below(protocols.size())];
            attacker.open(swarm, victim, protocol, attacker.noise(1 + attacker.random.below(20'000)));
        },
        10s);
}

/// Says the right hello, claims to have a heavy chain, and answers requests for it with nonsense.
void liar(World& world, unsigned number) {
    Attacker attacker(world, number);
    attacker.loop(
        500ms,
        [&](Swarm& swarm, const PeerId& victim) {
            attacker.open(swarm, victim, p2p::kHelloProtocol,
                          hello_of(world, {random_cid(attacker)}, 1'000'000, std::uint64_t{1} << 60));
        },
        30s);
}

/// Says the right hello, claims to have a heavy chain, and never answers.
void silent_liar(World& world, unsigned number) {
    Attacker attacker(world, number);
    attacker.exchange_answer.clear();
    attacker.loop(
        500ms,
        [&](Swarm& swarm, const PeerId& victim) {
            attacker.open(swarm, victim, p2p::kHelloProtocol,
                          hello_of(world, {random_cid(attacker)}, 1'000'000, std::uint64_t{1} << 60));
        },
        30s);
}

/// Asks for the longest answers and does not read them.
void slow_reader(World& world, unsigned number) {
    Attacker attacker(world, number);
    attacker.loop(200ms, [&](Swarm& swarm, const PeerId& victim) {
        attacker.open(swarm, victim, p2p::kExchangeProtocol, to_cbor(p2p::ExchangeRequest{world.head, 900, 3}), false);
        p2p::BitswapRequest wants;
        for (int i = 0; i < 1'000; ++i)
            wants.wants.push_back(
                {.cid = i % 2 == 0 ? world.head.front() : random_cid(attacker), .wants_refusal = true});
        attacker.open(swarm, victim, kBitswap, net::framed(encode_bitswap(wants)), false, false);
    });
}

/// Asks for long answers again and again, and reads them.
void greedy_reader(World& world, unsigned number) {
    Attacker attacker(world, number);
    attacker.loop(200ms, [&](Swarm& swarm, const PeerId& victim) {
        attacker.open(swarm, victim, p2p::kExchangeProtocol, to_cbor(p2p::ExchangeRequest{world.head, 900, 3}));
    });
}

/// Questions to the DHT, right and wrong ones, and addresses without end in identify.
void kademlia(World& world, unsigned number) {
    Attacker attacker(world, number);
    const auto protocol = "/fil/kad/" + world.network + "/kad/1.0.0";
    attacker.loop(50ms, [&](Swarm& swarm, const PeerId& victim) {
        net::KadMessage question{.type = static_cast<net::KadType>(attacker.random.below(6)),
                                 .key = attacker.noise(attacker.random.below(160))};
        Bytes questions;
        for (int i = 0; i < 20; ++i) append(questions, net::framed(encode_kad(question)));
        attacker.open(swarm, victim, protocol, questions, attacker.random.below(2) == 0, false);
        net::Identify identity;
        for (int i = 0; i < 300; ++i) {
            identity.protocols.push_back("/p/" + std::to_string(attacker.random.below(1'000'000)));
            identity.listen.push_back(net::Multiaddr::of_tcp(attacker.random.bytes<4>(), 1));
        }
        attacker.open(swarm, victim, net::Identify::kPushProtocol, net::identify_answer(identity));
    });
}

/// Offers, requests, grafts, prunes and subscriptions at their limits and above.
void gossip_control(World& world, unsigned number) {
    Attacker attacker(world, number);
    const auto topic = p2p::block_topic(world.network);
    attacker.loop(50ms, [&](Swarm& swarm, const PeerId& victim) {
        net::GossipRpc rpc;
        for (int i = 0; i < 90; ++i) {
            const bool is_known = i % 3 == 0;
            const auto name = is_known ? topic : "topic " + std::to_string(attacker.random.below(1'000'000));
            rpc.subscriptions.push_back({i % 2 == 0, name});
            rpc.grafts.push_back(name);
            rpc.prunes.push_back({.topic = name, .backoff = std::chrono::seconds(attacker.random.below(1U << 30))});
        }
        rpc.offers.push_back({topic, {}});
        for (int i = 0; i < 6'000; ++i) {
            rpc.offers.front().names.push_back(attacker.noise(32));
            if (i % 4 == 0) rpc.requests.push_back(attacker.noise(32));
        }
        attacker.gossip(swarm, victim, rpc);
    });
}

/// Messages of nearly 1 MiB, with valid signatures or none.
void gossip_large(World& world, unsigned number) {
    Attacker attacker(world, number);
    attacker.loop(
        100ms,
        [&](Swarm& swarm, const PeerId& victim) {
            const bool is_block = attacker.random.below(2) == 0;
            auto message =
                attacker.message(is_block ? p2p::block_topic(world.network) : p2p::message_topic(world.network),
                                 attacker.noise((1 << 20) - 500));
            if (attacker.random.below(4) != 0) sign_gossip(message, attacker.key);
            attacker.gossip(swarm, victim, {.messages = {std::move(message)}});
        },
        5s);
}

/// Many small messages with valid signatures and no sense, from ever new identities.
void gossip_junk(World& world, unsigned number) {
    Attacker attacker(world, number);
    attacker.loop(
        50ms,
        [&](Swarm& swarm, const PeerId& victim) {
            net::GossipRpc rpc{.subscriptions = {{true, p2p::block_topic(world.network)}}};
            for (int i = 0; i < 50; ++i) {
                auto message =
                    attacker.message(i % 2 == 0 ? p2p::block_topic(world.network) : p2p::message_topic(world.network),
                                     attacker.noise(200));
                sign_gossip(message, attacker.key);
                rpc.messages.push_back(std::move(message));
            }
            attacker.gossip(swarm, victim, rpc);
        },
        2s);
}

/// Messages that can be decoded, of senders that do not exist; the reference ignores most of them without a penalty.
void gossip_plausible(World& world, unsigned number) {
    Attacker attacker(world, number);
    attacker.loop(50ms, [&](Swarm& swarm, const PeerId& victim) {
        net::GossipRpc rpc;
        for (int i = 0; i < 50; ++i) {
            SignedMessage one;
            one.message.from = Address::secp256k1(attacker.noise(65));
            one.message.to = Address::id(attacker.random.below(1'000));
            one.message.gas_limit = 10'000'000;
            one.message.gas_fee_cap = BigInt(10'000'000'000);
            one.message.gas_premium = BigInt(100'000);
            one.signature = Signature{Signature::Type::secp256k1, attacker.noise(65)};
            auto message = attacker.message(p2p::message_topic(world.network), to_cbor(one));
            sign_gossip(message, attacker.key);
            rpc.messages.push_back(std::move(message));
        }
        attacker.gossip(swarm, victim, rpc);
    });
}

}  // namespace

const std::vector<Attack>& attacks_on_protocols() {
    static const std::vector<Attack> all{{"many_streams", many_streams},
                                         {"garbage_on_streams", garbage_on_streams},
                                         {"liar", liar},
                                         {"silent_liar", silent_liar},
                                         {"slow_reader", slow_reader},
                                         {"greedy_reader", greedy_reader},
                                         {"kademlia", kademlia},
                                         {"gossip_control", gossip_control},
                                         {"gossip_large", gossip_large},
                                         {"gossip_junk", gossip_junk},
                                         {"gossip_plausible", gossip_plausible}};
    return all;
}

}  // namespace strata::hostile
