#pragma once
// An HTTP/1.1 server. One thread of its own moves the bytes of all connections; handlers run on other threads, those of
// a lane, so that slow requests of one kind never hold up those of a different kind. Everything that a peer can make
// large or slow has a limit. Source: RFC 9110, RFC 9112.
#include <chrono>
#include <memory>

#include <strata/http/message.hpp>

namespace strata::http {

struct ServerLimits {
    std::size_t header_bytes = 16 << 10;                 // bytes of the headers; more: 431
    std::uint64_t body_bytes = std::uint64_t{64} << 20;  // bytes of one body; more: 413
    /// The bytes of all request bodies together that have arrived or are worked on; more: 503. Bodies of up to 64 KiB
    /// are not counted, so that small requests are always served.
    std::uint64_t bodies_bytes = std::uint64_t{512} << 20;
    /// The bytes of all answers in memory that their readers have not taken yet, together; above: 503. Answers of up to
    /// 64 KiB are not counted, so that clients who ask for little are always answered.
    std::uint64_t answers_bytes = std::uint64_t{256} << 20;
    /// The most open connections. All servers of the process together use at most a quarter of its file descriptors. At
    /// the limit the connection that has waited longest for a request is closed; if none waits, the one whose request
    /// has been arriving for longest; if there is none of these either, the newcomer gets 503.
    std::size_t connections = 1024;
    std::chrono::seconds idle{30};        // waiting for a request, or for the peer to take bytes
    std::chrono::seconds request{120};    // for a complete request to arrive
    std::uint64_t least_rate = 16 << 10;  // bytes a second that a reader must take after the first `idle` seconds
    unsigned threads = 4;                 // handlers that run at once in one lane
    /// The beginnings of paths whose requests have a lane of their own; all others share one.
    std::vector<std::string> lanes{};
    /// The most open WebSocket connections; beyond them: 503. They count as connections too.
    std::size_t sockets = 256;
    std::uint64_t socket_message_bytes = std::uint64_t{8} << 20;  // bytes of one WebSocket message; more: close 1009
    /// The bytes of messages that wait for one WebSocket client to read them. When one more message would exceed them,
    /// or more than 64 KiB of them `answers_bytes` for all clients, they are dropped and the connection is closed with
    /// 1008. A client that does not read them at `least_rate` is cut off.
    std::size_t socket_queue_bytes = std::size_t{64} << 20;
    std::chrono::seconds socket_idle{60};  // without a message or pong; the server pings after half of it
    /// If true, scripts of any web page may read the answers (the Fetch standard's CORS headers). This is right if no
    /// answer depends on something that a browser adds by itself, such as cookies. Tokens that the page must know are
    /// no such thing.
    bool any_origin = true;
};

/// Answers a request. Called from several threads at once; may take long, and should give up when `request.gone` is
/// stopped. An exception becomes 500.
using Handler = std::function<Response(const Request&)>;

class Server {
  public:
    /// Starts a server. `port` 0 means any free port. Errors: busy if the port is taken; invalid_argument; io.
    static Result<std::unique_ptr<Server>> start(const std::string& address, std::uint16_t port, Handler handler,
                                                 const ServerLimits& limits = {});
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    /// Stops the `gone` tokens of all requests, closes open connections, and waits for running handlers.
    ~Server();

    /// Takes connections, sockets, body_bytes, bodies_bytes, answers_bytes, socket_message_bytes, idle and any_origin
    /// for what comes from now on; the others stay. Called from any thread.
    void set_limits(const ServerLimits& limits);
    std::uint16_t port() const;
    /// Returns "http://ADDRESS:PORT".
    std::string url() const;

  private:
    struct Running;
    explicit Server(std::unique_ptr<Running> running);
    std::unique_ptr<Running> running_;
};

}  // namespace strata::http
