// Protects the bytes of bitswap and what a server answers, over connections in memory. Expected bytes are those of boxo
// 0.41.0 (tests/vectors/bitswap).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/base/protobuf.hpp>
#include <strata/net/frame_reader.hpp>
#include <strata/net/memory_carrier.hpp>
#include <strata/p2p/bitswap_server.hpp>
#include <strata/testing/own_vectors.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::p2p {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

Cid cid_of(const json& text) {
    return Cid::parse(text.get<std::string>()).value();
}

TEST(BitswapMessages, messages_of_boxo) {
    const auto all = json::parse(strata::testing::read_file(strata::testing::own_vectors("bitswap/boxo.json")));
    std::size_t requests = 0;
    for (const auto& one : all["messages"]) {
        SCOPED_TRACE(one["name"].get<std::string>());
        BitswapRequest request{.replaces = one["full"]};
        for (const auto& want : one["wants"])
            request.wants.push_back(
                {cid_of(want["cid"]), want["priority"], want["cancel"], want["have"], want["send_dont_have"]});
        BitswapAnswer answer{.pending_bytes = one["pending"]};
        for (const auto& block : one["blocks"])
            answer.blocks.push_back({cid_of(block["cid"]), from_hex(block["data"].get<std::string>()).value()});
        for (const auto& presence : one["presences"])
            answer.presences.push_back({cid_of(presence["cid"]), presence["have"]});
        const auto v0 = one["v0"].get<std::string>(), v1 = one["v1"].get<std::string>();
        if (!request.wants.empty()) {
            ++requests;
            EXPECT_EQ(to_hex(net::framed(encode_bitswap(request))), v1);
        } else {
            EXPECT_EQ(to_hex(net::framed(encode_bitswap(answer, BitswapForm::prefixed))), v1);
            EXPECT_EQ(to_hex(net::framed(encode_bitswap(answer, BitswapForm::bare))), v0);
        }
        for (const auto& text : {v0, v1}) {
            net::FrameReader reader(BitswapRequest::kMaxFrame, "a frame");
            reader.on_bytes(from_hex(text).value());
            const auto got = decode_bitswap(reader.next().value().value());
            ASSERT_TRUE(got) << got.error().message();
            EXPECT_EQ(*got, request);
        }
    }
    EXPECT_EQ(requests, 5U);
}

TEST(BitswapMessages, broken_and_large_messages) {
    const auto refused = [](BytesView list) {
        Bytes message;
        protobuf::put_body(message, 1, list);
        return decode_bitswap(message).error().code();
    };
    Bytes nameless, unreadable;
    protobuf::put_body(nameless, 1, {});
    protobuf::put_body(unreadable, 1, Bytes{0x0a, 0x02, 0xff, 0xff});
    EXPECT_EQ(refused(nameless), Errc::malformed);
    EXPECT_FALSE(decode_bitswap(Bytes{0x0a, 0x05}).has_value());
    Bytes message;
    protobuf::put_body(message, 1, unreadable);
    EXPECT_FALSE(decode_bitswap(message).has_value());
    BitswapRequest many;
    for (std::size_t i = 0; i < 100 * BitswapRequest::kMaxWants; ++i)
        many.wants.push_back({.cid = Cid::hash_of(Codec::raw, Bytes{1})});
    EXPECT_EQ(decode_bitswap(encode_bitswap(many))->wants.size(), BitswapRequest::kMaxWants);
}

/// A server with blocks, and a peer that asks it raw.
struct Pair {
    explicit Pair(BitswapLimits limits = {}, std::vector<std::string> versions = {"/chain/ipfs/bitswap/1.2.0"})
        : server(
              swarm, [this](const Cid& cid) { return get(cid); },
              [this](std::function<void()> work) { posted.push_back(std::move(work)); }, limits) {
        for (const auto& version : versions) peer.support(version, [this] { return std::make_unique<Ear>(*this); });
        STRATA_CHECK(carrier.connect(peer, swarm).has_value());
        run();
    }
    Result<std::optional<Bytes>> get(const Cid& cid) {
        ++lookups;
        const auto it = blocks.find(cid);
        if (it == blocks.end()) return std::optional<Bytes>();
        return std::optional(it->second);
    }
    Cid add(Bytes data) {
        const auto cid = Cid::hash_of(Codec::dag_cbor, data);
        blocks[cid] = std::move(data);
        return cid;
    }
    void run() {
        carrier.run();
        while (!posted.empty()) {
            for (auto& work : std::exchange(posted, {})) work();
            carrier.run();
        }
    }
    void say(BytesView bytes) {
        auto handler = std::make_unique<Mouth>(to_bytes(bytes), resets);
        STRATA_CHECK(
            peer.open(swarm.id(), {"/chain/ipfs/bitswap/1.2.0"}, std::move(handler), carrier.now()).has_value());
        run();
    }
    void ask(std::vector<BitswapWant> wants, bool replaces = false) {
        say(net::framed(encode_bitswap(BitswapRequest{replaces, std::move(wants)})));
    }
    /// All frames that came, and no others.
    std::vector<Bytes> take_heard() { return std::exchange(heard, {}); }

