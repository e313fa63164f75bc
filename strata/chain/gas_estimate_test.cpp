// Tests gas estimation with the cases of lotus node/impl/gasutils/gasutils_test.go (TestMedian) and
// chain/messagepool/messagepool_test.go (TestCapGasFee); the rest follows gasutils.go.
#include <strata/chain/gas_estimate.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_chain.hpp>

namespace strata::chain {
namespace {

constexpr std::int64_t kTarget = kBlockGasLimit / 2;

TEST(MedianPremium, is_what_lotus_computes) {
    EXPECT_EQ(median_premium({{kTarget, 5}}, 1), BigInt(5));
    EXPECT_EQ(median_premium({{kTarget, 5}, {kTarget, 10}}, 1), BigInt(10));
    EXPECT_EQ(median_premium({{kTarget / 2, 10}, {kTarget / 2, 20}}, 1), BigInt(15));
    EXPECT_EQ(median_premium({{kTarget / 2, 10}, {kTarget / 2, 20}, {kTarget / 2, 30}}, 1), BigInt(25));
    EXPECT_EQ(median_premium({{kTarget / 2, 10}, {kTarget / 2, 20}, {kTarget / 2, 30}}, 2), BigInt(15));
    EXPECT_EQ(median_premium({}, 1), BigInt(0));
}

TEST(CapFee, keeps_the_cost_below_the_most) {
    Message message;
    message.gas_limit = 100'000'000;
    message.gas_fee_cap = 100'000'000;
    message.gas_premium = 100'000;
    cap_fee(message, 100'000'000'000);
    EXPECT_EQ(message.gas_fee_cap, BigInt(1000));
    EXPECT_EQ(message.gas_premium, BigInt(1000));

    message.gas_fee_cap = 100'000;
    message.gas_premium = 100'000'000;
    cap_fee(message, 100'000'000'000'000);
    EXPECT_EQ(message.gas_fee_cap, BigInt(100'000));
    EXPECT_EQ(message.gas_premium, BigInt(100'000));
    // The limit is 0.07 FIL by default.
    message.gas_fee_cap = fil(1);
    cap_fee(message, 0);
    EXPECT_EQ(message.gas_fee_cap, BigInt(700'000'000));
}

class Estimate : public ::testing::Test {
  protected:
    static SignedMessage message(Nonce nonce, std::int64_t premium) {
        Message out;
        out.from = testing::address_named("sender");
        out.to = Address::id(1001);
        out.nonce = nonce;
        out.gas_limit = 3'000'000;
        out.gas_fee_cap = 1'000'000'000;
        out.gas_premium = premium;
        return testing::sign(out, testing::key_named("sender"));
    }
    void advance(const std::vector<SignedMessage>& messages) {
        BlockMessages block;
        for (const auto& m : messages) block.bls.push_back(m.message);
        chain_.advance(block);
    }
    TokenAmount premium(std::uint64_t blocks) {
        return estimate_premium(chain_.states, chain_.chain.head(), blocks).value();
    }
    testing::TestChain chain_{{testing::address_named("sender")}};
};

// The floor replaces only premiums below 100,000 (GasEstimateGasPremium).
TEST_F(Estimate, without_messages_the_floor_falls_with_patience) {
    for (int i = 0; i < 5; ++i) advance({});
    EXPECT_EQ(premium(0), BigInt(200'000));
    EXPECT_EQ(premium(1), BigInt(200'000));
    EXPECT_EQ(premium(2), BigInt(150'000));
    EXPECT_EQ(premium(3), BigInt(100'000));
    EXPECT_EQ(premium(UINT64_MAX), BigInt(100'000));
}

TEST_F(Estimate, a_single_message_sets_the_price) {
    for (int i = 0; i < 5; ++i) advance({});
    advance({message(0, 5'000'000)});
    // The window begins with the head's parent: the head's own messages do not count yet.
    EXPECT_EQ(premium(1), BigInt(200'000));
    advance({});
    EXPECT_EQ(premium(1), BigInt(5'000'000));
    advance({});
    EXPECT_EQ(premium(1), BigInt(5'000'000));
    // The window has twice as many tipsets as the number of blocks that was asked for.
    advance({});
    EXPECT_EQ(premium(1), BigInt(200'000));
    EXPECT_EQ(premium(2), BigInt(5'000'000));
}

TEST_F(Estimate, a_premium_below_the_least_one_is_replaced) {
    advance({message(0, 99'999)});
    advance({});
    EXPECT_EQ(premium(1), BigInt(200'000));
    advance({message(1, 100'000)});
    advance({});
    EXPECT_EQ(premium(1), BigInt(100'000));
}

// The fee cap is the parents' base fee times floor(1.125^blocks * 256) / 256 (GasEstimateFeeCap).
TEST_F(Estimate, the_fee_cap_grows_by_an_eighth_a_block) {
    chain_.base_fee = 1'000;
    advance({});
    const auto& head = *chain_.chain.head();
    EXPECT_EQ(estimate_fee_cap(head, 7, 0), BigInt(1'007));
    EXPECT_EQ(estimate_fee_cap(head, 0, 1), BigInt(1'125));
    // 1.125^20 = 10.5450..., which rounds down to 2699/256.
    EXPECT_EQ(estimate_fee_cap(head, 0, 20), BigInt(1'000 * 2'699 / 256));
}

}  // namespace
}  // namespace strata::chain
