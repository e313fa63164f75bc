// Protects Yamux. Expected frames: hashicorp/yamux spec.md; go-yamux session_test.go and const.go (flags of a first
// frame, credit from half a window on, refused streams, limits).
#include <strata/net/yamux.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;
using Kind = Yamux::Event::Kind;
using Type = YamuxHeader::Type;
constexpr std::uint32_t kWindow = Yamux::kInitialWindow;
constexpr std::size_t kAll = SIZE_MAX;

Bytes frame(Type type, std::uint16_t flags, StreamId stream, std::uint32_t length, std::size_t body = 0) {
    Bytes out;
    YamuxHeader{type, flags, stream, length}.encode(out);
    out.resize(out.size() + body, 'x');
    return out;
}
Bytes data(StreamId stream, std::size_t size, std::uint16_t flags = 0) {
    return frame(Type::data, flags, stream, static_cast<std::uint32_t>(size), size);
}
Bytes syn(StreamId stream) {
    return frame(Type::window, YamuxHeader::kSyn, stream, 0);
}

/// Splits output into headers; the bodies are dropped.
std::vector<YamuxHeader> headers(BytesView out) {
    std::vector<YamuxHeader> all;
    while (!out.empty()) {
        const auto header = YamuxHeader::decode(out.first(YamuxHeader::kSize)).value();
        all.push_back(header);
        out = out.subspan(YamuxHeader::kSize + (header.type == Type::data ? header.length : 0));
    }
    return all;
}

std::uint64_t sum_of_data(const std::vector<YamuxHeader>& all, StreamId stream) {
    std::uint64_t sum = 0;
    for (const auto& header : all)
        if (header.type == Type::data && header.stream == stream) sum += header.length;
    return sum;
}

/// A listener that is fed frames by hand; the ping of its beginning is taken away.
struct Side {
    explicit Side(Role role = Role::listener, YamuxLimits limits = {}, std::uint64_t memory = 16 << 20)
        : account(memory), yamux(role, limits, account, now) {
        out();
    }
    Status feed(BytesView bytes) { return yamux.on_bytes(bytes, now); }
    std::vector<YamuxHeader> out() { return headers(yamux.take_output(kAll, now)); }

    Instant now{1000};
    MemoryAccount account;
    Yamux yamux;
};

TEST(YamuxFrames, the_header_of_the_specification) {
    Bytes out;
    YamuxHeader{Type::window, YamuxHeader::kSyn, 1, kWindow}.encode(out);
    EXPECT_EQ(to_hex(out),
              "00"
              "01"
              "0001"
              "00000001"
              "00040000");
    EXPECT_EQ(YamuxHeader::decode(out)->length, kWindow);
    out[0] = 1;
    EXPECT_EQ(YamuxHeader::decode(out).error().code(), Errc::malformed);
    out[0] = 0;
    out[1] = 4;
    EXPECT_EQ(YamuxHeader::decode(out).error().code(), Errc::malformed);
}

TEST(YamuxStreams, a_stream_is_opened_used_half_closed_and_gone) {
    Side side(Role::dialer);
    const auto id = side.yamux.open(side.now).value();
    EXPECT_EQ(id, 1U);
    EXPECT_EQ(side.yamux.write(id, as_bytes("hello")), 5U);
    side.yamux.finish(id);
    EXPECT_EQ(side.out(), (std::vector<YamuxHeader>{{Type::window, YamuxHeader::kSyn, 1, 0},
                                                    {Type::data, 0, 1, 5},
                                                    {Type::window, YamuxHeader::kFin, 1, 0}}));
    EXPECT_EQ(side.yamux.write(id, as_bytes("late")), 0U);
    ASSERT_TRUE(side.feed(frame(Type::window, YamuxHeader::kAck, 1, 0)));
    ASSERT_TRUE(side.feed(data(1, 3, YamuxHeader::kFin)));
    EXPECT_EQ(side.yamux.take_events(), (std::vector<Yamux::Event>{{Kind::readable, 1}, {Kind::finished, 1}}));
    EXPECT_EQ(side.yamux.stream_count(), 1U) << "the bytes are not read yet";
    EXPECT_EQ(as_text(side.yamux.read(id, 100)), "xxx");
    EXPECT_EQ(side.yamux.stream_count(), 0U);
    EXPECT_EQ(side.account.used(), 0U);
    EXPECT_EQ(side.yamux.open(side.now).value(), 3U);
}

