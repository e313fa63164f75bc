#pragma once
// WebSocket connections of a Server, for handlers. Whatever a peer can make large or slow has a limit (ServerLimits).
// Source: RFC 6455.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace strata::http {

/// Says why a connection is closed. Source: RFC 6455 §7.4.1 and IANA's registry.
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    policy = 1008,     // the peer broke a rule of this server: it reads too slowly, or asks for too much
    too_large = 1009,  // a message is longer than the limit
    try_later = 1013,
};

/// The sending half of a connection. Thread-safe, and may outlive the connection.
class WebSocket {
  public:
    virtual ~WebSocket() = default;
    /// Queues a text message. `held` is released as soon as the message is sent or dropped. Returns false, and drops
    /// the message, if the connection is closed. A peer that takes its messages so slowly that the queue is full is
    /// disconnected.
    virtual bool send(std::string text, std::shared_ptr<const void> held = {}) = 0;
    /// Closes the connection after the messages that wait. `reason` has at most 123 bytes.
    virtual void close(CloseCode code, std::string reason) = 0;
};

/// Takes what a peer sends. The server calls these one at a time.
class WebSocketReader {
  public:
    virtual ~WebSocketReader() = default;
    /// Takes a text or binary message. Runs on a thread of the path's lane; no further message is read until it
    /// returns.
    virtual void on_message(std::string message) = 0;
    /// Called once, after the last message, however the connection ended. Must return quickly.
    virtual void on_close() = 0;
};

/// The answer to a request that asks for WebSocket. The server calls `open` once the handshake is done.
struct Upgrade {
    std::function<std::shared_ptr<WebSocketReader>(std::shared_ptr<WebSocket>)> open;
};

}  // namespace strata::http
