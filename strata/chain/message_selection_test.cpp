// Tests chains of messages and their selection. The cases and their answers are those of Lotus'
// chain/messagepool/selection_test.go, messagepool_test.go and block_proba_test.go. The messages have blank signatures,
// since selection does not read them.
#include <strata/chain/message_selection.hpp>

#include <gtest/gtest.h>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/message_rules.hpp>

namespace strata::chain {
namespace {

// Source: gasguess.Costs of PublishStorageDeals' predecessor (market, method 2).
constexpr std::int64_t kGas = 6'955'002;
// Lotus' tests use 300,000 where they count messages. Our pool also asks for the VM's inclusion cost, so this is the
// round number above it; the messages of a block's lists still fit its gas.
constexpr std::int64_t kSmallGas = 750'000;
// The base fee that ChainComputeBaseFee gives for the chain of Lotus' tests.
const TokenAmount kBaseFee = 100;

const Address& sender(int i) {
    static const std::vector<Address> addresses = [] {
        std::vector<Address> out;
        for (std::uint8_t k = 0; k < 10; ++k) {
            Bytes key(65, k);
            out.push_back(Address::secp256k1(key));
        }
        return out;
    }();
    return addresses.at(static_cast<std::size_t>(i));
}

Address bls_sender() {
    return Address::bls(Bytes(48, 9));
}

PoolEntryPtr message(const Address& from, Nonce nonce, std::int64_t gas_limit, std::int64_t premium) {
    Message out;
    out.from = from;
    out.to = sender(9);
    out.method = 2;
    out.nonce = nonce;
    out.gas_limit = gas_limit;
    out.gas_fee_cap = 100 + premium;
    out.gas_premium = premium;
    const bool bls = from.protocol() == Address::Protocol::bls;
    return make_entry({out, {bls ? Signature::Type::bls : Signature::Type::secp256k1, Bytes(bls ? 96 : 65)}});
}

using Price = std::function<std::int64_t(std::int64_t)>;
SenderMessages messages(const Address& from, std::int64_t count, std::int64_t gas, const Price& price) {
    SenderMessages out;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto nonce = static_cast<Nonce>(i);
        out[nonce] = message(from, nonce, gas, price(i));
    }
    return out;
}

std::vector<MessageChain> chains_of(const SenderMessages& set, const TokenAmount& base_fee, Nonce nonce = 0,
                                    const TokenAmount& balance = fil(1)) {
    std::vector<MessageChain> out;
    append_chains(out, set, {nonce, balance}, base_fee);
    return out;
}

// Returns the lengths of all chains, and checks that their nonces follow each other from `nonce` on.
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

constexpr TicketQuality kBest{UINT32_MAX};
TicketQuality quality(std::int64_t percent) {
    return {static_cast<std::uint32_t>((std::int64_t{1} << 32) * percent / 100)};
}

class Select : public ::testing::Test {
  protected:
    void add(const SenderMessages& set, const TokenAmount& balance = fil(1)) {
        append_chains(chains_, set, {0, balance}, kBaseFee);
    }
    void run(TicketQuality with) {
        chosen_ = select_messages(chains_, with);
        std::map<Address, Nonce> next;
        std::int64_t gas = 0;
        for (const auto& [message, signature] : chosen_) {
            EXPECT_EQ(message.nonce, next[message.from]++);
            ++of_[message.from];
            gas += message.gas_limit;
        }
        EXPECT_LE(gas, kBlockGasLimit);
    }
    std::vector<MessageChain> chains_;
    std::vector<SignedMessage> chosen_;
    std::map<Address, std::size_t> of_;
};

// Source: the first half of TestBasicMessageSelection.
TEST_F(Select, who_pays_more_comes_first) {
    add(messages(sender(0), 10, kGas, [](auto i) { return 2 * i + 1; }));
    add(messages(sender(1), 10, kGas, [](auto i) { return i + 1; }));
    run(kBest);
    ASSERT_EQ(chosen_.size(), 20U);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(chosen_[i].message.from, sender(i < 10 ? 0 : 1));
}

// Source: TestMessageSelectionTrimmingGas.
TEST_F(Select, a_block_is_filled_to_its_gas) {
    const auto count = kBlockGasLimit / kGas + 1;
    const auto price = [&](std::int64_t i) { return 1 + i % 3 + (count - i) / 3; };
    add(messages(sender(0), count, kGas, price));
    add(messages(sender(1), count, kGas, price));
    run(kBest);
    EXPECT_EQ(chosen_.size(), static_cast<std::size_t>(kBlockGasLimit / kGas));
}

// Source: TestMessageSelectionTrimmingMsgsBasic.
TEST_F(Select, a_list_of_a_block_has_8192_places) {
    add(messages(sender(0), 10'000, kSmallGas, [](auto) { return 100; }));
    run(kBest);
    EXPECT_EQ(chosen_.size(), 8'192U);
}

// Source: TestMessageSelectionTrimmingMsgsTwoSendersBasic.
TEST_F(Select, a_block_has_10000_places) {
    add(messages(sender(0), 10'000, kSmallGas, [](auto) { return 100; }));
    add(messages(bls_sender(), 10'000, kSmallGas, [](auto) { return 1'000; }));
    run(kBest);
    EXPECT_EQ(chosen_.size(), 10'000U);
    EXPECT_EQ(of_[bls_sender()], 8'192U);
}

// A message that does not fit into its list makes its chain no better
// (TestMessageSelectionTrimmingMsgsTwoSendersAdvanced).
TEST_F(Select, a_message_beyond_the_list_does_not_count) {
    constexpr std::int64_t list = 8'192;
    add(messages(sender(0), list, kSmallGas, [](auto i) { return i == list - 1 ? 1'000 : 100; }));
    add(messages(bls_sender(), list + 1, kSmallGas, [](auto i) { return i == list ? 1'000'000 : 100; }));
    run(kBest);
    EXPECT_EQ(chosen_.size(), 10'000U);
    EXPECT_EQ(of_[sender(0)], 8'192U);
}

// Source: TestOptimalMessageSelection1. The pool never gives more than one block's gas of one sender.
TEST_F(Select, one_sender_is_taken_from_its_start) {
    const auto count = 10 * kBlockGasLimit / kGas;
    add(messages(sender(0), count, kGas, [&](std::int64_t i) { return 1 + i % 3 + (count - i) / 3; }));
    run(quality(25));
    EXPECT_EQ(chosen_.size(), static_cast<std::size_t>(kBlockGasLimit / kGas));
}

// With a bad ticket the better messages are gone when this block's turn comes (TestOptimalMessageSelection2).
TEST_F(Select, a_bad_ticket_takes_what_earlier_blocks_leave) {
    const auto count = 5 * kBlockGasLimit / kGas;
    const auto price = [&](std::int64_t base) {
        return [=](std::int64_t i) { return base + i % 3 + (count - i) / 3; };
    };
    add(messages(sender(0), count, kGas, price(200'000)));
    add(messages(sender(1), count, kGas, price(190'000)));
    run(quality(10));
    EXPECT_EQ(chosen_.size(), static_cast<std::size_t>(kBlockGasLimit / kGas));
    EXPECT_LE(of_[sender(0)], of_[sender(1)]);
}

// Source: TestBlockProbability.
TEST(PlaceWeights, fall_from_place_to_place_for_a_good_ticket) {
    const auto weights = place_weights(quality(85));
    for (std::size_t i = 0; i + 1 < weights.size(); ++i) EXPECT_LE(weights[i + 1], weights[i]) << i;
}

}  // namespace
}  // namespace strata::chain
