// Protects the provider's door to its node: which miner it is about, that it looks at the newest head, and what it says
// of messages. After a wrong "lost" a message would be signed twice, and a wrong "waiting" would never end. Sources:
// docs/protocol/storage.md §4.7, §6.3 (the most that a WindowPoSt may cost is 5 FIL); Lotus' genesis of
// tests/vectors/lotus-devnet/real.
#include <strata/provider/node_chain.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_fake_chain.hpp>
#include <strata/chain/test_recorded_node.hpp>
#include <strata/provider/miner_messages.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::provider {
namespace {

using chain::testing::FakeChain;
using Kind = MessageFate::Kind;

SignedMessage some_message(Nonce nonce = 4) {
    SignedMessage out;
    out.message.from = Address::id(101);
    out.message.to = Address::id(1000);
    out.message.nonce = nonce;
    out.signature = {Signature::Type::bls, Bytes(96)};
    return out;
}

TEST(PublishThrough, a_message_goes_into_the_pool_once) {
    FakeChain chain;
    const auto message = some_message();
    chain.nonces[message.message.from] = 4;
    ASSERT_TRUE(publish_through(chain, message));
    ASSERT_TRUE(publish_through(chain, message));
    EXPECT_EQ(chain.asked("push"), 1);
}

TEST(PublishThrough, a_used_nonce_is_no_error_since_it_may_be_our_own) {
    FakeChain chain;
    const auto message = some_message();
    chain.nonces[message.message.from] = 5;
    EXPECT_TRUE(publish_through(chain, message));
    EXPECT_FALSE(chain.waiting.contains(message.cid()));
}

TEST(PublishThrough, what_the_pool_or_the_node_says_comes_through) {
    FakeChain chain;
    const auto message = some_message();
    for (const auto code : {Errc::verification, Errc::io, Errc::not_found, Errc::too_large}) {
        chain.break_call("push", code);
        EXPECT_EQ(publish_through(chain, message).error().code(), code);
    }
    chain.break_call("is_pending", Errc::io);
    EXPECT_EQ(publish_through(chain, message).error().code(), Errc::io);
}

TEST(FateThrough, a_message_waits_as_long_as_it_can_land) {
    FakeChain chain;
    const auto message = some_message();
    chain.nonces[message.message.from] = 4;
    EXPECT_EQ(fate_through(chain, message)->kind, Kind::waiting) << "nobody has it, but its nonce is free";
    ASSERT_TRUE(publish_through(chain, message));
    EXPECT_EQ(fate_through(chain, message)->kind, Kind::waiting) << "the pool has it";
    chain.nonces[message.message.from] = 5;
    EXPECT_EQ(fate_through(chain, message)->kind, Kind::waiting) << "the nonce counts what waits";
    chain.waiting.clear();
    EXPECT_EQ(fate_through(chain, message)->kind, Kind::lost);
}

TEST(FateThrough, where_it_landed_and_how_it_ended) {
    FakeChain chain;
    const auto message = some_message();
    chain.land(message, chain.extend(7), 33);
    chain.extend(9);
    const auto fate = fate_through(chain, message);
    ASSERT_TRUE(fate) << fate.error().message();
    EXPECT_EQ(fate->kind, Kind::landed);
    EXPECT_EQ(fate->height, 7);
    EXPECT_EQ(fate->receipt.exit_code, 33U);
}

TEST(FateThrough, a_replaced_message_is_lost_and_a_failing_node_knows_nothing) {
    FakeChain chain;
    const auto message = some_message();
    chain.replaced.insert(message.cid());
    EXPECT_EQ(fate_through(chain, message)->kind, Kind::lost);
    chain.replaced.clear();
    for (const char* call : {"search_from", "next_nonce"}) {
        chain.break_call(call, Errc::io);
        EXPECT_EQ(fate_through(chain, message).error().code(), Errc::io) << call;
        chain.mend(call);
    }
}

/// The door of a chain whose states are those of Lotus' chain.
class ChainThrough : public ::testing::Test {
  protected:
    void SetUp() override {
        chain.net = lotus().network;
        chain.reads = &lotus().blocks;
        chain.state_root = lotus().head->parent_state_root();
    }
    static chain::testing::RecordedNode& lotus() {
        static chain::testing::RecordedNode chain("real");
        return chain;
    }
    std::unique_ptr<MinerChain> open() {
        auto opened = chain_through(chain, wallet, Address::id(1000));
        EXPECT_TRUE(opened) << opened.error().message();
        return opened ? std::move(*opened) : nullptr;
    }

