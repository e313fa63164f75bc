#include <strata/net/connection.hpp>

namespace strata::net {
namespace {

using Kind = Connection::Event::Kind;

constexpr std::size_t kFrameOverhead = 2 + kNoiseTag;
constexpr std::size_t kLastFrames = 4096;  // bytes of frames that still leave when a connection ends

Multistream choice_of(Role role, std::string_view protocol) {
    if (role == Role::dialer) return Multistream::propose({std::string(protocol)});
    return Multistream::answer([protocol](std::string_view got) { return got == protocol; });
}

}  // namespace

Connection::Connection(Role role, Setup setup, std::optional<PeerId> expected, crypto::RandomSource& random,
                       Instant now)
    : role_(role),
      setup_(std::move(setup)),
      expected_(std::move(expected)),
      random_(random),
      handshake_deadline_(now + setup_.limits.handshake_time),
      choice_(choice_of(role, Noise::kProtocol)) {
    output_.push(choice_.take_output());
}

void Connection::on_bytes(BytesView bytes, Instant now) {
    if (is_over()) return;
    if (auto status = advance(bytes, now); !status) fail_with(std::move(status).error(), now);
}

Status Connection::advance(BytesView bytes, Instant now) {
    if (stage_ == Stage::choosing_security) STRATA_OK(choose_security(bytes));
    if (!bytes.empty()) STRATA_OK(on_sealed(bytes, now));
    return {};
}

Status Connection::choose_security(BytesView& bytes) {
    const std::size_t before = bytes.size();
    STRATA_TRY(const bool agreed, choice_.on_bytes(bytes));
    handshake_bytes_ += before - bytes.size();
    output_.push(choice_.take_output());
    if (handshake_bytes_ > setup_.limits.handshake_bytes)
        return fail(Errc::too_large, "the peer sent more than " + std::to_string(setup_.limits.handshake_bytes) +
                                         " bytes without completing the handshake");
    if (!agreed) return {};
    noise_.emplace(role_, setup_.identity,
                   Noise::Config{.expected = expected_,
                                 .muxers = {std::string(Yamux::kProtocol)},
                                 .max_handshake = setup_.limits.handshake_bytes - handshake_bytes_},
                   random_);
    output_.push(noise_->take_output());
    stage_ = Stage::noise;
    return {};
}

Status Connection::on_sealed(BytesView bytes, Instant now) {
    Bytes plaintext;
    STRATA_OK(noise_->on_bytes(bytes, plaintext));
    output_.push(noise_->take_output());
    if (stage_ == Stage::noise && noise_->is_complete()) after_noise(now);
    return plaintext.empty() ? Status() : on_plaintext(plaintext, now);
}

void Connection::after_noise(Instant now) {
    if (noise_->muxer() == Yamux::kProtocol) {
        begin_streams(now);
        return;
    }
    stage_ = Stage::choosing_muxer;
    choice_ = choice_of(role_, Yamux::kProtocol);
    send_sealed(choice_.take_output());
}

Status Connection::on_plaintext(BytesView bytes, Instant now) {
    if (stage_ == Stage::choosing_muxer) {
        STRATA_TRY(const bool agreed, choice_.on_bytes(bytes));
        send_sealed(choice_.take_output());
        if (agreed) begin_streams(now);
    }
    if (bytes.empty()) return {};
    const auto status = yamux_->on_bytes(bytes, now);
    drain_streams(now);
    return status;
}

void Connection::begin_streams(Instant now) {
    stage_ = Stage::open;
    yamux_.emplace(role_, setup_.limits.yamux, setup_.account_of(remote()), now);
    events_.push_back({.kind = Kind::ready});
}

void Connection::send_sealed(BytesView plaintext) {
    Bytes frames;
    noise_->seal(plaintext, frames);
    output_.push(frames);
}

void Connection::fail_with(Error error, Instant now) {
    failure_ = std::move(error);
    end(now);
    events_.push_back({.kind = Kind::failed});
}

void Connection::end(Instant now) {
    if (yamux_) send_sealed(yamux_->take_output(kLastFrames, now));
    stage_ = Stage::over;
    streams_.clear();
    yamux_.reset();
}

void Connection::close(Instant now) {
    lose(fail(Errc::cancelled, "the connection was closed here"), now);
}

void Connection::lose(const Error& why, Instant now) {
    if (is_over()) return;
    if (yamux_) yamux_->go_away(Yamux::GoAway::normal);
    failure_ = why;
    end(now);
}

void Connection::on_time(Instant now) {
    if (is_over()) return;
    if (!is_ready()) {
        if (now >= handshake_deadline_)
            fail_with(fail(Errc::cancelled, "the handshake was not complete after " +
                                                std::to_string(setup_.limits.handshake_time.count()) + " ms"),
                      now);
        return;
    }
    if (auto status = yamux_->on_time(now); !status) {
        fail_with(std::move(status).error(), now);
        return;
    }
    std::vector<StreamId> late;
    for (const auto& [id, stream] : streams_)
        if (now >= stream.deadline) late.push_back(id);
    for (const auto id : late) drop_choice(id, Kind::reset);
    drain_streams(now);
}

Instant Connection::next_time() const {
    if (is_over()) return kNever;
    if (!is_ready()) return handshake_deadline_;
    Instant next = yamux_->next_time();
    for (const auto& [id, stream] : streams_) next = std::min(next, stream.deadline);
    return next;
}

Bytes Connection::take_output(std::size_t max, Instant now) {
    while (is_ready() && output_.size() + kFrameOverhead + YamuxHeader::kSize <= max) {
        const std::size_t room = max - output_.size() - kFrameOverhead;
        const Bytes plaintext = yamux_->take_output(std::min(room, Noise::kMaxPlaintext), now);
        if (plaintext.empty()) break;
        send_sealed(plaintext);
    }
    if (is_ready()) drain_streams(now);
    return output_.take(max);
}

Result<StreamId> Connection::open(std::vector<std::string> protocols, Instant now) {
    if (!is_ready())
        return fail(Errc::cancelled, is_over() ? "the connection is over" : "the connection is not ready yet");
    STRATA_TRY(const auto id, yamux_->open(now));
    auto choice = Multistream::propose(std::move(protocols));
    yamux_->write(id, choice.take_output());
    streams_[id] = {std::move(choice), /*inbound=*/false, now + setup_.limits.negotiation_time, false};
    return id;
}

Result<StreamId> Connection::open_known(const std::string& protocol, Instant now) {
    STRATA_TRY(const auto id, open({protocol}, now));
    tell_opened(id, streams_.at(id), protocol);
    return id;
}

void Connection::tell_opened(StreamId id, Stream& stream, const std::string& protocol) {
    if (std::exchange(stream.is_told, true)) return;
    events_.push_back({.kind = Kind::opened, .stream = id, .protocol = protocol, .inbound = stream.inbound});
}

void Connection::drain_streams(Instant now) {
    for (const auto& event : yamux_->take_events()) on_stream_event(event, now);
}

void Connection::on_stream_event(const Yamux::Event& event, Instant now) {
    using Of = Yamux::Event::Kind;
    const StreamId id = event.stream;
    if (event.kind == Of::gone_away) {
        events_.push_back({.kind = Kind::gone_away});
        return;
    }
    if (event.kind == Of::opened) {
        auto choice = Multistream::answer(setup_.supports);
        yamux_->write(id, choice.take_output());
        streams_[id] = {std::move(choice), /*inbound=*/true, now + setup_.limits.negotiation_time, false};
        return;
    }
    const auto it = streams_.find(id);
    if (it == streams_.end()) return;
    const bool is_choosing = it->second.choice.has_value();
    switch (event.kind) {
        case Of::readable:
            if (is_choosing)
                continue_choice(id, it->second);
            else
                events_.push_back({.kind = Kind::readable, .stream = id});
            break;
        case Of::writable:
            events_.push_back({.kind = Kind::writable, .stream = id});
            break;
        case Of::finished:
            if (is_choosing)
                drop_choice(id, Kind::reset);
            else
                events_.push_back({.kind = Kind::finished, .stream = id});
            break;
        case Of::reset:
            if (!is_choosing || !it->second.inbound) events_.push_back({.kind = Kind::reset, .stream = id});
            streams_.erase(it);
            break;
        case Of::done:
            events_.push_back({.kind = Kind::done, .stream = id});
            streams_.erase(it);
            break;
        case Of::opened:
        case Of::gone_away:
            break;
    }
}

void Connection::continue_choice(StreamId id, Stream& stream) {
    const BytesView all = yamux_->peek(id);
    BytesView rest = all;
    auto agreed = stream.choice->on_bytes(rest);
    if (!agreed) {
        drop_choice(id, agreed.error().code() == Errc::unsupported ? Kind::refused : Kind::reset);
        return;
    }
    const std::size_t used = all.size() - rest.size();
    const bool has_more = !rest.empty();
    yamux_->write(id, stream.choice->take_output());
    yamux_->read(id, used);
    if (!*agreed) return;
    tell_opened(id, stream, stream.choice->agreed());
    stream.choice.reset();
    stream.deadline = kNever;
    if (has_more) events_.push_back({.kind = Kind::readable, .stream = id});
}

/// Gives up a stream whose protocol is not agreed. A stream that the peer opened was never told of, so nothing is said.
void Connection::drop_choice(StreamId id, Event::Kind kind) {
    const auto it = streams_.find(id);
    if (!it->second.inbound) events_.push_back({.kind = kind, .stream = id});
    streams_.erase(it);
    yamux_->reset(id);
}

bool Connection::can_write(StreamId id) const {
    const auto it = streams_.find(id);
    return is_ready() && it != streams_.end() && it->second.is_told;
}

std::size_t Connection::write(StreamId stream, BytesView bytes) {
    return can_write(stream) ? yamux_->write(stream, bytes) : 0;
}

// Bytes that come before the protocol is agreed belong to the negotiation.
Bytes Connection::read(StreamId stream, std::size_t max) {
    return can_write(stream) && !streams_.at(stream).choice ? yamux_->read(stream, max) : Bytes();
}

void Connection::finish(StreamId stream) {
    if (can_write(stream)) yamux_->finish(stream);
}

void Connection::close(StreamId stream, Instant now) {
    if (!can_write(stream)) return;
    yamux_->close(stream, now);
    streams_.erase(stream);
}

void Connection::reset(StreamId stream) {
    if (!is_ready()) return;
    streams_.erase(stream);
    yamux_->reset(stream);
}

}  // namespace strata::net
