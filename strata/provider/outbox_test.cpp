// Protects messages on their way: one that may still land is never given up or sent in two versions, one that landed
// counts only once it is deep enough, and a chain that fails is not an answer. Sources: docs/protocol/storage.md §6.2,
// §19 (7); lotus storage/pipeline (MessageConfidence); ref-fvm shared/src/error/mod.rs (ExitCode::SYS_OUT_OF_GAS is 7).
#include <strata/provider/outbox.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_fake_chain.hpp>
#include <strata/provider/node_chain.hpp>

namespace strata::provider {
namespace {

using Outcome = Outbox::Outcome;
constexpr ChainEpoch kConfidence = 5;

/// The outbox's view of a chain, as the node gives it.
class DoorChain final : public MessageChain {
  public:
    explicit DoorChain(chain::Chain& chain) : chain_(chain) {}
    ChainEpoch head_epoch() override { return chain_.head()->height(); }
    Status publish(const SignedMessage& message) override { return publish_through(chain_, message); }
    Result<MessageFate> fate(const SignedMessage& message) override { return fate_through(chain_, message); }
    Status raise_bid(const SignedMessage& message) override {
        raised.push_back(message.cid());
        return {};
    }

    std::vector<Cid> raised;

  private:
    chain::Chain& chain_;
};

class OutboxTest : public ::testing::Test {
  protected:
    void SetUp() override {
        message.message.from = Address::id(101);
        message.message.to = Address::id(1000);
        message.message.nonce = 4;
        message.signature = {Signature::Type::bls, Bytes(96)};
        chain.nonces[message.message.from] = 4;
        chain.extend(100);
    }
    Outbox::Settled settle(ChainEpoch epoch) {
        wakeups = {};
        const auto settled = outbox.settle(message, epoch, wakeups);
        EXPECT_TRUE(settled) << settled.error().message();
        return settled.value_or(Outbox::Settled{Outcome::failed, /*out_of_gas=*/false, "no answer"});
    }