    struct Mouth final : net::StreamHandler {
        Mouth(Bytes bytes, int& count) : resets(count) { left.push(bytes); }
        void on_open(net::Stream& stream) override { on_writable(stream); }
        void on_writable(net::Stream& stream) override { left.drop(stream.write(left.view())); }
        void on_readable(net::Stream& stream) override { stream.read(); }
        void on_lost(const Error&) override { ++resets; }
        int& resets;
        net::ByteQueue left;
    };
    struct Ear final : net::StreamHandler {
        explicit Ear(Pair& pair) : of(pair) {}
        void on_readable(net::Stream& stream) override {
            if (!of.reads) return;
            of.protocol = stream.protocol();
            reader.on_bytes(stream.read());
            while (auto frame = reader.next().value()) of.heard.push_back(std::move(*frame));
        }
        void on_finished(net::Stream& stream) override {
            ++of.finished;
            stream.close();
        }
        Pair& of;
        net::FrameReader reader{4 << 20, "a frame"};
    };

    std::map<Cid, Bytes> blocks;
    std::vector<std::function<void()>> posted;
    std::vector<Bytes> heard;
    std::string protocol;
    std::size_t lookups = 0;
    int resets = 0;
    int finished = 0;
    bool reads = true;
    crypto::SeededRandom random{as_bytes("bitswap")};
    net::Swarm swarm{net::PrivateKey::ed25519(random.bytes<32>()), {}, random};
    net::Swarm peer{net::PrivateKey::ed25519(random.bytes<32>()), {}, random};
    BitswapServer server;
    net::MemoryCarrier carrier;
};

TEST(BitswapServers, blocks_and_presences_are_answered) {
    Pair pair;
    const auto one = pair.add({1, 2, 3}), two = pair.add({4, 5});
    const auto gone = Cid::hash_of(Codec::dag_cbor, Bytes{9});
    pair.ask({{.cid = one, .priority = 1},
              {.cid = two, .priority = 5},
              {.cid = gone, .priority = 9},
              {.cid = Cid::hash_of(Codec::raw, Bytes{8}), .wants_refusal = true}});
    const BitswapAnswer answer{.blocks = {{two, {4, 5}}, {one, {1, 2, 3}}},
                               .presences = {{Cid::hash_of(Codec::raw, Bytes{8}), false}}};
    EXPECT_EQ(pair.take_heard(), std::vector<Bytes>{encode_bitswap(answer, BitswapForm::prefixed)})
        << "by priority, in one message";
    EXPECT_EQ(pair.finished, 1) << "the stream ends when nothing waits";
    pair.ask({{.cid = one, .asks_whether = true}, {.cid = gone, .asks_whether = true, .wants_refusal = true}});
    EXPECT_EQ(pair.take_heard(),
              std::vector<Bytes>{encode_bitswap({.presences = {{one, true}, {gone, false}}}, BitswapForm::prefixed)});
    EXPECT_EQ(pair.server.stats().blocks, 2U);
    EXPECT_EQ(pair.server.stats().bytes, 5U);
    EXPECT_EQ(pair.server.stats().waiting, 0U);
}

TEST(BitswapServers, older_versions_get_bare_blocks) {
    for (const auto* version : {"/chain/ipfs/bitswap/1.1.0", "/chain/ipfs/bitswap/1.0.0", "/chain/ipfs/bitswap"}) {
        Pair pair({}, {version});
        const auto one = pair.add({1, 2, 3});
        pair.ask({{.cid = one}});
        const auto form = std::string_view(version).ends_with("1.1.0") ? BitswapForm::prefixed : BitswapForm::bare;
        EXPECT_EQ(pair.take_heard(), std::vector<Bytes>{encode_bitswap({.blocks = {{one, {1, 2, 3}}}}, form)});
        EXPECT_EQ(pair.protocol, version);
    }
    Pair deaf({}, {});
    deaf.ask({{.cid = deaf.add({1})}});
    EXPECT_EQ(deaf.server.stats().waiting, 0U) << "who takes no answers gets none";
}

