// The cases and their answers are those of Lotus' chain/messagepool/selection_test.go and messagepool_test.go; the
// order and the trimming of chains follow selection.go (Before, Trim; docs/protocol/node.md §14.4).
#include <strata/chain/message_chains.hpp>

#include <gtest/gtest.h>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/test_messages.hpp>

namespace strata::chain {
namespace {

using testing::kGas;
using testing::message;
using testing::messages;
using testing::sender;

std::vector<MessageChain> chains_of(const SenderMessages& set, const TokenAmount& base_fee, Nonce nonce = 0,
                                    const TokenAmount& balance = fil(1)) {
    std::vector<MessageChain> out;
    append_chains(out, set, {nonce, balance}, base_fee);
    return out;
}

// Returns the lengths of all chains, and checks that their nonces rise by one, beginning with `nonce`.
std::vector<std::size_t> lengths(const std::vector<MessageChain>& chains, Nonce nonce = 0) {
    std::vector<std::size_t> out;
    for (const auto& chain : chains) {
        out.push_back(chain.messages.size());
        for (const auto& entry : chain.messages) EXPECT_EQ(entry->message.message.nonce, nonce++);
    }
    return out;
}

using Lengths = std::vector<std::size_t>;

// Source: TestMessageChains, test1 to test3b.
TEST(MessageChains, rising_prices_make_one_chain_and_falling_ones_many) {
    const TokenAmount free = 0;
    EXPECT_EQ(lengths(chains_of(messages(sender(0), 10, kGas, [](auto i) { return i + 1; }), free)), Lengths{10});
    EXPECT_EQ(lengths(chains_of(messages(sender(0), 10, kGas, [](auto i) { return 10 - i; }), free)), Lengths(10, 1));
    EXPECT_EQ(lengths(chains_of(messages(sender(0), 10, kGas, [](auto i) { return 1 + i % 3; }), free)),
              (Lengths{9, 1}));
    const auto biased = [](std::int64_t i) { return 1 + i % 3 + (12 - i) / 3; };
    EXPECT_EQ(lengths(chains_of(messages(sender(0), 10, kGas, biased), free)), (Lengths{3, 3, 3, 1}));
}

// Source: TestMessageChains, from test4 to the last.
TEST(MessageChains, end_where_a_message_cannot_be_executed) {
    const TokenAmount free = 0;
    const auto rising = [](std::int64_t i) { return i + 1; };
    SenderMessages gaps;
    for (Nonce i = 0; i < 10; ++i) gaps[2 * i] = message(sender(0), 2 * i, kGas, static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ(lengths(chains_of(gaps, free)), Lengths{1});

    auto low_gas = messages(sender(0), 10, kGas, rising);
    low_gas[5] = message(sender(0), 5, 1, 6);
    EXPECT_EQ(lengths(chains_of(low_gas, free)), Lengths{5});

    const auto fit = kBlockGasLimit / kGas;
    EXPECT_EQ(lengths(chains_of(messages(sender(0), fit + 1, kGas, rising), free)),
              Lengths{static_cast<std::size_t>(fit)});

    const TokenAmount for_two = BigInt(300) * BigInt(kGas) + BigInt(1);
    EXPECT_EQ(lengths(chains_of(messages(sender(0), 10, kGas, rising), free, 0, for_two)), Lengths{2});
}

// Source: TestMessageChainSkipping.
TEST(MessageChains, begin_at_the_nonce_of_the_state) {
    const auto biased = [](std::int64_t i) { return 1 + i % 3 + (20 - i) / 3; };
    const auto chains = chains_of(messages(sender(0), 20, kGas, biased), 0, 10);
    EXPECT_EQ(lengths(chains, 10), (Lengths{2, 3, 3, 2}));
}

// Source: TestGasReward.
TEST(InclusionReward, is_the_premium_or_three_times_the_loss) {
    struct Row {
        std::int64_t premium, fee_cap, base_fee, reward;
    };
    for (const auto& [premium, fee_cap, base_fee, reward] : {Row{100, 200, 100, 100}, Row{100, 200, 210, -10 * 3},
                                                             Row{200, 250, 210, 40}, Row{200, 250, 2000, -1750 * 3}}) {
        Message message;
        message.gas_limit = 10;
        message.gas_fee_cap = fee_cap;
        message.gas_premium = premium;
        EXPECT_EQ(inclusion_reward(message, base_fee), BigInt(reward * 10)) << fee_cap << " " << base_fee;
    }
}

// Source: TestGasRewardNegative.
TEST(InclusionReward, a_lower_fee_cap_loses_more) {
    Message message;
    message.gas_limit = 1000;
    message.gas_premium = 15'000;
    std::vector<TokenAmount> rewards;
    for (const std::int64_t fee_cap : {20'000, 15'000, 10'000}) {
        message.gas_fee_cap = fee_cap;
        rewards.push_back(inclusion_reward(message, 30'000));
        EXPECT_TRUE(rewards.back().is_negative());
    }
    EXPECT_LT(rewards[1], rewards[0]);
    EXPECT_LT(rewards[2], rewards[1]);
}

// The neighbours of a chain are those of its own sender, also where others' chains come before them.
TEST(MessageChains, of_one_sender_are_linked) {
    std::vector<MessageChain> all;
    const auto falling = [](std::int64_t i) { return 10 - i; };
    append_chains(all, messages(sender(0), 2, kGas, falling), {0, fil(1)}, 0);
    append_chains(all, messages(sender(1), 3, kGas, falling), {0, fil(1)}, 0);
    ASSERT_EQ(all.size(), 5U);
    using Index = std::optional<std::size_t>;
    EXPECT_EQ(all[0].previous, Index());
    EXPECT_EQ(all[0].next, Index(1));
    EXPECT_EQ(all[1].next, Index());
    EXPECT_EQ(all[2].previous, Index());
    EXPECT_EQ(all[2].next, Index(3));
    EXPECT_EQ(all[4].previous, Index(3));
    EXPECT_EQ(all[4].next, Index());
}

TEST(MessageChains, what_has_no_chain) {
    std::vector<MessageChain> all;
    append_chains(all, {}, {0, fil(1)}, 0);
    const auto same = [](std::int64_t) { return 1; };
    append_chains(all, messages(sender(0), 3, kGas, same), {3, fil(1)}, 0);
    EXPECT_TRUE(all.empty()) << "the state's nonce lies behind them";
    append_chains(all, messages(sender(0), 3, kGas, same), {0, 0}, 0);
    EXPECT_TRUE(all.empty()) << "the sender has no funds";
    append_chains(all, {{0, message(sender(0), 0, kBlockGasLimit + 1, 1)}}, {0, fil(1'000'000)}, 0);
    EXPECT_TRUE(all.empty()) << "one message is more than a block";
    append_chains(all, {{0, message(sender(0), 0, kBlockGasLimit, 1)}}, {0, fil(1'000'000)}, 0);
    EXPECT_EQ(all.size(), 1U);
}

// The gas of each message is set aside in full, and its value too if the sender has it: an earlier message may bring
// it.
TEST(MessageChains, values_count_where_they_can_be_paid) {
    const auto with_value = [](Nonce nonce, const TokenAmount& value) {
        auto signed_message = message(sender(0), nonce, kGas, 1)->message;
        signed_message.message.value = value;
        return make_entry(signed_message);
    };
    const TokenAmount gas = BigInt(101) * BigInt(kGas);
    const SenderMessages set{{0, with_value(0, 1'000)}, {1, with_value(1, 0)}};
    EXPECT_EQ(lengths(chains_of(set, 0, 0, gas + gas + BigInt(1'000))), Lengths{2});
    EXPECT_EQ(lengths(chains_of(set, 0, 0, gas + gas + BigInt(999))), Lengths{1}) << "the value took from the gas";
    const SenderMessages unpaid{{0, with_value(0, fil(1'000))}, {1, with_value(1, 0)}};
    EXPECT_EQ(lengths(chains_of(unpaid, 0, 0, gas + gas)), Lengths{2});
}

// Performance is the reward of a block full of such messages: reward * 10^10 / gas, rounded down.
TEST(MessageChains, performance_is_per_block) {
    const auto chains = chains_of({{0, message(sender(0), 0, 3'000'000, 7)}}, 100);
    ASSERT_EQ(chains.size(), 1U);
    EXPECT_EQ(chains[0].reward, BigInt(21'000'000));
    EXPECT_EQ(chains[0].gas, 3'000'000);
    EXPECT_EQ(chains[0].performance, BigInt(70'000'000'000));
    EXPECT_TRUE(chains[0].pays());
    // The base fee is 100 above the fee cap of 107: each unit of gas loses three times the difference.
    const auto losing = chains_of({{0, message(sender(0), 0, 3'000'000, 7)}}, 207);
    EXPECT_EQ(losing[0].performance, BigInt(-3'000'000'000'000));
    EXPECT_FALSE(losing[0].pays());
}

TEST(MessageChains, trimming_takes_from_the_end) {
    auto chain = chains_of(messages(sender(0), 10, kGas, [](auto i) { return i + 1; }), 0).at(0);
    ASSERT_EQ(chain.messages.size(), 10U);
    chain.trim(10 * kGas, 10);
    EXPECT_EQ(chain.messages.size(), 10U) << "both limits are met";
    chain.trim(8 * kGas + kGas - 1, 100);
    EXPECT_EQ(chain.messages.size(), 8U);
    EXPECT_EQ(chain.gas, 8 * kGas);
    EXPECT_EQ(chain.reward, BigInt(kGas * (1 + 2 + 3 + 4 + 5 + 6 + 7 + 8)));
    chain.trim(kBlockGasLimit, 3);
    EXPECT_EQ(chain.messages.size(), 3U);
    EXPECT_EQ(chain.messages.back()->message.message.nonce, 2U);
    EXPECT_EQ(chain.rewards.size(), 3U);
    EXPECT_EQ(chain.performance, BigInt(2) * BigInt(kBlockGasLimit)) << "the mean of 1, 2 and 3";
    chain.trim(0, 3);
    EXPECT_FALSE(chain.valid());
    EXPECT_EQ(chain.gas, 0);
    EXPECT_TRUE(chain.reward.is_zero());
    EXPECT_TRUE(chain.performance.is_zero());
}

// A message that costs its miner more than the others bring is dropped.
TEST(MessageChains, trimming_ends_where_a_chain_pays) {
    MessageChain chain;
    chain.append(message(sender(0), 0, kGas, 10), 10 * kGas);
    chain.append(message(sender(0), 1, kGas, 10), -11 * kGas);
    EXPECT_FALSE(chain.pays());
    chain.trim(kBlockGasLimit, 100);
    EXPECT_EQ(chain.messages.size(), 1U);
    EXPECT_TRUE(chain.pays());
    MessageChain losing;
    losing.append(message(sender(0), 0, kGas, 10), -1);
    losing.trim(kBlockGasLimit, 100);
    EXPECT_FALSE(losing.valid());
}

// Before: the higher performance first, then the higher reward; equal chains keep their order.
TEST(MessageChains, the_best_come_first) {
    std::vector<MessageChain> chains(5);
    const std::array<std::pair<std::int64_t, std::int64_t>, 5> values{{{5, 1}, {7, 1}, {5, 2}, {7, 1}, {-1, 9}}};
    for (std::size_t i = 0; i < chains.size(); ++i) {
        chains[i].performance = values[i].first;
        chains[i].reward = values[i].second;
    }
    EXPECT_EQ(best_first(chains), (std::vector<std::size_t>{1, 3, 2, 0, 4}));
    EXPECT_TRUE(is_better(chains[2], chains[0]));
    EXPECT_FALSE(is_better(chains[1], chains[3]));
    EXPECT_TRUE(best_first({}).empty());
}

// Source: TestMessageChains, whose messages are all of the signature type of their sender (docs/protocol/node.md §2.3).
TEST(PoolEntryTest, knows_its_cid_and_its_length) {
    const auto bls = message(testing::bls_sender(), 0, kGas, 1);
    EXPECT_EQ(bls->cid, bls->message.message.cid());
    EXPECT_EQ(bls->chain_length, to_cbor(bls->message.message).size());
    const auto secp = message(sender(0), 0, kGas, 1);
    EXPECT_EQ(secp->cid, Cid::hash_of(Codec::dag_cbor, to_cbor(secp->message)));
    EXPECT_EQ(secp->chain_length, to_cbor(secp->message).size());
}

}  // namespace
}  // namespace strata::chain
