// What streams between our host and a stranger must bear: many at once, resets, halves that are closed in either order,
// readers that are slow. Then a change of what a peer says of itself, and strangers with every type of key.
#include <gtest/gtest.h>

#include <strata/net/test_perf.hpp>

#include "stranger_host.hpp"

namespace strata::net {
namespace {

using interop::becomes_true;
using interop::on_host;
using interop::StrangePeer;
using interop::Stranger;
using nlohmann::json;
constexpr std::size_t kMebibyte = 1 << 20;
constexpr std::string_view kReset = "/strata/reset/1.0.0";

/// Resets the stream when the first byte comes.
class Resetter final : public StreamHandler {
  public:
    void on_readable(Stream& stream) override { stream.reset(); }
};

/// Wants bytes by the perf protocol, and reads none of them before `read_all`.
class SlowReader final : public StreamHandler {
  public:
    struct State {
        Stream* stream = nullptr;
        std::uint64_t got = 0;
        bool reads = false;
        bool finished = false;
        bool lost = false;
    };
    SlowReader(std::uint64_t wanted, std::shared_ptr<State> state) : state_(std::move(state)) {
        store_be<std::uint64_t>(head_.data(), wanted);
    }
    ~SlowReader() override { state_->stream = nullptr; }
    void on_open(Stream& stream) override {
        state_->stream = &stream;
        stream.write(head_);
        stream.finish();
    }
    void on_readable(Stream& stream) override {
        if (state_->reads) state_->got += stream.read().size();
    }
    void on_finished(Stream& stream) override {
        on_readable(stream);
        state_->finished = true;
    }
    void on_lost(const Error&) override { state_->lost = true; }

  private:
    ByteArray<8> head_{};
    std::shared_ptr<State> state_;
};

class StrangeHost {
  protected:
    void start() {
        HostConfig config{.listen = {Multiaddr::parse("/ip4/127.0.0.1/tcp/0").value()}};
        host = Host::start(PrivateKey::ed25519(ByteArray<32>{3}), std::move(config), [](Swarm& swarm) {
                   swarm.support(std::string(testing::kEcho), [] { return std::make_unique<testing::Echo>(); });
                   swarm.support(std::string(kReset), [] { return std::make_unique<Resetter>(); });
                   swarm.support(std::string(testing::kPerf), [] { return std::make_unique<testing::PerfServer>(); });
               }).value();
    }
    std::unique_ptr<Host> host;
};

class StrangeStreams : public ::testing::TestWithParam<Stranger>, public StrangeHost {
  protected:
    void SetUp() override {
        if (!GetParam().path()) GTEST_SKIP() << GetParam().absence();
        start();
        peer.emplace(GetParam(), std::vector<std::string>{"listen", "-seed", "31", "-listen", "/ip4/127.0.0.1/tcp/0"});
        ready = peer->next("ready");
        const auto reached = interop::meet(*host, ready);
        ASSERT_TRUE(reached) << reached.error().message();
        id = *reached;
        // Our handshake ends first, and a stranger that is asked at once would dial us.
        ASSERT_TRUE(peer->next("connected").is_object());
    }
    json ask(json command) {
        command["peer"] = host->id().to_string();
        return peer->ask(command);
    }
    Result<Bytes> exchange(std::string_view protocol, const Bytes& data) {
        return testing::wait_for<Bytes>(*host, [&](Swarm& swarm, const std::function<void(Result<Bytes>)>& done) {
            const auto status =
                swarm.open(*id, {std::string(protocol)}, std::make_unique<testing::EchoProbe>(data, done), swarm.now());
            if (!status) done(status.error());
        });
    }

