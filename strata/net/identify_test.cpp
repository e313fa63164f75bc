// Protects identify, signed records and ping. Expected values: libp2p/specs identify/README.md, RFC/0002 and RFC/0003;
// a record made by go-libp2p; its core/peer/record_test.go (domain and type of a record) and
// p2p/protocol/identify/id.go (limits).
#include <strata/net/identify.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/base/protobuf.hpp>
#include <strata/net/envelope.hpp>
#include <strata/net/ping.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;

Identify sample() {
    Identify out;
    out.public_key = Bytes{1, 2, 3};
    out.listen = {Multiaddr::of_tcp(ByteArray<4>{127, 0, 0, 1}, 1347)};
    out.protocols = {"/ipfs/ping/1.0.0", "/fil/hello/1.0.0"};
    out.observed = Multiaddr::of_tcp(ByteArray<4>{10, 0, 0, 1}, 4001);
    out.version = "";
    out.agent = "strata-0.1.0";
    return out;
}

Result<Identify> read(BytesView bytes) {
    IdentifyReader reader;
    STRATA_OK(reader.on_bytes(bytes));
    return reader.finish();
}

TEST(Identify, the_fields_of_the_message) {
    Identify message;
    message.version = "";
    EXPECT_EQ(to_hex(encode_identify(message)), "2a00") << "as Lotus 1.36.2 sends it, present and empty";
    message = {};
    message.listen = {Multiaddr::parse("/ip4/127.0.0.1/tcp/4321").value()};
    message.protocols = {"/a"};
    message.agent = "x";
    EXPECT_EQ(to_hex(encode_identify(message)), "1208047f0000010610e11a022f61320178");
    EXPECT_EQ(read(identify_answer(sample())).value(), sample());
}

TEST(Identify, bytes_may_come_one_by_one) {
    IdentifyReader reader;
    const Bytes bytes = identify_answer(sample());
    for (const auto byte : bytes) ASSERT_TRUE(reader.on_bytes({&byte, 1}));
    EXPECT_EQ(reader.finish().value(), sample());
}

TEST(Identify, messages_are_merged_and_a_long_answer_has_two) {
    Identify message = sample();
    message.signed_record = Bytes(2000, 7);
    const Bytes bytes = identify_answer(message);
    BytesView first(bytes);
    EXPECT_LT(take_uvarint(first).value(), bytes.size() - 2000);
    EXPECT_EQ(read(bytes).value(), message);
    message.signed_record = Bytes(100, 7);
    EXPECT_EQ(read(identify_answer(message)).value(), message);
}

TEST(Identify, addresses_with_unknown_protocols_are_left_out) {
    Bytes body;
    protobuf::put_body(body, 2, from_hex("840104d2").value());  // sctp
    protobuf::put_body(body, 2, from_hex("0604d2").value());
    protobuf::put_number(body, 99, 5);
    Identify got;
    ASSERT_TRUE(merge_identify(got, body));
    ASSERT_EQ(got.listen.size(), 1U);
    EXPECT_EQ(got.listen[0].to_string(), "/tcp/1234");
}

TEST(Identify, a_push_replaces_the_fields_that_it_has) {
    Identify known = sample();
    Identify pushed;
    pushed.protocols = {"/new"};
    apply_push(known, std::move(pushed));
    Identify expected = sample();
    expected.protocols = {"/new"};
    EXPECT_EQ(known, expected);
}

TEST(Identify, limits_of_sizes_messages_and_lists) {
    Identify long_agent;
    long_agent.agent = std::string(Identify::kMaxMessage - 3, 'a');
    EXPECT_TRUE(read(identify_answer(long_agent)));
    long_agent.agent->push_back('a');
    EXPECT_EQ(read(identify_answer(long_agent)).error().code(), Errc::too_large);

    Bytes many;
    for (std::size_t i = 0; i < Identify::kMaxMessages; ++i) append(many, from_hex("022a00").value());
    EXPECT_TRUE(read(many));
    append(many, from_hex("022a00").value());
    EXPECT_EQ(read(many).error().code(), Errc::too_large);

    Identify lists;
    lists.protocols.assign(Identify::kMaxProtocols + 1, "/a");
    lists.listen.assign(Identify::kMaxAddresses + 1, Multiaddr::parse("/tcp/1").value());
    const auto got = read(identify_answer(lists));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->protocols.size(), Identify::kMaxProtocols);
    EXPECT_EQ(got->listen.size(), Identify::kMaxAddresses);
}

TEST(Identify, an_answer_that_ends_too_early_is_refused) {
    EXPECT_EQ(read({}).error().code(), Errc::truncated);
    EXPECT_EQ(read(from_hex("032a00").value()).error().code(), Errc::truncated);
    EXPECT_EQ(read(from_hex("0228").value()).error().code(), Errc::truncated);
    EXPECT_EQ(read(from_hex("022801").value()).error().code(), Errc::malformed) << "a version that is a number";
}

struct Signer {
    crypto::SeededRandom random{as_bytes("records")};
    PrivateKey key = PrivateKey::ed25519(random.bytes<32>());
    PeerRecord record{PeerId::of(key.public_key()), 42, {Multiaddr::of_tcp(ByteArray<4>{127, 0, 0, 1}, 1347)}};
};