    FakeChain chain;
    store::MemoryKeyValue keys;
    wallet::Wallet wallet{keys};
};

TEST_F(ChainThrough, the_miner_must_be_named_by_its_id_and_be_there) {
    const auto by_key = Address::parse("t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa").value();
    const auto refused = chain_through(chain, wallet, by_key);
    EXPECT_EQ(refused.error().code(), Errc::invalid_argument);
    EXPECT_NE(refused.error().message().find("t1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa"), std::string::npos);
    EXPECT_EQ(chain_through(chain, wallet, Address::id(999'999)).error().code(), Errc::not_found);
    EXPECT_FALSE(chain_through(chain, wallet, Address::id(1))) << "the init actor is not a miner";
    chain.break_call("state_after", Errc::io);
    EXPECT_EQ(chain_through(chain, wallet, Address::id(1000)).error().code(), Errc::io);
}

TEST_F(ChainThrough, answers_follow_the_head_forward_and_back) {
    const auto door = open();
    ASSERT_TRUE(door);
    const auto first = chain.head();
    ASSERT_TRUE(*door->sector(2)) << "Lotus sealed a third sector on this chain";
    const int asked = chain.asked("state_after");
    ASSERT_TRUE(door->proving() && door->money() && *door->sector(1));
    EXPECT_EQ(chain.asked("state_after"), asked) << "a head is read once";
    // The new head's state is that of genesis, where sector 2 is not there yet.
    const auto second = chain.extend(5);
    chain.states[second->key()] = lotus().node->genesis()->parent_state_root();
    EXPECT_FALSE(*door->sector(2));
    EXPECT_TRUE(*door->sector(1));
    EXPECT_EQ(door->head_epoch(), 5);
    chain.move_head(first);
    EXPECT_TRUE(*door->sector(2));
    EXPECT_EQ(door->head_epoch(), 0);
}

TEST_F(ChainThrough, a_head_that_cannot_be_read_is_an_error_until_it_can) {
    const auto door = open();
    ASSERT_TRUE(door);
    chain.extend(5);
    chain.break_call("state_after", Errc::missing_block, "a block is lost");
    EXPECT_EQ(door->sector(2).error().code(), Errc::missing_block);
    EXPECT_EQ(door->proving().error().code(), Errc::missing_block);
    EXPECT_EQ(door->money().error().code(), Errc::missing_block);
    EXPECT_EQ(door->allocated_numbers().error().code(), Errc::missing_block);
    chain.mend("state_after");
    EXPECT_TRUE(*door->sector(2));
}

TEST_F(ChainThrough, randomness_above_the_head_is_not_known) {
    const auto door = open();
    ASSERT_TRUE(door);
    using enum chain::RandomnessTag;
    chain.extend(30);
    EXPECT_TRUE(door->ticket_randomness(seal_randomness, 30, /*with_miner=*/true));
    EXPECT_EQ(door->ticket_randomness(seal_randomness, 31, /*with_miner=*/true).error().code(), Errc::out_of_range);
    EXPECT_EQ(door->beacon_randomness(interactive_seal_challenge_seed, 31).error().code(), Errc::out_of_range);
    // Each of these draws is a different question (docs/protocol/storage.md §2.4), so no two have one answer.
    const std::set<Hash256> draws = {*door->ticket_randomness(seal_randomness, 30, /*with_miner=*/true),
                                     *door->ticket_randomness(seal_randomness, 30, /*with_miner=*/false),
                                     *door->ticket_randomness(seal_randomness, 29, /*with_miner=*/true),
                                     *door->ticket_randomness(post_chain_commit, 30, /*with_miner=*/false),
                                     *door->beacon_randomness(interactive_seal_challenge_seed, 30),
                                     *door->beacon_randomness(windowed_post_challenge_seed, 30)};
    EXPECT_EQ(draws.size(), 6U);
}

TEST_F(ChainThrough, messages_come_from_worker_or_owner_and_cost_what_they_may) {
    const auto door = open();
    ASSERT_TRUE(door);
    // The key of owner and worker of t01000, from keys.json of the recorded chain.
    const auto key = wallet::parse_key(R"({"Type":"bls","PrivateKey":"GV/sg6rWUTPthFerKuq/8i7v1u+3PxdEXgAZO/bEDVg="})");
    ASSERT_TRUE(key);
    const auto unsigned_yet = door->sign(MinerChain::Sender::worker, kSubmitWindowedPoSt, {}, TokenAmount(0));
    EXPECT_FALSE(unsigned_yet) << "the wallet has no key";
    const auto address = wallet::address_of(*key).value();
    ASSERT_TRUE(wallet.import_key(*key));
    chain.nonces[address] = 9;
    const auto post = door->sign(MinerChain::Sender::worker, kSubmitWindowedPoSt, Bytes{1}, TokenAmount(0));
    ASSERT_TRUE(post) << post.error().message();
    EXPECT_EQ(chain.last_max_fee, fil(5));
    EXPECT_EQ(post->message.from, address);
    EXPECT_EQ(post->message.to, Address::id(1000));
    EXPECT_EQ(post->message.nonce, 9U);
    EXPECT_EQ(post->message.params, Bytes{1});
    const auto withdraw = door->sign(MinerChain::Sender::owner, kWithdrawBalance, {}, TokenAmount(0));
    ASSERT_TRUE(withdraw) << withdraw.error().message();
    // lotus node/config/def.go, DefaultMaxFee.
    EXPECT_EQ(chain.last_max_fee, div_floor(fil(7), 100));
    chain.break_call("estimate_gas", Errc::verification, "exit code 16");
    EXPECT_EQ(door->sign(MinerChain::Sender::worker, kDeclareFaults, {}, TokenAmount(0)).error().code(),
              Errc::verification);
}

}  // namespace
}  // namespace strata::provider
