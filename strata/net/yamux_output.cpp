// Writes the frames of a Yamux session: control frames first, then one frame of each stream in turn.
#include <strata/net/yamux.hpp>

namespace strata::net {
namespace {

using Type = YamuxHeader::Type;
constexpr std::uint32_t kSpareWindows = 8;  // what the growth of one window leaves at least

bool has_room(const Bytes& out, std::size_t max) {
    return out.size() + YamuxHeader::kSize <= max;
}

}  // namespace

Bytes Yamux::take_output(std::size_t max, Instant now) {
    Bytes out;
    put_control(out, max, now);
    for (bool progress = true; progress && !streams_.empty() && has_room(out, max);) {
        progress = false;
        auto it = streams_.upper_bound(turn_);
        for (std::size_t left = streams_.size(); left > 0 && has_room(out, max); --left) {
            if (it == streams_.end()) it = streams_.begin();
            const StreamId id = it->first;
            Stream& stream = it->second;
            ++it;
            if (!put_frame(out, max, id, stream, now)) continue;
            progress = true;
            turn_ = id;
            remove_if_done(id);
        }
    }
    return out;
}

void Yamux::put_control(Bytes& out, std::size_t max, Instant now) {
    if (ping_waits_ && has_room(out, max)) {
        YamuxHeader{.type = Type::ping, .flags = YamuxHeader::kSyn, .length = ping_value_}.encode(out);
        ping_waits_ = false;
        ping_sent_ = now;
    }
    std::size_t pongs = 0;
    for (; pongs < pongs_.size() && has_room(out, max); ++pongs)
        YamuxHeader{.type = Type::ping, .flags = YamuxHeader::kAck, .length = pongs_[pongs]}.encode(out);
    pongs_.erase(pongs_.begin(), pongs_.begin() + static_cast<std::ptrdiff_t>(pongs));
    std::size_t resets = 0;
    for (; resets < resets_.size() && has_room(out, max); ++resets)
        YamuxHeader{.type = Type::window, .flags = YamuxHeader::kRst, .stream = resets_[resets]}.encode(out);
    resets_.erase(resets_.begin(), resets_.begin() + static_cast<std::ptrdiff_t>(resets));
    if (go_away_ && has_room(out, max)) {
        YamuxHeader{.type = Type::go_away, .length = static_cast<std::uint32_t>(*go_away_)}.encode(out);
        go_away_.reset();
    }
}

/// Writes at most one frame of the stream. Returns false if it has nothing to send now.
bool Yamux::put_frame(Bytes& out, std::size_t max, StreamId id, Stream& stream, Instant now) {
    if (stream.opening != 0 || owes_credit(stream)) {
        put_credit(out, id, stream, now);
        return true;
    }
    if (!stream.sending.empty()) {
        const bool blocked = stream.send_credit == 0 || out.size() + YamuxHeader::kSize >= max;
        if (!blocked) put_data(out, max, id, stream);
        return !blocked;
    }
    if (!stream.finish_asked || stream.finish_sent) return false;
    YamuxHeader{.type = Type::window, .flags = YamuxHeader::kFin, .stream = id}.encode(out);
    stream.finish_sent = true;
    return true;
}

void Yamux::put_data(Bytes& out, std::size_t max, StreamId id, Stream& stream) {
    std::size_t size = std::min(stream.sending.size(), kMaxData);
    size = std::min<std::size_t>(size, stream.send_credit);
    size = std::min(size, max - out.size() - YamuxHeader::kSize);
    YamuxHeader{.type = Type::data, .stream = id, .length = static_cast<std::uint32_t>(size)}.encode(out);
    append(out, stream.sending.view().first(size));
    stream.sending.drop(size);
    stream.send_credit -= size;
    if (stream.wants_room && stream.sending.size() * 2 <= limits_.send_buffer) {
        stream.wants_room = false;
        tell(Event::Kind::writable, id);
    }
}

/// Returns what the reader has freed and the peer does not know of yet.
std::uint32_t Yamux::missing_credit(const Stream& stream) {
    return stream.window - stream.receive_credit - static_cast<std::uint32_t>(stream.received.size());
}

bool Yamux::owes_credit(const Stream& stream) {
    // Half a window at once keeps the sender going without a frame for every read (go-yamux util.go GrowTo).
    return !stream.finished_by_peer && !stream.discarding && missing_credit(stream) >= stream.window / 2;
}

/// Doubles a window that its reader emptied faster than four round trips, since it then limits the rate (go-yamux
/// stream.go sendWindowUpdate). As much memory again must be left, so that new streams still find room.
void Yamux::grow_window(Stream& stream, Instant now) {
    if (!round_trip_ || now - stream.last_credit >= 4 * std::max(*round_trip_, Instant(1))) return;
    const std::uint32_t grown = std::min(stream.window * 2, limits_.max_window);
    if (grown <= stream.window) return;
    const std::uint32_t more = grown - stream.window;
    const std::uint32_t spare = std::max(more, kSpareWindows * kInitialWindow);
    if (!account_.reserve(std::uint64_t{more} + spare)) return;
    account_.release(spare);
    stream.window = grown;
}

void Yamux::put_credit(Bytes& out, StreamId id, Stream& stream, Instant now) {
    if (stream.opening == 0) grow_window(stream, now);
    const std::uint32_t credit = stream.finished_by_peer || stream.discarding ? 0 : missing_credit(stream);
    YamuxHeader{.type = Type::window, .flags = stream.opening, .stream = id, .length = credit}.encode(out);
    stream.receive_credit += credit;
    stream.last_credit = now;
    stream.opening = 0;
}

}  // namespace strata::net
