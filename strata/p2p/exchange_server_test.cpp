// Protects the serving side of chain exchange over connections in memory. Expected values: responses of a running Lotus
// 1.36.2 (vectors/lotus-devnet/long); statuses and texts of lotus chain/exchange/server.go; the limits of the header.
#include <strata/p2p/exchange_server.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/chain/test_recorded.hpp>
#include <strata/p2p/test_peers.hpp>
#include <strata/p2p/test_wire.hpp>

namespace strata::p2p {
namespace {

using namespace testing;
using chain::testing::RecordedChain;

class Serving : public ::testing::Test {
  protected:
    explicit Serving(ExchangeServerLimits limits = {}) : server(chain, counted_post(), limits) {
        b.swarm.support(std::string(kExchangeProtocol), [this] { return server.accept(); });
        wires.connect(a.swarm, b.swarm);
    }
    /// Notes how often a piece of work calls the chain.
    Post counted_post() {
        return [this, post = wires.post()](std::function<void()> work) {
            post([this, work = std::move(work)] {
                const std::size_t before = chain.calls;
                work();
                most_calls = std::max(most_calls, chain.calls - before);
            });
        };
    }
    void ask(Heard& heard, const Bytes& bytes, bool finish = true) {
        call(a.swarm, b.id(), kExchangeProtocol, heard, bytes, finish);
    }
    Heard answer(const ExchangeRequest& request) {
        Heard heard;
        ask(heard, to_cbor(request));
        wires.run();
        return heard;
    }
    static std::pair<ExchangeStatus, std::string> status(const Heard& heard) {
        ExchangeReader reader(kMaxExchangeLength, kMaxExchangeTipset);
        BytesView rest = heard.bytes;
        EXPECT_TRUE(reader.next(rest));
        return {reader.status(), reader.text()};
    }
    static std::vector<Cid> head() { return RecordedChain::with_long_history().head()->cids(); }

