#pragma once
// Subscriptions: a method that returns a channel answers with the channel's number, and the values follow as
// notifications. Only WebSocket connections have channels. Source: docs/protocol/node.md §28.1 (go-jsonrpc
// websocket.go).
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace strata::api {

/// The values of one subscription, on their way to its client. Thread-safe.
class Channel {
  public:
    virtual ~Channel() = default;
    /// Sends a value, given as JSON. Returns false if the channel is closed: the client has cancelled it, is gone, or
    /// reads so slowly that too many values wait.
    virtual bool send(const std::string& value) = 0;
    /// Ends the channel, after the values that wait.
    virtual void close() = 0;
    virtual bool is_open() const = 0;
    /// The values that the client has not taken yet.
    virtual std::size_t waiting() const = 0;
};

/// Begins to send the values of a subscription, or keeps the channel for later. Called when the answer with the
/// channel's number is on its way.
using ChannelStart = std::function<void(const std::shared_ptr<Channel>&)>;

/// How a channel's values reach the client.
struct ChannelForm {
    /// The text of a value's notification before and after the value, for channels that the client does not know by a
    /// number; nothing is said at the end then. Empty: as in go-jsonrpc.
    std::string before, after;
    /// The most values that the client has not taken; 0: Options::channel_values.
    std::size_t most_waiting = 0;
};

/// What can open channels: a WebSocket connection.
class ChannelHost {
  public:
    virtual ~ChannelHost() = default;
    /// Opens a channel and returns its number; empty if the connection has too many.
    virtual std::optional<std::uint64_t> open(ChannelStart start, ChannelForm form = {}) = 0;
};

}  // namespace strata::api
