#include <strata/net/services.hpp>

#include <strata/net/envelope.hpp>
#include <strata/net/ping.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;

// go-libp2p p2p/protocol/ping/ping.go: pingDuration and pingTimeout.
constexpr Instant kPingIdle = 30s;
constexpr Instant kPingTime = 10s;

/// Writes bytes as fast as the stream takes them, and closes it.
class Sender : public StreamHandler {
  public:
    void on_readable(Stream& stream) override { stream.read(); }
    void on_writable(Stream& stream) override { send(stream); }

  protected:
    void begin(Stream& stream, Bytes bytes, Instant time) {
        left_.push(bytes);
        stream.set_deadline(stream.now() + time);
        send(stream);
    }

  private:
    void send(Stream& stream) {
        left_.drop(stream.write(left_.view()));
        if (left_.empty()) stream.close();
    }

    ByteQueue left_;
};

/// Tells this node's own identity, as the answer to a question or as a push.
class IdentifySender final : public Sender {
  public:
    IdentifySender(Swarm& swarm, Instant time) : swarm_(swarm), time_(time) {}
    void on_open(Stream& stream) override {
        begin(stream, identify_answer(swarm_.own_identify(stream.connection())), time_);
    }

  private:
    Swarm& swarm_;
    const Instant time_;
};

/// Reads a peer's identity, as the answer to a question or as a push.
class IdentityReceiver final : public StreamHandler {
  public:
    IdentityReceiver(Swarm& swarm, Instant time) : swarm_(swarm), time_(time) {}

    void on_open(Stream& stream) override {
        stream.set_deadline(stream.now() + time_);
        if (!stream.is_inbound()) stream.finish();  // a question has no bytes
    }
    void on_readable(Stream& stream) override {
        if (!reader_.on_bytes(stream.read())) stream.reset();
    }
    void on_finished(Stream& stream) override {
        auto got = reader_.finish();
        if (!got || !belongs_to(*got, stream.peer())) {
            stream.reset();
            return;
        }
        const bool is_push = stream.is_inbound();
        use_signed_addresses(*got, stream.peer());
        stream.close();
        swarm_.learn(stream.peer(), std::move(*got), is_push);
    }

  private:
    static bool belongs_to(const Identify& message, const PeerId& peer) {
        if (!message.public_key) return true;
        const auto key = PublicKey::decode(*message.public_key);
        return key && PeerId::of(*key) == peer;
    }

    /// Addresses that the peer signed count instead of those that it only says (go-libp2p consumeMessage).
    static void use_signed_addresses(Identify& message, const PeerId& peer) {
        if (!message.signed_record) return;
        auto record = open_peer_record(*message.signed_record);
        if (record && record->peer == peer)
            message.listen = std::move(record->addresses);
        else
            message.signed_record.reset();
    }

    Swarm& swarm_;
    const Instant time_;
    IdentifyReader reader_;
};

class PingAnswerer final : public StreamHandler {
  public:
    void on_open(Stream& stream) override { stream.set_deadline(stream.now() + kPingIdle); }
    void on_readable(Stream& stream) override {
        stream.set_deadline(stream.now() + kPingIdle);
        const Bytes answer = echo_.on_bytes(stream.read());
        // A peer that pings but does not read the answers loses the stream.
        if (stream.write(answer) < answer.size()) stream.reset();
    }
    void on_finished(Stream& stream) override { stream.close(); }

  private:
    PingEcho echo_;
};

class Pinger final : public StreamHandler {
  public:
    Pinger(Swarm& swarm, unsigned count, std::function<void(Result<Instant>)> done)
        : swarm_(swarm), left_(count), done_(std::move(done)) {}

    void on_open(Stream& stream) override { next(stream); }
    void on_readable(Stream& stream) override {
        auto measured = probe_.on_bytes(stream.read(), stream.now());
        if (!measured) {
            stream.reset();
            done_(std::move(measured).error());
            return;
        }
        if (!*measured) return;
        next(stream);
        done_(**measured);
    }
    void on_finished(Stream& stream) override {
        stream.reset();
        if (left_ > 0 || waits_) done_(fail(Errc::cancelled, "the peer finished the stream before it answered a ping"));
    }
    void on_lost(const Error& why) override { done_(why); }

  private:
    void next(Stream& stream) {
        waits_ = left_ > 0;
        if (!waits_) {
            stream.close();
            return;
        }
        --left_;
        stream.set_deadline(stream.now() + kPingTime);
        stream.write(probe_.start(swarm_.random(), stream.now()));
    }

    Swarm& swarm_;
    unsigned left_;
    bool waits_ = false;
    std::function<void(Result<Instant>)> done_;
    PingProbe probe_;
};

}  // namespace

void support_services(Swarm& swarm, Instant time) {
    swarm.support(std::string(Identify::kProtocol),
                  [&swarm, time] { return std::make_unique<IdentifySender>(swarm, time); });
    swarm.support(std::string(Identify::kPushProtocol), [&swarm, time] { return make_identify_reader(swarm, time); });
    swarm.support(std::string(kPingProtocol), [] { return std::make_unique<PingAnswerer>(); });
}

std::unique_ptr<StreamHandler> make_identify_reader(Swarm& swarm, Instant time) {
    return std::make_unique<IdentityReceiver>(swarm, time);
}

std::unique_ptr<StreamHandler> make_identify_pusher(Swarm& swarm, Instant time) {
    return std::make_unique<IdentifySender>(swarm, time);
}

std::unique_ptr<StreamHandler> make_ping(Swarm& swarm, unsigned count, std::function<void(Result<Instant>)> done) {
    return std::make_unique<Pinger>(swarm, count, std::move(done));
}

}  // namespace strata::net