TEST(YamuxStreams, the_first_frame_of_an_accepted_stream_acknowledges_it) {
    Side side;
    ASSERT_TRUE(side.feed(syn(1)));
    EXPECT_EQ(side.yamux.take_events(), (std::vector<Yamux::Event>{{Kind::opened, 1}}));
    side.yamux.write(1, as_bytes("a"));
    EXPECT_EQ(side.out(), (std::vector<YamuxHeader>{{Type::window, YamuxHeader::kAck, 1, 0}, {Type::data, 0, 1, 1}}));
}

TEST(YamuxStreams, wrong_numbers_are_refused) {
    for (const auto& [role, wrong] :
         {std::pair(Role::listener, 2U), {Role::listener, 0U}, {Role::dialer, 1U}, {Role::dialer, 0U}}) {
        Side side(role);
        EXPECT_EQ(side.feed(syn(wrong)).error().code(), Errc::malformed);
        EXPECT_EQ(side.out(), (std::vector<YamuxHeader>{{Type::go_away, 0, 0, 1}}));
    }
    Side side;
    ASSERT_TRUE(side.feed(syn(1)));
    EXPECT_EQ(side.feed(syn(1)).error().code(), Errc::malformed) << "twice";
}

TEST(YamuxWindows, a_peer_may_send_its_window_and_not_a_byte_more) {
    Side side;
    ASSERT_TRUE(side.feed(syn(1)));
    ASSERT_TRUE(side.feed(data(1, kWindow)));
    EXPECT_EQ(side.feed(data(1, 1)).error().code(), Errc::out_of_range);
    EXPECT_EQ(side.out().front(), (YamuxHeader{Type::go_away, 0, 0, 1}));
    Side at_once;
    ASSERT_TRUE(at_once.feed(syn(1)));
    EXPECT_EQ(at_once.feed(frame(Type::data, 0, 1, kWindow + 1)).error().code(), Errc::out_of_range)
        << "refused before the bytes come";
}

TEST(YamuxWindows, credit_is_given_when_half_of_the_window_was_read) {
    Side side;
    ASSERT_TRUE(side.feed(syn(1)));
    ASSERT_TRUE(side.feed(data(1, kWindow)));
    side.out();
    EXPECT_EQ(side.yamux.read(1, kWindow / 2 - 1).size(), kWindow / 2 - 1);
    EXPECT_TRUE(side.out().empty());
    side.yamux.read(1, 1);
    EXPECT_EQ(side.out(), (std::vector<YamuxHeader>{{Type::window, 0, 1, kWindow / 2}}));
    EXPECT_TRUE(side.out().empty());
    ASSERT_TRUE(side.feed(data(1, kWindow / 2)));
    EXPECT_EQ(side.feed(data(1, 1)).error().code(), Errc::out_of_range);
}

// js-libp2p fills a window with one frame, which comes in many parts.
TEST(YamuxWindows, bytes_of_a_frame_that_are_still_on_the_way_give_no_credit) {
    Side side;
    ASSERT_TRUE(side.feed(syn(1)));
    side.out();
    const Bytes whole = data(1, kWindow);
    ASSERT_TRUE(side.feed(BytesView(whole).first(YamuxHeader::kSize + 1000)));
    EXPECT_EQ(side.yamux.read(1, kAll).size(), 1000U);
    EXPECT_TRUE(side.out().empty()) << "1,000 bytes were read, which is less than half of the window";

    side.now += 1min;  // a slow reader, whose window does not grow
    const std::size_t half = kWindow / 2;
    ASSERT_TRUE(side.feed(BytesView(whole).subspan(YamuxHeader::kSize + 1000, half)));
    EXPECT_EQ(side.yamux.read(1, kAll).size(), half);
    EXPECT_EQ(side.out(), (std::vector<YamuxHeader>{{Type::window, 0, 1, kWindow / 2 + 1000}}));
    ASSERT_TRUE(side.feed(BytesView(whole).subspan(YamuxHeader::kSize + 1000 + half)));
    EXPECT_EQ(side.yamux.read(1, kAll).size(), kWindow - half - 1000);
    EXPECT_EQ(side.feed(frame(Type::data, 0, 1, kWindow / 2 + 1001)).error().code(), Errc::out_of_range)
        << "the peer may send what it was given, and not a byte more";
}

