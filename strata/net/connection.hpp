#pragma once
// One connection with a peer, from its first byte on: the choice of Noise, the handshake, Yamux, and the choice of a
// protocol for each stream. A state machine over bytes; time and randomness are passed in, so that a socket and a
// simulation carry the same bytes. Source: libp2p/specs connections/README.md.
#include <functional>
#include <memory>

#include <strata/net/multistream.hpp>
#include <strata/net/yamux.hpp>

namespace strata::net {

struct ConnectionLimits {
    std::size_t handshake_bytes = Noise::kMaxHandshake;  // from the peer, up to the end of the Noise handshake
    Instant handshake_time{10'000};                      // until streams can be opened
    Instant negotiation_time{10'000};                    // for the choice of one stream's protocol
    YamuxLimits yamux{};
};

class Connection {
  public:
    struct Event {
        enum class Kind : std::uint8_t {
            ready,      // the peer is known, and streams can be opened; once
            opened,     // a stream with its protocol
            refused,    // the peer supports none of the protocols that were proposed; the stream is gone
            readable,   // bytes came; said again when more come after a read
            writable,   // there is room again after `write` took less than it was given
            finished,   // the peer sends no more on this stream; bytes may still be there to be read
            reset,      // the stream is gone
            done,       // the stream is gone after both sides finished and everything was sent and read
            gone_away,  // the peer accepts no new streams
            failed,     // the connection is over; `failure` says why. Streams get no further events.
        };
        Kind kind;
        StreamId stream = 0;
        std::string protocol{};  // of opened
        bool inbound = false;    // of opened: the peer opened it
    };

    /// Both sides of a connection need this. All references must outlive the connection.
    struct Setup {
        const PrivateKey& identity;
        std::function<bool(std::string_view protocol)> supports;  // the protocols of streams that the peer may open
        /// Returns the account for the windows of this peer. Called once, when the peer is known.
        std::function<MemoryAccount&(const PeerId& peer)> account_of;
        ConnectionLimits limits{};
    };

    /// `expected` is the peer that a dialer called, if it knows. `random` is used during calls of `on_bytes` only.
    Connection(Role role, Setup setup, std::optional<PeerId> expected, crypto::RandomSource& random, Instant now);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void on_bytes(BytesView bytes, Instant now);
    void on_time(Instant now);
    /// Returns when `on_time` is due next.
    Instant next_time() const;
    /// Returns at most `max` bytes that are to be sent now, once. What streams have written stays in their buffers
    /// until it is taken, so that a slow peer stops its writers.
    Bytes take_output(std::size_t max, Instant now);
    std::vector<Event> take_events() { return std::exchange(events_, {}); }

    /// Opens a stream; `opened`, `refused` or `reset` tells how it went. `protocols` is as for Multistream::propose.
    /// Errors: those of Yamux::open; cancelled if the connection is not ready or over.
    Result<StreamId> open(std::vector<std::string> protocols, Instant now);
    /// Opens a stream with a protocol that the peer said it supports. `opened` comes at once, so what is written goes
    /// out with the proposal and saves a round trip, as go-multistream does (lazyClient.go); `refused` may still
    /// follow.
    Result<StreamId> open_known(const std::string& protocol, Instant now);
    /// These do what those of Yamux do, for streams that are opened.
    std::size_t write(StreamId stream, BytesView bytes);
    Bytes read(StreamId stream, std::size_t max);
    void finish(StreamId stream);
    void close(StreamId stream, Instant now);
    void reset(StreamId stream);
    /// Ends the connection in good order; the last output is still to be sent.
    void close(Instant now);
    /// Ends the connection because its carrier lost it or does not want it.
    void lose(const Error& why, Instant now);

    bool is_ready() const { return stage_ == Stage::open; }
    bool is_over() const { return stage_ == Stage::over; }
    const std::optional<Error>& failure() const { return failure_; }
    /// The peer; known when the connection is ready (checked).
    PeerId remote() const { return noise_->remote(); }
    const PublicKey& remote_key() const { return noise_->remote_key(); }
    Role role() const { return role_; }
    std::size_t stream_count() const { return yamux_ ? yamux_->stream_count() : 0; }

  private:
    enum class Stage : std::uint8_t { choosing_security, noise, choosing_muxer, open, over };

    struct Stream {
        std::optional<Multistream> choice;  // until the protocol is agreed
        bool inbound = false;
        Instant deadline = kNever;  // of the choice
        bool is_told = false;       // `opened` was said
    };

    Status advance(BytesView bytes, Instant now);
    Status choose_security(BytesView& bytes);
    Status on_sealed(BytesView bytes, Instant now);
    Status on_plaintext(BytesView bytes, Instant now);
    void after_noise(Instant now);
    void begin_streams(Instant now);
    void send_sealed(BytesView plaintext);
    void fail_with(Error error, Instant now);
    void end(Instant now);

    void drain_streams(Instant now);
    void on_stream_event(const Yamux::Event& event, Instant now);
    void continue_choice(StreamId id, Stream& stream);
    void tell_opened(StreamId id, Stream& stream, const std::string& protocol);
    void drop_choice(StreamId id, Event::Kind kind);
    bool can_write(StreamId id) const;

    const Role role_;
    const Setup setup_;
    const std::optional<PeerId> expected_;
    crypto::RandomSource& random_;
    Stage stage_ = Stage::choosing_security;
    const Instant handshake_deadline_;
    std::size_t handshake_bytes_ = 0;
    Multistream choice_;  // of the security, then of the muxer
    std::optional<Noise> noise_;
    std::optional<Yamux> yamux_;
    std::map<StreamId, Stream> streams_;
    ByteQueue output_;
    std::vector<Event> events_;
    std::optional<Error> failure_;
};

}  // namespace strata::net