    chain::testing::FakeChain chain;
    DoorChain door{chain};
    Outbox outbox{door, kConfidence};
    SignedMessage message;
    Wakeups wakeups;
};

TEST_F(OutboxTest, a_message_that_waits_is_in_the_pool_and_wants_blocks) {
    EXPECT_EQ(settle(101).outcome, Outcome::waiting);
    EXPECT_TRUE(chain.waiting.contains(message.cid()));
    EXPECT_TRUE(wakeups.wants_block(101));
    EXPECT_EQ(settle(102).outcome, Outcome::waiting);
    EXPECT_EQ(chain.asked("push"), 1) << "it is published once";
}

TEST_F(OutboxTest, a_pool_that_forgot_the_message_gets_it_again) {
    settle(101);
    chain.waiting.clear();
    for (ChainEpoch epoch = 102; epoch < 120 && !chain.waiting.contains(message.cid()); ++epoch) settle(epoch);
    EXPECT_TRUE(chain.waiting.contains(message.cid()));
    EXPECT_EQ(chain.asked("push"), 2);
}

TEST_F(OutboxTest, a_message_counts_when_enough_blocks_are_on_top_of_it) {
    settle(101);
    chain.land(message, chain.extend(110));
    EXPECT_EQ(settle(110).outcome, Outcome::waiting);
    EXPECT_FALSE(wakeups.wants_block(114));
    EXPECT_TRUE(wakeups.wants_block(115));
    chain.extend(114);
    EXPECT_EQ(settle(114).outcome, Outcome::waiting);
    chain.extend(115);
    EXPECT_EQ(settle(115).outcome, Outcome::landed);
}

TEST_F(OutboxTest, an_exit_code_is_a_failure_and_out_of_gas_is_told_apart) {
    for (const auto& [code, out_of_gas] : {std::pair(16U, false), std::pair(7U, true)}) {
        const auto in = chain.extend(chain.head()->height() + 1);
        chain.land(message, in, code);
        chain.extend(in->height() + kConfidence);
        const auto settled = settle(chain.head()->height());
        EXPECT_EQ(settled.outcome, Outcome::failed);
        EXPECT_EQ(settled.out_of_gas, out_of_gas) << code;
        EXPECT_NE(settled.reason.find("exit code " + std::to_string(code)), std::string::npos) << settled.reason;
        EXPECT_NE(settled.reason.find(message.cid().to_string()), std::string::npos) << settled.reason;
    }
}

// A reorganisation undoes the tipset in which the message landed. The message may land again, so it waits, and no new
// one is made.
TEST_F(OutboxTest, a_message_whose_tipset_was_taken_back_waits_again) {
    settle(101);
    const auto before = chain.head();
    chain.land(message, chain.extend(110));
    EXPECT_EQ(settle(111).outcome, Outcome::waiting);
    chain.move_head(before);
    chain.nonces[message.message.from] = 4;  // as the head's state has it
    EXPECT_EQ(settle(125).outcome, Outcome::waiting);
    EXPECT_TRUE(chain.waiting.contains(message.cid())) << "it is published again";
}

TEST_F(OutboxTest, a_message_whose_nonce_is_gone_is_lost) {
    settle(101);
    chain.replaced.insert(message.cid());
    EXPECT_EQ(settle(102).outcome, Outcome::lost);
    chain.replaced.clear();
    chain.waiting.clear();
    chain.nonces[message.message.from] = 5;
    EXPECT_EQ(settle(103).outcome, Outcome::lost) << "neither the pool nor the chain has it";
}

TEST_F(OutboxTest, a_pool_that_refuses_the_message_is_a_failure_with_its_reason) {
    chain.break_call("push", Errc::verification, "the balance is too low");
    const auto settled = settle(101);
    EXPECT_EQ(settled.outcome, Outcome::failed);
    EXPECT_FALSE(settled.out_of_gas);
    EXPECT_NE(settled.reason.find("the balance is too low"), std::string::npos) << settled.reason;
}

TEST_F(OutboxTest, a_pool_that_is_full_or_a_disk_that_fails_is_no_failure_of_the_message) {
    chain.break_call("push", Errc::busy, "the sender already has 10 messages");
    EXPECT_EQ(settle(101).outcome, Outcome::waiting);
    EXPECT_TRUE(wakeups.wants_block(101));
    chain.break_call("push", Errc::no_space, "no space left on the disk");
    const auto settled = outbox.settle(message, 102, wakeups);
    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().code(), Errc::no_space);
    chain.mend("push");
    EXPECT_EQ(settle(103).outcome, Outcome::waiting);
    EXPECT_TRUE(chain.waiting.contains(message.cid()));
}

// Ten epochs with blocks that leave a message out say that it bids too little; ten epochs without blocks say nothing.
TEST_F(OutboxTest, a_message_that_blocks_pass_over_bids_more) {
    settle(101);
    for (ChainEpoch epoch = 102; epoch < 150; ++epoch) settle(epoch);
    EXPECT_TRUE(door.raised.empty()) << "the head did not move";
    for (ChainEpoch epoch = 150; epoch < 175; ++epoch) {
        chain.extend(epoch - 1);
        EXPECT_EQ(settle(epoch).outcome, Outcome::waiting);
    }
    EXPECT_EQ(door.raised, (std::vector{message.cid(), message.cid(), message.cid()}))
        << "at once, and every ten epochs";
    chain.land(message, chain.extend(180));
    settle(181);
    EXPECT_EQ(door.raised.size(), 3U);
}

// A fault of this node says nothing about the message: the caller must ask again, not sign a second one.
TEST_F(OutboxTest, a_chain_that_fails_is_an_error_and_no_outcome) {
    settle(101);
    for (const char* call : {"search_from", "is_pending", "next_nonce"}) {
        chain.waiting.clear();
        chain.break_call(call, Errc::io, "the disk does not answer");
        const auto settled = outbox.settle(message, 130, wakeups);
        if (std::string(call) == "search_from") {
            ASSERT_FALSE(settled) << call;
            EXPECT_EQ(settled.error().code(), Errc::io);
        } else {
            EXPECT_TRUE(!settled || settled->outcome != Outcome::lost) << call;
        }
        chain.mend(call);
    }
    EXPECT_EQ(settle(150).outcome, Outcome::waiting) << "and it goes on when the chain answers again";
}

}  // namespace
}  // namespace strata::provider