TEST(YamuxWindows, sending_stops_without_credit_and_writing_without_room) {
    Side side(Role::dialer);
    const auto id = side.yamux.open(side.now).value();
    const Bytes much(YamuxLimits{}.send_buffer + 1);
    EXPECT_EQ(side.yamux.write(id, much), much.size() - 1) << "the buffer holds no more";
    EXPECT_EQ(side.yamux.write(id, as_bytes("a")), 0U);
    EXPECT_EQ(sum_of_data(side.out(), id), kWindow);
    EXPECT_EQ(side.yamux.take_events(), (std::vector<Yamux::Event>{{Kind::writable, id}}));
    EXPECT_EQ(side.yamux.write(id, as_bytes("abc")), 3U);
    EXPECT_TRUE(side.out().empty()) << "no credit";
    ASSERT_TRUE(side.feed(frame(Type::window, YamuxHeader::kAck, id, 2)));
    EXPECT_EQ(sum_of_data(side.out(), id), 2U);
}

TEST(YamuxWindows, credit_never_overflows) {
    Side side(Role::dialer);
    const auto id = side.yamux.open(side.now).value();
    ASSERT_TRUE(side.feed(frame(Type::window, 0, id, UINT32_MAX - kWindow)));
    EXPECT_EQ(side.feed(frame(Type::window, 0, id, 1)).error().code(), Errc::out_of_range);
}

TEST(YamuxWindows, a_fast_reader_gets_larger_windows_as_far_as_the_account_allows) {
    for (const auto& [memory, largest] : {std::pair<std::uint64_t, std::uint32_t>{kWindow * 16, kWindow * 8},
                                          {kWindow * 16 - 1, kWindow * 4},
                                          {std::uint64_t{16} << 20, 8 << 20},
                                          {std::uint64_t{64} << 20, 16 << 20}}) {
        Side side(Role::listener, {}, memory);
        ASSERT_TRUE(side.feed(frame(Type::ping, YamuxHeader::kAck, 0, 1)));  // the round trip was less than a moment
        ASSERT_TRUE(side.feed(syn(1)));
        side.out();
        std::uint32_t credit = kWindow;
        for (int round = 0; round < 20; ++round) {
            ASSERT_TRUE(side.feed(data(1, credit)));
            side.yamux.read(1, kAll);
            const auto out = side.out();
            ASSERT_EQ(out.size(), 1U);
            credit = out[0].length;
        }
        EXPECT_EQ(credit, largest);
        EXPECT_EQ(side.account.used(), largest);
        ASSERT_TRUE(side.feed(syn(3)));
        EXPECT_EQ(side.yamux.stream_count(), 2U) << "a stream whose window is large leaves room for others";
        ASSERT_TRUE(side.feed(frame(Type::window, YamuxHeader::kRst, 1, 0)));
        EXPECT_EQ(side.account.used(), kWindow);
    }
}

TEST(YamuxWindows, a_slow_reader_keeps_its_window) {
    Side side;
    ASSERT_TRUE(side.feed(frame(Type::ping, YamuxHeader::kAck, 0, 1)));
    ASSERT_TRUE(side.feed(syn(1)));
    side.out();
    for (int round = 0; round < 5; ++round) {
        ASSERT_TRUE(side.feed(data(1, kWindow)));
        side.now += 4ms;  // four round trips of at least a moment
        side.yamux.read(1, kAll);
        EXPECT_EQ(side.out(), (std::vector<YamuxHeader>{{Type::window, 0, 1, kWindow}}));
    }
}

TEST(YamuxLimits, streams_of_the_peer_and_of_both_sides) {
    Side side(Role::listener, {.streams = 3, .inbound = 2});
    ASSERT_TRUE(side.feed(syn(1)));
    ASSERT_TRUE(side.feed(syn(3)));
    ASSERT_TRUE(side.feed(syn(5)));
    EXPECT_EQ(side.yamux.stream_count(), 2U);
    EXPECT_EQ(side.out(), (std::vector<YamuxHeader>{{Type::window, YamuxHeader::kRst, 5, 0},
                                                    {Type::window, YamuxHeader::kAck, 1, 0},
                                                    {Type::window, YamuxHeader::kAck, 3, 0}}));
    EXPECT_TRUE(side.yamux.open(side.now));
    EXPECT_EQ(side.yamux.open(side.now).error().code(), Errc::busy);
    side.yamux.reset(1);
    EXPECT_TRUE(side.yamux.open(side.now));
}

TEST(YamuxLimits, a_stream_that_the_account_cannot_pay_for_is_refused) {
    Side side(Role::listener, {}, kWindow);
    ASSERT_TRUE(side.feed(syn(1)));
    ASSERT_TRUE(side.feed(syn(3)));
    EXPECT_EQ(side.out().front(), (YamuxHeader{Type::window, YamuxHeader::kRst, 3, 0}));
    EXPECT_EQ(side.yamux.open(side.now).error().code(), Errc::busy);
}

