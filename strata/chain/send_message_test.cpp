// A message is filled in as Lotus' MpoolPushMessage does (node/impl/full/mpool.go, GasEstimateMessageGas), and must
// pass the rules of the pool.
#include <strata/chain/send_message.hpp>

#include <gtest/gtest.h>

#include <strata/chain/execution.hpp>
#include <strata/chain/inclusion_gas.hpp>
#include <strata/chain/message_rules.hpp>
#include <strata/chain/test_nodes.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::chain {
namespace {

class SendMessage : public ::testing::Test {
  protected:
    SendMessage() : node(nodes[0]) {
        nodes.extend(node);
        EXPECT_TRUE(wallet.import_key(testing::test_key("faucet")));
    }
    static Message transfer(const Address& from, const TokenAmount& value) {
        Message out;
        out.from = from;
        out.to = testing::test_address("client");
        out.value = value;
        return out;
    }
    Errc refusal(const Message& message) {
        const auto sent = price_and_sign(*node, wallet, message);
        return sent ? Errc::internal : sent.error().code();
    }

    testing::Nodes nodes{1};
    testing::TestNode& node;
    store::MemoryKeyValue records;
    wallet::Wallet wallet{records};
    const Address faucet = testing::test_address("faucet");
};

TEST_F(SendMessage, nonce_gas_and_signature_are_filled_in) {
    const auto made = price_and_sign(*node, wallet, transfer(faucet, fil(1)));
    ASSERT_TRUE(made) << made.error().message();
    const Message& message = made->message;
    EXPECT_EQ(message.nonce, 0U);
    EXPECT_EQ(message.from, faucet);
    EXPECT_EQ(message.value, fil(1));
    EXPECT_GT(message.gas_limit, vm_inclusion_gas(kFireHorse, made->chain_length()));
    EXPECT_LE(message.gas_limit, kBlockGasLimit);
    EXPECT_GT(message.gas_fee_cap, node->head()->parent_base_fee());
    EXPECT_LE(message.gas_premium, message.gas_fee_cap);
    // The most that a message may cost is 0.07 FIL if nobody says otherwise (lotus build, DefaultMaxFee).
    EXPECT_LE(message.gas_fee_cap * BigInt(message.gas_limit), TokenAmount::constant("70000000000000000"));
    EXPECT_TRUE(check_message_signature(nodes.network(), *made, faucet));
    EXPECT_EQ(node->pending_count(), 0U) << "nothing is published";
}

// f0101 is the faucet (genesis gives the IDs in the order of the accounts). The pool refuses senders that are IDs.
TEST_F(SendMessage, a_sender_by_id_becomes_its_key) {
    const auto made = price_and_sign(*node, wallet, transfer(Address::id(101), fil(1)));
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->message.from, faucet);
    EXPECT_EQ(refusal(transfer(Address::id(999'999), 0)), Errc::not_found);
    EXPECT_NE(refusal(transfer(Address::id(kPowerId), 0)), Errc::internal) << "it has no key";
}

TEST_F(SendMessage, messages_wait_in_the_pool_with_rising_nonces) {
    for (Nonce nonce = 0; nonce < 3; ++nonce) {
        const auto sent = send_message(*node, wallet, transfer(faucet, fil(1)));
        ASSERT_TRUE(sent) << sent.error().message();
        EXPECT_TRUE(node->is_pending(*sent).value());
        EXPECT_EQ(node->next_nonce(faucet).value(), nonce + 1);
    }
    EXPECT_EQ(node->pending_count(), 3U);
}

// The sender's limit on the whole cost lowers the fee cap.
TEST_F(SendMessage, the_most_that_it_may_cost_is_kept) {
    const TokenAmount most = TokenAmount::constant("2000000000000000");
    const auto made = price_and_sign(*node, wallet, transfer(faucet, 1), most);
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_LE(made->message.gas_fee_cap * BigInt(made->message.gas_limit), most);
}

TEST_F(SendMessage, messages_that_cannot_be_sent) {
    EXPECT_EQ(refusal(transfer(testing::test_address("nobody"), 0)), Errc::not_found) << "no such account";
    EXPECT_EQ(refusal(transfer(testing::test_address("client"), 0)), Errc::not_found) << "its key is not here";
    EXPECT_EQ(refusal(transfer(faucet, fil(60'000'000))), Errc::verification) << "more than it has";
    auto call = transfer(faucet, 0);
    call.to = Address::id(kPowerId);
    call.method = 99;
    EXPECT_EQ(refusal(call), Errc::verification) << "no such method";
    EXPECT_EQ(send_message(*node, wallet, call).error().code(), Errc::verification);
    EXPECT_EQ(node->pending_count(), 0U);
}

TEST_F(SendMessage, a_failing_disk_is_told_as_one) {
    nodes.open(node);
    node.blocks.fail_read(1);
    const auto sent = send_message(*node, wallet, transfer(Address::id(101), 1));
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code(), Errc::io);
    EXPECT_TRUE(send_message(*node, wallet, transfer(Address::id(101), 1)));
}

}  // namespace
}  // namespace strata::chain
