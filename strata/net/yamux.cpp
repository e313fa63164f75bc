// This file handles what arrives and what the caller asks for; yamux_output.cpp writes the frames.
#include <strata/net/yamux.hpp>

namespace strata::net {
namespace {

using Type = YamuxHeader::Type;

std::string name_of(StreamId id) {
    return "Yamux stream " + std::to_string(id);
}

}  // namespace

Yamux::Yamux(Role role, const YamuxLimits& limits, MemoryAccount& account, Instant now)
    : role_(role),
      limits_(limits),
      account_(account),
      next_id_(role == Role::dialer ? 1 : 2),
      last_received_(now),
      next_ping_(now + limits.keep_alive) {
    send_ping(now);  // measures the round trip, on which the growth of windows depends
}

Yamux::~Yamux() {
    for (const auto& [id, stream] : streams_) account_.release(stream.window);
}

Status Yamux::on_bytes(BytesView bytes, Instant now) {
    last_received_ = now;
    while (!bytes.empty()) {
        const std::size_t wanted = payload_left_ > 0 ? payload_left_ : YamuxHeader::kSize - header_size_;
        const auto part = bytes.first(std::min(wanted, bytes.size()));
        bytes = bytes.subspan(part.size());
        if (payload_left_ > 0) {
            on_payload(part);
            continue;
        }
        std::ranges::copy(part, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
        header_size_ += part.size();
        if (header_size_ < YamuxHeader::kSize) break;
        header_size_ = 0;
        auto header = YamuxHeader::decode(header_);
        auto status = header ? on_header(*header, now) : Status(std::move(header).error());
        if (!status) {
            if (status.error().code() != Errc::cancelled) go_away(GoAway::protocol);
            return status;
        }
    }
    return {};
}

Status Yamux::on_header(const YamuxHeader& header, Instant now) {
    switch (header.type) {
        case Type::data:
        case Type::window:
            return on_stream_frame(header, now);
        case Type::ping:
            on_ping(header, now);
            return {};
        case Type::go_away:
            return on_go_away(header.length);
    }
    return {};
}

Status Yamux::on_stream_frame(const YamuxHeader& header, Instant now) {
    if (resets_.size() > kMaxResets)
        return fail(Errc::too_large, "the peer opens streams that are reset, and does not read the resets");
    if (header.has(YamuxHeader::kSyn)) STRATA_OK(on_syn(header.stream, now));
    // A stream that does not exist was reset or closed here a moment ago.
    Stream* stream = find(header.stream);
    if (stream != nullptr && header.has(YamuxHeader::kRst)) {
        tell(Event::Kind::reset, header.stream);
        remove(header.stream);
        stream = nullptr;
    }
    if (header.type == Type::window) {
        if (stream == nullptr) return {};
        STRATA_OK(on_credit(*stream, header));
    } else {
        STRATA_OK(begin_payload(stream, header));
    }
    if (header.has(YamuxHeader::kFin) && payload_left_ == 0) on_finish(header.stream);
    return {};
}

Status Yamux::on_syn(StreamId id, Instant now) {
    const bool is_of_dialer = id % 2 == 1;
    if (id == 0 || is_of_dialer == (role_ == Role::dialer))
        return fail(Errc::malformed, "the peer opened " + name_of(id) + ", but it may open only those with " +
                                         (role_ == Role::dialer ? "even" : "odd") + " numbers");
    if (streams_.contains(id)) return fail(Errc::malformed, "the peer opened " + name_of(id) + " twice");
    const bool full = gone_here_ || inbound_ >= limits_.inbound || streams_.size() >= limits_.streams;
    if (full || !account_.reserve(kInitialWindow)) {
        resets_.push_back(id);
        return {};
    }
    add(id, /*inbound=*/true, now);
    tell(Event::Kind::opened, id);
    return {};
}

Status Yamux::on_credit(Stream& stream, const YamuxHeader& header) {
    if (header.length > UINT32_MAX - stream.send_credit)
        return fail(Errc::out_of_range, "the peer gave " + name_of(header.stream) + " a credit of " +
                                            std::to_string(stream.send_credit + header.length) +
                                            " bytes, expected at most " + std::to_string(UINT32_MAX));
    stream.send_credit += header.length;
    return {};
}

Status Yamux::begin_payload(Stream* stream, const YamuxHeader& header) {
    const std::uint32_t allowed = stream != nullptr ? stream->receive_credit : limits_.max_window;
    if (header.length > allowed)
        return fail(Errc::out_of_range, "the peer sent " + std::to_string(header.length) + " bytes on " +
                                            name_of(header.stream) + ", expected at most the " +
                                            std::to_string(allowed) + " that it has credit for");
    if (stream != nullptr && stream->finished_by_peer && header.length > 0)
        return fail(Errc::malformed, "the peer sent bytes on " + name_of(header.stream) + " after it finished it");
    payload_left_ = header.length;
    payload_stream_ = header.stream;
    payload_finishes_ = header.has(YamuxHeader::kFin);
    return {};
}

void Yamux::on_payload(BytesView part) {
    payload_left_ -= static_cast<std::uint32_t>(part.size());
    Stream* stream = find(payload_stream_);
    // Byte by byte and not at the header: js-libp2p fills a whole window with one frame, and what of it is still on the
    // way must not look like something that the reader has freed.
    if (stream != nullptr) stream->receive_credit -= static_cast<std::uint32_t>(part.size());
    if (stream != nullptr && !stream->discarding) {
        stream->received.push(part);
        if (!stream->told_readable) tell(Event::Kind::readable, payload_stream_);
        stream->told_readable = true;
    }
    if (payload_left_ == 0 && payload_finishes_) on_finish(payload_stream_);
}

void Yamux::on_finish(StreamId id) {
    Stream* stream = find(id);
    if (stream == nullptr || stream->finished_by_peer) return;
    stream->finished_by_peer = true;
    if (!stream->discarding) tell(Event::Kind::finished, id);
    remove_if_done(id);
}

void Yamux::on_ping(const YamuxHeader& header, Instant now) {
    if (header.has(YamuxHeader::kSyn)) {
        if (pongs_.size() < kMaxPongs) pongs_.push_back(header.length);
        return;
    }
    if (!ping_unanswered_ || ping_waits_ || header.length != ping_value_) return;
    ping_unanswered_ = false;
    const Instant measured = now - ping_sent_;
    round_trip_ = round_trip_ ? (*round_trip_ + measured) / 2 : measured;
}

Status Yamux::on_go_away(std::uint32_t code) {
    gone_there_ = true;
    if (code != static_cast<std::uint32_t>(GoAway::normal))
        return fail(Errc::cancelled, "the peer ended the Yamux session with the code " + std::to_string(code));
    tell(Event::Kind::gone_away, 0);
    return {};
}

void Yamux::send_ping(Instant now) {
    ++ping_value_;
    ping_waits_ = true;
    ping_unanswered_ = true;
    ping_sent_ = now;
}

Status Yamux::on_time(Instant now) {
    if (is_silent() && now >= ping_sent_ + limits_.ping_timeout)
        return fail(Errc::cancelled, "the peer has not answered a Yamux ping for " +
                                         std::to_string(limits_.ping_timeout.count() / 1000) + " s");
    if (now >= next_ping_) {
        next_ping_ = now + limits_.keep_alive;
        // The peer may have left a ping unanswered because too many came at once.
        if (!is_silent()) send_ping(now);
    }
    std::vector<StreamId> late;
    for (const auto& [id, stream] : streams_)
        if (now >= stream.deadline) late.push_back(id);
    for (const auto id : late) reset(id);
    return {};
}

Instant Yamux::next_time() const {
    Instant next = next_ping_;
    if (is_silent()) next = std::min(next, ping_sent_ + limits_.ping_timeout);
    for (const auto& [id, stream] : streams_) next = std::min(next, stream.deadline);
    return next;
}

Result<StreamId> Yamux::open(Instant now) {
    if (gone_there_) return fail(Errc::cancelled, "the peer accepts no new streams");
    if (next_id_ > UINT32_MAX) return fail(Errc::too_large, "all stream numbers of the connection are used up");
    if (streams_.size() >= limits_.streams)
        return fail(Errc::busy, "the connection has " + std::to_string(streams_.size()) + " open streams, the limit");
    if (!account_.reserve(kInitialWindow))
        return fail(Errc::busy,
                    "the memory for streams of this peer is used up: " + std::to_string(account_.used()) + " bytes");
    const auto id = static_cast<StreamId>(next_id_);
    next_id_ += 2;
    add(id, /*inbound=*/false, now);
    return id;
}

std::size_t Yamux::write(StreamId id, BytesView bytes) {
    Stream* stream = find(id);
    if (stream == nullptr || stream->finish_asked || bytes.empty()) return 0;
    const auto part = bytes.first(std::min(bytes.size(), limits_.send_buffer - stream->sending.size()));
    stream->sending.push(part);
    stream->wants_room = part.size() < bytes.size();
    return part.size();
}

Bytes Yamux::read(StreamId id, std::size_t max) {
    Stream* stream = find(id);
    if (stream == nullptr) return {};
    Bytes out = stream->received.take(max);
    stream->told_readable = false;
    remove_if_done(id);
    return out;
}

BytesView Yamux::peek(StreamId id) const {
    const auto it = streams_.find(id);
    return it == streams_.end() ? BytesView() : it->second.received.view();
}

void Yamux::finish(StreamId id) {
    Stream* stream = find(id);
    if (stream != nullptr) stream->finish_asked = true;
}

void Yamux::close(StreamId id, Instant now) {
    Stream* stream = find(id);
    if (stream == nullptr) return;
    finish(id);
    stream->discarding = true;
    stream->received.clear();
    if (stream->deadline == kNever) stream->deadline = now + limits_.close_timeout;
    remove_if_done(id);
}

void Yamux::reset(StreamId id) {
    const Stream* stream = find(id);
    if (stream == nullptr) return;
    // The peer has not heard of a stream whose first frame still waits.
    const bool is_known = stream->inbound || stream->opening != YamuxHeader::kSyn;
    if (is_known) resets_.push_back(id);
    remove(id);
}

void Yamux::go_away(GoAway code) {
    gone_here_ = true;
    go_away_ = code;
}

Yamux::Stream* Yamux::find(StreamId id) {
    const auto it = streams_.find(id);
    return it == streams_.end() ? nullptr : &it->second;
}

void Yamux::add(StreamId id, bool inbound, Instant now) {
    Stream& stream = streams_[id];
    stream.inbound = inbound;
    stream.opening = inbound ? YamuxHeader::kAck : YamuxHeader::kSyn;
    stream.last_credit = now;
    inbound_ += inbound ? 1 : 0;
}

void Yamux::remove(StreamId id) {
    const auto it = streams_.find(id);
    account_.release(it->second.window);
    inbound_ -= it->second.inbound ? 1 : 0;
    streams_.erase(it);
}

void Yamux::remove_if_done(StreamId id) {
    const Stream* stream = find(id);
    if (stream == nullptr || !stream->finish_sent || !stream->finished_by_peer || !stream->received.empty()) return;
    tell(Event::Kind::done, id);
    remove(id);
}

}  // namespace strata::net
