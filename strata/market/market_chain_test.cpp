// Protects the market's door to its node: who signs what, and that a chain that fails gives an error and not an answer.
// Source: the state that Lotus left at the head of a recorded chain (tests/vectors/lotus-devnet/long).
#include <strata/crypto/bls.hpp>
#include <strata/market/test_lotus_market.hpp>

namespace strata::market {
namespace {

class MarketChainTest : public testing::LotusMarket {
  protected:
    static Message message_of(const Address& from) {
        Message out;
        out.to = Address::id(5);
        out.from = from;
        out.method = 2;
        return out;
    }
    std::unique_ptr<MarketChain> door = market_chain_through(chain, wallet);
};

TEST_F(MarketChainTest, a_sender_may_be_named_by_its_id_or_its_key) {
    auto state = door->head_state();
    ASSERT_TRUE(state);
    const auto id = state->resolve(worker);
    ASSERT_TRUE(id && *id);
    for (const auto& from : {worker, Address::id(**id)}) {
        const auto made = door->sign(message_of(from));
        ASSERT_TRUE(made) << made.error().message();
        EXPECT_EQ(made->message.from, worker) << "blocks carry keys, not IDs";
        EXPECT_EQ(made->message.nonce, 50U);
    }
    EXPECT_TRUE(chain.waiting.empty()) << "signing publishes nothing";
    const auto sent = door->send(message_of(worker));
    ASSERT_TRUE(sent);
    EXPECT_TRUE(chain.waiting.contains(*sent));
}

TEST_F(MarketChainTest, bytes_are_signed_with_the_key_behind_an_id) {
    auto state = door->head_state();
    ASSERT_TRUE(state);
    const auto id = state->resolve(worker).value().value();
    const Bytes bytes{1, 2, 3};
    const auto by_id = door->sign_bytes(Address::id(id), bytes), by_key = door->sign_bytes(worker, bytes);
    ASSERT_TRUE(by_id && by_key);
    EXPECT_EQ(by_id->data, by_key->data);
}

TEST_F(MarketChainTest, nobody_signs_for_strangers) {
    EXPECT_EQ(door->sign(message_of(Address::id(999'999))).error().code(), Errc::not_found);
    const auto nobody = Address::parse("t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa").value();
    EXPECT_FALSE(door->sign(message_of(nobody)));
    EXPECT_FALSE(door->sign_bytes(nobody, Bytes{1}));
    // t0100 has an account whose key this wallet does not have.
    EXPECT_FALSE(door->sign(message_of(Address::id(100))));
}

TEST_F(MarketChainTest, a_chain_that_fails_signs_and_sends_nothing) {
    for (const char* call : {"next_nonce", "estimate_gas", "push"}) {
        chain.break_call(call, Errc::io, "the disk does not answer");
        EXPECT_EQ(door->send(message_of(worker)).error().code(), Errc::io) << call;
        chain.mend(call);
    }
    chain.break_call("state_after", Errc::missing_block);
    EXPECT_EQ(door->head_state().error().code(), Errc::missing_block);
    EXPECT_EQ(door->sign(message_of(Address::id(101))).error().code(), Errc::missing_block);
    EXPECT_EQ(door->sign_bytes(worker, Bytes{1}).error().code(), Errc::missing_block);
    EXPECT_TRUE(chain.waiting.empty());
}

}  // namespace
}  // namespace strata::market