TEST(BitswapServers, long_lists_come_in_several_messages) {
    Pair pair;
    std::vector<BitswapWant> wants;
    for (std::uint8_t i = 0; i < 100; ++i) wants.push_back({.cid = pair.add(Bytes(1'000, i))});
    pair.ask(wants);
    const auto heard = pair.take_heard();
    EXPECT_EQ(heard.size(), 6U) << "17 blocks of 1,000 bytes reach 16 KiB";
    EXPECT_EQ(pair.server.stats().blocks, 100U);
    EXPECT_EQ(pair.finished, 1);
}

TEST(BitswapServers, only_whole_blocks_of_at_most_two_mebibytes) {
    Pair pair;
    const auto at = pair.add(Bytes(2 << 20)), above = pair.add(Bytes((2 << 20) + 1));
    const auto inside = Cid::v1(Codec::raw, HashCode::identity, Bytes{1, 2});
    pair.blocks[inside] = Bytes{1, 2};
    pair.ask({{.cid = above, .wants_refusal = true}, {.cid = inside, .wants_refusal = true}, {.cid = at}});
    std::size_t bytes = 0;
    for (const auto& frame : pair.take_heard()) bytes += frame.size();
    EXPECT_GT(bytes, std::size_t{2} << 20);
    EXPECT_LT(bytes, (std::size_t{2} << 20) + 300);
    EXPECT_EQ(pair.server.stats().blocks, 1U);
}

TEST(BitswapServers, cancels_lists_that_replace_and_repeated_wants) {
    Pair pair;
    pair.reads = false;  // so that the queue stays after the first blocks
    std::vector<BitswapWant> fill;
    for (std::uint8_t i = 0; i < 20; ++i) fill.push_back({.cid = pair.add(Bytes(300'000, i)), .priority = 100});
    pair.ask(fill);
    const auto before = pair.server.stats().waiting;
    EXPECT_GT(before, 10U) << "a peer that does not read is not written to";
    const auto one = pair.add({1}), two = pair.add({2});
    pair.ask({{.cid = one}, {.cid = one, .asks_whether = true}, {.cid = two, .asks_whether = true}, {.cid = two}});
    EXPECT_EQ(pair.server.stats().waiting, before + 2);
    pair.ask({{.cid = one, .cancels = true}, {.cid = Cid::hash_of(Codec::raw, Bytes{7}), .cancels = true}});
    EXPECT_EQ(pair.server.stats().waiting, before + 1);
    pair.ask({{.cid = one}}, /*replaces=*/true);
    EXPECT_EQ(pair.server.stats().waiting, 1U);
    // Its write deadline passes: the stream ends, and the peer has to ask again.
    for (int i = 0; i < 13; ++i) pair.carrier.advance(5s);
    pair.run();
    EXPECT_EQ(pair.server.stats().waiting, 0U);
    pair.reads = true;
    pair.ask({{.cid = one}});
    EXPECT_EQ(pair.take_heard(), std::vector<Bytes>{encode_bitswap({.blocks = {{one, {1}}}}, BitswapForm::prefixed)});
}

TEST(BitswapServers, limits_of_wants_streams_and_messages) {
    Pair pair({.wants_of_peer = 50, .wants = 40});
    pair.reads = false;
    std::vector<BitswapWant> fill;
    for (std::uint8_t i = 0; i < 30; ++i) fill.push_back({.cid = pair.add(Bytes(400'000, i)), .priority = 100});
    pair.ask(fill);
    for (std::uint16_t i = 0; i < 5'000; ++i)
        pair.ask({{.cid = Cid::hash_of(Codec::raw,
                                       Bytes{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)})}});
    EXPECT_LE(pair.server.stats().waiting, 40U);
    EXPECT_GT(pair.resets, 4'900) << "eight streams at once";

    Pair other;
    for (const auto& bytes : {uvarint(BitswapRequest::kMaxFrame + 1), net::framed(Bytes{0xff}),
                              net::framed(Bytes{0x0a, 0x02, 0x0a, 0x00})}) {
        other.resets = 0;
        other.say(bytes);
        EXPECT_EQ(other.resets, 1);
    }
    other.say(Bytes{0x80});
    for (int i = 0; i < 25; ++i) other.carrier.advance(5s);
    EXPECT_EQ(other.resets, 2) << "an idle stream ends after two minutes";
    EXPECT_EQ(other.server.stats().peers, 0U);
}

TEST(BitswapServers, a_peer_that_leaves_is_forgotten) {
    Pair pair;
    pair.reads = false;
    std::vector<BitswapWant> fill;
    for (std::uint8_t i = 0; i < 30; ++i) fill.push_back({.cid = pair.add(Bytes(400'000, i))});
    pair.ask(fill);
    EXPECT_EQ(pair.server.stats().peers, 1U);
    pair.peer.disconnect(pair.swarm.id(), pair.carrier.now());
    pair.run();
    EXPECT_EQ(pair.server.stats().peers, 0U);
    EXPECT_EQ(pair.server.stats().waiting, 0U);
}

}  // namespace
}  // namespace strata::p2p
