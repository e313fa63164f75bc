// Protects hello over connections in memory. Expected values: the form of lotus node/hello/hello.go and cbor_gen.go by
// hand; times and sizes of docs/protocol/node.md §17.
#include <strata/p2p/hello.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/p2p/test_peers.hpp>

namespace strata::p2p {
namespace {

using namespace testing;

const Cid kGenesis = Cid::constant("bafy2bzaceddi6jv2lxnfnnzyc76rfp2tl24tevuasq4q2gdbs3w2of6jdkjpy");

class Hellos : public ::testing::Test {
  protected:
    Hellos() {
        b.swarm.support(std::string(kHelloProtocol), [this] { return hear_hello(hooks); });
        wires.connect(a.swarm, b.swarm);
    }
    Heard send(const Bytes& bytes, bool finish = true) {
        Heard heard;
        call(a.swarm, b.id(), kHelloProtocol, heard, bytes, finish);
        wires.run();
        return heard;
    }

    std::vector<HelloMessage> hellos;
    std::vector<Errc> bad;
    std::vector<net::Instant> answers;
    HelloHooks hooks{.genesis = kGenesis,
                     .unix_time = [] { return std::chrono::nanoseconds(1'700'000'000'000'000'123); },
                     .on_hello =
                         [this](const net::PeerId& peer, const HelloMessage& hello) {
                             EXPECT_EQ(peer, a.id());
                             hellos.push_back(hello);
                         },
                     .on_bad = [this](const net::PeerId&, const Error& why) { bad.push_back(why.code()); },
                     .on_answer = [this](const net::PeerId&, net::Instant time) { answers.push_back(time); }};
    const HelloMessage message{{kGenesis}, 7, BigInt(256), kGenesis};
    Wires wires;
    Side a{"a"}, b{"b"};
};

TEST_F(Hellos, the_form_is_that_of_lotus) {
    const std::string link = "d82a582700" + to_hex(kGenesis.bytes());
    EXPECT_EQ(to_hex(to_cbor(message)), "8481" + link + "0743000100" + link);
    EXPECT_EQ(to_hex(to_cbor(HelloAnswer{1, -1})), "820120");
}

TEST_F(Hellos, a_hello_is_heard_and_answered_with_the_time) {
    ASSERT_TRUE(a.swarm.open(b.id(), {std::string(kHelloProtocol)}, say_hello(hooks, message), wires.now()));
    wires.run();
    EXPECT_EQ(hellos, std::vector{message});
    EXPECT_EQ(answers, std::vector<net::Instant>{0ms});
    const auto heard = send(to_cbor(message), /*finish=*/false);
    EXPECT_EQ(from_cbor<HelloAnswer>(heard.bytes).value(),
              (HelloAnswer{1'700'000'000'000'000'123, 1'700'000'000'000'000'123}));
    EXPECT_TRUE(bad.empty());
}

TEST_F(Hellos, a_different_genesis_is_bad) {
    HelloMessage other = message;
    other.genesis = Cid::hash_of(Codec::dag_cbor, {});
    EXPECT_TRUE(send(to_cbor(other)).lost);
    EXPECT_EQ(bad, std::vector{Errc::verification});
    EXPECT_TRUE(hellos.empty());
}

TEST_F(Hellos, what_is_not_a_hello_is_bad) {
    send({0xff});
    send({0x80});
    send({});
    EXPECT_EQ(bad, (std::vector{Errc::malformed, Errc::malformed, Errc::truncated}));
    EXPECT_TRUE(hellos.empty());
}

TEST_F(Hellos, a_hello_has_at_most_four_kibibytes) {
    HelloMessage large = message;
    while (to_cbor(large).size() + 43 <= HelloMessage::kMaxSize) large.head.push_back(kGenesis);
    send(to_cbor(large));
    EXPECT_EQ(hellos.size(), 1U);
    large.head.push_back(kGenesis);
    ASSERT_GT(to_cbor(large).size(), HelloMessage::kMaxSize);
    send(to_cbor(large));
    EXPECT_EQ(hellos.size(), 1U);
    EXPECT_EQ(bad, std::vector{Errc::too_large});
}

TEST_F(Hellos, a_peer_has_ten_seconds) {
    Heard heard;
    call(a.swarm, b.id(), kHelloProtocol, heard, {0x84}, /*finish=*/false);
    wires.run();
    wires.advance(9'999ms);
    EXPECT_FALSE(heard.lost);
    wires.advance(1ms);
    EXPECT_TRUE(heard.lost);
}

TEST_F(Hellos, an_answer_that_is_late_long_or_wrong_is_dropped) {
    const auto answered_by = [&](const Bytes& bytes) {
        b.swarm.support(std::string(kHelloProtocol), [bytes] {
            return std::make_unique<Scripted>([bytes](net::Stream& stream, const Bytes&) {
                stream.write(bytes);
                stream.finish();
            });
        });
        answers.clear();
        EXPECT_TRUE(a.swarm.open(b.id(), {std::string(kHelloProtocol)}, say_hello(hooks, message), wires.now()));
        wires.run();
        return answers.size();
    };
    EXPECT_EQ(answered_by(from_hex("821b000000012a05f2001b000000012a05f200").value()), 1U);
    EXPECT_EQ(answered_by({0x82, 0x01}), 0U);
    EXPECT_EQ(answered_by({}), 0U);
    EXPECT_EQ(answered_by({0x82, 0x01, 0xf6}), 0U);
    Bytes longer{0x82, 0x01, 0x58, 0x40};
    longer.resize(4 + 0x40);
    EXPECT_EQ(answered_by(longer), 0U);
    wires.advance(20s);
    EXPECT_TRUE(a.swarm.is_connected(b.id())) << "a peer may leave our hello without an answer";
}

}  // namespace
}  // namespace strata::p2p
