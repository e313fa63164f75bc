// Protects the composition of a connection. Expected values: libp2p/specs connections/README.md (order of the
// negotiations), docs/protocol/node.md §15; the limits are those of ConnectionLimits. tests/interop has the same
// against go-libp2p.
#include <strata/net/connection.hpp>

#include <gtest/gtest.h>

#include <strata/base/varint.hpp>
#include <strata/net/test_link.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;
using testing::Link;
using Kind = Connection::Event::Kind;

Bytes message(std::string_view text) {
    Bytes out = uvarint(text.size() + 1);
    append(out, as_bytes(std::string(text) + "\n"));
    return out;
}

TEST(Connections, both_sides_are_ready_and_know_each_other) {
    Link link;
    link.run();
    ASSERT_TRUE(link.dialer.connection.is_ready());
    ASSERT_TRUE(link.listener.connection.is_ready());
    EXPECT_EQ(link.dialer.connection.remote(), PeerId::of(link.listener.identity.public_key()));
    EXPECT_EQ(link.listener.connection.remote(), PeerId::of(link.dialer.identity.public_key()));
    EXPECT_TRUE(link.dialer.find(Kind::ready));
    EXPECT_FALSE(link.dialer.find(Kind::failed));
}

TEST(Connections, the_first_bytes_are_readable_by_any_peer) {
    Link link;
    Bytes expected = message("/multistream/1.0.0");
    EXPECT_EQ(link.listener.connection.take_output(1000, link.now), expected);
    append(expected, message("/noise"));
    EXPECT_EQ(link.dialer.connection.take_output(1000, link.now), expected);
}

TEST(Connections, a_stream_carries_bytes_both_ways_and_ends) {
    Link link;
    link.run();
    const auto id = link.dialer.connection.open({"/unknown", "/echo"}, link.now).value();
    link.run();
    ASSERT_TRUE(link.dialer.find(Kind::opened));
    EXPECT_EQ(link.dialer.find(Kind::opened)->protocol, "/echo");
    EXPECT_FALSE(link.dialer.find(Kind::opened)->inbound);
    ASSERT_TRUE(link.listener.find(Kind::opened));
    EXPECT_TRUE(link.listener.find(Kind::opened)->inbound);
    EXPECT_EQ(link.listener.find(Kind::opened)->stream, id);

    EXPECT_EQ(link.dialer.connection.write(id, as_bytes("question")), 8U);
    link.dialer.connection.finish(id);
    link.run();
    EXPECT_TRUE(link.listener.find(Kind::readable));
    EXPECT_TRUE(link.listener.find(Kind::finished));
    EXPECT_EQ(as_text(link.listener.connection.read(id, 1000)), "question");
    EXPECT_EQ(link.listener.connection.write(id, as_bytes("answer")), 6U);
    link.listener.connection.finish(id);
    link.run();
    EXPECT_EQ(as_text(link.dialer.connection.read(id, 1000)), "answer");
    link.run();
    EXPECT_TRUE(link.dialer.find(Kind::done));
    EXPECT_TRUE(link.listener.find(Kind::done));
    EXPECT_EQ(link.dialer.account.used() + link.listener.account.used(), 0U);
}

TEST(Connections, a_protocol_that_the_peer_does_not_support_is_refused) {
    Link link;
    link.run();
    const auto id = link.dialer.connection.open({"/unknown"}, link.now).value();
    link.run();
    ASSERT_TRUE(link.dialer.find(Kind::refused));
    EXPECT_EQ(link.dialer.find(Kind::refused)->stream, id);
    EXPECT_FALSE(link.listener.find(Kind::opened));
    EXPECT_EQ(link.listener.connection.stream_count(), 0U);
}

