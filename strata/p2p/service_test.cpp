// Protects a node's life among peers: real chains with stub proofs (chain/test_nodes.hpp) over connections in memory.
// Late nodes catch up by hello and chain exchange alone; peers that lie, are silent, are slow or have a different
// genesis do no harm. Times: docs/protocol/node.md §17, §18.
#include <strata/p2p/service.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_nodes.hpp>
#include <strata/p2p/test_peers.hpp>

namespace strata::p2p {
namespace {

using namespace testing;
using chain::testing::Nodes;

/// A chain with its service and its swarm, which goes before the service.
struct Member {
    Member(std::string_view seed, chain::Peer& node, const Cid& genesis, Wires& wires) {
        side.emplace(seed);
        service.emplace(side->swarm, node, genesis,
                        ServiceConfig{.post = wires.post(), .unix_time = [] {
                                          return std::chrono::seconds(Nodes::kGenesisTime + 1'000'000);
                                      }});
    }
    ~Member() { side.reset(); }
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    net::Swarm& swarm() { return side->swarm; }

    std::optional<Service> service;
    std::optional<Side> side;
};

class Services : public ::testing::Test {
  protected:
    static constexpr std::uint64_t kNow = Nodes::kGenesisTime + 1'000'000;  // long after all blocks

    std::unique_ptr<Member> join(std::size_t node, std::string_view seed) {
        return std::make_unique<Member>(seed, *nodes[node].node, nodes.genesis().cid(), wires);
    }
    std::uint64_t unix_now() const {
        return kNow + static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(wires.now()).count());
    }
    /// Until the syncers and the network have nothing to do.
    void settle() {
        for (int i = 0; i < 200; ++i) {
            wires.run();
            for (std::size_t n = 0; n < nodes.size(); ++n) {
                const auto done = nodes[n]->advance(unix_now());
                EXPECT_TRUE(done) << done.error().message();
            }
        }
        wires.run();
    }
    void pass(net::Instant time) {
        for (net::Instant left = time; left > 0ms; left -= 1s) {
            wires.advance(std::min(left, net::Instant(1s)));
            wires.run();
            for (std::size_t n = 0; n < nodes.size(); ++n) ASSERT_TRUE(nodes[n]->advance(unix_now()));
        }
        settle();
    }
    void grow(std::size_t node, std::size_t blocks) {
        for (std::size_t i = 0; i < blocks; ++i) nodes.extend(nodes[node]);
    }
    bool same_head(std::size_t a, std::size_t b) { return nodes[a]->head()->key() == nodes[b]->head()->key(); }
    HelloMessage hello_of(std::size_t node) {
        const auto notice = nodes[node]->head_notice().value();
        return {notice.head.cids(), notice.height, notice.weight, notice.genesis};
    }

