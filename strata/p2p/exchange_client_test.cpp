// Protects the asking side of chain exchange against peers of every kind, over connections in memory. Expected values:
// the recorded chain of Lotus (vectors/lotus-devnet/long); rules and times of docs/protocol/node.md §18.
#include <strata/p2p/exchange_client.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_recorded.hpp>
#include <strata/p2p/exchange_server.hpp>
#include <strata/p2p/test_peers.hpp>

namespace strata::p2p {
namespace {

using namespace testing;
using chain::ChainAnswer;
using chain::ChainRequest;
using chain::testing::RecordedChain;

class Asking : public ::testing::Test {
  protected:
    explicit Asking(ExchangeClientLimits limits = {}) : client(own.swarm, wires.post(), limits) {}

    /// Adds a peer that answers as the script says.
    Side& add(std::string_view name, Scripted::Answer script) {
        auto& side = *sides.emplace_back(std::make_unique<Side>(name));
        side.swarm.support(std::string(kExchangeProtocol), [this, &side, script = std::move(script)] {
            return std::make_unique<Scripted>([this, &side, script](net::Stream& stream, const Bytes& request) {
                asked.push_back(side.name());
                script(stream, request);
            });
        });
        meet(side);
        return side;
    }
    Side& add_honest(std::string_view name = "honest") {
        return add(name, [](net::Stream& stream, const Bytes& bytes) {
            const auto request = from_cbor<ExchangeRequest>(bytes).value();
            send(stream, ExchangeStatus::ok, tipsets(request.length), request.options);
        });
    }
    void meet(Side& side) {
        wires.connect(own.swarm, side.swarm);
        client.add(side.id());
    }
    static void send(net::Stream& stream, ExchangeStatus status, const std::vector<std::vector<chain::FullBlock>>& sent,
                     std::uint64_t options) {
        Bytes bytes = exchange_response_head(status, "", sent.size());
        for (const auto& blocks : sent) append(bytes, exchange_tipset(blocks, options));
        EXPECT_EQ(stream.write(bytes), bytes.size());
        stream.close();
    }
    static std::vector<std::vector<chain::FullBlock>> tipsets(std::size_t length) {
        auto& chain = RecordedChain::with_long_history();
        const ChainRequest request{.top = chain.head()->key(), .length = length, .what = ChainRequest::What::blocks};
        return chain::serve_chain(chain.store, request).value();
    }
    static ChainRequest request(std::size_t length, ChainRequest::What what = ChainRequest::What::headers) {
        return {.top = RecordedChain::with_long_history().head()->key(), .length = length, .what = what};
    }
    void ask(const Side& peer, const ChainRequest& what) {
        client.ask(peer.name(), what, [this](ChainAnswer answer) { answers.push_back(std::move(answer)); });
    }
    /// Returns the number of tipsets of the only answer, or its error.
    std::string only_answer() {
        if (answers.size() != 1) return std::to_string(answers.size()) + " answers";
        if (answers[0]) return std::to_string(answers[0]->size());
        return std::string(errc_name(answers[0].error().code()));
    }