TEST(YamuxLimits, a_peer_that_does_not_read_cannot_fill_the_memory) {
    Side pings;
    for (std::uint32_t i = 0; i < 10'000; ++i) ASSERT_TRUE(pings.feed(frame(Type::ping, YamuxHeader::kSyn, 0, i)));
    EXPECT_EQ(pings.out().size(), Yamux::kMaxPongs);
    Side opens(Role::listener, {.streams = 0});
    StreamId id = 1;
    for (std::size_t i = 0; i <= Yamux::kMaxResets; ++i, id += 2) ASSERT_TRUE(opens.feed(syn(id)));
    EXPECT_EQ(opens.feed(syn(id)).error().code(), Errc::too_large);
    Side reset_here;
    for (id = 1; id <= 2 * Yamux::kMaxResets + 1; id += 2) {
        ASSERT_TRUE(reset_here.feed(syn(id)));
        reset_here.yamux.reset(id);
    }
    EXPECT_EQ(reset_here.feed(syn(id)).error().code(), Errc::too_large);
}

TEST(YamuxStreams, bytes_of_a_stream_that_is_gone_are_skipped) {
    Side side;
    ASSERT_TRUE(side.feed(syn(1)));
    side.yamux.reset(1);
    EXPECT_EQ(side.out(), (std::vector<YamuxHeader>{{Type::window, YamuxHeader::kRst, 1, 0}}));
    side.yamux.take_events();
    Bytes input = data(1, 1000);
    append(input, syn(3));
    for (const auto byte : input) ASSERT_TRUE(side.feed({&byte, 1}));
    EXPECT_EQ(side.yamux.take_events(), (std::vector<Yamux::Event>{{Kind::opened, 3}}));
    EXPECT_TRUE(side.feed(frame(Type::window, 0, 99, 5)));
    EXPECT_TRUE(side.feed(frame(Type::data, 0, 99, 16 << 20)));
    Side above;
    EXPECT_EQ(above.feed(frame(Type::data, 0, 99, (16 << 20) + 1)).error().code(), Errc::out_of_range);
}

TEST(YamuxStreams, a_reset_drops_the_stream_at_once) {
    Side side;
    ASSERT_TRUE(side.feed(syn(1)));
    ASSERT_TRUE(side.feed(data(1, 10)));
    ASSERT_TRUE(side.feed(frame(Type::window, YamuxHeader::kRst, 1, 7)));
    EXPECT_EQ(side.yamux.take_events(),
              (std::vector<Yamux::Event>{{Kind::opened, 1}, {Kind::readable, 1}, {Kind::reset, 1}}));
    EXPECT_TRUE(side.yamux.read(1, kAll).empty());
    EXPECT_EQ(side.account.used(), 0U);
    // A stream that the peer never heard of goes without a frame.
    side.yamux.reset(side.yamux.open(side.now).value());
    EXPECT_TRUE(side.out().empty());
}

TEST(YamuxStreams, a_closed_stream_that_the_peer_does_not_finish_is_reset_in_time) {
    Side side;
    ASSERT_TRUE(side.feed(syn(1)));
    side.yamux.close(1, side.now);
    side.out();
    ASSERT_TRUE(side.feed(data(1, 10)));
    EXPECT_TRUE(side.yamux.read(1, kAll).empty()) << "dropped";
    ASSERT_TRUE(side.feed(frame(Type::ping, YamuxHeader::kAck, 0, 1)));
    side.now += 60s - 1ms;
    ASSERT_TRUE(side.yamux.on_time(side.now));
    EXPECT_EQ(side.yamux.stream_count(), 1U);
    side.now += 1ms;
    EXPECT_LE(side.yamux.next_time(), side.now);
    ASSERT_TRUE(side.yamux.on_time(side.now));
    EXPECT_EQ(side.yamux.stream_count(), 0U);
}

TEST(YamuxSession, streams_take_turns) {
    Side side(Role::dialer);
    const auto a = side.yamux.open(side.now).value();
    const auto b = side.yamux.open(side.now).value();
    side.out();
    const Bytes much(100'000);
    side.yamux.write(a, much);
    side.yamux.write(b, much);
    const auto out = headers(side.yamux.take_output(4 * (Yamux::kMaxData + YamuxHeader::kSize), side.now));
    EXPECT_EQ(sum_of_data(out, a), 2 * Yamux::kMaxData);
    EXPECT_EQ(sum_of_data(out, b), 2 * Yamux::kMaxData);
}

TEST(YamuxSession, output_has_at_most_the_bytes_that_were_asked_for) {
    Side side(Role::dialer);
    const auto id = side.yamux.open(side.now).value();
    side.yamux.write(id, Bytes(1000));
    std::uint64_t sum = 0;
    for (std::size_t max = 0; max < 100; ++max) {
        const auto out = side.yamux.take_output(max, side.now);
        EXPECT_LE(out.size(), max);
        sum += sum_of_data(headers(out), id);
    }
    EXPECT_EQ(sum + sum_of_data(side.out(), id), 1000U);
}

TEST(YamuxSession, pings_are_answered_and_a_silent_peer_ends_the_session) {
    Side side;
    ASSERT_TRUE(side.feed(frame(Type::ping, YamuxHeader::kSyn, 0, 0x1234)));
    EXPECT_EQ(side.out(), (std::vector<YamuxHeader>{{Type::ping, YamuxHeader::kAck, 0, 0x1234}}));
    ASSERT_TRUE(side.feed(frame(Type::ping, YamuxHeader::kAck, 0, 2))) << "not the value that was sent, so ignored";
    ASSERT_TRUE(side.feed(frame(Type::ping, YamuxHeader::kAck, 0, 1)));
    side.now = Instant(1000) + 30s;
    ASSERT_TRUE(side.yamux.on_time(side.now));
    EXPECT_EQ(side.out(), (std::vector<YamuxHeader>{{Type::ping, YamuxHeader::kSyn, 0, 2}}));
    side.now += 20s - 1ms;
    ASSERT_TRUE(side.yamux.on_time(side.now));
    side.now += 1ms;
    EXPECT_LE(side.yamux.next_time(), side.now);
    EXPECT_EQ(side.yamux.on_time(side.now).error().code(), Errc::cancelled);
}

TEST(YamuxSession, a_peer_that_sends_bytes_may_leave_a_ping_unanswered) {
    Side side;
    ASSERT_TRUE(side.feed(syn(1)));
    side.now += 1s;
    ASSERT_TRUE(side.feed(data(1, 1)));
    side.now += 29s;
    ASSERT_TRUE(side.yamux.on_time(side.now)) << "it spoke after the ping of the beginning";
    const auto out = side.out();
    EXPECT_EQ(out.front(), (YamuxHeader{Type::ping, YamuxHeader::kSyn, 0, 2})) << "and is asked again";
    side.now += 20s;
    EXPECT_EQ(side.yamux.on_time(side.now).error().code(), Errc::cancelled);
}

TEST(YamuxSession, a_peer_that_goes_away_gets_no_new_streams) {
    Side side;
    ASSERT_TRUE(side.feed(syn(1)));
    ASSERT_TRUE(side.feed(frame(Type::go_away, 0, 0, 0)));
    EXPECT_EQ(side.yamux.take_events().back(), (Yamux::Event{Kind::gone_away, 0}));
    EXPECT_EQ(side.yamux.open(side.now).error().code(), Errc::cancelled);
    EXPECT_EQ(side.yamux.write(1, as_bytes("still here")), 10U);
    EXPECT_EQ(side.feed(frame(Type::go_away, 0, 0, 2)).error().code(), Errc::cancelled);
    Side leaving;
    leaving.yamux.go_away(Yamux::GoAway::normal);
    ASSERT_TRUE(leaving.feed(syn(1)));
    EXPECT_EQ(leaving.out(),
              (std::vector<YamuxHeader>{{Type::window, YamuxHeader::kRst, 1, 0}, {Type::go_away, 0, 0, 0}}));
}

TEST(YamuxSession, two_sides_exchange_a_megabyte_each_way) {
    Side a(Role::dialer), b(Role::listener);
    const auto id = a.yamux.open(a.now).value();
    const std::size_t total = 1 << 20;
    std::size_t sent_a = 0, sent_b = 0, got_a = 0, got_b = 0;
    const Bytes chunk(60'000, 'c');
    for (int round = 0; round < 1000 && (got_a < total || got_b < total); ++round) {
        sent_a += a.yamux.write(id, BytesView(chunk).first(std::min(chunk.size(), total - sent_a)));
        sent_b += b.yamux.write(id, BytesView(chunk).first(std::min(chunk.size(), total - sent_b)));
        ASSERT_TRUE(b.feed(a.yamux.take_output(5000, a.now)));
        ASSERT_TRUE(a.feed(b.yamux.take_output(5000, b.now)));
        got_a += a.yamux.read(id, kAll).size();
        got_b += b.yamux.read(id, kAll).size();
    }
    EXPECT_EQ(got_a, total);
    EXPECT_EQ(got_b, total);
}

}  // namespace
}  // namespace strata::net