// As go-multistream does with a protocol that a peer's identify has.
TEST(Connections, what_is_written_on_a_known_protocol_goes_out_with_the_proposal) {
    Link link;
    link.run();
    const auto id = link.dialer.connection.open_known("/echo", link.now).value();
    EXPECT_EQ(link.dialer.connection.write(id, as_bytes("question")), 8U);
    link.dialer.connection.finish(id);
    ASSERT_TRUE(link.carry(link.dialer, link.listener)) << "one flight";
    ASSERT_TRUE(link.dialer.find(Kind::opened));
    EXPECT_EQ(link.dialer.find(Kind::opened)->protocol, "/echo");
    EXPECT_EQ(as_text(link.listener.connection.read(id, 1000)), "question");
    EXPECT_TRUE(link.listener.find(Kind::finished));
    EXPECT_EQ(link.listener.connection.write(id, as_bytes("answer")), 6U);
    link.listener.connection.finish(id);
    link.run();
    EXPECT_EQ(as_text(link.dialer.connection.read(id, 1000)), "answer") << "without the negotiation's bytes";
    link.run();
    EXPECT_TRUE(link.dialer.find(Kind::done));
    EXPECT_EQ(std::ranges::count(link.dialer.events, Kind::opened, &Connection::Event::kind), 1);
    EXPECT_EQ(link.dialer.account.used() + link.listener.account.used(), 0U);
}

TEST(Connections, a_known_protocol_may_be_refused_after_all) {
    for (const std::string_view written : {"", "question", "\x06/echo\n"}) {
        Link link;
        link.run();
        const auto id = link.dialer.connection.open_known("/unknown", link.now).value();
        link.dialer.connection.write(id, as_bytes(written));
        link.run();
        ASSERT_TRUE(link.dialer.find(Kind::refused)) << written;
        EXPECT_EQ(link.dialer.find(Kind::refused)->stream, id);
        EXPECT_EQ(link.dialer.connection.stream_count() + link.listener.connection.stream_count(), 0U) << written;
        EXPECT_EQ(link.dialer.account.used() + link.listener.account.used(), 0U);
    }
}

TEST(Connections, a_known_protocol_that_is_never_agreed_has_its_deadline) {
    Link link;
    link.run();
    const auto id = link.dialer.connection.open_known("/echo", link.now).value();
    link.dialer.connection.on_time(link.now + ConnectionLimits().negotiation_time);
    link.dialer.collect();
    ASSERT_TRUE(link.dialer.find(Kind::reset));
    EXPECT_EQ(link.dialer.find(Kind::reset)->stream, id);
}