    std::vector<std::string> asked;
    std::vector<ChainAnswer> answers;
    Wires wires;
    std::vector<std::unique_ptr<Side>> sides;
    Side own{"own"};
    ExchangeClient client;
};

TEST_F(Asking, an_honest_peer_gives_the_chain) {
    auto& peer = add_honest();
    for (const auto what : {ChainRequest::What::headers, ChainRequest::What::blocks}) {
        answers.clear();
        ask(peer, request(5, what));
        EXPECT_TRUE(answers.empty()) << "the request is only posted";
        wires.run();
        ASSERT_EQ(only_answer(), "5");
        const auto expected = tipsets(5);
        for (std::size_t i = 0; i < 5; ++i) {
            ASSERT_EQ((*answers[0])[i].size(), expected[i].size());
            for (std::size_t b = 0; b < expected[i].size(); ++b)
                EXPECT_EQ((*answers[0])[i][b].header, expected[i][b].header);
        }
    }
    EXPECT_EQ(client.requests(), 0U);
}

TEST_F(Asking, a_server_of_this_node_gives_900_tipsets) {
    Side side("server");
    StorePeer chain(RecordedChain::with_long_history().store);
    ExchangeServer server(chain, wires.post());
    side.swarm.support(std::string(kExchangeProtocol), [&] { return server.accept(); });
    meet(side);
    ask(side, request(900));
    wires.run();
    EXPECT_EQ(only_answer(), "900");
    answers.clear();
    ask(side, request(901));
    EXPECT_EQ(only_answer(), "not found");
    answers.clear();
    ask(side, request(0));
    EXPECT_EQ(only_answer(), "not found");
    own.swarm.disconnect(side.id(), wires.now());
    wires.run();
}

TEST_F(Asking, a_shorter_answer_must_be_called_partial) {
    auto& partial =
        add("partial", [](net::Stream& stream, const Bytes&) { send(stream, ExchangeStatus::partial, tipsets(3), 1); });
    ask(partial, request(5));
    wires.run();
    EXPECT_EQ(only_answer(), "3");
    EXPECT_EQ(client.peers().size(), 1U);
    answers.clear();
    auto& wrong =
        add("wrong", [](net::Stream& stream, const Bytes&) { send(stream, ExchangeStatus::ok, tipsets(3), 1); });
    client.remove(partial.id());
    ask(wrong, request(5));
    wires.run();
    EXPECT_EQ(only_answer(), "verification failed");
    EXPECT_TRUE(client.peers().empty()) << "it lied";
}

TEST_F(Asking, a_liar_is_left_out_for_five_minutes) {
    auto& liar = add("liar", [](net::Stream& stream, const Bytes&) {
        auto wrong = tipsets(2);
        wrong.erase(wrong.begin());
        send(stream, ExchangeStatus::ok, wrong, 1);
    });
    auto& honest = add_honest();
    ask(liar, request(1));
    wires.run();
    EXPECT_EQ(only_answer(), "verification failed");
    EXPECT_EQ(asked, std::vector{liar.name()}) << "whom to ask next is for the syncer to say";
    EXPECT_EQ(client.peers(), std::vector{honest.name()});
    wires.advance(299'999ms);
    client.on_time();
    EXPECT_EQ(client.peers().size(), 1U);
    wires.advance(1ms);
    client.on_time();
    EXPECT_EQ(client.peers().size(), 2U);
}

TEST_F(Asking, bytes_that_are_no_response_are_a_lie) {
    auto& liar = add("liar", [](net::Stream& stream, const Bytes&) {
        stream.write(Bytes(100, 0xff));
        stream.close();
    });
    ask(liar, request(1));
    wires.run();
    EXPECT_EQ(only_answer(), "verification failed");
    EXPECT_TRUE(client.peers().empty());
}

TEST_F(Asking, a_peer_that_refuses_has_not_lied) {
    auto& peer = add("peer", [](net::Stream& stream, const Bytes&) {
        stream.write(exchange_response_head(ExchangeStatus::internal_error, "no", 0));
        stream.close();
    });
    ask(peer, request(1));
    wires.run();
    EXPECT_EQ(only_answer(), "not found");
    EXPECT_EQ(client.peers().size(), 1U);
    EXPECT_EQ(client.requests(), 0U);
}

TEST_F(Asking, a_silent_peer_has_five_seconds) {
    auto& silent = add("silent", [](net::Stream&, const Bytes&) {});
    ask(silent, request(1));
    wires.run();
    wires.advance(4'999ms);
    EXPECT_TRUE(answers.empty());
    wires.advance(1ms);
    EXPECT_EQ(only_answer(), "truncated");
}

TEST_F(Asking, bytes_earn_time_at_fifty_kibibytes_a_second) {
    // A header response of four tipsets, a tipset at a time.
    net::Stream* kept = nullptr;
    auto& slow = add("slow", [&](net::Stream& stream, const Bytes&) {
        kept = &stream;
        Bytes bytes = exchange_response_head(ExchangeStatus::ok, "", 4);
        append(bytes, exchange_tipset(tipsets(1)[0], 1));
        stream.write(bytes);
    });
    ask(slow, request(4));
    wires.run();
    const std::size_t first = 4 + exchange_tipset(tipsets(1)[0], 1).size();
    const net::Instant earned(first * 1'000 / (50 << 10));
    ASSERT_GT(earned, 0ms);
    wires.advance(4'999ms + earned);
    EXPECT_TRUE(answers.empty());
    kept->write(exchange_tipset(tipsets(2)[1], 1));
    wires.run();
    wires.advance(1ms);
    EXPECT_TRUE(answers.empty()) << "the second tipset came in time";
    wires.advance(1s);
    EXPECT_EQ(only_answer(), "2") << "what came is handed on";
    EXPECT_EQ(client.requests(), 0U);
}

TEST_F(Asking, a_connection_that_breaks_gives_what_came) {
    auto& broken = add("broken", [](net::Stream& stream, const Bytes&) {
        Bytes bytes = exchange_response_head(ExchangeStatus::ok, "", 4);
        for (const auto& blocks : tipsets(2)) append(bytes, exchange_tipset(blocks, 1));
        stream.write(bytes);
        stream.close();
    });
    ask(broken, request(4));
    wires.run();
    EXPECT_EQ(only_answer(), "2");
}

TEST_F(Asking, a_peer_that_is_gone_fails_at_once) {
    auto& gone = add_honest("gone");
    own.swarm.disconnect(gone.id(), wires.now());
    wires.run();
    client.remove(gone.id());
    ask(gone, request(1));
    wires.run();
    EXPECT_EQ(only_answer(), "truncated");
    EXPECT_TRUE(asked.empty());
    answers.clear();
    client.ask("nobody", request(1), [this](ChainAnswer answer) { answers.push_back(std::move(answer)); });
    EXPECT_EQ(only_answer(), "not found");
}

struct FewBytes : Asking {
    static constexpr std::size_t kBytes = 5'000;
    FewBytes() : Asking({.requests = 2, .bytes = kBytes}) {}
};

TEST_F(FewBytes, an_answer_has_a_limited_size) {
    std::size_t length = 1;
    const auto size = [](std::size_t count) {
        std::size_t out = 4;
        for (const auto& blocks : tipsets(count)) out += exchange_tipset(blocks, 1).size();
        return out;
    };
    while (size(length + 1) <= kBytes) ++length;
    auto& peer = add_honest();
    ask(peer, request(length));
    wires.run();
    EXPECT_EQ(only_answer(), std::to_string(length));
    answers.clear();
    ask(peer, request(length + 1));
    wires.run();
    EXPECT_EQ(only_answer(), std::to_string(length)) << "what came before the limit is handed on";
    EXPECT_EQ(client.peers().size(), 1U) << "a long answer is not a lie";
    EXPECT_EQ(client.requests(), 0U);
}

struct OneTipsetIsTooLarge : Asking {
    OneTipsetIsTooLarge() : Asking({.bytes = 100}) {}
};

TEST_F(OneTipsetIsTooLarge, so_the_peer_lied) {
    auto& peer = add_honest();
    for (const std::size_t length : {1U, 5U}) {
        client.add(peer.id());
        answers.clear();
        ask(peer, request(length));
        wires.run();
        EXPECT_EQ(only_answer(), "verification failed");
        EXPECT_TRUE(client.peers().empty());
        wires.advance(300s);
        client.on_time();
        EXPECT_EQ(client.peers().size(), 1U);
    }
}

struct LittleRoom : Asking {
    LittleRoom() : Asking({.header_bytes = 3'000, .bytes_of_all = 20'000}) {}
    /// A peer that begins an answer of `bytes` bytes which never ends.
    Side& add_endless(std::string_view name, std::size_t bytes) {
        return add(name, [bytes](net::Stream& stream, const Bytes&) {
            Bytes out = exchange_response_head(ExchangeStatus::ok, "", 1);
            append(out, Bytes{0x82, 0x5a, 0x00, 0x10, 0x00, 0x00});  // an array with a string of 1 MiB
            out.resize(bytes);
            stream.write(out);
        });
    }
};

TEST_F(LittleRoom, headers_have_fewer_bytes_than_messages) {
    auto& peer = add_honest();
    ask(peer, request(1));
    wires.run();
    EXPECT_EQ(only_answer(), "1");
    answers.clear();
    ask(peer, request(100));
    wires.run();
    ASSERT_EQ(answers.size(), 1U);
    ASSERT_TRUE(answers[0]) << answers[0].error().message();
    EXPECT_GT(answers[0]->size(), 0U);
    std::size_t bytes = 0;
    for (const auto& blocks : *answers[0]) bytes += exchange_tipset(blocks, 1).size();
    EXPECT_LE(bytes, 3'000U) << "headers alone";
    EXPECT_EQ(client.peers().size(), 1U);
}

TEST_F(LittleRoom, an_answer_that_gives_way_is_no_fault_of_its_peer) {
    auto& small = add_endless("small", 5'000);
    auto& large = add_endless("large", 17'900);
    client.on_round_trip(small.id(), 1ms);
    client.on_round_trip(large.id(), 1ms);
    ask(small, request(1, ChainRequest::What::blocks));
    wires.run();
    ask(large, request(1, ChainRequest::What::blocks));
    wires.run();
    EXPECT_EQ(only_answer(), "busy");
    EXPECT_EQ(client.requests(), 1U);
    EXPECT_EQ(client.failures(large.id()), 0U);
    wires.advance(6s);
    EXPECT_GT(client.failures(small.id()) + client.failures(large.id()), 0U) << "silence counts";
}

TEST_F(Asking, a_connection_that_is_full_here_is_no_fault_of_its_peer) {
    auto& silent = add("silent", [](net::Stream&, const Bytes&) {});
    // A connection has 64 streams.
    std::vector<Heard> heard(64);
    for (auto& one : heard) call(own.swarm, silent.id(), kExchangeProtocol, one, Bytes{1}, false);
    ask(silent, request(1));
    EXPECT_TRUE(wires.run_work()) << "before the peer hears of any of them";
    EXPECT_EQ(only_answer(), "busy");
    EXPECT_EQ(client.failures(silent.id()), 0U);
    wires.run();
}

TEST_F(LittleRoom, answers_under_way_have_a_limit_together_and_the_longest_gives_way) {
    auto& small = add_endless("small", 2'000);
    auto& large = add_endless("large", 17'900);
    ask(small, request(1, ChainRequest::What::blocks));
    ask(large, request(1, ChainRequest::What::blocks));
    wires.run();
    EXPECT_EQ(client.requests(), 2U);
    // A hundred more of them: there is never more than the limit, and one answer after the other is given up.
    for (int i = 0; i < 100; ++i) {
        ask(large, request(1, ChainRequest::What::blocks));
        wires.run();
    }
    EXPECT_GE(answers.size(), 90U);
    EXPECT_TRUE(std::ranges::all_of(answers, [](const auto& one) { return one.error().code() == Errc::busy; }));
    wires.advance(6s);
    EXPECT_EQ(client.requests(), 0U);
    // An honest answer comes through.
    client.remove(small.id());
    client.remove(large.id());
    answers.clear();
    ask(add_honest(), request(1, ChainRequest::What::blocks));
    wires.run();
    EXPECT_EQ(only_answer(), "1");
}

/// Begins a tipset with a string of 2 GiB, and sends as much of it as is taken.
class Endless final : public net::StreamHandler {
  public:
    explicit Endless(std::uint64_t& sent) : sent_(sent) {}
    void on_readable(net::Stream& stream) override {
        if (stream.read().empty() || sent_ > 0) return;
        Bytes out = exchange_response_head(ExchangeStatus::ok, "", 1);
        append(out, Bytes{0x82, 0x5a, 0x7f, 0xff, 0xff, 0xff});
        sent_ += stream.write(out);
        on_writable(stream);
    }
    void on_writable(net::Stream& stream) override {
        static const Bytes part(100'000);
        for (std::size_t written = part.size(); written == part.size(); sent_ += written) written = stream.write(part);
    }

  private:
    std::uint64_t& sent_;
};

TEST_F(Asking, a_tipset_without_end_is_given_up_at_its_limit) {
    std::uint64_t sent = 0;
    auto& peer = *sides.emplace_back(std::make_unique<Side>("endless"));
    peer.swarm.support(std::string(kExchangeProtocol), [&] { return std::make_unique<Endless>(sent); });
    meet(peer);
    ask(peer, request(1, ChainRequest::What::blocks));
    wires.run();
    EXPECT_EQ(only_answer(), "verification failed");
    EXPECT_TRUE(client.peers().empty()) << "it lied";
    // The bytes above the limit wait in the buffers of both sides.
    EXPECT_GT(sent, kMaxExchangeTipset - (1U << 20));
    EXPECT_LT(sent, kMaxExchangeTipset + (32U << 20));
    EXPECT_LE(own.swarm.memory_used(), 16U << 20);
}

TEST_F(FewBytes, requests_that_wait_are_limited) {
    auto& silent = add("silent", [](net::Stream&, const Bytes&) {});
    for (int i = 0; i < 2; ++i) ask(silent, request(1));
    wires.run();
    EXPECT_EQ(client.requests(), 2U);
    EXPECT_TRUE(answers.empty());
    ask(silent, request(1));
    wires.run();
    EXPECT_EQ(only_answer(), "busy");
    wires.advance(5s);
    EXPECT_EQ(answers.size(), 3U);
    EXPECT_EQ(client.requests(), 0U);
}

}  // namespace
}  // namespace strata::p2p