TEST(PeerRecords, a_record_is_read_as_it_was_signed) {
    const Signer signer;
    const Bytes sealed = seal_peer_record(signer.key, signer.record);
    const auto opened = open_peer_record(sealed);
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_EQ(opened->peer, signer.record.peer);
    EXPECT_EQ(opened->sequence, 42U);
    EXPECT_EQ(opened->addresses, signer.record.addresses);
}

// Made by go-libp2p 0.48 (oracle/net, `peer listen -seed 7`), taken from its identify answer.
TEST(PeerRecords, a_record_of_go_libp2p) {
    const auto opened = open_peer_record(
        from_hex(
            "0a2408011220a2fa2f4a355ba2e907a53009e9e37caddf7ac7e66a08ba07631f553072b3f24c120203011a3e0a2600240801"
            "1220a2fa2f4a355ba2e907a53009e9e37caddf7ac7e66a08ba07631f553072b3f24c10a8fca0f09ab1acf6181a0a0a08047f00"
            "00010687512a409b8eb06b42aacd0dd50c30ad463cbc9ec50a0790fbc5a882024d9f929119fb8ab6b9822a9ac8bb21ad8b2b79"
            "5d1f4dcfff62aede2ea0c5c86a52e1148dfb0d04")
            .value());
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_EQ(opened->peer.to_string(), "12D3KooWLnZUpcaBwbz9uD1XsyyHnbXUrJRmxnsMiRnuCmvPix67");
    EXPECT_EQ(opened->sequence, 1796005556302396968U) << "a time in nanoseconds";
    ASSERT_EQ(opened->addresses.size(), 1U);
    EXPECT_EQ(opened->addresses[0].to_string(), "/ip4/127.0.0.1/tcp/34641");
}

TEST(PeerRecords, no_byte_of_a_record_can_be_changed) {
    const Signer signer;
    const Bytes sealed = seal_peer_record(signer.key, signer.record);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        Bytes changed = sealed;
        changed[i] ^= 1;
        EXPECT_FALSE(open_peer_record(changed)) << i;
        EXPECT_FALSE(open_peer_record(BytesView(sealed).first(i))) << i;
    }
}

TEST(PeerRecords, domain_type_and_peer_are_checked) {
    Signer signer;
    const auto other = PrivateKey::ed25519(signer.random.bytes<32>());
    Bytes payload;
    protobuf::put_body(payload, 1, signer.record.peer.bytes());
    constexpr ByteArray<2> kType{0x03, 0x01};
    constexpr std::string_view kDomain = "libp2p-peer-record";
    EXPECT_TRUE(open_peer_record(seal_envelope(signer.key, kDomain, kType, payload)));
    for (const auto& wrong :
         {seal_envelope(other, kDomain, kType, payload), seal_envelope(signer.key, "libp2p-testing", kType, payload),
          seal_envelope(signer.key, kDomain, ByteArray<2>{0x03, 0x02}, payload)})
        EXPECT_EQ(open_peer_record(wrong).error().code(), Errc::verification);
}

TEST(PeerRecords, at_most_128_addresses) {
    Signer signer;
    signer.record.addresses.assign(PeerRecord::kMaxAddresses, Multiaddr::parse("/tcp/1").value());
    EXPECT_TRUE(open_peer_record(seal_peer_record(signer.key, signer.record)));
    signer.record.addresses.push_back(Multiaddr::parse("/tcp/1").value());
    EXPECT_EQ(open_peer_record(seal_peer_record(signer.key, signer.record)).error().code(), Errc::too_large);
}

TEST(Pings, blocks_come_back_when_they_are_complete) {
    PingEcho echo;
    EXPECT_TRUE(echo.on_bytes(Bytes(31, 1)).empty());
    EXPECT_EQ(echo.on_bytes(Bytes(34, 1)), Bytes(64, 1));
    EXPECT_EQ(echo.on_bytes(Bytes(31, 2)),
              (Bytes{1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}));
}

TEST(Pings, the_round_trip_is_measured_and_wrong_answers_are_refused) {
    crypto::SeededRandom random(as_bytes("ping"));
    PingProbe probe;
    for (const auto wait : {5ms, 9ms}) {
        const Bytes sent = probe.start(random, 100ms);
        ASSERT_EQ(sent.size(), kPingSize);
        EXPECT_FALSE(probe.on_bytes(BytesView(sent).first(30), 101ms)->has_value());
        EXPECT_EQ(probe.on_bytes(BytesView(sent).subspan(30), 100ms + wait).value(), wait);
    }
    EXPECT_EQ(probe.on_bytes(Bytes(1), 0ms).error().code(), Errc::verification) << "nothing was sent";
    Bytes wrong = probe.start(random, 0ms);
    wrong[31] ^= 1;
    EXPECT_EQ(probe.on_bytes(wrong, 1ms).error().code(), Errc::verification);
    PingProbe longer;
    Bytes more = longer.start(random, 0ms);
    more.push_back(0);
    EXPECT_EQ(longer.on_bytes(more, 1ms).error().code(), Errc::verification);
}

}  // namespace
}  // namespace strata::net
