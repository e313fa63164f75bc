// Checks the known answers of docs/protocol/node.md §4.4, §5, §11 (verified there against Lotus' golden files and live
// chains).
#include <gtest/gtest.h>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/election.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/weight.hpp>

namespace strata::chain {
namespace {

TEST(BaseFee, FollowsTheMarginalPremium) {
    struct Row {
        std::int64_t base_fee, premium, next;
    };
    for (const auto& [base_fee, premium, next] :
         {Row{100, 13, 100}, Row{100, 14, 101}, Row{801, 0, 700}, Row{801, 201, 901}, Row{808, 202, 909},
          Row{1000, 125, 1000}, Row{1000, 250, 1125}})
        EXPECT_EQ(next_base_fee(base_fee, premium), BigInt(next)) << base_fee << " " << premium;
}

TEST(BaseFee, MarginalPremiumIsOfTheMessageAtEightyPercent) {
    EXPECT_EQ(marginal_premium({}), BigInt(0));
    EXPECT_EQ(marginal_premium({{7'999'999'999, 5}}), BigInt(0));
    EXPECT_EQ(marginal_premium({{8'000'000'000, 5}}), BigInt(5));
    EXPECT_EQ(marginal_premium({{1, 3}, {7'999'999'999, 9}}), BigInt(3));
    EXPECT_EQ(marginal_premium({{1'000'000'000, 1}, {8'000'000'000, 2}}), BigInt(2));
}

TEST(Election, WinCountGrowsAsTheHashFallsAndHasACap) {
    const BigInt all = BigInt::pow2(40);
    EXPECT_EQ(win_count_of(BigInt::pow2(256) - BigInt(1), all, all), 0);
    EXPECT_EQ(win_count_of(BigInt(0), all, all), kMaxWinCount);
    EXPECT_EQ(win_count_of(BigInt(0), BigInt(0), all), 0);
    // Since e^-5 = 0.0067379..., a miner with all the power loses only if the hash is in the last 0.67 percent.
    const BigInt one_percent = div_floor(BigInt::pow2(256), 100);
    EXPECT_EQ(win_count_of(BigInt::pow2(256) - one_percent, all, all), 1);
    EXPECT_EQ(win_count_of(one_percent * BigInt(50), all, all), 5);  // the median of Poisson(5)
}

// The table is one of Lotus' golden files (docs/protocol/node.md §31); each proof is the row's first byte and the
// column's number, repeated.
TEST(Election, WinCountsOfTheGoldenTable) {
    struct Row {
        std::int64_t power, total;
        std::uint8_t first;
        std::array<std::int64_t, 6> counts;
    };
    for (const auto& [power, total, first, counts] :
         {Row{100, 100, 0, {7, 4, 6, 3, 7, 7}}, Row{1, 5, 1, {0, 1, 0, 1, 0, 1}},
          Row{1000, 1000, 2, {5, 3, 7, 7, 5, 5}}, Row{5, 1000, 3, {0, 0, 0, 0, 0, 0}},
          Row{2048, 4096, 4, {5, 2, 0, 1, 3, 2}}}) {
        for (std::size_t column = 0; column < counts.size(); ++column) {
            Bytes proof;
            for (int i = 0; i < 48; ++i) {
                proof.push_back(first);
                proof.push_back(static_cast<std::uint8_t>(column));
            }
            EXPECT_EQ(win_count(proof, BigInt(power), BigInt(total)), counts[column]) << power << " " << column;
        }
    }
}

TEST(Beacon, RoundOfAMainnetEpoch) {
    Network mainnet;
    mainnet.genesis_timestamp = 1598306400;
    mainnet.block_delay = 30;
    mainnet.beacon = {.public_key = {}, .genesis_time = 1692803367, .period = 3};
    EXPECT_EQ(mainnet.beacon_round(4863283), 17133832U);
    EXPECT_EQ(mainnet.beacon_round(0), 1U);
}

// The values are computed by hand from the formula of docs/protocol/node.md §10; `strata chain check` compares every
// header of a Lotus chain.
TEST(Weight, LogOfPowerAndWins) {
    // Since floor(log2) = 12, the weight is 12 * 256 + 12 * 256 * wins / 10.
    EXPECT_EQ(added_weight(BigInt(4096), 0), BigInt(3072));
    EXPECT_EQ(added_weight(BigInt(8191), 5), BigInt(3072 + 1536));
    EXPECT_EQ(added_weight(BigInt(4096), 1), BigInt(3072 + 307));
}

}  // namespace
}  // namespace strata::chain