    Nodes nodes{2};
    Wires wires;
};

TEST_F(Services, a_late_node_catches_up_by_hello_and_exchange_alone) {
    nodes.extend(nodes[0], {.messages = {Nodes::transfer(0, TokenAmount(1'000))}});
    grow(0, 20);
    const auto old = join(0, "old");
    const auto late = join(1, "late");
    wires.connect(late->swarm(), old->swarm());
    settle();
    EXPECT_TRUE(same_head(0, 1));
    EXPECT_GT(nodes[1]->head()->height(), 20);
    const auto status = nodes[1]->sync_status();
    EXPECT_EQ(nodes[0]->sync_status().finished, 0U) << "the old node does not follow a lighter chain";
    EXPECT_EQ(status.refused, 0U) << status.last_refusal;
}

TEST_F(Services, a_lighter_head_says_nothing_about_those_of_others) {
    grow(0, 5);
    const auto old = join(0, "old");
    const auto late = join(1, "late");
    EXPECT_EQ(old->service->heads_compared(), 0U);
    wires.connect(old->swarm(), late->swarm());
    EXPECT_EQ(old->service->heads_compared(), 0U) << "the peer only has the genesis";
    EXPECT_EQ(late->service->heads_compared(), 1U);
    EXPECT_EQ(nodes[1]->sync_status().tasks.size(), 1U) << "it is followed when it is counted";
    settle();
    ASSERT_TRUE(same_head(0, 1));
    // Both have the same head now, and tell it again when they meet.
    old->swarm().disconnect(late->side->id(), wires.now());
    wires.run();
    wires.connect(old->swarm(), late->swarm());
    EXPECT_EQ(old->service->heads_compared(), 1U);
    EXPECT_EQ(late->service->heads_compared(), 2U);
}

TEST_F(Services, it_does_not_matter_who_dials) {
    grow(0, 5);
    const auto old = join(0, "old");
    const auto late = join(1, "late");
    wires.connect(old->swarm(), late->swarm());
    settle();
    EXPECT_TRUE(same_head(0, 1));
}

TEST_F(Services, a_different_genesis_closes_the_connection) {
    grow(0, 3);
    const auto old = join(0, "old");
    Member other("other", *nodes[1].node, Cid::hash_of(Codec::dag_cbor, {}), wires);
    wires.connect(other.swarm(), old->swarm());
    settle();
    EXPECT_FALSE(old->swarm().is_connected(other.side->id()));
    EXPECT_EQ(nodes[1]->head()->height(), 0) << "nothing was followed";
}

TEST_F(Services, a_peer_without_a_hello_is_left_after_thirty_seconds) {
    const auto old = join(0, "old");
    Side silent("silent");
    silent.swarm.support(std::string(kExchangeProtocol),
                         [] { return std::make_unique<Scripted>([](net::Stream&, const Bytes&) {}); });
    wires.connect(silent.swarm, old->swarm());
    wires.advance(29'999ms);
    old->service->on_time(wires.now());
    wires.run();
    EXPECT_TRUE(old->swarm().is_connected(silent.id()));
    wires.advance(1ms);
    old->service->on_time(wires.now());
    wires.run();
    EXPECT_FALSE(old->swarm().is_connected(silent.id()));
    // A peer with a hello stays.
    const auto late = join(1, "late");
    wires.connect(late->swarm(), old->swarm());
    wires.advance(60s);
    old->service->on_time(wires.now());
    wires.run();
    EXPECT_TRUE(old->swarm().is_connected(late->side->id()));
}

/// A peer that says the head of node 0 and answers requests as a script says.
class AmongBadPeers : public Services {
  protected:
    void meet(Side& bad, Member& late, Scripted::Answer script) {
        bad.swarm.support(std::string(kExchangeProtocol), [this, script] {
            return std::make_unique<Scripted>([this, script](auto& stream, auto& bytes) {
                ++asked;
                script(stream, bytes);
            });
        });
        bad.swarm.support(std::string(kHelloProtocol), [] {
            return std::make_unique<Scripted>([](net::Stream& stream, const Bytes&) {
                stream.write(to_cbor(HelloAnswer{1, 1}));
                stream.close();
            });
        });
        wires.connect(bad.swarm, late.swarm());
        Heard heard;
        call(bad.swarm, late.side->id(), kHelloProtocol, heard, to_cbor(hello_of(0)));
        wires.run();
        EXPECT_FALSE(heard.bytes.empty());
    }
    int asked = 0;
};

TEST_F(AmongBadPeers, a_liar_alone_does_no_harm) {
    grow(0, 5);
    const auto late = join(1, "late");
    Side liar("liar");
    meet(liar, *late, [&](net::Stream& stream, const Bytes&) {
        const auto genesis = nodes[0]->chain().genesis();
        Bytes bytes = exchange_response_head(ExchangeStatus::ok, "", 1);
        append(bytes, exchange_tipset({{genesis->blocks()[0], {}}}, 1));
        stream.write(bytes);
        stream.close();
    });
    settle();
    EXPECT_GT(asked, 0);
    EXPECT_LT(asked, 5);
    EXPECT_EQ(nodes[1]->head()->height(), 0);
    EXPECT_TRUE(nodes[1]->sync_status().tasks.empty());
    // An honest peer comes, and the node follows.
    const auto old = join(0, "old");
    wires.connect(late->swarm(), old->swarm());
    settle();
    EXPECT_TRUE(same_head(0, 1));
}

TEST_F(AmongBadPeers, a_silent_peer_holds_up_nobody_for_long) {
    grow(0, 5);
    const auto late = join(1, "late");
    const auto old = join(0, "old");
    Side silent("silent");
    meet(silent, *late, [](net::Stream&, const Bytes&) {});
    settle();
    EXPECT_EQ(asked, 1);
    wires.connect(late->swarm(), old->swarm());
    pass(20s);
    EXPECT_TRUE(same_head(0, 1));
    EXPECT_FALSE(late->swarm().peers().empty());
}

TEST_F(AmongBadPeers, a_slow_peer_gives_what_it_sent) {
    grow(0, 8);
    const auto late = join(1, "late");
    const auto old = join(0, "old");
    Side slow("slow");
    meet(slow, *late, [&](net::Stream& stream, const Bytes& bytes) {
        const auto request = from_cbor<ExchangeRequest>(bytes).value();
        const auto tipsets = nodes[0]->serve({.top = TipsetKey(request.head), .length = 2}).value();
        Bytes out = exchange_response_head(ExchangeStatus::ok, "", 3);
        for (const auto& blocks : tipsets) append(out, exchange_tipset(blocks, 1));
        stream.write(out);  // and the third never comes
    });
    settle();
    pass(10s);
    EXPECT_GE(asked, 1);
    wires.connect(late->swarm(), old->swarm());
    pass(30s);
    EXPECT_TRUE(same_head(0, 1));
}

TEST_F(AmongBadPeers, a_head_that_does_not_exist_is_given_up) {
    const auto late = join(1, "late");
    const auto old = join(0, "old");
    grow(0, 3);
    wires.connect(late->swarm(), old->swarm());
    settle();
    ASSERT_TRUE(same_head(0, 1));
    auto invented = hello_of(0);
    invented.head = {Cid::hash_of(Codec::dag_cbor, as_bytes(std::string_view("invented")))};
    invented.height += 10;
    invented.weight = invented.weight + BigInt(1'000'000);
    Heard heard;
    call(old->swarm(), late->side->id(), kHelloProtocol, heard, to_cbor(invented));
    pass(20s);
    EXPECT_TRUE(nodes[1]->sync_status().tasks.empty());
    EXPECT_TRUE(same_head(0, 1));
}

TEST_F(AmongBadPeers, the_head_of_a_peer_is_followed_once_in_ten_seconds) {
    grow(0, 2);
    const auto late = join(1, "late");
    Side caller("caller");
    meet(caller, *late, [](net::Stream& stream, const Bytes&) {
        stream.write(exchange_response_head(ExchangeStatus::internal_error, "", 0));
        stream.close();
    });
    settle();
    const int first = asked;
    EXPECT_GT(first, 0);
    const auto again = [&] {
        Heard heard;
        call(caller.swarm, late->side->id(), kHelloProtocol, heard, to_cbor(hello_of(0)));
        wires.run();
        EXPECT_FALSE(heard.bytes.empty()) << "it is answered every time";
        settle();
    };
    again();
    EXPECT_EQ(asked, first);
    wires.advance(10s);
    again();
    EXPECT_GT(asked, first);
}

}  // namespace
}  // namespace strata::p2p
