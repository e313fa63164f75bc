// The rows come from lotus chain/store/basefee_test.go (TestNextBaseFeeFromPremium, TestWeightedQuickSelect) and
// chain/types/message_test.go (TestEffectiveGasPremium); the rule itself is FIP-0115.
#include <strata/chain/base_fee.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_chain.hpp>
#include <strata/chain/test_recorded.hpp>

namespace strata::chain {
namespace {

TEST(NextBaseFee, follows_the_marginal_premium) {
    struct Row {
        std::int64_t base_fee, premium, next;
    };
    for (const auto& [base_fee, premium, next] :
         {Row{100, 0, 100},   Row{100, 13, 100},    Row{100, 14, 101},   Row{100, 26, 113},  Row{801, 0, 700},
          Row{801, 20, 720},  Row{801, 40, 740},    Row{801, 60, 760},   Row{801, 80, 780},  Row{801, 100, 800},
          Row{801, 120, 820}, Row{801, 140, 840},   Row{801, 160, 860},  Row{801, 180, 880}, Row{801, 200, 900},
          Row{801, 201, 901}, Row{808, 0, 707},     Row{808, 1, 708},    Row{808, 201, 908}, Row{808, 202, 909},
          Row{808, 203, 909}, Row{1000, 125, 1000}, Row{1000, 250, 1125}})
        EXPECT_EQ(next_base_fee(base_fee, premium), BigInt(next)) << base_fee << " " << premium;
}

// The change is an eighth at most, rounded up, however large the numbers are.
TEST(NextBaseFee, large_numbers) {
    EXPECT_EQ(next_base_fee(kInitialBaseFee, 0), BigInt(87'500'000));
    EXPECT_EQ(next_base_fee(fil(1), fil(100)).to_string(), "1125000000000000000");
    EXPECT_EQ(next_base_fee(fil(1), 0).to_string(), "875000000000000000");
    EXPECT_EQ(next_base_fee(1, 0), BigInt(kMinimumBaseFee));
}

TEST(MarginalPremium, is_of_the_message_at_eighty_percent) {
    struct Row {
        std::vector<GasBid> bids;
        std::int64_t premium;
    };
    const std::vector<Row> rows{
        {{}, 0},
        {{{5'999'999'999, 123}, {2'000'000'000, 100}}, 0},
        {{{5'999'999'999, 123}, {2'000'000'001, 0}}, 0},
        {{{5'999'999'999, 123}, {2'000'000'001, 100}}, 100},
        {{{7'999'999'999, 123}, {2'000'000'001, 100}}, 100},
        {{{8'000'000'000, 123}, {2'000'000'000, 100}}, 123},
        {{{8'000'000'000, 123}, {9'000'000'000, 100}}, 123},
        {{{4'000'000'000, 100},
          {1'000'000'000, 200},
          {2'000'000'000, 300},
          {1'000'000'000, 400},
          {2'000'000'000, 500},
          {2'000'000'000, 600},
          {3'000'000'000, 700}},
         400},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(marginal_premium(row.bids), BigInt(row.premium)) << row.premium;
        auto reversed = row.bids;
        std::ranges::reverse(reversed);
        EXPECT_EQ(marginal_premium(reversed), BigInt(row.premium)) << "in a different order: " << row.premium;
    }
    EXPECT_EQ(marginal_premium({{7'999'999'999, 5}}), BigInt(0));
    EXPECT_EQ(marginal_premium({{8'000'000'000, 5}}), BigInt(5));
    EXPECT_EQ(marginal_premium({{1, 3}, {7'999'999'999, 9}}), BigInt(3));
    EXPECT_EQ(marginal_premium({{1'000'000'000, 1}, {8'000'000'000, 2}}), BigInt(2));
    // The limits of blocks that nobody has validated yet may not overflow.
    EXPECT_EQ(marginal_premium({{INT64_MAX, 1}, {INT64_MAX, 2}, {INT64_MAX, 3}}), BigInt(3));
}

class BaseFeeAfter : public ::testing::Test {
  protected:
    BaseFeeAfter() { chain.base_fee = 808; }

    static Message message(Nonce nonce, std::int64_t fee_cap, std::int64_t premium,
                           std::int64_t gas_limit = 8'000'000'000) {
        Message out;
        out.from = Address::id(100);
        out.to = Address::id(101);
        out.nonce = nonce;
        out.gas_limit = gas_limit;
        out.gas_fee_cap = fee_cap;
        out.gas_premium = premium;
        return out;
    }
    BigInt after(const BlockMessages& messages) {
        const auto tipset = chain.extend(chain.chain.head(), messages);
        return base_fee_after(chain.chain, network, *tipset).value();
    }

    testing::TestChain chain{{}};
    Network network = devnet_2k();
};

// TestEffectiveGasPremium: a message offers its premium as far as its fee cap leaves room above the base fee, and
// nothing below. The results are those of the rows of 808 above.
TEST_F(BaseFeeAfter, a_premium_is_cut_at_the_fee_cap) {
    EXPECT_EQ(after({}), BigInt(707));
    EXPECT_EQ(after({{message(0, 808, 808)}, {}}), BigInt(707)) << "there is no room";
    EXPECT_EQ(after({{message(0, 807, 807)}, {}}), BigInt(707)) << "the cap is below the base fee";
    EXPECT_EQ(after({{message(0, 809, 500)}, {}}), BigInt(708));
    EXPECT_EQ(after({{message(0, 2'000, 1)}, {}}), BigInt(708));
    EXPECT_EQ(after({{message(0, 2'000, 201)}, {}}), BigInt(908));
    EXPECT_EQ(after({{message(0, 808 + 202, 5'000)}, {}}), BigInt(909));
    EXPECT_EQ(after({{message(0, 1'000'000, 1'000'000)}, {}}), BigInt(909));
}

// Both lists count, and a sender's nonce counts once, the first one that comes (docs/protocol/node.md §11).
TEST_F(BaseFeeAfter, a_senders_nonce_counts_once) {
    const auto half = [](Nonce nonce, std::int64_t premium) { return message(nonce, 2'000, premium, 4'000'000'000); };
    const Signature signature{Signature::Type::secp256k1, Bytes(65)};
    EXPECT_EQ(after({{half(0, 201), half(1, 201)}, {}}), BigInt(908));
    EXPECT_EQ(after({{half(0, 201)}, {{half(1, 201), signature}}}), BigInt(908));
    EXPECT_EQ(after({{half(0, 201), half(0, 202)}, {}}), BigInt(707)) << "the same nonce again";
    EXPECT_EQ(after({{half(0, 201)}, {{half(0, 201), signature}}}), BigInt(707));
    auto other = half(0, 201);
    other.from = Address::id(102);
    EXPECT_EQ(after({{half(0, 201), other}, {}}), BigInt(908)) << "a different sender";
}

// docs/protocol/node.md §11, whose rows were computed with lotus chain/store/basefee.go (ComputeNextBaseFee).
TEST(BaseFeeByUse, moves_by_an_eighth_at_most) {
    struct Row {
        std::int64_t base_fee, gas;
        std::size_t blocks;
        std::int64_t next;
    };
    for (const auto& [base_fee, gas, blocks, next] :
         {Row{100'000'000, 0, 1, 87'500'000}, Row{100'000'000, 5'000'000'000, 1, 100'000'000},
          Row{100'000'000, 15'000'000'000, 2, 106'250'000}, Row{100'000'000, 20'000'000'000, 2, 112'500'000},
          Row{1'234'567, 3'333'333'333, 1, 1'183'126}, Row{1'000, 4'999'999'999, 1, 999}, Row{813, 0, 5, 711}})
        EXPECT_EQ(base_fee_by_use(base_fee, gas, blocks), BigInt(next)) << base_fee << " " << gas;
    EXPECT_EQ(base_fee_by_use(100, 0, 1), BigInt(kMinimumBaseFee));
}

// Before FireHorse the gas limits count, each message once, and no premium.
TEST_F(BaseFeeAfter, the_height_chooses_the_rule) {
    const auto half = [](Nonce nonce) { return message(nonce, 2'000, 500, 5'000'000'000); };
    network.upgrades.move("FireHorse", 2);
    EXPECT_EQ(after({{half(0), half(0)}, {}}), BigInt(808)) << "the blocks at height 1 are filled to the target";
    EXPECT_EQ(after({{half(0), half(1)}, {}}), BigInt(909)) << "twice the target raises the fee by an eighth";
    EXPECT_EQ(after({}), BigInt(707));
    network.upgrades.move("FireHorse", 1);
    EXPECT_EQ(after({{half(0), half(0)}, {}}), BigInt(707)) << "the upgrade's height follows the new rule";
}

// A lost message is a failure of this node, not a lower base fee.
TEST_F(BaseFeeAfter, lost_messages_are_an_error) {
    auto header = chain.chain.genesis()->min_ticket_block();
    header.messages = Cid::hash_of(Codec::dag_cbor, Bytes{0x82});
    EXPECT_EQ(base_fee_after(chain.chain, network, *Tipset::make({header}).value()).error().code(),
              Errc::missing_block);
}

// Each block of the recorded chain names the base fee that Lotus computed for its parents.
TEST(BaseFeeRecorded, is_what_lotus_wrote) {
    for (auto* recorded : {&testing::RecordedChain::real(), &testing::RecordedChain::with_long_history()}) {
        for (std::size_t i = 0; i + 1 < recorded->tipsets.size(); ++i) {
            const auto next = base_fee_after(recorded->store, devnet_2k(), *recorded->tipsets[i]);
            ASSERT_TRUE(next) << next.error().message();
            EXPECT_EQ(*next, recorded->tipsets[i + 1]->parent_base_fee()) << recorded->tipsets[i]->height();
        }
        EXPECT_EQ(recorded->tipsets.front()->parent_base_fee(), BigInt(kInitialBaseFee));
    }
}

}  // namespace
}  // namespace strata::chain
