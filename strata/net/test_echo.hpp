#pragma once
// For tests of hosts: an echo protocol, with both its sides, and sockets that stay silent.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <strata/net/host.hpp>
#include <strata/net/ping.hpp>
#include <strata/net/services.hpp>

namespace strata::net::testing {

/// The protocol of the Go peer of the oracle too: every byte comes back until the writer finishes.
inline constexpr std::string_view kEcho = "/strata/echo/1.0.0";

class Echo final : public StreamHandler {
  public:
    void on_readable(Stream& stream) override { move(stream); }
    void on_writable(Stream& stream) override { move(stream); }
    void on_finished(Stream& stream) override {
        finished_ = true;
        move(stream);
    }

  private:
    void move(Stream& stream) {
        while (true) {
            if (waiting_.empty()) waiting_.push(stream.read(64 << 10));
            if (waiting_.empty()) break;
            const auto taken = stream.write(waiting_.view());
            waiting_.drop(taken);
            if (taken == 0) return;
        }
        if (finished_) stream.finish();
    }

    ByteQueue waiting_;
    bool finished_ = false;
};

/// Sends bytes; `done` gets what came back when the peer finished.
class EchoProbe final : public StreamHandler {
  public:
    using Done = std::function<void(Result<Bytes>)>;
    EchoProbe(BytesView data, Done done) : done_(std::move(done)) { left_.push(data); }

    void on_open(Stream& stream) override { send(stream); }
    void on_writable(Stream& stream) override { send(stream); }
    void on_readable(Stream& stream) override { append(got_, stream.read()); }
    void on_finished(Stream& stream) override {
        append(got_, stream.read());
        done_(std::move(got_));
    }
    void on_lost(const Error& why) override { done_(why); }

  private:
    void send(Stream& stream) {
        left_.drop(stream.write(left_.view()));
        if (left_.empty()) stream.finish();
    }

    ByteQueue left_;
    Bytes got_;
    Done done_;
};

/// Runs something on the host's thread that ends with one result, and waits for it.
template <class T>
Result<T> wait_for(Host& host, const std::function<void(Swarm&, std::function<void(Result<T>)>)>& begin) {
    const auto promise = std::make_shared<std::promise<Result<T>>>();
    const auto told = std::make_shared<bool>(false);
    auto future = promise->get_future();
    host.post([begin, promise, told](Swarm& swarm) {
        begin(swarm, [promise, told](Result<T> result) {
            if (!std::exchange(*told, true)) promise->set_value(std::move(result));
        });
    });
    return future.get();
}

/// Sends bytes and waits until they came back. Errors: internal if they are different; those of the stream.
inline Status echo(Host& host, const PeerId& peer, std::size_t size) {
    Bytes data(size);
    crypto::SeededRandom random(as_bytes("echo"));
    random.fill(data);
    const auto got = wait_for<Bytes>(host, [&](Swarm& swarm, const std::function<void(Result<Bytes>)>& done) {
        const auto status =
            swarm.open(peer, {std::string(kEcho)}, std::make_unique<EchoProbe>(data, done), swarm.now());
        if (!status) done(status.error());
    });
    if (!got) return got.error();
    if (*got != data)
        return fail(Errc::internal, std::to_string(got->size()) + " bytes came back, which are different");
    return {};
}

inline Result<Instant> ping(Host& host, const PeerId& peer) {
    return wait_for<Instant>(host, [&](Swarm& swarm, const std::function<void(Result<Instant>)>& done) {
        const auto status = swarm.open(peer, {std::string(kPingProtocol)}, make_ping(swarm, 1, done), swarm.now());
        if (!status) done(status.error());
    });
}

/// Returns the port of an address whose second part is /tcp.
inline std::uint16_t port_of(const Multiaddr& address) {
    return load_be<std::uint16_t>(address.parts().at(1).value.data());
}

/// A system socket on loopback.
class RawSocket {
  public:
    RawSocket() = default;
    RawSocket(const RawSocket&) = delete;
    RawSocket& operator=(const RawSocket&) = delete;
    ~RawSocket() { ::close(fd_); }

  protected:
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        at.sin_port = htons(port);
        return at;
    }
    const int fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
};

class SilentListener : public RawSocket {
  public:
    SilentListener() {
        const auto at = loopback(0);
        STRATA_CHECK(::bind(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof(at)) == 0 && ::listen(fd_, 8) == 0);
    }
    Multiaddr address() const {
        sockaddr_in at{};
        socklen_t size = sizeof(at);
        STRATA_CHECK(::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        return Multiaddr::of_tcp(ByteArray<4>{127, 0, 0, 1}, ntohs(at.sin_port));
    }
};

class SilentDialer : public RawSocket {
  public:
    explicit SilentDialer(const Multiaddr& to) {
        const auto at = loopback(port_of(to));
        STRATA_CHECK(::connect(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof(at)) == 0);
    }
    bool is_closed_within(std::chrono::milliseconds time) const {
        const auto end = std::chrono::steady_clock::now() + time;
        while (std::chrono::steady_clock::now() < end) {
            pollfd wait{fd_, POLLIN, 0};
            ::poll(&wait, 1, 100);
            char bytes[256];
            const auto got = ::recv(fd_, bytes, sizeof(bytes), MSG_DONTWAIT);
            if (got == 0 || (got < 0 && errno == ECONNRESET)) return true;
        }
        return false;
    }
};

}  // namespace strata::net::testing
