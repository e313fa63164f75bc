#pragma once
// Yamux: many streams over one connection, each with flow control. A state machine over bytes; the caller passes in the
// time. A reader that does not read stops its sender, and never costs more memory than its window. Source:
// hashicorp/yamux spec.md; go-yamux session.go, stream.go (windows that grow, limits, keep-alive).
#include <map>
#include <optional>
#include <vector>

#include <strata/net/byte_queue.hpp>
#include <strata/net/memory_account.hpp>
#include <strata/net/noise.hpp>
#include <strata/net/time.hpp>
#include <strata/net/yamux_frame.hpp>

namespace strata::net {

/// The number of a stream within its connection: odd if the dialer opened it.
using StreamId = std::uint32_t;

struct YamuxLimits {
    std::size_t streams = 64;  // open at once
    std::size_t inbound = 48;  // of these, opened by the peer, so that it cannot use up all
    std::uint32_t max_window = 16 << 20;
    std::size_t send_buffer = 256 << 10;  // bytes of one stream that wait to be sent
    Instant keep_alive{30'000};           // from ping to ping
    Instant ping_timeout{20'000};         // without any byte from the peer since a ping
    Instant close_timeout{60'000};        // for the peer to finish a stream that was closed here
};

class Yamux {
  public:
    static constexpr std::string_view kProtocol = "/yamux/1.0.0";
    static constexpr std::uint32_t kInitialWindow = 256 << 10;  // fixed by the specification
    /// The most bytes of one data frame that is sent; small, so that streams take turns.
    static constexpr std::size_t kMaxData = 16 << 10;
    /// Answers to pings, and resets of streams, that wait because the peer does not read. Pings above are not answered
    /// (as in go-yamux); resets above end the session.
    static constexpr std::size_t kMaxPongs = 64;
    static constexpr std::size_t kMaxResets = 1024;

    enum class GoAway : std::uint32_t { normal = 0, protocol = 1, internal = 2 };

    struct Event {
        enum class Kind : std::uint8_t {
            opened,     // the peer opened the stream
            readable,   // bytes came; said again when more come after a read
            writable,   // there is room again after `write` took less than it was given
            finished,   // the peer sends no more; bytes may still be there to be read
            reset,      // the stream is gone
            done,       // the stream is gone after both sides finished and everything was sent and read
            gone_away,  // the peer accepts no new streams; `stream` is 0
        };
        Kind kind;
        StreamId stream;

        friend bool operator==(const Event&, const Event&) = default;
    };

    /// `account` pays for the windows of this side and must outlive the object.
    Yamux(Role role, const YamuxLimits& limits, MemoryAccount& account, Instant now);
    Yamux(const Yamux&) = delete;
    Yamux& operator=(const Yamux&) = delete;
    ~Yamux();

    /// Errors: malformed, out_of_range, too_large if the peer broke the protocol; cancelled if it ended the session
    /// with an error. The session is over then: take the last output and drop the object.
    Status on_bytes(BytesView bytes, Instant now);
    /// Does what is due. Errors: cancelled if the peer has not answered for too long.
    Status on_time(Instant now);
    Instant next_time() const;
    /// Returns at most `max` bytes of complete frames that are to be sent now.
    Bytes take_output(std::size_t max, Instant now);
    std::vector<Event> take_events() { return std::exchange(events_, {}); }

    /// Errors: busy if there are too many streams or too little memory; cancelled if the peer accepts none; too_large
    /// if all numbers are used up.
    Result<StreamId> open(Instant now);
    // For a stream that does not exist (it may be gone without the caller knowing yet) these do nothing.

    /// Returns how many bytes were taken; the `writable` event says when there is room for more.
    std::size_t write(StreamId id, BytesView bytes);
    Bytes read(StreamId id, std::size_t max);
    /// Returns what can be read, without reading it; valid until the next call that is not const.
    BytesView peek(StreamId id) const;
    /// Ends this side's bytes; the peer may still send.
    void finish(StreamId id);
    /// Ends this side's bytes and drops what the peer still sends.
    void close(StreamId id, Instant now);
    void reset(StreamId id);
    void go_away(GoAway code);

    std::size_t stream_count() const { return streams_.size(); }

  private:
    struct Stream {
        bool inbound = false;
        std::uint16_t opening = 0;  // kSyn or kAck that the next frame must carry
        // Sending.
        std::uint64_t send_credit = kInitialWindow;
        ByteQueue sending;
        bool wants_room = false;
        bool finish_asked = false;
        bool finish_sent = false;
        // Receiving: received.size() + receive_credit ≤ window.
        std::uint32_t window = kInitialWindow;  // reserved in the account
        std::uint32_t receive_credit = kInitialWindow;
        ByteQueue received;
        bool told_readable = false;
        bool discarding = false;
        bool finished_by_peer = false;
        Instant last_credit{};      // when credit was given last
        Instant deadline = kNever;  // of a stream that was closed here
    };
    using Streams = std::map<StreamId, Stream>;

    Status on_header(const YamuxHeader& header, Instant now);
    Status on_stream_frame(const YamuxHeader& header, Instant now);
    Status on_syn(StreamId id, Instant now);
    static Status on_credit(Stream& stream, const YamuxHeader& header);
    Status begin_payload(Stream* stream, const YamuxHeader& header);
    void on_payload(BytesView part);
    void on_finish(StreamId id);
    void on_ping(const YamuxHeader& header, Instant now);
    Status on_go_away(std::uint32_t code);
    void send_ping(Instant now);
    /// Returns true if nothing came since the last ping was sent.
    bool is_silent() const { return ping_unanswered_ && last_received_ <= ping_sent_; }

    void put_control(Bytes& out, std::size_t max, Instant now);
    bool put_frame(Bytes& out, std::size_t max, StreamId id, Stream& stream, Instant now);
    void put_credit(Bytes& out, StreamId id, Stream& stream, Instant now);
    void put_data(Bytes& out, std::size_t max, StreamId id, Stream& stream);
    static std::uint32_t missing_credit(const Stream& stream);
    static bool owes_credit(const Stream& stream);
    void grow_window(Stream& stream, Instant now);

    Stream* find(StreamId id);
    void add(StreamId id, bool inbound, Instant now);
    void remove(StreamId id);
    void remove_if_done(StreamId id);
    void tell(Event::Kind kind, StreamId id) { events_.push_back({kind, id}); }

    const Role role_;
    const YamuxLimits limits_;
    MemoryAccount& account_;
    Streams streams_;
    std::size_t inbound_ = 0;
    std::uint64_t next_id_;
    StreamId turn_ = 0;  // the stream that sent last
    std::vector<Event> events_;

    ByteArray<YamuxHeader::kSize> header_{};
    std::size_t header_size_ = 0;
    std::uint32_t payload_left_ = 0;
    StreamId payload_stream_ = 0;
    bool payload_finishes_ = false;

    std::vector<std::uint32_t> pongs_;  // values that are to be echoed
    std::vector<StreamId> resets_;
    std::optional<GoAway> go_away_;  // to be sent
    bool gone_here_ = false;
    bool gone_there_ = false;

    Instant last_received_;
    Instant next_ping_;
    std::uint32_t ping_value_ = 0;
    bool ping_waits_ = false;  // to be sent
    bool ping_unanswered_ = false;
    Instant ping_sent_{};
    std::optional<Instant> round_trip_;  // empty until the first ping was answered
};

}  // namespace strata::net
