// Tests the selection of messages. The cases and their answers are those of Lotus' chain/messagepool/selection_test.go
// and block_proba_test.go.
#include <strata/chain/message_selection.hpp>

#include <gtest/gtest.h>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/test_messages.hpp>

namespace strata::chain {
namespace {

using testing::bls_sender;
using testing::kBaseFee;
using testing::kGas;
using testing::kSmallGas;
using testing::messages;
using testing::sender;

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

// Source: TestOptimalMessageSelection1. The pool never selects more than one block's gas of one sender.
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
