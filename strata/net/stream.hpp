#pragma once
// A protocol sees one stream and answers it through these two classes. Everything runs on the thread of the swarm.
#include <string>

#include <strata/net/connection.hpp>

namespace strata::net {

class Swarm;
/// The number of a connection within its swarm.
using ConnectionId = std::uint64_t;

/// A stream whose protocol is agreed. It exists until its handler is destroyed.
class Stream {
  public:
    Stream(Swarm& swarm, ConnectionId connection, StreamId id, const PeerId& peer, std::string protocol, bool inbound)
        : swarm_(swarm),
          connection_(connection),
          id_(id),
          peer_(peer),
          protocol_(std::move(protocol)),
          inbound_(inbound) {}
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    const PeerId& peer() const { return peer_; }
    ConnectionId connection() const { return connection_; }
    const std::string& protocol() const { return protocol_; }
    bool is_inbound() const { return inbound_; }
    Instant now() const;

    /// Returns how many bytes were taken; `on_writable` says when there is room for more.
    std::size_t write(BytesView bytes);
    Bytes read(std::size_t max = SIZE_MAX);
    /// Ends this side's bytes; the peer may still send.
    void finish();
    /// Ends this side's bytes and drops what the peer still sends. The handler gets no further call. It is destroyed
    /// soon, but not inside this call; the same holds for `reset`.
    void close();
    /// Drops the stream in both directions. The handler gets no further call.
    void reset();
    /// Resets the stream at this time, with `on_lost`; kNever for no deadline.
    void set_deadline(Instant at) { deadline_ = at; }

  private:
    friend class Swarm;

    Swarm& swarm_;
    const ConnectionId connection_;
    const StreamId id_;
    const PeerId peer_;
    const std::string protocol_;
    const bool inbound_;
    bool over_ = false;
    Instant deadline_ = kNever;
};

/// A protocol on one stream. The swarm destroys it, and then the Stream, when the stream is over; others that know the
/// Stream learn that from the destructor.
class StreamHandler {
  public:
    virtual ~StreamHandler() = default;
    virtual void on_open(Stream&) {}
    /// Bytes came. Called again only when more come after a read, so a handler reads all that it can use.
    virtual void on_readable(Stream& stream) = 0;
    /// There is room again after `write` took less than it was given.
    virtual void on_writable(Stream&) {}
    /// The peer sends no more. What it sent before can still be read.
    virtual void on_finished(Stream&) {}
    /// The stream, which may not have been opened yet, ended before both sides had finished it. The last call.
    virtual void on_lost(const Error&) {}
};

}  // namespace strata::net