TEST(Connections, the_muxer_is_negotiated_if_the_handshake_did_not_choose_one) {
    // A dialer made of the parts, whose handshake lists no muxers.
    Link link;
    auto& random = link.random;
    const auto key = PrivateKey::ed25519(random.bytes<32>());
    Noise noise(Role::dialer, key, {}, random);
    auto& listener = link.listener.connection;
    Bytes plaintext;
    const auto send = [&](BytesView bytes) {
        listener.on_bytes(bytes, link.now);
        return listener.take_output(100'000, link.now);
    };
    Bytes hello = message("/multistream/1.0.0");
    append(hello, message("/noise"));
    send(hello);
    ASSERT_TRUE(noise.on_bytes(send(noise.take_output()), plaintext));
    ASSERT_TRUE(noise.on_bytes(send(noise.take_output()), plaintext));
    EXPECT_EQ(plaintext, message("/multistream/1.0.0"));
    // The choice of the muxer and the first frame of Yamux come together.
    Bytes choice = message("/multistream/1.0.0");
    append(choice, message("/mplex/6.7.0"));
    append(choice, message("/yamux/1.0.0"));
    YamuxHeader{YamuxHeader::Type::ping, YamuxHeader::kSyn, 0, 77}.encode(choice);
    Bytes frames;
    noise.seal(choice, frames);
    plaintext.clear();
    ASSERT_TRUE(noise.on_bytes(send(frames), plaintext));
    Bytes expected = message("na");
    append(expected, message("/yamux/1.0.0"));
    ASSERT_GE(plaintext.size(), expected.size());
    EXPECT_TRUE(equal(BytesView(plaintext).first(expected.size()), expected));
    EXPECT_TRUE(listener.is_ready());
}

TEST(Connections, a_handshake_has_ten_seconds) {
    Link link;
    link.now = 10s - 1ms;
    link.dialer.connection.on_time(link.now);
    EXPECT_FALSE(link.dialer.connection.is_over());
    EXPECT_EQ(link.dialer.connection.next_time(), 10s);
    link.dialer.connection.on_time(10s);
    ASSERT_TRUE(link.dialer.connection.is_over());
    EXPECT_EQ(link.dialer.connection.failure()->code(), Errc::cancelled);
    link.listener.connection.on_bytes(as_bytes("x"), 5s);
    link.listener.connection.on_time(10s);
    EXPECT_TRUE(link.listener.connection.is_over()) << "a peer that sends now and then has no more time";
}

TEST(Connections, a_handshake_has_64_kib_from_the_first_byte_on) {
    // 32 refused proposals of 1,024 bytes, then the rest inside one Noise message.
    Link link;
    auto& listener = link.listener.connection;
    Bytes input = message("/multistream/1.0.0");
    for (int i = 0; i < 31; ++i) append(input, message(std::string(1000, 'a')));
    append(input, message("/noise"));
    listener.on_bytes(input, link.now);
    ASSERT_FALSE(listener.is_over());
    Bytes noise{0xff, 0xff};
    noise.resize((64 << 10) - input.size());
    listener.on_bytes(noise, link.now);
    EXPECT_FALSE(listener.is_over()) << "the limit";
    listener.on_bytes(Bytes{0}, link.now);
    ASSERT_TRUE(listener.is_over());
    EXPECT_EQ(listener.failure()->code(), Errc::too_large);
}

TEST(Connections, a_stream_without_a_protocol_is_reset_after_ten_seconds) {
    Link link;
    link.run();
    link.dialer.connection.open({"/echo"}, link.now).value();
    // The frame that opens the stream arrives; the answer never leaves.
    link.carry(link.dialer, link.listener);
    link.dialer.connection.on_time(10s);
    link.dialer.collect();
    EXPECT_TRUE(link.dialer.find(Kind::reset));
    EXPECT_EQ(link.dialer.connection.stream_count(), 0U);
}

TEST(Connections, a_reader_that_does_not_read_stops_its_writer) {
    Link link;
    link.run();
    const auto id = link.dialer.connection.open({"/echo"}, link.now).value();
    link.run();
    const Bytes part(100'000, 'x');
    std::size_t written = 0;
    for (int i = 0; i < 100; ++i) {
        written += link.dialer.connection.write(id, part);
        link.run();
    }
    EXPECT_EQ(written, Yamux::kInitialWindow + YamuxLimits{}.send_buffer);
    std::size_t read = 0;
    for (int i = 0; i < 100 && read < 1'000'000; ++i) {
        read += link.listener.connection.read(id, 10'000).size();
        link.run();
        if (link.dialer.find(Kind::writable)) written += link.dialer.connection.write(id, part);
    }
    EXPECT_EQ(read, 1'000'000U);
}

TEST(Connections, a_wrong_byte_ends_the_connection_once) {
    Link link;
    link.run();
    link.listener.connection.on_bytes(Bytes(1000, 0x01), link.now);
    link.listener.collect();
    ASSERT_TRUE(link.listener.connection.is_over());
    EXPECT_EQ(link.listener.connection.failure()->code(), Errc::verification);
    EXPECT_TRUE(link.listener.find(Kind::failed));
    const auto count = link.listener.events.size();
    link.listener.connection.on_bytes(Bytes(1000, 0x02), link.now);
    link.listener.connection.on_time(1000s);
    link.listener.collect();
    EXPECT_EQ(link.listener.events.size(), count);
    EXPECT_EQ(link.listener.connection.next_time(), kNever);
    EXPECT_FALSE(link.listener.connection.open({"/echo"}, link.now));
    EXPECT_EQ(link.listener.account.used(), 0U);
}

TEST(Connections, a_peer_that_closes_says_so) {
    Link link;
    link.run();
    link.dialer.connection.close(link.now);
    EXPECT_TRUE(link.dialer.connection.is_over());
    link.run();
    EXPECT_TRUE(link.listener.find(Kind::gone_away));
    EXPECT_FALSE(link.listener.connection.open({"/echo"}, link.now));
}

TEST(Connections, an_unexpected_peer_ends_the_handshake) {
    crypto::SeededRandom random(as_bytes("expected"));
    const auto expected = PeerId::of(PrivateKey::ed25519(random.bytes<32>()).public_key());
    Link link({"/echo"}, {}, expected);
    link.run();
    ASSERT_TRUE(link.dialer.connection.is_over());
    EXPECT_EQ(link.dialer.connection.failure()->code(), Errc::verification);
}

}  // namespace
}  // namespace strata::net