    StorePeer chain{RecordedChain::with_long_history().store};
    std::size_t most_calls = 0;
    Wires wires;
    ExchangeServer server;
    Side a{"client"}, b{"server"};
};

TEST_F(Serving, answers_are_byte_for_byte_those_of_lotus) {
    for (const auto& [request, raw] : recorded_responses()) {
        const auto heard = answer(request);
        EXPECT_TRUE(heard.finished);
        EXPECT_EQ(to_hex(heard.bytes), to_hex(raw));
    }
    EXPECT_EQ(server.streams(), 0U);
}

TEST_F(Serving, a_request_need_not_be_finished) {
    const auto [request, raw] = recorded_responses().at(2);
    Heard heard;
    ask(heard, to_cbor(request), /*finish=*/false);
    wires.run();
    EXPECT_EQ(heard.bytes, raw);
}

TEST_F(Serving, a_long_request_is_served_in_turns) {
    Heard heard;
    ask(heard, to_cbor(ExchangeRequest{head(), 900, 1}));
    wires.run();
    EXPECT_EQ(chain.longest, 4U) << "tipsets that the chain is asked for at once";
    EXPECT_EQ(chain.calls, 900U / 4 + 900U);
    EXPECT_LE(most_calls, 5U) << "of one piece of work, after which the swarm has its turn";
    const auto expected =
        chain::serve_chain(RecordedChain::with_long_history().store, {.top = TipsetKey(head()), .length = 900});
    Bytes bytes = exchange_response_head(ExchangeStatus::ok, "", 900);
    for (const auto& blocks : expected.value()) append(bytes, exchange_tipset(blocks, 1));
    EXPECT_EQ(heard.bytes, bytes);
}

TEST_F(Serving, an_answer_ends_at_genesis) {
    auto& recorded = RecordedChain::with_long_history();
    const auto at = recorded.tipsets.at(4);
    const auto heard = answer({at->cids(), 10, 1});
    EXPECT_EQ(status(heard).first, ExchangeStatus::partial);
    ExchangeReader reader(10, kMaxExchangeTipset);
    BytesView rest = heard.bytes;
    for (std::size_t i = 0; i <= 4; ++i) {
        const auto tipset = reader.next(rest);
        ASSERT_TRUE(tipset && *tipset);
        EXPECT_EQ((*tipset)->blocks, recorded.tipsets.at(4 - i)->blocks());
    }
    EXPECT_TRUE(reader.is_complete());
    EXPECT_EQ(status(answer({at->cids(), 5, 1})).first, ExchangeStatus::ok);
}

TEST_F(Serving, bad_requests_have_the_texts_of_lotus) {
    EXPECT_EQ(status(answer({head(), 0, 3})),
              std::pair(ExchangeStatus::bad_request, std::string("invalid request length of zero")));
    EXPECT_EQ(status(answer({head(), 900, 1})).first, ExchangeStatus::ok);
    EXPECT_EQ(status(answer({head(), 901, 1})).first, ExchangeStatus::bad_request);
    EXPECT_EQ(status(answer({head(), 1, 0})).first, ExchangeStatus::bad_request);
    EXPECT_EQ(status(answer({{}, 1, 1})).first, ExchangeStatus::bad_request);
}

TEST_F(Serving, what_is_not_there_is_an_internal_error) {
    const auto heard = answer({{Cid::hash_of(Codec::dag_cbor, as_bytes(std::string_view("nothing")))}, 1, 1});
    EXPECT_EQ(status(heard).first, ExchangeStatus::internal_error);
    EXPECT_TRUE(heard.finished);
    EXPECT_FALSE(status(heard).second.empty());
}

TEST_F(Serving, a_busy_chain_sends_peers_away) {
    chain.failure = fail(Errc::busy, "later");
    EXPECT_EQ(status(answer({head(), 1, 1})), std::pair(ExchangeStatus::go_away, std::string("later")));
}

TEST_F(Serving, what_is_not_a_request_resets_the_stream) {
    for (const Bytes& bytes : {Bytes{0x80}, Bytes{0x83, 0x80, 0xf6, 0x01}, Bytes{0xa0}, Bytes{0x83, 0x80}}) {
        Heard heard;
        ask(heard, bytes);
        wires.run();
        EXPECT_TRUE(heard.lost) << to_hex(bytes);
        EXPECT_TRUE(heard.bytes.empty());
    }
    EXPECT_EQ(server.streams(), 0U);
}

TEST_F(Serving, a_request_has_at_most_four_kibibytes) {
    ExchangeRequest request{{}, 1, 1};
    while (to_cbor(request).size() + 43 <= kMaxExchangeRequest) request.head.push_back(head().front());
    EXPECT_EQ(status(answer(request)).first, ExchangeStatus::internal_error) << "a tipset does not name a block twice";
    request.head.push_back(head().front());
    ASSERT_GT(to_cbor(request).size(), kMaxExchangeRequest);
    EXPECT_TRUE(answer(request).lost);
}

TEST_F(Serving, a_peer_has_ten_seconds_to_ask) {
    Heard heard;
    ask(heard, {0x83}, /*finish=*/false);
    wires.run();
    EXPECT_EQ(server.streams(), 1U);
    wires.advance(9'999ms);
    EXPECT_FALSE(heard.lost);
    wires.advance(1ms);
    EXPECT_TRUE(heard.lost);
    EXPECT_EQ(server.streams(), 0U);
}

/// Asks and never reads.
class Deaf final : public net::StreamHandler {
  public:
    explicit Deaf(Bytes bytes) : bytes_(std::move(bytes)) {}
    void on_open(net::Stream& stream) override { stream.write(bytes_); }
    void on_readable(net::Stream&) override {}

  private:
    const Bytes bytes_;
};

TEST_F(Serving, a_peer_has_a_minute_to_read) {
    const Bytes bytes = to_cbor(ExchangeRequest{head(), 900, 3});
    ASSERT_TRUE(a.swarm.open(b.id(), {std::string(kExchangeProtocol)}, std::make_unique<Deaf>(bytes), wires.now()));
    wires.run();
    EXPECT_EQ(server.streams(), 1U);
    EXPECT_LT(chain.calls, 900U / 4 + 900U) << "nothing is read from the store for a peer that does not take it";
    wires.advance(59'999ms);
    EXPECT_EQ(server.streams(), 1U);
    wires.advance(1ms);
    EXPECT_EQ(server.streams(), 0U);
}

TEST_F(Serving, a_peer_has_four_requests_at_a_time) {
    std::array<Heard, 6> heard;
    for (std::size_t i = 0; i < 5; ++i) ask(heard[i], {0x83}, /*finish=*/false);
    wires.run();
    EXPECT_EQ(server.streams(), 4U);
    EXPECT_EQ(status(heard[4]).first, ExchangeStatus::go_away);
    EXPECT_TRUE(heard[3].bytes.empty());
    wires.advance(10s);
    EXPECT_EQ(server.streams(), 0U);
    ask(heard[5], to_cbor(ExchangeRequest{head(), 1, 1}));
    wires.run();
    EXPECT_EQ(status(heard[5]).first, ExchangeStatus::ok);
}

TEST_F(Serving, a_lost_connection_ends_its_requests) {
    Heard heard;
    ask(heard, to_cbor(ExchangeRequest{head(), 900, 1}));
    a.swarm.disconnect(b.id(), wires.now());
    wires.run();
    EXPECT_EQ(server.streams(), 0U);
}

TEST_F(Serving, there_are_32_requests_in_all) {
    std::vector<std::unique_ptr<Side>> peers;
    std::array<Heard, 33> heard;
    for (std::size_t i = 0; i < heard.size(); ++i) {
        if (i % 4 == 0) {
            peers.push_back(std::make_unique<Side>("peer " + std::to_string(i)));
            wires.connect(peers.back()->swarm, b.swarm);
        }
        call(peers.back()->swarm, b.id(), kExchangeProtocol, heard.at(i), {0x83}, /*finish=*/false);
    }
    wires.run();
    EXPECT_EQ(server.streams(), 32U);
    EXPECT_TRUE(heard[31].bytes.empty());
    EXPECT_EQ(status(heard[32]).first, ExchangeStatus::go_away);
}

TEST_F(Serving, a_hundred_times_as_many_requests_as_are_answered_leave_nothing) {
    std::vector<std::unique_ptr<Side>> peers;
    std::vector<std::unique_ptr<Heard>> heard;
    for (std::size_t i = 0; i < 40; ++i) {
        peers.push_back(std::make_unique<Side>("peer " + std::to_string(i)));
        wires.connect(peers.back()->swarm, b.swarm);
    }
    for (std::size_t i = 0; i < 3'200; ++i) {
        auto& peer = *peers[i % peers.size()];
        const Bytes request = i % 2 == 0 ? Bytes{0x83} : Bytes(kMaxExchangeRequest + 1, 0x81);
        call(peer.swarm, b.id(), kExchangeProtocol, *heard.emplace_back(std::make_unique<Heard>()), request,
             /*finish=*/false);
        if (i % 100 == 0) wires.run();
        EXPECT_LE(server.streams(), 32U);
    }
    wires.run();
    EXPECT_GE(server.streams(), 16U);
    for (auto& peer : peers) peer->swarm.disconnect(b.id(), wires.now());
    wires.run();
    EXPECT_EQ(server.streams(), 0U);
    a.swarm.disconnect(b.id(), wires.now());
    wires.run();
    EXPECT_EQ(b.swarm.memory_used(), 0U);
}

struct TwoInAll : Serving {
    TwoInAll() : Serving({.streams = 2, .bytes = 10'000}) {}
};

TEST_F(TwoInAll, further_requests_are_sent_away) {
    Side c("third");
    wires.connect(c.swarm, b.swarm);
    std::array<Heard, 3> heard;
    for (std::size_t i = 0; i < 2; ++i) ask(heard[i], {0x83}, /*finish=*/false);
    wires.run();
    call(c.swarm, b.id(), kExchangeProtocol, heard[2], to_cbor(ExchangeRequest{head(), 1, 1}));
    wires.run();
    EXPECT_EQ(status(heard[2]).first, ExchangeStatus::go_away);
}

TEST_F(TwoInAll, an_answer_ends_at_its_size) {
    const auto heard = answer({head(), 900, 1});
    EXPECT_EQ(status(heard).first, ExchangeStatus::partial);
    EXPECT_LT(heard.bytes.size(), 10'000U);
    EXPECT_TRUE(heard.finished);
}

}  // namespace
}  // namespace strata::p2p