    std::optional<StrangePeer> peer;
    json ready;
    std::optional<PeerId> id;
};

TEST_P(StrangeStreams, forty_carry_bytes_at_once) {
    const json many = ask({{"cmd", "many"}, {"count", 40}, {"size", 100'000}});
    EXPECT_EQ(many.value("done", 0), 40) << many;

    std::atomic<int> whole = 0, ended = 0;
    const Bytes data(100'000, 7);
    host->post([&](Swarm& swarm) {
        for (int i = 0; i < 40; ++i) {
            const auto done = [&](const Result<Bytes>& got) {
                whole += got && *got == data ? 1 : 0;
                ++ended;
            };
            const auto status = swarm.open(*id, {std::string(testing::kEcho)},
                                           std::make_unique<testing::EchoProbe>(data, done), swarm.now());
            if (!status) ++ended;
        }
    });
    EXPECT_TRUE(becomes_true([&] { return ended == 40; }));
    EXPECT_GE(whole, GetParam().takes_many_streams_at_once() ? 40 : 1);
}

TEST_P(StrangeStreams, more_than_we_bear_are_refused_and_the_others_go_on) {
    const json many = ask({{"cmd", "many"}, {"count", 200}, {"size", 200'000}});
    EXPECT_GE(many.value("done", 0), 32) << many;
    const json after = ask({{"cmd", "echo"}, {"size", 1'000}});
    EXPECT_TRUE(after.value("ok", false)) << after;
    EXPECT_TRUE(testing::echo(*host, *id, 1'000));
}

TEST_P(StrangeStreams, resets_end_one_stream_alone) {
    for (const int size : {1, 1'000, 500'000}) {
        const json reset = ask({{"cmd", "reset"}, {"size", size}});
        EXPECT_TRUE(reset.value("ok", false)) << reset;
    }
    if (GetParam().has_resets()) {
        const json heard = ask({{"cmd", "hear_reset"}});
        EXPECT_TRUE(heard.value("reset", false)) << heard;

        const auto ours = exchange(kReset, Bytes(1'000));
        ASSERT_FALSE(ours);
        EXPECT_EQ(ours.error().code(), Errc::cancelled) << ours.error().message();
    }
    const auto none = exchange("/strata/nothing/1.0.0", Bytes(1));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), Errc::unsupported) << none.error().message();
    EXPECT_TRUE(testing::echo(*host, *id, kMebibyte));
    EXPECT_TRUE(ask({{"cmd", "echo"}, {"size", 100'000}}).value("ok", false));
}

TEST_P(StrangeStreams, a_half_that_is_closed_first_leaves_the_other_open) {
    const json perf = ask({{"cmd", "perf"}, {"up", 16 * kMebibyte}, {"down", 16 * kMebibyte}});
    EXPECT_TRUE(perf.value("ok", false)) << perf;
}

TEST_P(StrangeStreams, a_reader_that_sleeps_stops_the_writer) {
    const auto state = std::make_shared<SlowReader::State>();
    const std::uint64_t size = 16 * kMebibyte;
    ASSERT_TRUE(on_host<bool>(*host, [&](Swarm& swarm) {
        return swarm.open(*id, {std::string(testing::kPerf)}, std::make_unique<SlowReader>(size, state), swarm.now())
            .has_value();
    }));
    std::this_thread::sleep_for(std::chrono::seconds(2));
    EXPECT_TRUE(testing::ping(*host, *id)) << "the connection goes on meanwhile";
    ASSERT_FALSE(on_host<bool>(*host, [&](Swarm&) {
        if (state->stream == nullptr) return true;
        state->reads = true;
        state->got += state->stream->read().size();
        return state->finished || state->lost;
    }));
    EXPECT_TRUE(
        becomes_true([&] { return on_host<bool>(*host, [&](Swarm&) { return state->finished || state->lost; }); }));
    EXPECT_EQ(state->got, size);
}

TEST_P(StrangeStreams, what_a_peer_says_of_itself_changes) {
    interop::identified(*host, *id);
    const std::string added = "/strata/added/1.0.0";
    const json supports = ask({{"cmd", "support"}, {"protocol", added}});
    EXPECT_TRUE(supports.value("ok", false)) << supports;
    EXPECT_TRUE(becomes_true([&] {
        const auto known = interop::known_of(*host, *id);
        return known && std::ranges::find(known->protocols, added) != known->protocols.end();
    })) << "the stranger pushed to us";

    const std::string address = "/ip4/127.0.0.1/tcp/4242";
    host->post([&](Swarm& swarm) { swarm.set_listen({Multiaddr::parse(address).value()}, swarm.now()); });
    json known;
    EXPECT_TRUE(becomes_true([&] {
        known = ask({{"cmd", "identify"}});
        return known["addrs"].dump().contains(address);
    })) << known;
}

INSTANTIATE_TEST_SUITE_P(, StrangeStreams, ::testing::Values(interop::kGo, interop::kJs, interop::kRust),
                         [](const auto& stranger) { return stranger.param.name; });

class StrangeKeys : public ::testing::TestWithParam<std::tuple<Stranger, const char*>>, public StrangeHost {};

TEST_P(StrangeKeys, are_verified_whoever_dials) {
    const auto& [stranger, key] = GetParam();
    if (!stranger.path()) GTEST_SKIP() << stranger.absence();
    start();
    StrangePeer peer(stranger, {"listen", "-seed", "41", "-key", key, "-listen", "/ip4/127.0.0.1/tcp/0"});
    const json ready = peer.next("ready");
    const auto reached = interop::meet(*host, ready);
    ASSERT_TRUE(reached) << reached.error().message();
    EXPECT_EQ(reached->to_string(), ready["peer"].get<std::string>());
    EXPECT_TRUE(testing::ping(*host, *reached));
    const auto known = interop::identified(*host, *reached);
    EXPECT_TRUE(known.public_key);
    EXPECT_EQ(known.signed_record.has_value(), stranger.has_signed_record()) << "it is signed with that key too";

    StrangePeer dialer(stranger, {"dial", "-seed", "42", "-key", key, "-no-dht", host->addresses()[0].to_string(),
                                  "ping:1", "echo:1000"});
    EXPECT_EQ(dialer.wait(), 0);
}

/// js-libp2p makes no peer of an ECDSA key.
std::vector<std::tuple<Stranger, const char*>> keys_of_strangers() {
    std::vector<std::tuple<Stranger, const char*>> out;
    for (const auto* key : {"ed25519", "secp256k1", "ecdsa", "rsa"})
        for (const auto& stranger : {interop::kGo, interop::kJs, interop::kRust})
            if (stranger.name != interop::kJs.name || std::string_view(key) != "ecdsa") out.emplace_back(stranger, key);
    return out;
}

INSTANTIATE_TEST_SUITE_P(, StrangeKeys, ::testing::ValuesIn(keys_of_strangers()), [](const auto& of) {
    return std::string(std::get<0>(of.param).name) + "_" + std::get<1>(of.param);
});

}  // namespace
}  // namespace strata::net
